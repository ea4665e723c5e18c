"""Limits by account and user, through the real desk: each one refuses, says why, and holds after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from sendfix.web import answers
from tests.support.stack import FIX42, FIX44, Stack

ACCOUNT, SYMBOL = "RISKY", "META"
ORDER = {
    "session_name": FIX44,
    "symbol": SYMBOL,
    "account": ACCOUNT,
    "side": "BUY",
    "order_qty": 10,
    "ord_type": "LIMIT",
    "price": "100",
}


@pytest.fixture(autouse=True, scope="module")
def priced(stack: Stack) -> Iterator[None]:
    """Nobody else's orders are held back, for the limits are of one account; and none of them is left."""
    give_price(stack)
    stack.behave(default="manual")
    yield
    put(stack, [])


def give_price(stack: Stack) -> None:
    price = {"symbol": SYMBOL, "price": 100, "session_name": FIX44}
    assert requests.put(f"{stack.desk_url}/api/prices", json={"prices": [price]}, timeout=15).ok


def put(stack: Stack, rules: list[Any], status: int = 200, **more: Any) -> Any:
    version = stack.get("/api/risk/limits")["version"]
    body = {"version": version, "rules": rules, "reason": "a test", **more}
    answer = requests.put(f"{stack.desk_url}/api/risk/limits", json=body, timeout=15)
    assert answer.status_code == status, answer.text
    return answer.json()


def limit(stack: Stack, **limits: Any) -> None:
    put(stack, [{"scope": {"account": ACCOUNT}, "limits": limits}])


def refused(stack: Stack, rule: str, **order: Any) -> str:
    """What is said on an order that the limit of this name holds back."""
    found = stack.post("/api/send_order", {**ORDER, **order}, 409)
    assert found["title"] == "Refused by a limit"
    (error,) = found["errors"]
    message: str = error["message"]
    assert rule in message
    assert f"of account {ACCOUNT}" in message, message
    return message


def sent(stack: Stack, status: str = "NEW", **order: Any) -> str:
    cl_ord_id: str = stack.post("/api/send_order", {**ORDER, **order}, 201)["cl_ord_id"]
    stack.wait_order(cl_ord_id, status=status)
    return cl_ord_id


def cancel(stack: Stack, *cl_ord_ids: str) -> None:
    for cl_ord_id in cl_ord_ids:
        stack.post("/api/cancel_order", {"cl_ord_id": cl_ord_id}, 202)
        stack.wait_order(cl_ord_id, status="CANCELED")


def mine(stack: Stack) -> Any:
    scopes = stack.get("/api/risk")["scopes"]
    return next(one for one in scopes if one["scope"]["account"] == ACCOUNT)


def test_the_collar_and_a_market_order_go_by_the_last_price(stack: Stack) -> None:
    limit(stack, price_collar_percent={"buy": 5, "sell": "2.5"}, max_notional=1000)
    words = refused(stack, "price_collar_percent", order_qty=1, price="105.01")
    assert "is 5, and Price(44) 105.01 is 5.01 % above the last price 100 (rest," in words
    words = refused(stack, "price_collar_percent", order_qty=1, side="SELL", price="97.4")
    assert "is 2.5, and Price(44) 97.4 is 2.60 % below" in words
    stop = {"ord_type": "STOP", "price": None, "stop_px": "106", "order_qty": 1}
    assert "StopPx(99) 106" in refused(stack, "price_collar_percent", **stop)
    words = refused(stack, "max_notional", order_qty=11, ord_type="MARKET", price=None)
    assert "11 at 100, the last price (rest), is 1100" in words
    passive = sent(stack, price="1")
    changes = {"cl_ord_id": passive, "price": "105.5", "order_qty": 5}
    assert "105.5" in stack.post("/api/replace_order", changes, 409)["detail"]
    assert "nothing" not in refused(stack, "price_collar_percent", symbol="GOOGL", order_qty=1, price="1")
    limit(stack, price_collar_percent=5, price_collar_both_sides=True, price_collar_without_price="pass")
    refused(stack, "price_collar_percent", price="94.9")
    cancel(stack, passive, sent(stack, symbol="GOOGL", order_qty=1, price="1"))
    limit(stack, price_collar_percent=5, price_max_age_seconds=0.001)
    assert "s old, and price_max_age_seconds is 0.001" in refused(stack, "price_collar_percent")


