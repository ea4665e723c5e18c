"""Orders end when their TimeInForce(59) says, also when the broker was down at that moment."""

from __future__ import annotations

import pytest

from broker.market.calendar import TradingCalendar
from broker.settings import Hours, Rules, Settings
from broker.trading.acts import SetState
from broker.trading.behaviours import Behaviour, Mode
from tests.unit.broker.kit import BOTH, NEW, NOW, TIME, Counterparty

DAY = 86400.0
MIDNIGHT = NOW - NOW % DAY + DAY


@BOTH
@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ("59=0", MIDNIGHT),
        ("59=1", MIDNIGHT + 3 * DAY),
        ("59=6|432=20270115", MIDNIGHT),
        ("59=6|432=20270117", MIDNIGHT + 2 * DAY),
        ("59=6|126=20270115-12:00:00", NOW + 4 * 3600),
    ],
)
@pytest.mark.parametrize("restart", [False, True])
def test_an_order_expires_in_its_time(version: str, fields: str, at: float, restart: bool) -> None:
    client = Counterparty(version, settings=Settings(rules=Rules(gtc_days=3)))
    order = client.new("a", f"{NEW}|{fields}")
    client.fill(order, 40)
    client.expect("8|39=1")
    client.wait(at - NOW - 0.001)
    client.expect_nothing()
    if restart:
        client = client.restarted()
        client.now = at
        client = client.restarted()
    else:
        client.wait(0.001)
    client.expect_all("8|11=a|150=C|39=C|14=40|151=0")
    client.ask(f"F|11=b|41=a|55=AAPL|54=1|{TIME}")
    client.expect("9|11=b|39=C|102=0")


@BOTH
@pytest.mark.parametrize("restart", [False, True])
def test_a_lasting_order_that_is_done_for_the_day_expires_in_its_time(version: str, restart: bool) -> None:
    client = Counterparty(version, settings=Settings(rules=Rules(gtc_days=3)))
    client.new("a", f"{NEW}|59=1")
    client.application.execute(SetState(1, "DONE_FOR_DAY", None), client.now)
    client.expect_all("8|11=a|150=3|39=3|151=100")
    if restart:
        client = client.restarted()
    client.wait(MIDNIGHT + 3 * DAY - NOW - 0.001)
    client.expect_nothing()
    client.wait(0.001)
    client.expect_all("8|11=a|150=C|39=C|151=0")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ("59=6", "ExpireDate(432) or ExpireTime(126) is required"),
        ("59=6|432=20270114", "has passed"),
        ("59=6|126=20270115-07:59:59", "has passed"),
    ],
)
def test_good_till_date_needs_a_date_to_come(fields: str, text: str) -> None:
    client = Counterparty("FIX.4.4")
    client.ask(f"{NEW}|11=a|{fields}")
    assert text in client.expect("8|11=a|150=8|39=8|103=11")["58"]


def test_a_replace_may_change_when_the_order_expires() -> None:
    client = Counterparty("FIX.4.4")
    client.new("a")
    client.ask(f"G|11=b|41=a|21=1|55=AAPL|54=1|40=2|38=100|44=200|59=6|432=20270116|{TIME}")
    client.expect("8|11=b|150=5|432=20270116")
    client.wait(MIDNIGHT - NOW)
    client.expect_nothing()
    client.wait(DAY)
    client.expect_all("8|11=b|150=C|39=C")


def test_an_order_that_waits_for_its_acceptance_expires_too() -> None:
    client = Counterparty("FIX.4.2")
    client.orders.behaviours.default = Behaviour(Mode.MANUAL, pending=True, hold=True)
    client.ask(f"{NEW}|11=a")
    client.expect("8|150=A|39=A")
    client.wait(MIDNIGHT - NOW)
    client.expect_all("8|11=a|150=C|39=C|151=0")


def test_orders_that_have_ended_are_not_kept_for_their_expiry() -> None:
    client = Counterparty("FIX.4.4", Mode.FILL)
    for number in range(3):
        client.ask(f"{NEW}|11=a{number}")
    client.answers.clear()
    client.wait(MIDNIGHT - NOW)
    client.expect_nothing()
    assert client.orders.next_due is None


def test_a_day_ends_after_it_began() -> None:
    days = TradingCalendar(Hours())
    assert days.end_of_day(MIDNIGHT) == MIDNIGHT + DAY
    assert days.end_of_day(MIDNIGHT - 0.001) == MIDNIGHT
    assert days.end_of_date("20270115") == MIDNIGHT
    assert days.end_of_date("20271315") is None
