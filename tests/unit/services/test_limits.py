"""Limits by session, account and user: which apply, of each the tightest, and their document."""

from __future__ import annotations

import dataclasses
import json
import logging
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.config.limits import limits_to_json, rule_to_json, rules_of
from sendfix.domain.errors import InvalidRequest, RiskRefused, StateForbids, StorageUnavailable
from sendfix.domain.limits import Limits, Rule, Scope
from sendfix.domain.price import GivenPrice
from sendfix.services.limits import RiskLimits
from sendfix.storage.risk_limits import RiskLimitsFile
from tests.unit.services.desk_kit import NOW, DeskKit, MemoryLimits

NUMBERS = st.decimals("0.001", 10**17, places=3).map(str)
COUNTS = st.integers(1, 1_000_000)
HOURS = st.fixed_dictionaries(
    {
        "timezone": st.sampled_from(["UTC", "Europe/London"]),
        "open_time": st.sampled_from(["09:30", "22:00:01"]),
        "close_time": st.sampled_from(["16:00", "00:00"]),
        "days_of_week": st.lists(st.sampled_from(["monday", "sunday"]), min_size=1, unique=True),
        "holidays": st.lists(st.sampled_from(["2026-12-25", "2026-01-01"]), unique=True),
    }
)
SYMBOLS = st.lists(st.sampled_from(["A", "B", "ü"]), unique=True).map(sorted)
LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "max_orders_per_second": COUNTS,
        "max_order_qty": NUMBERS,
        "max_notional": NUMBERS,
        "symbols": SYMBOLS,
        "blocked_symbols": SYMBOLS.filter(bool),
        "duplicate_seconds": st.sampled_from([0.5, 60.0]),
        "price_collar_percent": NUMBERS
        | st.fixed_dictionaries({"buy": NUMBERS})
        | st.fixed_dictionaries({"sell": NUMBERS}),
        "price_collar_both_sides": st.just(True),
        "price_collar_without_price": st.just("pass"),
        "price_max_age_seconds": st.sampled_from([1.0, 86400.0]),
        "max_gross_position": NUMBERS,
        "max_net_position": NUMBERS,
        "max_position_notional": NUMBERS,
        "max_daily_turnover": NUMBERS,
        "max_open_orders": COUNTS,
        "trading_hours": HOURS,
        "short_sales": st.sampled_from(["locate_required", "forbid"]),
        "forbid_oversell": st.just(True),
    },
)


@given(LIMITS)
def test_limits_come_back_as_they_were_written(limits: dict[str, Any]) -> None:
    rules, errors = rules_of([{"scope": {"account": "A"}, "limits": limits}])
    assert errors == []
    assert json.loads(json.dumps(rule_to_json(rules[0])))["limits"] == limits


def test_every_limit_can_be_written() -> None:
    """And none is forgotten when one is added."""
    text = (Path(__file__).parents[3] / "docs" / "risk.md").read_text()
    for one in dataclasses.fields(Limits):
        name = one.name.replace("_buy_percent", "_percent").replace("_sell_percent", "_percent")
        assert f"`{name}`" in text, name
    assert limits_to_json(Limits()) == {}


def change(kit: DeskKit, *rules: tuple[Scope, dict[str, Any]]) -> None:
    made = [Rule(scope, Limits(**limits)) for scope, limits in rules]
    kit.limits.change(made, kit.limits.document.version, "a test")


def refusals(kit: DeskKit, **order: Any) -> dict[str, str]:
    with pytest.raises(RiskRefused) as caught:
        kit.send(**order)
    texts = [error.message for error in caught.value.errors]
    return dict(zip(caught.value.rules, texts, strict=True))


def test_of_each_limit_the_tightest_of_all_that_match_and_whose_it_is() -> None:
    kit = DeskKit()
    session = kit.sessions.get("S44")
    limits = Limits(max_order_qty=Decimal(50), max_notional=Decimal(1000))
    session.config = dataclasses.replace(session.config, limits=limits)
    change(
        kit,
        (Scope(None, "A"), {"max_order_qty": Decimal(70), "max_notional": Decimal(900)}),
        (Scope(None, "B"), {"max_order_qty": Decimal(1)}),
        (Scope(), {"max_order_qty": Decimal(60)}),
        (Scope("S44", "A", "ann"), {"max_order_qty": Decimal(40)}),
    )
    assert refusals(kit, account="A", order_qty=80) == {
        "max_order_qty": "max_order_qty of session S44 is 50, and OrderQty(38) 80 is more",
        "max_notional": "max_notional of account A is 900, and 80 at 200 is 16000",
    }
    kit.user = "ann"
    assert (
        "of account A and user ann on session S44 is 40"
        in refusals(kit, account="A", order_qty=41)["max_order_qty"]
    )
    assert "of the whole desk is 60" in refusals(kit, session_name="S42", order_qty=61)["max_order_qty"]
    kit.send("S42", account="C", order_qty=60)


