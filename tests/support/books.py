"""Reconciliation: what the desk says of its orders against what its counterparty, the broker, says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import requests

from tests.support.stack import Stack, eventually

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Order:
    """What both ends must agree on. `fills` are ExecID(17), LastQty(32), LastPx(31), each as often as it is booked."""

    sender_comp_id: str
    symbol: str
    side: str
    status: str
    order_qty: Decimal
    cum_qty: Decimal
    avg_px: Decimal
    fills: tuple[tuple[str, Decimal, Decimal], ...]
    waits: bool = False
    """Whether a cancel or replace has not been answered."""


Books = dict[str, Order]
"""By the first ClOrdID(11) of the order's chain."""
Positions = dict[tuple[str, str], Decimal]
"""By SenderCompID(49) of the session and symbol; without those that are flat."""


def equal_books(stack: Stack, timeout: float = 30.0) -> Books:
    """Wait until both ends agree and nothing is on its way any more, and return the desk's books. Raises
    AssertionError that names what differs: orders, fills, positions."""

    books: Books = {}
    found: list[str] = []

    def agreed() -> bool:
        nonlocal books, found
        books, broker = desk_books(stack), broker_books(stack)
        found = differences(books, broker)
        found += position_differences(desk_positions(stack), positions_of(broker))
        return not found

    try:
        eventually(agreed, "the books are equal", timeout)
    except AssertionError:
        more = f"\n  and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        text = "\n  ".join(found[:_SHOWN])
        raise AssertionError(f"{len(found)} differences of {len(books)} orders:\n  {text}{more}") from None
    return books


def differences(desk: Books, broker: Books) -> list[str]:
    """In words, by order. Empty when the books are equal."""
    found = list(_orders(desk, broker))
    for name, book in (("desk", desk), ("broker", broker)):
        often = Counter(exec_id for order in book.values() for exec_id, _, _ in order.fills)
        found += [
            f"the {name} has ExecID(17) {one} {count} times" for one, count in often.items() if count > 1
        ]
        for cl_ord_id, order in book.items():
            total = sum((qty for _, qty, _ in order.fills), Decimal(0))
            if total != order.cum_qty:
                found.append(
                    f"the {name}'s order {cl_ord_id} has CumQty(14) {order.cum_qty}, its fills {total}"
                )
    return found


def position_differences(desk: Positions, broker: Positions) -> list[str]:
    return [
        f"{session} {symbol}: the desk holds {desk.get((session, symbol), 0)}, by the broker's fills it is"
        f" {broker.get((session, symbol), 0)}"
        for session, symbol in sorted(desk.keys() | broker.keys())
        if desk.get((session, symbol)) != broker.get((session, symbol))
    ]


def positions_of(books: Books) -> Positions:
    found: Positions = defaultdict(Decimal)
    for order in books.values():
        sign = 1 if order.side == "BUY" else -1
        found[order.sender_comp_id, order.symbol] += sign * sum(qty for _, qty, _ in order.fills)
    return {key: net for key, net in found.items() if net}


def desk_positions(stack: Stack) -> Positions:
    sender = _sender_comp_ids(stack)
    found: Positions = defaultdict(Decimal)
    for one in stack.get("/api/positions", open="true")["positions"]:
        found[sender[one["session_name"]], one["symbol"]] += Decimal(one["net_qty"])
    return {key: net for key, net in found.items() if net}


def _sender_comp_ids(stack: Stack) -> dict[str, str]:
    return {one["name"]: one["sender_comp_id"] for one in stack.get("/api/sessions")["sessions"]}


def _orders(desk: Books, broker: Books) -> Iterator[str]:
    for cl_ord_id in sorted(desk.keys() | broker.keys()):
        ours, theirs = desk.get(cl_ord_id), broker.get(cl_ord_id)
        if ours is None:
            yield f"{cl_ord_id}: the desk does not know it, the broker has {theirs}"
        elif theirs is None:
            # What never arrived must be said to be rejected; that it had been sent, nobody can take back.
            if ours.status != "REJECTED" or ours.fills:
                yield f"{cl_ord_id}: the broker does not know it, the desk has {ours}"
        elif ours != theirs:
            yield f"{cl_ord_id}: the desk has {ours}, the broker {theirs}"


def desk_books(stack: Stack) -> Books:
    fills: dict[str, list[tuple[str, Decimal, Decimal]]] = defaultdict(list)
    first: dict[str, str] = {}
    sender = _sender_comp_ids(stack)
    orders = list(pages(f"{stack.desk_url}/api/orders", "orders", 5000))
    for order in orders:
        first |= dict.fromkeys(order["cl_ord_ids"], order["cl_ord_ids"][0])
    for one in pages(f"{stack.desk_url}/api/executions", "executions", 5000):
        if one["last_qty"] is not None and Decimal(one["last_qty"]):
            of = first.get(one["cl_ord_id"], one["cl_ord_id"])
            fills[of].append((one["exec_id"], Decimal(one["last_qty"]), Decimal(one["last_px"])))
    return {
        order["cl_ord_ids"][0]: Order(
            sender[order["session_name"]],
            order["symbol"],
            order["side"],
            _as_in_fix44(order),
            Decimal(order["order_qty"]),
            Decimal(order["cum_qty"]),
            Decimal(order["avg_px"] or 0),
            tuple(sorted(fills[order["cl_ord_ids"][0]])),
            order["pending"] is not None,
        )
        for order in orders
    }


def broker_books(stack: Stack) -> Books:
    fills: dict[str, list[tuple[str, Decimal, Decimal]]] = defaultdict(list)
    orders = list(pages(f"{stack.broker_url}/api/orders", "orders", 20_000))
    first_of = {order["id"]: order["cl_ord_ids"][0] for order in orders}
    for one in pages(f"{stack.broker_url}/api/executions", "executions", 20_000):
        # A fill of an order that came after the orders were read; the next look has both.
        if one["order_id"] in first_of:
            fills[first_of[one["order_id"]]].append(
                (one["exec_id"], Decimal(one["exec_quantity"]), Decimal(one["exec_price"]))
            )
    return {
        order["cl_ord_ids"][0]: Order(
            order["sender_comp_id"],
            order["symbol"],
            order["side"],
            order["status"],
            Decimal(order["quantity"]),
            Decimal(order["filled_quantity"]),
            Decimal(order["average_price"] or 0),
            tuple(sorted(fills[order["cl_ord_ids"][0]])),
            bool(order["requests"]),
        )
        for order in orders
    }


def _as_in_fix44(order: dict[str, Any]) -> str:
    """FIX 4.2 reports a replaced order as REPLACED, until it trades; the broker's own status is that of FIX 4.4."""
    if order["status"] != "REPLACED":
        return str(order["status"])
    return "PARTIALLY_FILLED" if Decimal(order["cum_qty"]) else "NEW"


def pages(url: str, key: str, limit: int, **query: Any) -> Iterable[dict[str, Any]]:
    """All rows of a list of the desk's or the broker's, newest first."""
    before: dict[str, Any] = {}
    with requests.Session() as client:
        while True:
            answer = client.get(url, params={"limit": limit, **query, **before}, timeout=60)
            assert answer.ok, (url, answer.status_code, answer.text)
            page = answer.json()
            yield from page[key]
            if page["next_before"] is None:
                return
            before = {"before": page["next_before"]}