def test_positions_count_what_is_open(stack: Stack) -> None:
    stack.behave(default="fill")
    sent(stack, "FILLED", ord_type="MARKET", price=None)
    stack.behave(default="manual")
    give_price(stack)  # the fill was at another one, which is fresher
    limit(stack, max_net_position=25)
    still = sent(stack)
    words = refused(stack, "max_net_position", order_qty=6)
    assert "is 25, and with BUY 6 of META on top of 10 held and 10 open on that side it could be 26" in words
    stack.post("/api/replace_order", {"cl_ord_id": still, "order_qty": 16}, 409)
    limit(stack, max_gross_position=25)
    assert "are 26 together" in refused(stack, "max_gross_position", order_qty=6)
    limit(stack, max_position_notional=2500)
    assert "at 100 could be worth 2600" in refused(stack, "max_position_notional", order_qty=6)
    uses = mine(stack)["uses"]
    assert [(use["rule"], Decimal(use["used"]), use["symbol"]) for use in uses] == [
        ("max_position_notional", 2000, SYMBOL)
    ]
    limit(stack, forbid_oversell=True)
    selling = sent(stack, side="SELL", order_qty=6, price="101")
    words = refused(stack, "forbid_oversell", side="SELL", order_qty=5)
    assert "SELL 5 of META is more than the 4 held that no open sale takes" in words
    cancel(stack, still, selling)


def test_turnover_and_open_orders(stack: Stack) -> None:
    limit(stack, max_daily_turnover=1_000_000, max_open_orders=1)
    still = sent(stack)
    found = mine(stack)
    assert (found["open_orders"], found["open_notional"]) == (1, "1000")
    done = Decimal(found["executed_today"])
    assert done > 0
    assert "is 1, and 1 are open" in refused(stack, "max_open_orders", price="99")
    limit(stack, max_daily_turnover=str(done + 1999))
    words = refused(stack, "max_daily_turnover")
    assert f"1000 are open: with this order it is {done + 2000}" in words
    stack.post("/api/replace_order", {"cl_ord_id": still, "order_qty": 20}, 409)
    cancel(stack, still)
    limit(stack, max_daily_turnover="0.01")
    stack.post("/api/check_orders", {"orders": [ORDER]}, 200)
    refused(stack, "max_daily_turnover", ord_type="MARKET", price=None)


def test_orders_that_come_at_once_do_not_slip_under_a_limit_together(stack: Stack) -> None:
    limit(stack, max_open_orders=5)

    def send(number: int) -> requests.Response:
        order = {**ORDER, "price": str(90 + number)}
        return requests.post(f"{stack.desk_url}/api/send_order", json=order, timeout=15)

    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(send, range(12)))
    assert sorted(one.status_code for one in found) == [201] * 5 + [409] * 7
    ids = [one.json()["cl_ord_id"] for one in found if one.status_code == 201]
    for cl_ord_id in ids:
        stack.wait_order(cl_ord_id, status="NEW")
    assert mine(stack)["open_orders"] == 5
    cancel(stack, *ids)
    assert mine(stack)["open_orders"] == 0


