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

    status: str
    order_qty: Decimal
    cum_qty: Decimal
    avg_px: Decimal
    fills: tuple[tuple[str, Decimal, Decimal], ...]
    waits: bool = False
    """Whether a cancel or replace has not been answered."""


Books = dict[str, Order]
"""By the first ClOrdID(11) of the order's chain."""


def equal_books(stack: Stack, timeout: float = 30.0) -> Books:
    """Wait until both ends agree and nothing is on its way any more, and return the desk's books. Raises
    AssertionError that names what differs."""

    def agreed() -> Books | None:
        desk = desk_books(stack)
        return None if differences(desk, broker_books(stack)) else desk

    try:
        found: Books = eventually(agreed, "the books are equal", timeout)
    except AssertionError:
        found, broker = desk_books(stack), broker_books(stack)
        differing = differences(found, broker)
        if differing:
            more = f"\n  and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
            text = "\n  ".join(differing[:_SHOWN])
            raise AssertionError(
                f"{len(differing)} differences of {len(found)} orders:\n  {text}{more}"
            ) from None
    return found


def differences(desk: Books, broker: Books) -> list[str]:
    """In words, by order; then the positions. Empty when the books are equal."""
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
    orders = list(pages(f"{stack.desk_url}/api/orders", "orders", 5000))
    for order in orders:
        first |= dict.fromkeys(order["cl_ord_ids"], order["cl_ord_ids"][0])
    for one in pages(f"{stack.desk_url}/api/executions", "executions", 5000):
        if one["last_qty"] is not None and Decimal(one["last_qty"]):
            of = first.get(one["cl_ord_id"], one["cl_ord_id"])
            fills[of].append((one["exec_id"], Decimal(one["last_qty"]), Decimal(one["last_px"])))
    return {
        order["cl_ord_ids"][0]: Order(
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
