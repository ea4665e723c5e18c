"""What becomes of orders when the market opens, closes or halts, by the clock or by a person."""

from __future__ import annotations

import pytest

from broker.market.hours import SetHalted, SetPhase
from broker.settings import Hours, Settings
from broker.trading.behaviours import Behaviour, Mode
from broker.trading.by_hand import Refused
from tests.unit.broker.kit import BOTH, NEWER, NOW, OLD, TIME, Counterparty

HOURS = Settings(
    hours=Hours(open_time="09:00", close_time="17:00", days_of_week=(1, 2, 3, 4, 5), enforced=True)
)
HOUR = 3600.0
ORDER = f"D|21=1|55=AAPL|38=100|{TIME}"


def before_the_open(version: str = NEWER, **behaviour: bool) -> Counterparty:
    """A Friday, one hour before the market opens."""
    client = Counterparty(version, settings=HOURS)
    client.orders.behaviours.default = Behaviour(Mode.MATCH, market=behaviour.get("market", False))
    client.application.hours.start(NOW)
    return client


def order(client: Counterparty, cl_ord_id: str, fields: str) -> None:
    client.ask(f"{ORDER}|11={cl_ord_id}|{fields}")
    client.expect(f"8|11={cl_ord_id}|150=0|39=0")


@BOTH
def test_orders_wait_for_the_open_and_meet_at_one_price(version: str) -> None:
    client = before_the_open(version)
    order(client, "a", "54=1|40=2|44=231")
    order(client, "b", "54=2|40=2|44=228")
    order(client, "c", "54=1|40=1")
    client.expect_nothing()
    client.wait(HOUR)
    filled = "2" if client.old else "F"
    # The market order comes first; of all prices at which 100 trade, 230 is the last price.
    client.expect_all(f"8|11=c|150={filled}|39=2|31=230\n8|11=b|150={filled}|39=2|31=230")
    assert [one.cl_ord_id for one in client.orders.matching.book("AAPL").side(True)] == ["a"]


def test_immediate_orders_do_not_wait() -> None:
    client = before_the_open()
    order(client, "a", "54=1|40=2|44=231|59=3")
    client.expect_all("8|11=a|150=4|39=4|58=the market is not open")


@BOTH
def test_an_opening_order_is_for_the_opening_only(version: str) -> None:
    client = before_the_open(version)
    order(client, "a", "54=1|40=2|44=229|59=2")
    client.wait(HOUR)
    client.expect_all("8|11=a|150=C|39=C|58=not filled in the opening auction")


@pytest.mark.parametrize(
    ("version", "fields"),
    [(OLD, "40=5"), (OLD, "40=B|44=231"), (NEWER, "40=1|59=7"), (NEWER, "40=2|44=231|59=7")],
)
def test_orders_for_the_close_meet_what_rests(version: str, fields: str) -> None:
    client = before_the_open(version)
    client.wait(HOUR)
    order(client, "rests", "54=2|40=2|44=231")
    order(client, "close", f"54=1|{fields}")
    client.expect_nothing()
    client.wait(8 * HOUR)
    filled = "2" if client.old else "F"
    got = client.expect(f"8|150={filled}|39=2|31=231")
    assert {got["11"], client.expect(f"8|150={filled}|39=2|31=231")["11"]} == {"rests", "close"}
    client.expect_nothing()


def test_the_simulated_market_takes_part_in_the_close() -> None:
    client = before_the_open(market=True)
    client.wait(HOUR)
    order(client, "close", "54=1|40=1|59=7")
    client.wait(8 * HOUR)
    client.expect_all("8|11=close|150=F|39=2|31=230")


def test_orders_for_the_close_that_find_nobody_expire() -> None:
    client = before_the_open()
    client.wait(HOUR)
    order(client, "close", "54=1|40=1|59=7")
    client.wait(8 * HOUR)
    client.expect_all("8|11=close|150=C|39=C|58=not filled in the closing auction")


def test_nothing_trades_over_the_weekend() -> None:
    client = before_the_open()
    client.wait(10 * HOUR)
    order(client, "a", "54=1|40=2|44=231|59=1")
    order(client, "b", "54=2|40=2|44=231|59=1")
    client.wait(24 * HOUR)
    client.expect_nothing()
    client = client.restarted()
    client.wait(0)
    client.expect_nothing()
    client.now = NOW + 3 * 24 * HOUR + HOUR
    client.wait(0)
    client.expect_all("8|150=F|39=2|31=231\n8|150=F|39=2|31=231")


def test_a_halted_stock_waits_alone() -> None:
    client = before_the_open()
    client.wait(HOUR)
    client.application.execute(SetHalted("AAPL", True), client.now)
    order(client, "a", "54=1|40=2|44=231")
    order(client, "b", "54=2|40=2|44=231")
    client.expect_nothing()
    client.application.execute(SetHalted("AAPL", False), client.now)
    client.expect_all("8|150=F|39=2|31=231\n8|150=F|39=2|31=231")


def test_a_person_may_open_and_close_against_the_clock() -> None:
    client = before_the_open()
    execute = client.application.execute
    assert execute(SetPhase("OPEN"), client.now)["phase"] == "OPEN"
    order(client, "a", "54=1|40=2|44=231|59=1")
    execute(SetPhase("HALTED"), client.now)
    order(client, "b", "54=2|40=2|44=231|59=1")
    client.expect_nothing()
    client.wait(2 * HOUR)
    client.expect_nothing()
    assert execute(SetPhase(None), client.now)["phase"] == "OPEN"
    client.expect_all("8|150=F|39=2|31=231\n8|150=F|39=2|31=231")
    with pytest.raises(Refused, match="no stock NOPE"):
        execute(SetHalted("NOPE", True), client.now)