def test_hours_and_symbols_must_be_good_for_every_rule_and_rates_are_each_scope_s_own() -> None:
    kit = DeskKit()
    change(
        kit,
        (Scope(None, "A"), {"symbols": frozenset({"AAPL", "MSFT"}), "max_orders_per_second": 2}),
        (Scope(None, None, "ann"), {"symbols": frozenset({"AAPL"}), "max_orders_per_second": 1}),
    )
    kit.user = "ann"
    assert list(refusals(kit, account="A", symbol="MSFT").values()) == [
        "Symbol(55) 'MSFT' is not one of symbols of user ann"
    ]
    kit.send(account="A")
    assert "of user ann is 1" in refusals(kit, account="A")["max_orders_per_second"]
    kit.user = None
    kit.send(account="A")
    assert "of account A is 2" in refusals(kit, account="A")["max_orders_per_second"]


def test_one_collar_that_needs_a_price_is_enough() -> None:
    kit = DeskKit()
    five = Decimal(5)
    change(
        kit,
        (Scope(), {"price_collar_buy_percent": five, "price_collar_without_price": "pass"}),
        (Scope(None, "A"), {"price_collar_sell_percent": five}),
    )
    assert "there is no last price" in refusals(kit, account="A", side="SELL")["price_collar_percent"]
    kit.send(account="B")
    kit.prices.give([GivenPrice("AAPL", Decimal(100), NOW - timedelta(seconds=301))])
    words = refusals(kit, account="A", side="SELL", price=96)["price_collar_percent"]
    assert "the last price 100 (rest) is 301 s old, and price_max_age_seconds is 300" in words
    kit.prices.give([GivenPrice("AAPL", Decimal(100), NOW - timedelta(seconds=300))])
    kit.send(account="A", side="SELL", price=95)
    assert (
        "94.9 is 5.10 % below"
        in refusals(kit, account="A", side="SELL", price="94.9")["price_collar_percent"]
    )


def test_a_replace_may_come_nearer_but_not_go_further_out_of_the_collar() -> None:
    kit = DeskKit()
    sent = kit.send(account="A", side="SELL", price=90).cl_ord_id
    kit.acknowledge(sent)
    kit.prices.give([GivenPrice("AAPL", Decimal(100))])
    change(kit, (Scope(), {"price_collar_sell_percent": Decimal(5)}))
    with pytest.raises(RiskRefused, match=r"Price\(44\) 89 is 11\.00 % below"):
        kit.desk.replace_order(sent, {"price": 89}, {})
    with pytest.raises(RiskRefused, match=r"Price\(44\) 90"):
        kit.desk.replace_order(sent, {"order_qty": 101}, {})
    kit.desk.replace_order(sent, {"price": 91, "order_qty": 90}, {})


def test_a_change_holds_from_the_next_order_on_and_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    kit = DeskKit()
    change(kit, (Scope(None, "A"), {"max_order_qty": Decimal(10)}))
    refusals(kit, account="A", order_qty=11)
    caplog.clear()
    with caplog.at_level(logging.WARNING, "sendfix.services.limits"):
        change(kit, (Scope(None, "A"), {"max_order_qty": Decimal(20), "symbols": frozenset({"X" * 600})}))
    first, second = sorted(record.getMessage() for record in caplog.records)
    assert first == "limits of account A: max_order_qty is changed from 10 to 20 (version 2: a test)"
    assert second.startswith("limits of account A: symbols is changed from no limit to ['XXX")
    assert len(second) < 600
    assert (kit.limits.document.version, kit.limits.document.changed_at) == (2, NOW)


