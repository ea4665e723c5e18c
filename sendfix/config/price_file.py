"""The file that SENDFIX_PRICE_FILE names: prices for the symbols that no session has market data of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from sendfix.domain.price import GivenPrice
from sendfix.domain.values import decimal_of_text

MAX_LINES = 100_000
MAX_PROBLEMS = 20
MAX_SYMBOL = 64


def prices_of(data: bytes, written_at: datetime) -> tuple[list[GivenPrice], list[str]]:
    """The prices of a text with lines `symbol,price` or `symbol,price,time`, and what is wrong with other lines, by
    their numbers. A first line with these names is left out; of a symbol that is there twice, the last line counts. A
    line without a time has that of the file, a time without a zone is UTC."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [f"the file is not UTF-8 text: byte {error.start} is wrong"]
    found: dict[str, GivenPrice] = {}
    problems: list[str] = []
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        for number, row in enumerate(_rows(reader)):
            if number == MAX_LINES:
                problems.append(
                    f"line {reader.line_num}: only {MAX_LINES} lines are read; the rest is left out"
                )
                break
            try:
                price = _price(row, written_at)
            except ValueError as error:
                problems.append(f"line {reader.line_num}: {error}")
            else:
                found[price.symbol] = price
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: {error}; what follows is left out")
    if len(problems) > MAX_PROBLEMS:
        problems[MAX_PROBLEMS:] = [f"and {len(problems) - MAX_PROBLEMS} more"]
    return list(found.values()), problems


def _rows(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(reader):
        values = [value.strip() for value in row]
        is_head = number == 0 and [value.lower() for value in values[:2]] == ["symbol", "price"]
        if any(values) and not is_head:
            yield values


def _price(row: list[str], written_at: datetime) -> GivenPrice:
    """Raises ValueError."""
    if not 2 <= len(row) <= 3:
        raise ValueError(f"has {len(row)} values; give symbol,price or symbol,price,time")
    symbol, text, *times = row
    if not symbol or len(symbol) > MAX_SYMBOL or not symbol.isprintable():
        raise ValueError(f"the symbol must have 1 to {MAX_SYMBOL} printable characters")
    try:
        px = decimal_of_text(text)
    except ValueError as error:
        raise ValueError(f"the price of {symbol} {error}") from None
    if px <= 0:
        raise ValueError(f"the price of {symbol} is {text[:20]}; give one above 0")
    return GivenPrice(symbol, px, _time(symbol, times[0]) if times and times[0] else written_at)


def _time(symbol: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"the time of {symbol} is {text[:40]!r}; give one like 2026-03-02T14:30:00Z, or none"
        ) from None
