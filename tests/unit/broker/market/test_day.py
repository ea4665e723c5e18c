"""Open, high, low and volume of a day, over its end and over a restart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from broker.market.calendar import TradingCalendar
from broker.market.day import Days
from broker.settings import Hours
from broker.trading.matching import Trade

UTC_DAY = TradingCalendar(Hours()).day_of
NOON = 1_800_014_400.0


def days(**prices: str) -> tuple[Days, dict[str, Decimal]]:
    known = {symbol: Decimal(price) for symbol, price in prices.items()}
    return Days(known, UTC_DAY), known


def traded(price: str, quantity: int) -> Trade:
    return Trade("AAPL", Decimal(price), Decimal(quantity), NOON)


def test_a_day_begins_and_ends_at_midnight_utc() -> None:
    date, end = UTC_DAY(NOON)
    assert (date, end) == ("2027-01-15", 1_800_057_600.0)
    assert UTC_DAY(end - 0.001) == (date, end)
    assert UTC_DAY(end) == ("2027-01-16", end + 86_400)


def test_what_is_written_is_read_again() -> None:
    first, prices = days(AAPL="230", BAC="39")
    assert first.turn(NOON) == ["AAPL", "BAC"]
    assert len(first.take_rows()) == 2
    first.note(["AAPL"], [traded("231", 10), traded("228", 5), traded("229.5", 1)])
    prices["AAPL"] = Decimal("229.5")
    (row,) = first.take_rows()
    assert row == {
        "b_symbol": "AAPL",
        "trading_date": "2027-01-15",
        "previous_close": "230",
        "open_price": "231",
        "high_price": "231",
        "low_price": "228",
        "volume": "16",
    }
    assert first.take_rows() == []
    second, _ = days(AAPL="229.5")
    second.restore([as_stored(row)])
    assert second.turn(NOON + 1) == []
    assert second["AAPL"].volume == 16
    assert (second["AAPL"].open, second["AAPL"].low) == (Decimal(231), Decimal(228))
    third, _ = days(AAPL="229.5")
    third.restore([as_stored(row)])
    assert third.turn(NOON + 86_400) == ["AAPL"], "it was down when the day ended"
    assert (third["AAPL"].previous_close, third["AAPL"].open, third["AAPL"].volume) == (
        Decimal("229.5"),
        None,
        0,
    )


def test_a_database_that_has_no_days_yet() -> None:
    empty, _ = days(AAPL="230")
    names = ("trading_date", "previous_close", "open_price", "high_price", "low_price", "volume")
    empty.restore([{"symbol": "AAPL", **dict.fromkeys(names)}])
    assert empty.turn(NOON) == ["AAPL"]
    assert empty["AAPL"].previous_close == 230


def test_a_price_that_moves_without_a_trade_counts_for_all_but_volume() -> None:
    one, prices = days(AAPL="230")
    one.turn(NOON)
    for price in ("231", "229"):
        prices["AAPL"] = Decimal(price)
        one.note(["AAPL"], [])
    day = one["AAPL"]
    assert (day.open, day.high, day.low, day.volume) == (Decimal(231), Decimal(231), Decimal(229), 0)


def test_a_clock_that_was_set_back_begins_the_day_that_it_shows() -> None:
    one, _ = days(AAPL="230")
    one.turn(NOON)
    assert one.turn(NOON - 86_400) == ["AAPL"]
    assert one["AAPL"].date == "2027-01-14"


def as_stored(row: dict[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in row.items() if name != "b_symbol"}, "symbol": row["b_symbol"]}
