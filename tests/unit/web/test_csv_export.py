"""Exports: the form of the lines, what is in them, and how little of them is in memory."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from sendfix.domain.errors import StorageUnavailable, TooManySearches
from sendfix.services.columns import MESSAGES, Subject
from sendfix.services.ports import MessageRow
from sendfix.services.search import Condition, Found, Op, Position, Search
from sendfix.web.csv_export import TIMES_TO_WAIT, csv_lines, csv_response

T = TypeVar("T")

NOW = datetime(2026, 3, 2, 14, 30, 5, tzinfo=UTC)
COLUMNS = ("id", "raw")


class Generated:
    """An archive of messages that are made when they are asked for; from `fails_at` on it can't be read."""

    def __init__(self, count: int, fails_at: int | None = None) -> None:
        self._count = count
        self._fails_at = fails_at
        self.asked: list[Search] = []

    def newest_id(self, subject: Subject) -> int:
        assert subject is MESSAGES
        return self._count

    def search(self, search: Search, make: Callable[[Any], T]) -> Found[T]:
        self.asked.append(search)
        lowest, highest = bounds(search)
        after = -1 if search.position is None else int(search.position.id)
        start = max(lowest, after + 1, 1)
        if self._fails_at is not None and start >= self._fails_at:
            raise StorageUnavailable("The database can't be read: it is gone")
        # More come while the export runs.
        stop = min(highest, self._count + 7, start + search.limit - 1)
        rows = [
            MessageRow(number, "S44", "IN", number, number, "8", f"8=FIX.4.4\x0158={number}\x01")
            for number in range(start, stop + 1)
        ]
        more = stop < min(highest, self._count + 7)
        return Found([make(one) for one in rows], Position(stop, stop) if more else None)


def bounds(search: Search) -> tuple[int, int]:
    lowest = max(int(one.operands[0]) for one in search.conditions if one.op is Op.AT_LEAST)
    highest = min(int(one.operands[0]) for one in search.conditions if one.op is Op.AT_MOST)
    return lowest, highest


def row(message: MessageRow) -> dict[str, Any]:
    return {"id": message.id, "raw": message.raw.replace("\x01", "|")}


def search_of(*conditions: Condition) -> Search:
    return Search(MESSAGES, MESSAGES.id, conditions)


def exported(archive: Generated, search: Search) -> list[list[str]]:
    pieces = csv_response(archive, search, row, COLUMNS, NOW).response
    return list(csv.reader(io.StringIO("".join(map(str, pieces)), newline="")))


def test_everything_that_there_was_at_the_start_and_nothing_twice() -> None:
    lines = exported(Generated(1_234), search_of())
    assert lines[0] == ["id", "raw"]
    assert [line[0] for line in lines[1:]] == [str(number) for number in range(1, 1_235)]
    assert lines[-1] == ["1234", "8=FIX.4.4|58=1234|"]


def test_an_empty_export_has_its_header() -> None:
    assert exported(Generated(0), search_of()) == [["id", "raw"]]


def test_a_part_by_ids() -> None:
    an_id = MESSAGES.id
    archive = Generated(10**9)
    part = search_of(Condition(an_id, Op.AT_LEAST, (250_001,)), Condition(an_id, Op.AT_MOST, (250_010,)))
    assert [line[0] for line in exported(archive, part)[1:]] == [
        str(250_001 + number) for number in range(10)
    ]
    assert len(archive.asked) == 1


def test_a_file_name_and_a_type() -> None:
    response = csv_response(Generated(1), search_of(), row, COLUMNS, NOW)
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="sendfix-messages-2026-03-02T143005Z.csv"'
    )
    assert response.mimetype == "text/csv"


def test_nothing_is_read_for_a_client_that_has_gone() -> None:
    archive = Generated(100_000)
    response = csv_response(archive, search_of(), row, COLUMNS, NOW)
    pieces = iter(response.response)
    assert next(pieces) == "id,raw\r\n"
    assert archive.asked == []
    next(pieces)
    response.close()
    assert len(archive.asked) == 1
    assert list(pieces) == []


def test_a_database_that_fails_on_the_way_breaks_the_transfer_off() -> None:
    pieces = iter(csv_response(Generated(5_000, fails_at=1_001), search_of(), row, COLUMNS, NOW).response)
    assert next(pieces) == "id,raw\r\n"
    assert next(pieces) < next(pieces)
    with pytest.raises(StorageUnavailable):
        next(pieces)


class Busy(Generated):
    """All of its threads are taken, so many times in a row before each answer."""

    def __init__(self, count: int, times: int) -> None:
        super().__init__(count)
        self._times = self._left = times

    def search(self, search: Search, make: Callable[[Any], T]) -> Found[T]:
        if self._left:
            self._left -= 1
            raise TooManySearches
        self._left = self._times
        return super().search(search, make)


def test_a_file_that_has_begun_waits_for_others() -> None:
    assert len(exported(Busy(1_200, times=TIMES_TO_WAIT - 1), search_of())) == 1_201
    with pytest.raises(TooManySearches):
        exported(Busy(1_200, times=TIMES_TO_WAIT), search_of())


def test_memory_stays_flat() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        total = sum(
            len(piece) for piece in csv_response(Generated(count), search_of(), row, COLUMNS, NOW).response
        )
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert total > count * 20
        return used

    few = peak(1_500)
    assert peak(15_000) < few * 1.5


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        ("", ""),
        ("12.50", "12.50"),
        ("-12.50", "-12.50"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\r=1", '"\'\r=1"'),
        ("-", "'-"),
        ("\n=1", '"\'\n=1"'),
        ('a "b", c', '"a ""b"", c"'),
        ("two\r\nlines", '"two\r\nlines"'),
        ("Grüße 苹果", "Grüße 苹果"),
        (["A", "B"], '"[""A"",""B""]"'),
        ({"1": "é"}, '"{""1"":""é""}"'),
        ([], ""),
        ({}, ""),
    ],
    ids=repr,
)
def test_a_cell(value: object, cell: str) -> None:
    assert csv_lines()(["first", value]) == f"first,{cell}\r\n"