def test_hours_and_short_sales(stack: Stack) -> None:
    opens = datetime.now(UTC) + timedelta(hours=2)
    hours = {
        "timezone": "UTC",
        "open_time": f"{opens:%H:%M}",
        "close_time": f"{opens + timedelta(minutes=1):%H:%M}",
        "days_of_week": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
    }
    limit(stack, trading_hours=hours)
    assert f"they begin {opens:%A %Y-%m-%d %H:%M} UTC" in refused(stack, "trading_hours")
    limit(stack, short_sales="forbid")
    refused(stack, "short_sales", side="SELL_SHORT", locate_reqd="Y")
    limit(stack, short_sales="locate_required")
    assert "has no LocateReqd(114)" in refused(stack, "short_sales", side="SELL_SHORT_EXEMPT")
    assert "LocateBroker(5700)" in refused(stack, "short_sales", side="SELL_SHORT", locate_reqd="N")
    located = {"side": "SELL_SHORT", "locate_reqd": "N", "custom_tags": {"5700": "PRIME"}, "price": "150"}
    stack.post("/api/check_orders", {"orders": [{**ORDER, **located}]}, 200)
    checked = stack.post("/api/check_orders", {"orders": [{**ORDER, **located}]}, 200)
    assert checked["results"][0]["ok"], checked


def test_limits_of_a_user_and_the_tightest_of_all_that_match(stack: Stack) -> None:
    rules = [
        {"scope": {"account": ACCOUNT}, "limits": {"max_order_qty": 100}},
        {"scope": {"user": "ann"}, "limits": {"max_order_qty": 50, "max_open_orders": 1}},
        {"scope": {"user": "ann", "session_name": FIX42}, "limits": {"max_order_qty": 1}},
    ]
    put(stack, rules)

    def send(user: str, status: int, **order: Any) -> Any:
        headers = {"X-SendFix-User": user}
        body = {**ORDER, **order}
        found = requests.post(f"{stack.desk_url}/api/send_order", json=body, headers=headers, timeout=15)
        assert found.status_code == status, found.text
        return found.json()

    assert "max_order_qty of user ann is 50" in send("ann", 409, order_qty=51)["detail"]
    assert (
        f"max_order_qty of user ann on session {FIX42} is 1" in send("ann", 409, session_name=FIX42)["detail"]
    )
    first = send("ann", 201, order_qty=50)
    assert first["order"]["user"] == "ann"
    assert "max_open_orders of user ann is 1, and 1 are open" in send("ann", 409)["detail"]
    second = send("ben", 201, order_qty=100)
    assert f"max_order_qty of account {ACCOUNT} is 100" in send("ben", 409, order_qty=101)["detail"]
    assert "X-SendFix-User" in send("no one", 422)["detail"]
    for one in (first, second):
        stack.wait_order(one["cl_ord_id"], status="NEW")
    cancel(stack, first["cl_ord_id"], second["cl_ord_id"])


def test_the_document_and_its_versions(stack: Stack) -> None:
    rule = {
        "scope": {"account": ACCOUNT, "session_name": FIX44},
        "limits": {"price_collar_percent": {"sell": "3"}, "symbols": [SYMBOL], "max_orders_per_second": 1000},
    }
    changed = put(stack, [rule])
    assert changed["rules"] == [rule]
    assert changed["reason"] == "a test"
    answers.risk.LimitsDocument.model_validate(changed, strict=True)
    answers.risk.Risk.model_validate(stack.get("/api/risk"), strict=True)
    assert stack.get("/api/risk/limits") == changed
    stale = put(stack, [], 409, version=changed["version"] - 1)
    assert f"they have version {changed['version']}, not {changed['version'] - 1}" in stale["detail"]
    assert stack.get("/api/risk/limits") == changed


