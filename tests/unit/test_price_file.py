"""The price file: what is good of it, what is wrong with it, and that a change is seen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.config import price_file
from sendfix.config.price_file import prices_of
from sendfix.domain.price import GivenPrice
from sendfix.storage.price_file import PriceFile

WRITTEN = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def test_lines_with_and_without_time() -> None:
    text = "symbol,price,time\nAAPL, 187.20 ,2026-03-02T15:30:00+01:00\n\nIBM,240\nX,1,2026-03-02T14:00\nIBM,241\n"
    prices, problems = prices_of(b"\xef\xbb\xbf" + text.encode(), WRITTEN)
    assert problems == []
    assert prices == [
        GivenPrice("AAPL", Decimal("187.20"), datetime(2026, 3, 2, 14, 30, tzinfo=UTC)),
        GivenPrice("IBM", Decimal(241), WRITTEN),
        GivenPrice("X", Decimal(1), WRITTEN),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("AAPL", "has 1 values"),
        ("AAPL,1,,", "has 4 values"),
        (",1", "the symbol must have"),
        ("A" * 65 + ",1", "the symbol must have"),
        ("AAPL,much", "the price of AAPL must be a number"),
        ("AAPL,NaN", "must be a number"),
        ("AAPL,1e99", "at most 18 digits"),
        ("AAPL,0", "give one above 0"),
        ("AAPL,-1", "give one above 0"),
        ("AAPL,1,yesterday", "the time of AAPL is 'yesterday'"),
        ("AAPL,1,0001-01-01T00:00:00+10:00", "the time of AAPL"),
        ('"AAPL"x,1', "what follows is left out"),
    ],
)
def test_a_broken_line_is_named_and_the_others_are_kept(line: str, words: str) -> None:
    prices, problems = prices_of(f"GOOD,1\n{line}\n".encode(), WRITTEN)
    assert [one.symbol for one in prices] == ["GOOD"]
    assert len(problems) == 1
    assert problems[0].startswith("line 2: ")
    assert words in problems[0]


def test_a_file_of_nonsense_says_so_in_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert prices_of(b"\xff\xfe", WRITTEN) == ([], ["the file is not UTF-8 text: byte 0 is wrong"])
    prices, problems = prices_of(b"x\n" * 30, WRITTEN)
    assert (prices, len(problems), problems[-1]) == ([], 21, "and 10 more")
    monkeypatch.setattr(price_file, "MAX_LINES", 2)
    prices, problems = prices_of(b"A,1\nB,1\nC,1\n", WRITTEN)
    assert [one.symbol for one in prices] == ["A", "B"]
    assert problems == ["line 3: only 2 lines are read; the rest is left out"]


@given(st.binary(max_size=200))
def test_no_file_is_too_much(data: bytes) -> None:
    prices, problems = prices_of(data, WRITTEN)
    assert all(one.px > 0 and one.at is not None for one in prices)
    assert all(isinstance(problem, str) for problem in problems)


class Taken:
    def __init__(self) -> None:
        self.all: list[tuple[list[tuple[str, Decimal]], list[str]]] = []

    def take(self, prices: Sequence[GivenPrice], problems: Sequence[str]) -> None:
        self.all.append(([(one.symbol, one.px) for one in prices], list(problems)))


def test_a_change_is_seen_and_a_file_that_is_gone_leaves_its_prices(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    taken = Taken()
    file = PriceFile(path, taken.take)
    file.look()
    assert taken.all == [([], ["can't be read: No such file or directory"])]
    path.write_text("A,1\n")
    file.look()
    file.look()
    path.write_text("A,2\nbroken\n")
    os.utime(path, ns=(1, 1))
    file.look()
    file.look()
    path.unlink()
    file.look()
    file.look()
    path.mkdir()
    file.look()
    file.look()
    assert taken.all[1:] == [
        ([("A", 1)], []),
        ([("A", 2)], ["line 2: has 1 values; give symbol,price or symbol,price,time"]),
        ([("A", 2)], ["can't be read: No such file or directory"]),
        ([("A", 2)], ["can't be read: Is a directory"]),
    ]


def test_a_price_that_is_just_being_written_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    taken = Taken()
    file = PriceFile(path, taken.take)
    path.write_text("A,187.20\n")
    file.look()
    path.write_text("A,1")
    file.look()
    path.write_text("A,187.30\n")
    file.look()
    assert taken.all == [([("A", Decimal("187.20"))], []), ([("A", Decimal("187.30"))], [])]


def test_it_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gevent.event import Event

    from sendfix.storage import price_file as watched

    monkeypatch.setattr(watched, "LOOK_SECONDS", 0.01)
    path = tmp_path / "prices.csv"
    path.write_text("A,1\n")
    changed = Event()

    def take(prices: Sequence[GivenPrice], _problems: Sequence[str]) -> None:
        if prices[0].px == 2:
            changed.set()

    file = PriceFile(path, take)
    file.start()
    try:
        path.write_text("A,2\n ")
        assert changed.wait(15)
    finally:
        file.close()
