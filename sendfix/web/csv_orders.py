"""Orders out of a CSV text: a line of names, then an order on each line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.web.order_fields import ALIASES

MOST_ORDERS = 1_000

_WORDS = {
    "side": {"B": "BUY", "S": "SELL", "SS": "SELL_SHORT", "SSE": "SELL_SHORT_EXEMPT"},
    "ord_type": {
        "MKT": "MARKET",
        "LMT": "LIMIT",
        "STP": "STOP",
        "STP LMT": "STOP_LIMIT",
        "STPLMT": "STOP_LIMIT",
        "STOP LIMIT": "STOP_LIMIT",
        "MOC": "MARKET_ON_CLOSE",
        "LOC": "LIMIT_ON_CLOSE",
    },
}
_NUMBERS = frozenset({"order_qty", "price", "stop_px", "max_floor", "min_qty", "cash_order_qty"})
_CERTAIN_THOUSANDS = re.compile(r"\d{1,3}(,\d{3}){2,}(\.\d+)?|\d{1,3},\d{3}\.\d+", re.ASCII)
_ONE_COMMA = re.compile(r"\d{1,3},\d{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CsvOrder:
    """`fields` as `POST /api/send_order` takes them, on which `line` of the text it begins (from 1), and what was
    understood otherwise than it is written."""

    line: int
    fields: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def orders_of_csv(text: str, session_name: str | None) -> list[CsvOrder]:
    """Names are those of the fields of an order and their aliases, in any case; a number is a
    custom tag; an empty cell is not given. Semicolons and tabs separate as well as commas do. `session_name` is for
    orders that name none. What traders write for sides and types (B, SS, LMT) and separators of thousands are
    understood where they can mean one thing only. Raises `InvalidRequest`."""
    lines = text.lstrip("\ufeff").splitlines()
    head = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(_rows(lines, delimiter))
    except csv.Error as error:
        raise _wrong(f"can't be read: {error}") from error
    if len(rows) < 2:
        raise _wrong("needs a line of field names, and an order on each line below")
    names = [name.strip().lower().replace(" ", "_") for name in rows[0][1]]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise _wrong(f"has two columns {twice}")
    if len(rows) - 1 > MOST_ORDERS:
        raise _wrong(f"has {len(rows) - 1} orders; at most {MOST_ORDERS} go at once")
    return [_order(line, names, row, session_name, delimiter) for line, row in rows[1:]]


def _rows(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, strict=True)
    begins = 1
    for row in reader:
        if any(cell.strip() for cell in row):
            yield begins, row
        begins = reader.line_num + 1


def _order(line: int, names: list[str], row: list[str], session_name: str | None, delimiter: str) -> CsvOrder:
    order: dict[str, Any] = {}
    notes: list[str] = []
    custom_tags: dict[str, str] = {}
    for number, cell in enumerate(row):
        name = names[number] if number < len(names) and names[number] else f"column_{number + 1}"
        value = cell.strip()
        if not value:
            continue
        if name.isascii() and name.isdigit():
            custom_tags[name] = value
            continue
        order[name] = _understood(name, value, delimiter)
        if order[name] != value:
            notes.append(f"{name} {value} is taken as {order[name]}")
    if session_name and "session_name" not in order and "session" not in order:
        order["session_name"] = session_name
    if custom_tags:
        order["custom_tags"] = custom_tags
    return CsvOrder(line, order, notes)


def _understood(name: str, value: str, delimiter: str) -> str:
    """Where cells are parted by semicolons or tabs, 1,000 may be one: many countries have a comma for the point."""
    key = ALIASES.get(name, name)
    if key in _NUMBERS and (
        _CERTAIN_THOUSANDS.fullmatch(value) or (delimiter == "," and _ONE_COMMA.fullmatch(value))
    ):
        return value.replace(",", "")
    return _WORDS.get(key, {}).get(value.upper(), value)


def _wrong(problem: str) -> InvalidRequest:
    return InvalidRequest([FieldError("csv", problem)])
