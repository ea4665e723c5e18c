"""The fold of market data entries into a book."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.market import (
    BID,
    CHANGE,
    DELETE,
    DELETE_FROM,
    DELETE_THRU,
    KEPT_TRADES,
    NEW,
    OFFER,
    OVERLAY,
    TRADE,
    VOLUME,
    Book,
    Entry,
    Problem,
)

AT = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)


def bid(px: str, size: str, **rest: object) -> Entry:
    return Entry(NEW, BID, Decimal(px), Decimal(size), **rest)  # type: ignore[arg-type]


def offer(px: str, size: str, **rest: object) -> Entry:
    return Entry(NEW, OFFER, Decimal(px), Decimal(size), **rest)  # type: ignore[arg-type]


def sides(book: Book) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    bids, offers = (
        [(str(level.px), str(level.size)) for level in side.levels()] for side in (book.bids, book.offers)
    )
    return bids, offers


def book_of(*entries: Entry) -> Book:
    book = Book()
    book.snapshot(entries, AT)
    return book


def test_a_snapshot_replaces_all_but_the_trades() -> None:
    book = book_of(
        bid("10", "5"), offer("11", "6"), Entry(NEW, "4", Decimal("9")), Entry(NEW, VOLUME, size=Decimal(7))
    )
    book.update([Entry(NEW, TRADE, Decimal("10.5"), Decimal("1"))], AT)

    book.snapshot(
        [bid("9.5", "1"), bid("9.75", "2"), Entry(NEW, "7", Decimal("12"))], AT + timedelta(seconds=1)
    )

    assert sides(book) == ([("9.75", "2"), ("9.5", "1")], [])
    assert (book.open_px, book.high_px, book.volume) == (None, Decimal("12"), None)
    assert [trade.px for trade in book.trades] == [Decimal("10.5")]
    assert book.updated_at == AT + timedelta(seconds=1)


def test_prices_are_added_changed_and_deleted() -> None:
    book = book_of(bid("10", "5"), bid("9", "4"), offer("11", "6", orders=2))

    book.update(
        [
            Entry(DELETE, BID, Decimal("10")),
            Entry(CHANGE, BID, Decimal("9"), Decimal("3")),
            Entry(NEW, OFFER, Decimal("10.5"), Decimal("1")),
            Entry(CHANGE, OFFER, Decimal("11"), Decimal("7")),
        ],
        AT,
    )

    assert sides(book) == ([("9", "3")], [("10.5", "1"), ("11", "7")])
    assert book.offers.levels()[1].orders == 2
    assert book.offers.levels(1) == book.offers.levels()[:1]
    assert book.middle == Decimal("9.75")


def test_the_same_price_written_otherwise_is_the_same_price() -> None:
    book = book_of(bid("10.00", "5"))
    book.update([Entry(DELETE, BID, Decimal("10"))], AT)
    assert sides(book) == ([], [])


def test_orders_with_ids_stand_side_by_side_at_a_price() -> None:
    book = book_of(bid("10", "5", entry_id="a"), bid("10", "3", entry_id="b"))
    assert book.bids.levels() == [(Decimal("10"), Decimal("8"), 2)]

    book.update([Entry(CHANGE, BID, Decimal("10.5"), Decimal("4"), entry_id="c", ref_id="a")], AT)
    assert sides(book)[0] == [("10.5", "4"), ("10", "3")]

    # Without a type, the id tells.
    book.update([Entry(DELETE, None, ref_id="c")], AT)
    assert sides(book)[0] == [("10", "3")]


def test_updates_with_ids_follow_a_snapshot_without() -> None:
    book = book_of(bid("10", "5"))
    book.update([Entry(CHANGE, BID, Decimal("10"), Decimal("6"), entry_id="x")], AT)
    book.update([Entry(DELETE, BID, entry_id="x")], AT)
    assert sides(book) == ([], [])


def test_positions_count_from_the_best_where_there_is_no_price() -> None:
    book = book_of(bid("10", "5"), bid("9", "4"), bid("8", "3"))
    book.update([Entry(CHANGE, BID, size=Decimal("1"), position=2), Entry(DELETE, BID, position=1)], AT)
    assert sides(book)[0] == [("9", "1"), ("8", "3")]
    book.update([Entry(OVERLAY, BID, Decimal("9.5"), Decimal("2"), position=1)], AT)
    assert sides(book)[0] == [("9.5", "2"), ("8", "3")]


@pytest.mark.parametrize(
    ("action", "left"),
    [(DELETE_THRU, [("8", "3")]), (DELETE_FROM, [("10", "5")])],
)
@pytest.mark.parametrize("place", [{"px": Decimal("9")}, {"position": 2}])
def test_ranges_are_deleted(action: str, left: list[tuple[str, str]], place: dict[str, object]) -> None:
    book = book_of(bid("10", "5"), bid("9", "4"), bid("8", "3"))
    book.update([Entry(action, BID, **place)], AT)  # type: ignore[arg-type]
    assert sides(book)[0] == left


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (Entry(DELETE, BID, Decimal("9")), r"no bid at MDEntryPx\(270\) 9 to delete"),
        (Entry(CHANGE, OFFER, Decimal("12"), Decimal("1")), r"no offer at MDEntryPx\(270\) 12 to change"),
        (Entry(DELETE, BID, entry_id="q"), r"with MDEntryID\(278\) 'q'"),
        (Entry(DELETE, BID, position=5), r"at MDEntryPositionNo\(290\) 5"),
        (Entry(DELETE_FROM, BID, position=5), r"at MDEntryPositionNo\(290\) 5 to delete from"),
        (Entry(DELETE, None, ref_id="q"), r"without MDEntryType\(269\)"),
        (Entry(NEW, BID, None, Decimal("1")), r"MDEntryPx\(270\) of a new bid is missing"),
        (Entry(NEW, BID, Decimal("1")), r"MDEntrySize\(271\) of the bid at 1 is missing"),
        (Entry(NEW, BID, Decimal("1"), Decimal("-1")), "below zero"),
        (Entry(NEW, TRADE), r"MDEntryPx\(270\) of a trade is missing"),
    ],
)
def test_what_does_not_fit_is_said(entry: Entry, words: str) -> None:
    book = book_of(bid("10", "5"), offer("11", "6"))
    with pytest.raises(Problem, match=words):
        book.update([entry], AT)


def test_trades_are_newest_first_and_bounded() -> None:
    book = book_of()
    fresh = book.update([Entry(NEW, TRADE, Decimal(n), Decimal(1)) for n in range(1, KEPT_TRADES + 11)], AT)
    assert len(fresh) == KEPT_TRADES + 10
    assert len(book.trades) == KEPT_TRADES
    assert book.trades[0].px == book.last_px == Decimal(KEPT_TRADES + 10)


def test_a_trade_is_busted_and_another_corrected() -> None:
    book = book_of()
    book.update([Entry(NEW, TRADE, Decimal(n), Decimal(1), entry_id=str(n)) for n in (1, 2, 3)], AT)
    book.update(
        [Entry(DELETE, TRADE, entry_id="3"), Entry(CHANGE, TRADE, Decimal("2.5"), Decimal(4), ref_id="2")], AT
    )
    assert [(trade.px, trade.size) for trade in book.trades] == [
        (Decimal("2.5"), Decimal(4)),
        (Decimal(1), Decimal(1)),
    ]
    assert book.last_px == Decimal("2.5")


def test_a_snapshot_that_repeats_the_last_trade_adds_none() -> None:
    book = book_of(Entry(NEW, TRADE, Decimal("10"), Decimal(1), at=AT))
    assert len(book.trades) == 1
    assert book.snapshot([Entry(NEW, TRADE, Decimal("10"), Decimal(1), at=AT)], AT) == []
    assert len(book.trades) == 1
    later = AT + timedelta(seconds=1)
    assert len(book.snapshot([Entry(NEW, TRADE, Decimal("10"), Decimal(1), at=later)], later)) == 1


def test_snapshots_that_tell_several_trades_tell_each_once() -> None:
    times = [AT + timedelta(seconds=number) for number in range(4)]
    told = [Entry(NEW, TRADE, Decimal("10"), Decimal(1), at=at) for at in times]
    book = book_of(*told[:3])
    assert [trade.at for trade in book.snapshot(told[1:], AT)] == times[3:]
    assert [trade.at for trade in book.trades] == times[::-1]
    # Two that are alike are two.
    assert len(book.snapshot([told[3], told[3]], AT)) == 1


def test_a_correction_changes_what_it_says_and_a_bust_leaves_no_price() -> None:
    book = book_of()
    book.update([Entry(NEW, TRADE, Decimal("3"), Decimal(7), entry_id="1")], AT)
    book.update([Entry(CHANGE, TRADE, Decimal("0"), ref_id="1")], AT)
    assert [(trade.px, trade.size) for trade in book.trades] == [(Decimal(0), Decimal(7))]
    assert (book.last_px, book.last_size) == (Decimal(0), Decimal(7))
    book.update([Entry(DELETE, TRADE, ref_id="9")], AT)
    assert book.last_px == Decimal(0)
    book.update([Entry(DELETE, TRADE, ref_id="1")], AT)
    assert (list(book.trades), book.last_px, book.last_size) == ([], None, None)


def test_a_change_to_a_size_below_zero_is_said() -> None:
    book = book_of(bid("10", "5"))
    with pytest.raises(Problem, match="is -5, below zero"):
        book.update([Entry(CHANGE, BID, Decimal("10"), Decimal("-5"))], AT)


def test_a_last_trade_without_a_time_is_shown_and_is_no_new_trade() -> None:
    book = Book()
    assert book.snapshot([Entry(NEW, TRADE, Decimal("10"))], AT) == []
    assert (book.last_px, book.last_size, list(book.trades)) == (Decimal("10"), None, [])


def test_a_crossed_book_has_no_middle() -> None:
    book = book_of(bid("10", "5"), offer("9", "6"))
    assert book.crossed
    assert book.middle is None


Reference = dict[str, dict[Decimal, int]]
PRICES = st.integers(1, 12).map(Decimal)
STATES = st.fixed_dictionaries(
    {
        BID: st.dictionaries(PRICES, st.integers(1, 9), max_size=8),
        OFFER: st.dictionaries(PRICES, st.integers(1, 9), max_size=8),
    }
)


def whole(state: Reference) -> list[Entry]:
    return [Entry(NEW, kind, px, Decimal(size)) for kind, side in state.items() for px, size in side.items()]


def difference(before: Reference, after: Reference) -> Iterable[Entry]:
    """As a counterparty tells it: what is gone, then what is other."""
    for kind in (BID, OFFER):
        for px in before[kind].keys() - after[kind].keys():
            yield Entry(DELETE, kind, px)
        for px, size in after[kind].items():
            if px not in before[kind]:
                yield Entry(NEW, kind, px, Decimal(size))
            elif before[kind][px] != size:
                yield Entry(CHANGE, kind, px, Decimal(size))


@given(states=st.lists(st.tuples(STATES, st.booleans()), min_size=1, max_size=12))
def test_snapshots_and_updates_lead_to_the_same_book(states: list[tuple[Reference, bool]]) -> None:
    book, known = Book(), None
    for state, as_snapshot in states:
        if known is None or as_snapshot:
            book.snapshot(whole(state), AT)
        else:
            book.update(difference(known, state), AT)
        known = state
        expected = [
            [(px, Decimal(size), None) for px, size in sorted(state[kind].items(), reverse=kind == BID)]
            for kind in (BID, OFFER)
        ]
        assert [book.bids.levels(), book.offers.levels()] == expected
        best = [side[0][0] if side else None for side in expected]
        assert [book.bids.best, book.offers.best] == best


ORDERS = st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(PRICES, st.integers(1, 9)), max_size=8)


@given(states=st.lists(ORDERS, min_size=1, max_size=12))
def test_single_orders_by_their_ids_lead_to_the_same_book(
    states: list[dict[str, tuple[Decimal, int]]],
) -> None:
    book, known = Book(), dict[str, tuple[Decimal, int]]()
    book.snapshot([], AT)
    for state in states:
        entries = [Entry(DELETE, None, entry_id=one) for one in known.keys() - state.keys()]
        for one, (px, size) in state.items():
            if known.get(one) != (px, size):
                action = CHANGE if one in known else NEW
                entries.append(Entry(action, BID, px, Decimal(size), entry_id=one))
        book.update(entries, AT)
        known = state
        at_price: dict[Decimal, list[int]] = {}
        for px, size in state.values():
            at_price.setdefault(px, []).append(size)
        assert [(level.px, level.size) for level in book.bids.levels()] == [
            (px, Decimal(sum(sizes))) for px, sizes in sorted(at_price.items(), reverse=True)
        ]
