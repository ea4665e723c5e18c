"""Everything that a search finds, as CSV (RFC 4180), in pieces: however much it is, little of it is in memory at a
time, and each piece is read by itself, so that nothing else waits for it."""

from __future__ import annotations

import csv
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import gevent
from flask import Response

from sendfix.domain.errors import SendFixError, TooManySearches
from sendfix.services.columns import Subject
from sendfix.services.search import Condition, Found, Op, Search, SearchArchive

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 500
TIMES_TO_WAIT = 12
# A filter that lets hardly anything through would keep one reading at it for as long as the whole table takes.
IDS_AT_ONCE = 100_000
# What a spreadsheet takes for the beginning of a formula; a negative number is none.
_FORMULA = re.compile(r"[=+@\t\r\n]|-(?![\d.]+\Z)")


def csv_response(
    archive: SearchArchive,
    search: Search,
    to_json: Callable[[Any], Mapping[str, Any]],
    columns: Sequence[str],
    at: datetime,
) -> Response:
    """Oldest first, up to the newest that is stored now: what comes meanwhile is not in it. Raises as
    `SearchArchive.search` does when not even the first of it can be read."""
    newest = archive.newest_id(search.subject)
    name = f"sendfix-{search.subject.name}-{at:%Y-%m-%dT%H%M%SZ}.csv"
    return Response(
        _pieces(archive, search, to_json, columns, newest),
        content_type="text/csv; charset=utf-8; header=present",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        },
    )


def _pieces(
    archive: SearchArchive,
    search: Search,
    to_json: Callable[[Any], Mapping[str, Any]],
    columns: Sequence[str],
    newest: int,
) -> Iterator[str]:
    line = csv_lines()
    yield line(columns)

    def make(item: Any) -> str:
        row = to_json(item)
        return line([row[name] for name in columns])

    try:
        for part in _parts(search, newest):
            position = None
            while True:
                found = _read(archive, part.behind(position, ROWS_AT_ONCE), make)
                if found.made:
                    yield "".join(found.made)
                if found.next is None:
                    break
                position = found.next
    except SendFixError as error:
        # Too late for another status: the connection ends without its last piece, by which a client knows.
        log.error("export of %s: broken off: %s", search.subject.name, error)
        raise


def _read(archive: SearchArchive, search: Search, make: Callable[[Any], str]) -> Found[str]:
    """Others' long searches may take all threads for a while: a file that has begun waits for longer than a list."""
    for _ in range(TIMES_TO_WAIT - 1):
        try:
            return archive.search(search, make)
        except TooManySearches:
            gevent.sleep(0)
    return archive.search(search, make)


def _parts(search: Search, newest: int) -> Iterator[Search]:
    """By ranges of ids."""
    lowest, highest = _id_range(search.subject, search.conditions, newest)
    by_id = replace(search, sort=search.subject.id, descending=False, position=None)
    for start in range(lowest, highest + 1, IDS_AT_ONCE):
        last = min(start + IDS_AT_ONCE - 1, highest)
        bounds = (
            Condition(search.subject.id, Op.AT_LEAST, (start,)),
            Condition(search.subject.id, Op.AT_MOST, (last,)),
        )
        yield replace(by_id, conditions=(*search.conditions, *bounds))


def _id_range(subject: Subject, conditions: Sequence[Condition], newest: int) -> tuple[int, int]:
    """What is asked for of the ids that there are."""
    lowest, highest = 0, newest
    for one in conditions:
        if one.column is subject.id and one.op is Op.AT_LEAST:
            lowest = max(lowest, int(one.operands[0]))
        if one.column is subject.id and one.op is Op.AT_MOST:
            highest = min(highest, int(one.operands[0]))
    return lowest, highest


class _Line:
    """What csv writes to; its writer gives back what this does."""

    @staticmethod
    def write(text: str) -> str:
        return text


def csv_lines() -> Callable[[Sequence[Any]], str]:
    """Makes one line after another, each with CRLF at its end; for one thread at a time."""
    writer = csv.writer(_Line)
    return lambda row: str(writer.writerow([_cell(value) for value in row]))


def _cell(value: Any) -> Any:
    """null is empty, lists and objects are JSON, and a text can't become a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""
    if isinstance(value, str) and _FORMULA.match(value):
        return "'" + value
    return value