def test_what_can_not_be_kept_does_not_hold() -> None:
    store = MemoryLimits()
    kit = DeskKit(limits=store)
    rule = Rule(Scope(), Limits(max_order_qty=Decimal(1)))
    store.fails = True
    with pytest.raises(StorageUnavailable):
        kit.limits.change([rule], 0, "a test")
    with pytest.raises(StateForbids, match="they have version 0, not 7; load them again"):
        kit.limits.change([rule], 7, "a test")
    with pytest.raises(InvalidRequest, match="say why"):
        kit.limits.change([rule], 0, " ")
    kit.send(order_qty=2)
    assert kit.limits.document.version == 0


def test_the_document_is_there_again_after_a_restart(tmp_path: Path) -> None:
    file = RiskLimitsFile(tmp_path / "store" / "risk_limits.json")
    kit = DeskKit(limits=file)
    change(
        kit,
        (Scope("S44", "A"), {"max_open_orders": 0}),
        (Scope(), {"price_collar_buy_percent": Decimal("0.5")}),
    )
    again = RiskLimits(kit.sessions, RiskLimitsFile(tmp_path / "store" / "risk_limits.json"), lambda: NOW)
    assert again.document == kit.limits.document


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"7",
        b'{"version": 1, "rules": 1}',
        b'{"version": 1, "rules": [{"scope": {}, "limits": {"max_order_qt": 1}}]}',
        b'{"version": "x", "rules": [], "changed_at": "2026-03-02T14:03:00+00:00", "reason": ""}',
        b'{"version": 1, "rules": [], "changed_at": null, "reason": ""}',
        b'{"version": 1, "rules": [], "changed_at": "2026-03-02T14:03:00", "reason": ""}',
        b'{"version": 1, "rules": {}, "changed_at": "2026-03-02T14:03:00+00:00", "reason": ""}',
        b'{"version": -1, "rules": [], "changed_at": "2026-03-02T14:03:00+00:00", "reason": ""}',
        b"[" * 100_000,
    ],
    ids=lambda content: repr(content[:40]),
)
def test_a_document_that_can_not_be_read_stops_everything_new(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "risk_limits.json"
    path.write_bytes(content)
    kit = DeskKit(limits=RiskLimitsFile(path))
    words = refusals(kit)["risk_limits"]
    assert kit.desk.cannot_send_reason(kit.sessions.get("S44")) == words
    assert words.startswith(
        "risk_limits.json in the store can't be read, so that nothing is known of the limits"
    )
    change(kit)
    kit.send()
    assert RiskLimitsFile(path).load().problem is None


def test_a_change_is_told_and_a_refused_one_is_not() -> None:
    kit = DeskKit()
    told: list[int] = []
    limits = RiskLimits(
        kit.sessions, MemoryLimits(), lambda: NOW, lambda: told.append(limits.document.version)
    )
    limits.change([], 0, "a test")
    with pytest.raises(StateForbids):
        limits.change([], 0, "a test")
    assert told == [1]


def test_rules_written_by_hand_must_be_such_as_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "risk_limits.json"
    rules = [{"scope": {"user": "ann"}, "limits": {"max_net_position": 1}}]
    kept = {"version": 3, "rules": rules, "changed_at": NOW.isoformat(), "reason": "by hand"}
    path.write_text(json.dumps(kept))
    kit = DeskKit(limits=RiskLimitsFile(path))
    words = refusals(kit)["risk_limits"]
    assert "rules[0].limits positions are known by session and account, not by user" in words
    change(kit)
    kit.send()


def test_of_two_rates_of_the_same_scope_the_lower_holds() -> None:
    kit = DeskKit()
    session = kit.sessions.get("S44")
    session.config = dataclasses.replace(session.config, limits=Limits(max_orders_per_second=5))
    change(kit, (Scope("S44"), {"max_orders_per_second": 2}))
    kit.send()
    kit.send()
    assert list(refusals(kit)) == ["max_orders_per_second"]


def test_a_duplicate_is_one_whoever_sent_the_first() -> None:
    kit = DeskKit()
    change(kit, (Scope(None, None, "bob"), {"duplicate_seconds": 10.0}))
    kit.user = "ann"
    kit.send()
    kit.send()
    kit.user = "bob"
    assert list(refusals(kit)) == ["duplicate_seconds"]
    kit.clock += timedelta(seconds=10)
    kit.send()


def test_a_rule_for_a_user_that_nobody_can_be_is_refused() -> None:
    kit = DeskKit()
    for user in ("ann smith", "", "ä", "x" * 65):
        with pytest.raises(InvalidRequest, match="nobody can be"):
            change(kit, (Scope(None, None, user), {"max_open_orders": 1}))
