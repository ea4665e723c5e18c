"""Limits and kill switches before every order and replace, and never before a cancel."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from sendfix.domain.errors import NotLoggedOn, RiskRefused
from sendfix.domain.limits import Limits, Rule, Scope
from sendfix.fix.compose import Draft
from sendfix.services.composer import Composer
from tests.unit.services.desk_kit import NOW, DeskKit, dictionary_of, fix


@pytest.fixture
def kit() -> DeskKit:
    return DeskKit()


def limit(kit: DeskKit, **limits: Any) -> None:
    session = kit.sessions.get("S44")
    session.config = dataclasses.replace(session.config, limits=Limits(**limits))


def test_a_limit_names_itself_its_value_and_the_field(kit: DeskKit) -> None:
    limit(kit, max_order_qty=Decimal(100), max_notional=Decimal(15000))
    kit.send(order_qty=75)
    with pytest.raises(RiskRefused) as caught:
        kit.send(order_qty=101)
    assert str(caught.value) == (
        "Not sent on session S44: max_order_qty of session S44 is 100, and OrderQty(38) 101 is more; max_notional of"
        " session S44 is 15000, and 101 at 200 is 20200."
    )
    assert [error.field for error in caught.value.errors] == ["order_qty", "order_qty"]
    assert kit.heard.refusals == [("S44", "max_order_qty"), ("S44", "max_notional")]
    with pytest.raises(RiskRefused, match="give a limit price"):
        kit.send(order_qty=1, ord_type="MARKET", price=None)
    kit.send(order_qty=75, ord_type="STOP", price=None, stop_px=200)
    kit.send("S42", order_qty=101)
    assert len(kit.engine.sent) == 3


def test_a_replace_is_held_against_the_limits_unless_it_lowers(kit: DeskKit) -> None:
    sent = kit.send(order_qty=100).cl_ord_id
    kit.acknowledge(sent)
    limit(kit, max_order_qty=Decimal(50))
    with pytest.raises(RiskRefused, match=r"max_order_qty of session S44 is 50, and OrderQty\(38\) 101"):
        kit.desk.replace_order(sent, {"order_qty": 101}, {})
    with pytest.raises(RiskRefused):
        kit.desk.replace_order(sent, {"price": 201}, {})
    kit.desk.replace_order(sent, {"order_qty": 90}, {})


def test_orders_and_replaces_share_the_rate_and_cancels_are_free(kit: DeskKit) -> None:
    limit(kit, max_orders_per_second=2)
    sent = kit.send().cl_ord_id
    kit.acknowledge(sent)
    kit.desk.replace_order(sent, {"price": 201}, {})
    with pytest.raises(RiskRefused, match="max_orders_per_second of session S44 is 2"):
        kit.send()
    with pytest.raises(RiskRefused):
        kit.desk.replace_order(sent, {"price": 202}, {})
    kit.desk.cancel_order(sent)
    assert kit.heard.refusals == [("S44", "max_orders_per_second")] * 2


def test_symbols_that_may_be_traded_and_that_may_not(kit: DeskKit) -> None:
    sent = kit.send(symbol="TSLA").cl_ord_id
    kit.report(sent, "17=N|150=0|39=0|55=TSLA|54=1|38=100|14=0|151=100|6=0")
    limit(kit, symbols=frozenset({"AAPL", "MSFT"}), blocked_symbols=frozenset({"MSFT"}))
    kit.send(symbol="AAPL")
    with pytest.raises(RiskRefused, match=r"Symbol\(55\) 'MSFT' is one of blocked_symbols"):
        kit.send(symbol="MSFT")
    with pytest.raises(RiskRefused, match=r"Symbol\(55\) 'TSLA' is not one of symbols of session S44"):
        kit.desk.replace_order(sent, {"order_qty": 101}, {})
    kit.desk.replace_order(sent, {"order_qty": 99}, {})


def test_the_same_order_again_is_held_back_for_a_while(kit: DeskKit) -> None:
    limit(kit, duplicate_seconds=5.0, max_order_qty=Decimal(1000))
    with pytest.raises(RiskRefused, match="max_order_qty"):
        kit.send(order_qty=1001)
    sent = kit.send().cl_ord_id
    with pytest.raises(
        RiskRefused, match=r"duplicate_seconds of session S44 is 5, and the same order was sent 0\.0 s ago"
    ):
        kit.send(cl_ord_id="OTHER")
    for change in (
        {"side": "SELL"},
        {"order_qty": 99},
        {"price": "201"},
        {"account": "B"},
        {"symbol": "MSFT"},
    ):
        kit.send(**change)
    kit.acknowledge(sent)
    kit.desk.replace_order(sent, {"order_qty": 99}, {})
    assert len(kit.engine.sent) == 7


def test_what_the_engine_does_not_take_counts_neither_as_sent_nor_in_the_rate(kit: DeskKit) -> None:
    limit(kit, duplicate_seconds=5.0, max_orders_per_second=1)
    kit.engine.fails_with = NotLoggedOn("S44", "the line is down")
    for _ in range(2):
        with pytest.raises(NotLoggedOn):
            kit.send()
    kit.engine.fails_with = None
    kit.send()
    with pytest.raises(RiskRefused, match="the same order was sent"):
        kit.send()


def test_nothing_of_a_list_that_is_refused_counts_as_sent(kit: DeskKit) -> None:
    limit(kit, duplicate_seconds=5.0, max_orders_per_second=2)
    one, same, other = (
        fix(f"35=D|11=L{number}|55=AAPL|54=1|38={qty}|40=1|") for number, qty in enumerate((1, 1, 2))
    )
    with pytest.raises(RiskRefused, match="the same order was sent"):
        kit.risk.check_all("S44", [one, same])
    kit.risk.check_all("S44", [one, other])
    with pytest.raises(RiskRefused, match="max_orders_per_second"):
        kit.risk.check("S44", fix("35=D|11=L3|55=AAPL|54=1|38=3|40=1|"))


@pytest.mark.parametrize("whose", ["S44", None])
def test_a_kill_switch_stops_orders_and_replaces_and_lets_cancels_go(kit: DeskKit, whose: str | None) -> None:
    sent = kit.send().cl_ord_id
    kit.acknowledge(sent)
    kit.risk.kill(whose, " the algorithm runs wild ")
    for act in (kit.send, lambda: kit.desk.replace_order(sent, {"price": 201}, {})):
        with pytest.raises(RiskRefused, match="is on since 2026-03-02 14:03:00 UTC: the algorithm runs wild"):
            act()
    session = kit.sessions.get("S44")
    assert "the algorithm runs wild" in (kit.desk.cannot_send_reason(session) or "")
    assert (kit.desk.cannot_send_reason(kit.sessions.get("S42")) is None) == (whose is not None)
    kit.desk.cancel_order(sent)
    assert kit.risk.let_go(whose, "it is stopped") is True
    assert kit.risk.let_go(whose, "again") is False
    kit.send()


def test_a_session_stays_stopped_under_the_switch_of_all(kit: DeskKit) -> None:
    kit.risk.kill(None, "fire")
    kit.risk.kill("S44", "more")
    kit.risk.let_go("S44", "over")
    with pytest.raises(RiskRefused, match="kill switch of all sessions is on"):
        kit.send()


def composer_of(kit: DeskKit) -> Composer:
    return Composer(kit.desk, kit.sessions, kit.blotter, kit.store, kit.ids, lambda: NOW, dictionary_of)


def unvalidated(text: str) -> Draft:
    return Draft("", {}, {}, text, validate=False)


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ("54=1|38=10|38=1000|40=2|44=200", r"OrderQty\(38\) is there 2 times"),
        ("54=1|38=10|40=2|44=200|1=A|1=B", r"Account\(1\) is there 2 times"),
        ("54=1|38=-1000|40=2|44=200", r"OrderQty\(38\) '-1000' is not above zero"),
        ("54=1|38=10|40=2|44=400.0000000000001", r"Price\(44\) '400.0000000000001' is no number"),
        ("54=1|152=a lot|40=1", r"CashOrderQty\(152\) 'a lot' is no number"),
    ],
)
def test_what_may_mean_more_than_it_says_is_not_held_against_the_limits_but_refused(
    kit: DeskKit, order: str, why: str
) -> None:
    composer = composer_of(kit)
    draft = unvalidated(f"35=D|11=Z|55=AAPL|60=20260302-14:03:00|{order}")
    limit(kit, max_order_qty=Decimal(10), price_collar_buy_percent=Decimal(5))
    with pytest.raises(RiskRefused, match=why):
        composer.send("S44", draft)
    limit(kit)
    composer.send("S44", draft)


@pytest.mark.parametrize(
    "orders",
    [
        "73=0",
        "73=2|11=Z1|67=1|55=AAPL|54=1|38=1|40=1|9999=x|11=Z2|67=2|55=AAPL|54=1|38=1000|40=1",
        "73=1|11=Z1|67=1|55=AAPL|54=1|38=1|40=1|38=1000",
        "11=Z1|55=AAPL|54=1|38=1000|40=1",
    ],
)
def test_a_list_that_does_not_come_apart_is_held_back_as_a_whole(kit: DeskKit, orders: str) -> None:
    draft = unvalidated(f"35=E|66=L|394=3|68=1|{orders}")
    limit(kit, max_order_qty=Decimal(10))
    with pytest.raises(RiskRefused, match="the orders of the list can't be told apart"):
        composer_of(kit).send("S44", draft)
    limit(kit)
    kit.risk.kill(None, "stop")
    with pytest.raises(RiskRefused, match="kill switch"):
        composer_of(kit).send("S44", draft)


@pytest.mark.parametrize(
    ("limits", "change", "rule"),
    [
        ({"short_sales": "forbid"}, "54=5|55=AAPL", "short_sales"),
        ({"short_sales": "locate_required"}, "54=5|55=AAPL", "short_sales"),
        ({"blocked_symbols": frozenset({"TSLA"})}, "54=2|55=TSLA", "blocked_symbols"),
        ({"max_net_position": Decimal(150)}, "54=1|55=AAPL", "max_net_position"),
    ],
)
def test_a_replace_that_makes_another_order_of_it_is_looked_at_as_one(
    kit: DeskKit, limits: dict[str, Any], change: str, rule: str
) -> None:
    """On another side, or for another symbol: as an adopted habit of some counterparties, and as a mistake."""
    sent = kit.send(side="SELL").cl_ord_id
    kit.report(sent, "17=N|150=0|39=0|55=AAPL|54=2|38=100|14=0|151=100|6=0")
    kit.send(order_qty=100)
    limit(kit, **limits)
    draft = unvalidated(f"35=G|11=Z|41={sent}|{change}|38=100|40=2|44=200|60=20260302-14:03:00")
    with pytest.raises(RiskRefused) as caught:
        composer_of(kit).send("S44", draft)
    assert caught.value.rules == (rule,)


def test_a_replace_of_an_order_of_another_session_is_an_order_of_its_own(kit: DeskKit) -> None:
    sent = kit.send("S42", order_qty=1000).cl_ord_id
    limit(kit, max_order_qty=Decimal(10))
    with pytest.raises(RiskRefused, match="max_order_qty"):
        composer_of(kit).send("S44", unvalidated(f"35=G|11=Z|41={sent}|55=AAPL|54=1|38=1000|40=2|44=200"))


def test_of_quantity_and_cash_the_larger_counts(kit: DeskKit) -> None:
    for limits in ({"max_notional": Decimal(1000)}, {"max_daily_turnover": Decimal(1000)}):
        limit(kit, **limits)
        with pytest.raises(RiskRefused, match="20000"):
            kit.send(order_qty=100, cash_order_qty=1)
        with pytest.raises(RiskRefused, match="1001"):
            kit.send(order_qty=1, cash_order_qty=1001)
    kit.send(order_qty=1, cash_order_qty=1)
    assert kit.risk.sums.track(("S44", None, None)).notional == 200


def test_a_cross_is_held_against_the_limits_of_both_accounts(kit: DeskKit) -> None:
    kit.limits.change([Rule(Scope(None, "B"), Limits(max_order_qty=Decimal(1)))], 0, "a test")
    with pytest.raises(RiskRefused, match="max_order_qty of account B"):
        kit.risk.check("S44", fix("35=s|548=X|55=AAPL|44=10|552=2|54=1|11=X1|1=A|38=5|54=2|11=X2|1=B|38=5|"))


def test_what_trades_without_an_order_is_stopped_too(kit: DeskKit) -> None:
    hit = fix("35=AJ|693=R|694=1|11=Z|55=AAPL|54=1|38=100|44=200|")
    passed = fix("35=AJ|693=R|694=6|55=AAPL|")
    limit(kit, max_order_qty=Decimal(10))
    with pytest.raises(RiskRefused, match="max_order_qty"):
        kit.risk.check("S44", hit)
    kit.risk.check("S44", passed)
    kit.risk.kill(None, "stop")
    for body in (
        hit,
        passed,
        fix("35=S|117=Q|55=AAPL|132=10|133=11|"),
        fix("35=i|117=Q|"),
        fix("35=L|66=L1|"),
    ):
        with pytest.raises(RiskRefused, match="kill switch"):
            kit.risk.check("S44", body)
    kit.risk.check("S44", fix("35=R|131=R|146=1|55=AAPL|"))