LIMITS_AND_WORDS: list[tuple[dict[str, Any], str, str]] = [
    ({"max_order_qt": 1}, "rules[0].limits.max_order_qt", 'did you mean "max_order_qty"?'),
    ({"max_net_position": 0}, "rules[0].limits.max_net_position", "above 0"),
    ({"max_gross_position": -1}, "rules[0].limits.max_gross_position", "above 0"),
    ({"max_position_notional": "much"}, "rules[0].limits.max_position_notional", "number above 0"),
    ({"max_daily_turnover": "1e400"}, "rules[0].limits.max_daily_turnover", "at most 18 digits"),
    ({"max_daily_turnover": True}, "rules[0].limits.max_daily_turnover", "is true"),
    ({"max_open_orders": 1.5}, "rules[0].limits.max_open_orders", "whole number"),
    ({"max_open_orders": 10**9}, "rules[0].limits.max_open_orders", "0 to 1000000"),
    ({"price_collar_percent": []}, "rules[0].limits.price_collar_percent", "is a list"),
    ({"price_collar_percent": {"bye": 1}}, "rules[0].limits.price_collar_percent.bye", 'did you mean "buy"?'),
    ({"price_collar_without_price": "maybe"}, "rules[0].limits.price_collar_without_price", "refuse, pass"),
    ({"price_collar_both_sides": 1}, "rules[0].limits.price_collar_both_sides", "true or false"),
    ({"price_max_age_seconds": 0}, "rules[0].limits.price_max_age_seconds", "from 0.001"),
    ({"short_sales": "sometimes"}, "rules[0].limits.short_sales", "allow, locate_required, forbid"),
    ({"forbid_oversell": "x"}, "rules[0].limits.forbid_oversell", "true or false"),
    ({"symbols": "META"}, "rules[0].limits.symbols", "give a list"),
    ({"symbols": ["\ud800"]}, "rules[0].limits.symbols", "half of a character"),
    ({"trading_hours": {"timezone": "Mars"}}, "rules[0].limits.trading_hours.timezone", "not a time zone"),
    ({"trading_hours": "9-5"}, "rules[0].limits.trading_hours", "give an object"),
]


@pytest.mark.parametrize(("limits", "field", "words"), LIMITS_AND_WORDS)
def test_a_bad_limit_is_named_and_changes_nothing(
    stack: Stack, limits: dict[str, Any], field: str, words: str
) -> None:
    before = stack.get("/api/risk/limits")
    found = put(stack, [{"scope": {"account": ACCOUNT}, "limits": limits}], 422)
    (error,) = found["errors"]
    assert error["field"] == field
    assert words in error["message"]
    assert stack.get("/api/risk/limits") == before


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"rules": [{"scope": {}}]}, "rules[0].limits"),
        ({"rules": [{"limits": {}}]}, "rules[0].scope"),
        ({"rules": [{"scope": [], "limits": {}}]}, "rules[0].scope"),
        ({"rules": [{"scope": {"accounts": "A"}, "limits": {}}]}, 'did you mean "account"?'),
        ({"rules": [{"scope": {"account": 7}, "limits": {}}]}, "give a text"),
        ({"rules": [{"scope": {"account": "A" * 65}, "limits": {}}]}, "65 characters"),
        ({"rules": [{"scope": {"session_name": "S99"}, "limits": {}}]}, "there is no session named 'S99'"),
        ({"rules": [{"scope": {}, "limits": {}}] * 2}, "rules[1].scope"),
        ({"rules": [{"scope": {"user": "a"}, "limits": {"max_net_position": 1}}]}, "not by user"),
        ({"rules": [{"scope": {}, "limits": {}}] * 1001}, "there can be 1000"),
        ({"rules": [1]}, "rules.0"),
        ({"rules": {}}, "rules"),
        ({"reason": " "}, "say why"),
        ({"reason": "x" * 501}, "reason"),
        ({"version": "latest"}, "version"),
        ({"version": -1}, "version"),
        ({"version": None}, "version"),
        ({"more": 1}, "is not known here"),
    ],
)
def test_bad_documents(stack: Stack, body: dict[str, Any], words: str) -> None:
    before = stack.get("/api/risk/limits")
    found = put(stack, **{"rules": [], "status": 422, **body})
    assert words in f"{found['detail']} {found.get('errors')}"
    assert stack.get("/api/risk/limits") == before
