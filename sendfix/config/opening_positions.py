"""The file that SENDFIX_OPENING_POSITIONS names: what each account had when a day began."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

from sendfix.config.reader import ConfigError
from sendfix.domain.position import OpeningPosition
from sendfix.domain.values import decimal_of_text

COLUMNS = ("session_name", "account", "symbol", "qty", "px", "day")


def read_opening_positions(path: Path | None) -> tuple[OpeningPosition, ...]:
    """CSV with a first line that names `COLUMNS`. Raises `ConfigError`, which names line and column."""
    if path is None:
        return ()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"SENDFIX_OPENING_POSITIONS: {path} can't be read: {why}") from error
    reader = csv.DictReader(io.StringIO(text), strict=True)
    found: dict[tuple[str, str | None, str], OpeningPosition] = {}
    try:
        if sorted(reader.fieldnames or ()) != sorted(COLUMNS):
            raise ConfigError(f"{path}: the first line must name the columns {','.join(COLUMNS)}")
        for row in reader:
            opening = _opening(f"{path}: line {reader.line_num}", row)
            key = (opening.session_name, opening.account, opening.symbol)
            if key in found:
                where = f"{path}: line {reader.line_num}"
                raise ConfigError(f"{where}: stands there twice: session, account and symbol")
            found[key] = opening
    except csv.Error as error:
        raise ConfigError(f"{path}: line {reader.line_num}: {error}") from error
    return tuple(found.values())


def _opening(where: str, row: dict[str, str | None]) -> OpeningPosition:
    values = {key: (value or "").strip() for key, value in row.items() if isinstance(value, str)}
    if len(values) != len(COLUMNS) or None in row:
        raise ConfigError(f"{where}: must have {len(COLUMNS)} values: {','.join(COLUMNS)}")
    for key in ("session_name", "symbol"):
        if not values[key]:
            raise ConfigError(f"{where}: {key} is missing")
    try:
        day = date.fromisoformat(values["day"])
    except ValueError:
        raise ConfigError(f"{where}: day is {values['day']!r}; give a date like 2026-03-02") from None
    return OpeningPosition(
        values["session_name"],
        values["account"] or None,
        values["symbol"],
        _number(where, "qty", values["qty"]),
        _number(where, "px", values["px"]),
        day,
    )


def _number(where: str, key: str, text: str) -> Decimal:
    try:
        return decimal_of_text(text)
    except ValueError as error:
        raise ConfigError(f"{where}: {key} {error}") from error
