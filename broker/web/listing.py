"""Lists of orders and executions: which rows a request asks for, as pages of JSON or streamed whole as CSV."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from flask import Response, request

from broker.search import Search
from broker.web import answers
from broker.web.api_input import SIDES
from broker.web.views import time_to_json

ReadRows = Callable[[int, int | None, Search], list[dict[str, Any]]]
"""`limit`, `before`, `search`: rows, newest first."""

_CHUNK: Final = 1000
_MAX_ARGUMENT: Final = 1000
_BOOLEANS: Final = {"true": 1, "false": 0}
_ARMED: Final = re.compile(r"[=+@\t\r]|-(?![\d.]+$)")
"""A text that begins like a formula must not become one in a spreadsheet; a negative number stays a number."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`filters` are arguments with the columns they search, values separated by commas."""

    name: str
    filters: Mapping[str, str]
    to_json: Callable[[Mapping[str, Any]], dict[str, Any]]
    columns: tuple[str, ...]
    """Of the CSV: keys of what `to_json` gives."""


def answer_page(kind: Kind, read: ReadRows) -> Response:
    search = _search(kind, {"limit", "before"})
    limit = answers.number_argument("limit", answers.DEFAULT_LIMIT, answers.MAX_LIMIT) or 1
    before = answers.number_argument("before", None, answers.MAX_ID)
    rows = read(limit, before, search)
    next_before = rows[-1]["id"] if len(rows) == limit else None
    return answers.json({kind.name: [kind.to_json(row) for row in rows], "next_before": next_before})


def answer_csv(kind: Kind, read: ReadRows) -> Response:
    """All rows that match, newest first, as they are read."""
    search = _search(kind, set())
    first = read(
        _CHUNK, None, search
    )  # what the database refuses is answered as a problem, not as half a file
    name = f"broker-{kind.name}-{time_to_json(datetime.now(UTC).timestamp())[:19].replace(':', '')}.csv"
    return Response(
        _csv_lines(kind, _pages(first, read, search)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _pages(rows: list[dict[str, Any]], read: ReadRows, search: Search) -> Iterator[list[dict[str, Any]]]:
    while rows:
        yield rows
        rows = read(_CHUNK, rows[-1]["id"], search) if len(rows) == _CHUNK else []


def _csv_lines(kind: Kind, pages: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(kind.columns)
    yield buffer.getvalue()
    for rows in pages:
        buffer.seek(0)
        buffer.truncate()
        for row in rows:
            shown = kind.to_json(row)
            writer.writerow([_unarmed(shown[name]) for name in kind.columns])
        yield buffer.getvalue()


def _unarmed(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if _ARMED.match(text) else text


def _search(kind: Kind, more: set[str]) -> Search:
    answers.refuse_unknown_arguments({"from", "to", "text", *kind.filters, *more})
    among: dict[str, list[Any]] = {}
    for name, column in kind.filters.items():
        given = request.args.get(name)
        if given is not None:
            among[column] = [_value(name, one) for one in _sound(name, given).split(",")]
    text = request.args.get("text")
    return Search(among=among, begin=_time("from"), end=_time("to"), text=text and _sound("text", text))


def _sound(name: str, text: str) -> str:
    if len(text) > _MAX_ARGUMENT:
        raise answers.bad(name, f"is longer than {_MAX_ARGUMENT} characters")
    return text


def _value(name: str, text: str) -> Any:
    if name == "side":
        return SIDES.get(text.upper(), text)
    if name == "order_id":
        return _order_id(text)
    if name == "open":
        if text not in _BOOLEANS:
            raise answers.bad(name, "must be true or false")
        return _BOOLEANS[text]
    return text.upper() if name == "status" else text


def _order_id(text: str) -> int:
    number = text.removeprefix("O")
    if not number.isascii() or not number.isdecimal() or len(number) > 15:
        raise answers.bad("order_id", "must be an order's id, as 7 or O7")
    return int(number)


def _time(name: str) -> float | None:
    """ISO 8601, UTC unless it says otherwise, or seconds since the epoch."""
    text = request.args.get(name)
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = _iso_seconds(text)
    if not math.isfinite(seconds):
        raise answers.bad(name, "must be a time as 2026-01-31T14:30:00Z, or seconds since 1970")
    return seconds


def _iso_seconds(text: str) -> float:
    try:
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return math.nan
