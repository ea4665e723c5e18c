"""Order lists: NewOrderList(E), ListExecute(L), ListCancelRequest(K), ListStatusRequest(M), answered by ListStatus(N).

Each order of a list is an order like any other, with the ListID(66) in its reports. One that is wrong is rejected by
itself and does not hold up the others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from broker.fix.states import SessionKey
from broker.fix.wire import Message, Pair, utc_timestamp, value
from broker.trading.order import Order, RequestKind, Status, plain
from broker.trading.orders import Orders, Send
from broker.trading.reports import status_code
from broker.trading.requests import Requests

KEPT: Final = 1_000
"""Lists that stay in memory; of older ones the orders are read from the database."""

_IMMEDIATE: Final = b"1"
"""ListExecInstType(433); every other waits for a ListExecute(L)."""

_ACK: Final = b"1"
_RESPONSE: Final = b"2"
_ALERT: Final = b"6"
"""ListStatusType(429)."""

_RECEIVED: Final = b"2"
_EXECUTING: Final = b"3"
_ALL_DONE: Final = b"6"
_REJECTED: Final = b"7"
"""ListOrderStatus(431)."""


@dataclass(slots=True)
class _List:
    total: int
    waits: bool
    order_ids: list[int] = field(default_factory=list)
    reports: int = 0


class Lists:
    def __init__(self, orders: Orders, requests: Requests, send: Send) -> None:
        self._orders = orders
        self._requests = requests
        self._send = send
        self._lists: OrderedDict[tuple[SessionKey, str], _List] = OrderedDict()

    def handlers(self) -> dict[bytes, Callable[[SessionKey, Message, float], None]]:
        """By MsgType(35)."""
        return {b"E": self._new, b"L": self._execute, b"K": self._cancel, b"M": self._status}

    def _new(self, session: SessionKey, message: Message, now: float) -> None:
        list_id = message.text(b"66") or ""
        entries = message.groups[b"73"]
        total = int(message.fields[b"68"])
        known = self._find(session, list_id)
        if known is not None and len(known.order_ids) >= known.total:
            self._refuse(session, list_id, f"ListID(66) {list_id} was used before", now)
            return
        if known is None:
            if len(entries) > total:
                text = f"NoOrders(73) is {len(entries)}, more than TotNoOrders(68) {total}"
                self._refuse(session, list_id, text, now)
                return
            known = _List(total, message.fields.get(b"433", _IMMEDIATE) != _IMMEDIATE)
            self._keep(session, list_id, known)
        for entry in entries:
            fields = entry.fields
            if b"60" not in fields:
                fields = {**fields, b"60": utc_timestamp(now)}
            order = self._requests.enter(session, fields, list_id, known.waits, now)
            if order is not None:
                known.order_ids.append(order.id)
        self._report(session, list_id, known, _ACK, None, now)

    def _execute(self, session: SessionKey, message: Message, now: float) -> None:
        list_id, found = self._asked(session, message, now)
        if found is None:
            return
        if not found.waits:
            self._report(session, list_id, found, _ALERT, "the list does not wait to be executed", now)
            return
        found.waits = False
        for order in self._orders_of(found):
            if order.requests and order.requests[0].kind is RequestKind.NEW:
                self._orders.decide(order, None, now)
        self._report(session, list_id, found, _RESPONSE, None, now)

    def _cancel(self, session: SessionKey, message: Message, now: float) -> None:
        list_id, found = self._asked(session, message, now)
        if found is None:
            return
        for order in self._orders_of(found):
            if order.goes_on:
                self._orders.cancel(order, None, "canceled by ListCancelRequest", now)
        self._report(session, list_id, found, _RESPONSE, None, now)

    def _status(self, session: SessionKey, message: Message, now: float) -> None:
        list_id, found = self._asked(session, message, now)
        if found is not None:
            self._report(session, list_id, found, _RESPONSE, None, now)

    def _asked(self, session: SessionKey, message: Message, now: float) -> tuple[str, _List | None]:
        """The list that a request names; otherwise the request has been answered."""
        list_id = message.text(b"66") or ""
        found = self._find(session, list_id)
        if found is None:
            self._refuse(session, list_id, f"ListID(66) {list_id} is unknown", now)
        return list_id, found

    def _find(self, session: SessionKey, list_id: str) -> _List | None:
        """A list that is not in memory, as after a restart, is made up of its orders that the database has."""
        found = self._lists.get((session, list_id))
        if found is None:
            members = self._orders.find_list(session, list_id)
            if members:
                found = _List(
                    len(members),
                    any(order.status is Status.PENDING_NEW for order in members),
                    [order.id for order in members],
                )
                self._keep(session, list_id, found)
        return found

    def _keep(self, session: SessionKey, list_id: str, made: _List) -> None:
        self._lists[session, list_id] = made
        while len(self._lists) > KEPT:
            self._lists.popitem(last=False)

    def _orders_of(self, found: _List) -> list[Order]:
        orders = (self._orders.get(order_id) for order_id in found.order_ids)
        return [order for order in orders if order is not None]

    def _refuse(self, session: SessionKey, list_id: str, text: str, now: float) -> None:
        body = [
            (b"66", value(list_id)),
            (b"429", _RESPONSE),
            (b"82", b"1"),
            (b"431", _REJECTED),
            (b"83", b"1"),
            (b"444", value(text)),
            (b"60", utc_timestamp(now)),
            (b"68", b"0"),
            (b"73", b"0"),
        ]
        self._send(session, b"N", body)

    def _report(
        self, session: SessionKey, list_id: str, found: _List, kind: bytes, text: str | None, now: float
    ) -> None:
        found.reports += 1
        orders = self._orders_of(found)
        if len(found.order_ids) < found.total or found.waits:
            status = _RECEIVED
        else:
            status = _EXECUTING if any(order.goes_on for order in orders) else _ALL_DONE
        body: list[Pair] = [
            (b"66", value(list_id)),
            (b"429", kind),
            (b"82", b"1"),
            (b"431", status),
            (b"83", b"%d" % found.reports),
        ]
        if text is not None:
            body.append((b"444", value(text)))
        body += [(b"60", utc_timestamp(now)), (b"68", b"%d" % found.total), (b"73", b"%d" % len(orders))]
        for order in orders:
            left = order.quantity - order.filled_quantity
            body += [
                (b"11", value(order.cl_ord_id)),
                (b"14", plain(order.filled_quantity).encode()),
                (b"39", status_code(session.begin_string, order)),
                (b"151", plain(order.leaves_quantity).encode()),
                (b"84", b"0" if order.goes_on else plain(left).encode()),
                (b"6", plain(order.average_price).encode()),
            ]
            if order.status is Status.REJECTED:
                body.append((b"103", b"0"))
            if order.text:
                body.append((b"58", value(order.text)))
        self._send(session, b"N", body)
