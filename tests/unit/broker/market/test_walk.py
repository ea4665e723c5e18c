"""A walk can be repeated, stays on the tick and near where it began; what it quotes is traded level by level."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from broker.market.walk import PriceWalk
from broker.settings import Rules, Settings, Walk
from broker.trading.behaviours import Behaviour, Mode
from tests.unit.broker.kit import NEW, NEWER, Counterparty

TICK = Rules().tick


def prices(seed: int, steps: int, begin: str = "230.10", **more: Any) -> list[Decimal]:
    walk = PriceWalk("AAPL", Walk(seed=seed, **more), TICK, Decimal(begin))
    price, found = Decimal(begin), []
    for _ in range(steps):
        price = walk.step(price)
        walk.offers(price, True)
        found.append(price)
    return found


def test_the_same_seed_gives_the_same_walk() -> None:
    assert prices(1, 200) == prices(1, 200)
    assert prices(1, 200) != prices(2, 200)


@settings(max_examples=20)
@given(st.integers(0, 99), st.sampled_from(["0.01", "1.00", "230.10"]))
def test_a_walk_stays_sane(seed: int, begin: str) -> None:
    found = prices(seed, 2000, begin, volatility=Decimal("0.003"))
    assert all(price >= TICK and price % TICK == 0 for price in found)
    assert max(found) < 2 * Decimal(begin) + TICK * 5


def test_what_is_quoted_lies_around_the_price() -> None:
    walk = PriceWalk("AAPL", Walk(levels=3), TICK, Decimal("230.10"))
    bids, offers = walk.offers(Decimal("230.10"), True), walk.offers(Decimal("230.10"), False)
    assert [str(one.price) for one in bids] == ["230.09", "230.08", "230.07"]
    assert [str(one.price) for one in offers] == ["230.11", "230.12", "230.13"]
    assert all(1000 <= one.quantity <= 3000 for one in bids + offers)


def living(**more: Any) -> Counterparty:
    client = Counterparty(NEWER, Mode.MATCH, settings=Settings(walk=Walk(enabled=True, levels=2, **more)))
    client.orders.behaviours.default = Behaviour(Mode.MATCH)
    client.wait(0)
    return client


def test_a_large_order_goes_through_the_levels_and_moves_the_price() -> None:
    client = living(quantity=Decimal(100))
    first, second = client.orders.matching.depth("AAPL", False, 9)
    assert (str(first.price), str(second.price)) == ("230.01", "230.02")
    quantity = first.quantity + 10
    client.new("a", NEW.replace("38=100", f"38={quantity}").replace("44=200", "44=231"))
    client.expect(f"8|39=1|32={first.quantity}|31=230.01")
    client.expect_all("8|39=2|32=10|31=230.02")
    assert client.orders.matching.prices["AAPL"] == Decimal("230.02")
    assert client.orders.matching.depth("AAPL", False, 9) == [second._replace(quantity=second.quantity - 10)]


def test_a_market_order_gets_what_there_is() -> None:
    client = living(quantity=Decimal(10))
    offered = sum(level.quantity for level in client.orders.matching.depth("AAPL", False, 9))
    client.new("a", NEW.replace("40=2|44=200", "40=1"))
    reports = [client.expect("8|11=a") for _ in range(3)]
    assert [report["39"] for report in reports] == ["1", "1", "4"]
    assert Decimal(reports[-1]["14"]) == offered


def test_a_resting_order_is_filled_when_the_market_comes_to_it() -> None:
    client = living(volatility=Decimal("0.01"))
    client.new("a", NEW.replace("44=200", "44=229.95"))
    for _ in range(500):
        client.wait(1)
        if client.answers:
            break
    report = client.expect("8|11=a|39=2|14=100")
    assert Decimal(report["31"]) <= Decimal("229.95")


def tape(seed: int, orders: list[tuple[bool, int, int]]) -> list[tuple[str, ...]]:
    """What each order was told and what depth showed, in a market that moves between orders."""
    client = living(seed=seed)
    found: list[tuple[str, ...]] = []
    for number, (buy, quantity, ticks) in enumerate(orders):
        price = Decimal(230) + ticks * TICK
        client.ask(
            f"{NEW}|11=c{number}".replace("54=1", f"54={1 if buy else 2}")
            .replace("38=100", f"38={quantity}")
            .replace("44=200", f"44={price}")
        )
        client.wait(1)
        found += [tuple(sorted(answer.items())) for answer in client.answers]
        found += [tuple(map(str, level)) for level in client.orders.matching.depth("AAPL", True, 3)]
        client.answers.clear()
    return found


@settings(max_examples=15)
@given(
    st.integers(0, 9),
    st.lists(st.tuples(st.booleans(), st.integers(1, 3000), st.integers(-9, 9)), max_size=8),
)
def test_the_same_seed_and_orders_give_the_same_tape(seed: int, orders: list[tuple[bool, int, int]]) -> None:
    assert tape(seed, orders) == tape(seed, orders)
