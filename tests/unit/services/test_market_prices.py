"""Whether prices are shown as live, and which are told as last."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.services.market_kit import MarketKit

ASK, END = "1", "2"


@pytest.fixture
def kit() -> MarketKit:
    return MarketKit()


def test_a_quiet_market_is_live_as_long_as_its_session(kit: MarketKit) -> None:
    kit.snapshot(kit.subscribe("AAPL"))
    kit.now += timedelta(seconds=30)
    kit.heartbeat()
    kit.now += timedelta(seconds=44)
    assert kit.stale() is None
    kit.changes.clear()
    kit.run(2)
    assert kit.stale() == "Nothing has come from the counterparty since 14:03:30 UTC"
    assert kit.changes == [("S44", "AAPL")]
    kit.heartbeat()
    assert kit.stale() is None


def test_last_prices_are_of_trades_and_until_then_of_the_middle(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    kit.update(first, "279=1|269=0|270=10|271=9")
    kit.update(first, "279=0|269=0|270=10.5|271=1")
    kit.update(first, "279=0|269=2|270=10.9|271=1|272=20260302|273=14:02:59.5")
    kit.update(first, "279=2|269=0|270=10.5")
    assert kit.prices.noted == [
        ("S44", "AAPL", Decimal("10.5"), "mid"),
        ("S44", "AAPL", Decimal("10.75"), "mid"),
        ("S44", "AAPL", Decimal("10.9"), "trade"),
    ]


def test_after_a_minute_without_a_trade_the_middle_says_more(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    kit.update(first, "279=0|269=2|270=10.9|271=1")
    kit.now += timedelta(seconds=59)
    kit.update(first, "279=1|269=0|270=10|271=9")
    kit.now += timedelta(seconds=1)
    kit.update(first, "279=1|269=0|270=10|271=8")
    kit.update(first, "279=0|269=2|270=10.8|271=1")
    kit.update(first, "279=1|269=0|270=10|271=7")
    told = [(str(px), source) for _session_name, _symbol, px, source in kit.prices.noted]
    assert told == [("10.5", "mid"), ("10.9", "trade"), ("10.5", "mid"), ("10.8", "trade")]


def test_a_middle_that_stays_stays_fresh(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    kit.run(0.5)
    kit.update(first, "279=1|269=0|270=10|271=9")
    kit.run(1.0)
    kit.update(first, "279=1|269=0|270=10|271=8")
    assert kit.prices.noted == [("S44", "AAPL", Decimal("10.5"), "mid")] * 2


def test_a_book_that_crosses_says_so(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    assert kit.view().warning is None
    kit.update(first, "279=0|269=0|270=12|271=1")
    assert (kit.stale(), kit.view().warning) == (None, "The best bid 12 is above the best offer 11")


def test_a_desk_that_is_behind_shows_no_price_as_live(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    kit.lag = 3.0
    kit.update(first, "279=0|269=0|270=9|271=1")
    assert kit.stale() == "The desk is behind with the market data: these prices are some seconds old"
    assert kit.bids() == [("10", "5"), ("9", "1")]
    kit.lag = 0.5
    kit.update(first, "279=0|269=0|270=8|271=1")
    assert (kit.stale(), len(kit.bids())) == (None, 3)


def test_a_desk_that_has_caught_up_says_so_in_a_quiet_market(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    kit.lag = 3.0
    kit.update(first, "279=0|269=0|270=9|271=1")
    assert "behind" in (kit.stale() or "")
    kit.logged("35=0")
    assert kit.stale() is None


def test_a_desk_that_is_far_behind_begins_anew(kit: MarketKit) -> None:
    first = kit.subscribe("AAPL")
    kit.snapshot(first)
    kit.lag = 6.0
    kit.update(first, "279=0|269=0|270=9|271=1")
    assert [one[263] for one in kit.sent[-2:]] == [END, ASK]
    assert "begins anew" in (kit.stale() or "")
    kit.update(first, "279=0|269=0|270=8|271=1")
    kit.lag = 0.0
    kit.snapshot(kit.sent[-1][262])
    assert (kit.stale(), kit.bids()) == (None, [("10", "5")])
