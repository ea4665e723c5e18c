"""Every kind of order that a desk sends, from REST through QuickFIX to the broker and back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.stack import FIX42, FIX44, Stack

PLAIN = {"symbol": "HD", "side": "BUY", "order_qty": 100}
LIMIT = {"ord_type": "LIMIT", "price": "380"}
KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "market": ({"ord_type": "MARKET"}, "40=1"),
    "limit": (LIMIT, "44=380"),
    "stop": ({"ord_type": "STOP", "stop_px": "400"}, "99=400"),
    "stop limit": ({"ord_type": "STOP_LIMIT", "stop_px": "400", "price": "401"}, "40=4"),
    "market on open": ({"ord_type": "MARKET", "time_in_force": "OPG"}, "59=2"),
    "limit on open": ({**LIMIT, "time_in_force": "OPG"}, "59=2"),
    "with or without": ({"ord_type": "WITH_OR_WITHOUT"}, "40=6"),
    "limit with or without": ({"ord_type": "LIMIT_WITH_OR_WITHOUT", "price": "380"}, "40=8"),
    "limit or better": ({"ord_type": "LIMIT_OR_BETTER", "price": "380"}, "40=7"),
    "iceberg": ({**LIMIT, "max_floor": 10}, "111=10"),
    "pegged": ({"ord_type": "PEGGED", "exec_inst": "P"}, "40=P"),
    "day": ({**LIMIT, "time_in_force": "DAY"}, "59=0"),
    "good till cancel": ({**LIMIT, "time_in_force": "GTC"}, "59=1"),
    "immediate or cancel": ({**LIMIT, "time_in_force": "IOC"}, "59=3"),
    "fill or kill": ({**LIMIT, "time_in_force": "FOK"}, "59=4"),
    "good till crossing": ({**LIMIT, "time_in_force": "GTX"}, "59=5"),
    "good till date": ({**LIMIT, "time_in_force": "GTD", "expire_date": "2031-12-31"}, "432=20311231"),
    "good till time": (
        {**LIMIT, "time_in_force": "GTD", "expire_time": "2031-12-31T20:00:00Z"},
        "126=20311231-20:00:00.000",
    ),
    "sell short": ({**LIMIT, "side": "SELL_SHORT", "locate_reqd": "N"}, "114=N"),
    "sell short exempt": ({**LIMIT, "side": "SELL_SHORT_EXEMPT", "locate_reqd": True}, "54=6"),
    "sell plus": ({**LIMIT, "side": "SELL_PLUS"}, "54=4"),
    "buy minus": ({**LIMIT, "side": "BUY_MINUS"}, "54=3"),
    "worked by hand": ({**LIMIT, "handl_inst": "3"}, "21=3"),
    "all or none, not held": ({**LIMIT, "exec_inst": "G 1"}, "18=G 1"),
    "at least": ({**LIMIT, "min_qty": 50}, "110=50"),
}
OF_VERSION: dict[str, dict[str, tuple[dict[str, Any], str]]] = {
    FIX42: {
        "pegged by": ({"ord_type": "PEGGED", "exec_inst": "R", "peg_difference": "-0.05"}, "211=-0.05"),
        "as agent": ({**LIMIT, "rule80a": "A"}, "47=A"),
        "market on close": ({"ord_type": "MARKET_ON_CLOSE"}, "40=5"),
        "limit on close": ({"ord_type": "LIMIT_ON_CLOSE", "price": "380"}, "40=B"),
    },
    FIX44: {
        "pegged by": ({"ord_type": "PEGGED", "exec_inst": "R", "peg_offset_value": "-0.05"}, "211=-0.05"),
        "as agent": ({**LIMIT, "order_capacity": "A"}, "528=A"),
        "market on close": ({"ord_type": "MARKET", "time_in_force": "CLOSE"}, "59=7"),
        "limit on close": ({**LIMIT, "time_in_force": "CLOSE"}, "59=7"),
    },
}
# The broker says so, and so the order has arrived there.
UNSUPPORTED = {"with or without", "limit with or without", "limit or better", "pegged", "pegged by"}


@pytest.mark.parametrize("session_name", [FIX42, FIX44])
def test_each_kind_of_order_arrives_as_it_was_meant(stack: Stack, session_name: str) -> None:
    stack.behave(default="manual")
    wrong = {}
    for name, (fields, on_the_wire) in {**KINDS, **OF_VERSION[session_name]}.items():
        cl_ord_id = stack.send(session_name, **{**PLAIN, **fields})
        sent = stack.get(f"/api/orders/{cl_ord_id}/messages")["messages"][0]
        if f"|{on_the_wire}|" not in f"|{sent['raw']}|":
            wrong[name] = sent["raw"]
        if name in UNSUPPORTED:
            order = stack.wait_order(cl_ord_id, status="REJECTED")
            assert order["text"] == f"OrdType(40) {on_code(sent['raw'])} is not supported"
        else:
            stack.wait_order(cl_ord_id, status="NEW")
            stack.post("/api/cancel_order", {"cl_ord_id": cl_ord_id}, 202)
    assert wrong == {}


def on_code(raw: str) -> str:
    return raw.partition("|40=")[2].partition("|")[0]


@pytest.mark.parametrize(
    ("session_name", "fields", "said"),
    [
        (FIX44, {"ord_type": "MARKET_ON_CLOSE"}, "give MARKET with time_in_force CLOSE"),
        (FIX44, {"ord_type": "B", "price": 1}, "give LIMIT with time_in_force CLOSE"),
        (FIX42, {"ord_type": "MARKET", "time_in_force": "CLOSE"}, "give ord_type MARKET_ON_CLOSE"),
    ],
)
def test_an_order_of_another_version_says_the_way_out(
    stack: Stack, session_name: str, fields: dict[str, Any], said: str
) -> None:
    problem = stack.post("/api/send_order", {"session_name": session_name, **PLAIN, **fields}, 422)
    assert said in problem["detail"]
