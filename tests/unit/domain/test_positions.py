"""Positions from fills, in whatever way these come, against matching share by share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.book import Book, Fill
from sendfix.domain.position import Position, position_of
from sendfix.domain.price import FILL, Price

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
TODAY = START.date()


def fill(key: str, qty: int, px: int | str | None, minute: int = 0, **more: Any) -> Fill:
    at = START + timedelta(minutes=minute)
    fields = {"account": "A", "number": 0, "day": at.date(), **more}
    return Fill(key, qty=Decimal(qty), px=None if px is None else Decimal(px), at=at, **fields)


def book(*fills: Fill, kept: int | None = None) -> Book:
    made = Book(kept)
    for one in fills:
        made.fill(one)
    return made


def shown(made: Book, account: str | None = "A", today: date = TODAY) -> Position:
    return position_of("SIM", account, "AAPL", made.standing, today, made.whole)


def seen(made: Book) -> dict[Any, Any]:
    """Everything that can be seen of it; what it keeps beside its standing is the same."""
    standing = made.standing
    held = {account: qty for account, qty in made.net_qtys.items() if qty}
    assert held == {a: ledger.net_qty for a, ledger in standing.ledgers.items() if ledger.net_qty}
    last = None
    if standing.last_px is not None and standing.last_at is not None:
        last = Price(standing.last_px, standing.last_at, FILL)
    assert made.last_fill == last
    return {
        account: position_of("SIM", account, "AAPL", standing, TODAY) for account in sorted(standing.ledgers)
    }


@st.composite
def fills(draw: st.DrawFn, most: int = 12) -> list[Fill]:
    """Fills at different times, in three days and two accounts."""
    count = draw(st.integers(1, most))
    minutes = draw(st.lists(st.integers(0, 3 * 1440), min_size=count, max_size=count, unique=True))
    return [
        fill(
            f"E{number}",
            draw(st.integers(-9, 9).filter(bool)),
            draw(st.integers(1, 9)),
            minute,
            number=number,
            account=draw(st.sampled_from("AB")),
            commission=Decimal(draw(st.integers(0, 3))),
        )
        for number, minute in enumerate(sorted(minutes))
    ]


def share_by_share(traded: list[Fill]) -> tuple[int, Fraction, Fraction]:
    """Net quantity and realised profit, first in first out and at average cost, of single shares."""
    held: list[tuple[int, Fraction]] = []
    average = fifo = at_average = Fraction(0)
    for one in traded:
        sign = 1 if one.qty > 0 else -1
        px = Fraction(one.px or 0)
        for _ in range(abs(int(one.qty))):
            if held and held[0][0] != sign:
                fifo += (px - held.pop(0)[1]) * -sign
                at_average += (px - average) * -sign
            else:
                average = (average * len(held) + px) / (len(held) + 1)
                held.append((sign, px))
    return sum(sign for sign, _px in held), fifo, at_average


@given(fills())
def test_profits_are_those_of_matching_share_by_share(traded: list[Fill]) -> None:
    made = book(*traded)

    for account, ledger in made.standing.ledgers.items():
        net, fifo, average = share_by_share([one for one in traded if one.account == account])
        assert ledger.net_qty == net == sum(qty for qty, _px in ledger.lots)
        assert ledger.fifo_cost == sum(qty * px for qty, px in ledger.lots)
        assert Fraction(ledger.realised_fifo) == fifo
        assert abs(Fraction(ledger.realised_average) - average) < Fraction(1, 10**30)
        position = shown(made, account)
        assert position.profit is not None
        assert position.fifo.realised is not None
        assert position.fifo.unrealised is not None
        assert position.fifo.realised + position.fifo.unrealised == position.profit


@given(fills(), st.randoms(use_true_random=False))
def test_the_order_in_which_fills_come_does_not_matter(traded: list[Fill], random: Any) -> None:
    mixed = random.sample(traded, len(traded))

    assert seen(book(*mixed)) == seen(book(*traded))


@given(fills(), st.data())
def test_a_bust_takes_a_fill_out_as_if_it_had_never_been(traded: list[Fill], data: st.DataObject) -> None:
    busted = data.draw(st.sampled_from(traded))
    before_it = data.draw(st.booleans())
    made = Book(None)
    if before_it:
        made.supersede(busted.key)
    for one in traded:
        made.fill(one)
    made.supersede(busted.key)

    assert seen(made) == seen(book(*(one for one in traded if one is not busted)))


@given(fills(), st.data())
def test_a_correction_stands_where_the_fill_stood(traded: list[Fill], data: st.DataObject) -> None:
    """Also one that comes before what it corrects, and the correction of a correction."""
    first = data.draw(st.sampled_from(traded))
    wrong = fill("C1", 5, 7, 5000, number=900, account=first.account)
    right = fill("C2", data.draw(st.integers(-9, 9).filter(bool)), 4, 6000, number=901, account=first.account)
    names_the_first = data.draw(st.booleans())
    made = Book(None)
    acts = [lambda one=one: made.fill(one) for one in traded]
    acts.insert(
        data.draw(st.integers(0, len(acts))), lambda: (made.supersede(first.key, "C1"), made.fill(wrong))
    )
    for act in acts:
        act()
    made.supersede(first.key if names_the_first else "C1", "C2")
    made.fill(right)

    wanted = [
        one if one is not first else fill("C2", int(right.qty), 4, account=one.account) for one in traded
    ]
    placed = [
        Fill(one.key, one.account, one.qty, one.px, old.at, old.number, old.day, one.commission)
        for one, old in zip(wanted, traded, strict=True)
    ]
    assert seen(made) == seen(book(*placed))


@given(fills(20), st.data())
def test_a_book_that_keeps_few_fills_is_right_or_says_that_it_is_not(
    traded: list[Fill], data: st.DataObject
) -> None:
    busted = data.draw(st.sets(st.sampled_from(traded), max_size=3))
    small, large = book(*traded, kept=2), book(*traded)
    for one in busted:
        small.supersede(one.key)
        large.supersede(one.key)

    assert not small.whole or seen(small) == seen(large)
    if not busted:
        assert small.whole
    large.limit(2)
    assert large.whole
    large.fill(fill("late", 1, 1, -10_000, number=902))
    assert large.whole == (len(traded) - len(busted) <= 2)


def test_what_was_held_when_the_day_began_is_worth_its_last_price_of_the_day_before() -> None:
    yesterday = fill("E1", 100, 10, -1440)
    made = book(yesterday, fill("E2", -40, 12, -1430), fill("E3", -10, 13, 1), fill("E4", 20, 11, 2))

    position = shown(made)

    assert (position.open_qty, position.net_qty) == (60, 70)
    assert (position.close_px, position.last_px) == (12, 11)
    # 50 of yesterday's fell from 12 to 11, 10 were sold one above 12, 20 were bought at the last price.
    assert position.day_profit == -50 + 10
    assert (position.fifo.realised, position.fifo.day_realised) == (40 * 2 + 10 * 3, 10 * 3)
    assert (position.today.buy_qty, position.today.sell_qty) == (20, 10)


def test_a_day_without_fills_begins_with_what_there_is() -> None:
    made = book(fill("E1", 100, 10), fill("E2", -40, 12, 1))

    later = shown(made, today=TODAY + timedelta(days=3))

    assert (later.open_qty, later.day_profit, later.fifo.day_realised, later.today.sell_qty) == (60, 0, 0, 0)
    assert (later.profit, later.fifo.unrealised) == (200, 120)


def test_a_position_that_turns_round_costs_what_turned_it() -> None:
    position = shown(book(fill("E1", 10, 10), fill("E2", -25, 12, 1)))

    assert position.net_qty == -15
    assert (position.fifo.px, position.average.px) == (12, 12)
    assert (position.fifo.realised, position.average.realised) == (20, 20)


def test_a_fill_without_a_price_leaves_quantities_and_no_profit() -> None:
    position = shown(book(fill("E1", 10, 10), fill("E2", 5, None, 1)))

    assert position.net_qty == 15
    assert (position.profit, position.day_profit, position.fifo.realised) == (None, None, None)


def test_what_was_traded_before_an_opening_position_does_not_count() -> None:
    opening = fill("opening", 500, 20, 0, opening=True)
    position = shown(book(fill("E1", 10, None, -1440), fill("E2", -100, 21, 5), opening))

    assert (position.net_qty, position.open_qty, position.fifo.px) == (400, 500, 20)
    assert (position.fifo.realised, position.day_profit, position.last_px) == (100, 500, 21)


def test_accounts_are_apart_and_share_the_last_price() -> None:
    made = book(fill("E1", 10, 10), fill("E2", -10, 14, 1, account="B"))

    assert (shown(made, "A").net_qty, shown(made, "A").profit) == (10, 40)
    assert (shown(made, "B").net_qty, shown(made, "B").profit) == (-10, 0)


def test_products_of_the_longest_numbers_are_exact() -> None:
    quantity, price = Decimal("999999999999999999.999999999999"), Decimal("0.000000000001")
    made = Book()
    made.fill(Fill("E1", "A", quantity, price, START, 1, TODAY))
    made.fill(Fill("E2", "A", -quantity, price * 2, START, 2, TODAY))

    assert shown(made).profit == Decimal("999999.999999999999999999999999")
