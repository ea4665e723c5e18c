"""What clients ask of many orders at once: OrderMassStatusRequest(AF) and OrderMassCancelRequest(q), FIX.4.4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from broker.fix.states import SessionKey
from broker.fix.wire import Message, Pair, utc_timestamp, value
from broker.trading.order import Order
from broker.trading.orders import Orders, Send
from broker.trading.requests import Requests

_FOR_SECURITY: Final = b"1"
_FOR_ALL: Final = b"7"
"""Of MassStatusReqType(585) and MassCancelRequestType(530)."""

_NOT_SUPPORTED: Final = b"0"
_UNKNOWN_SECURITY: Final = b"1"
"""MassCancelRejectReason(532)."""

Picked = list[Order]


class MassRequests:
    """They concern the open orders of the client that asks."""

    def __init__(self, orders: Orders, requests: Requests, send: Send) -> None:
        self._orders = orders
        self._requests = requests
        self._send = send
        self._reports = 0

    def handlers(self) -> dict[bytes, Callable[[SessionKey, Message, float], None]]:
        """By MsgType(35)."""
        return {b"AF": self._status, b"q": self._cancel}

    def _pick(self, session: SessionKey, message: Message, kind: bytes) -> Picked | tuple[bytes, str]:
        """The orders that a request is about, or a MassCancelRejectReason(532) and why in words."""
        if kind not in (_FOR_SECURITY, _FOR_ALL):
            return _NOT_SUPPORTED, "only requests for one Symbol(55), or for all orders, are supported"
        symbol, side = message.text(b"55"), message.text(b"54")
        if kind == _FOR_SECURITY and symbol not in self._orders.matching.prices:
            return _UNKNOWN_SECURITY, f"Symbol(55) {symbol} is unknown" if symbol else "Symbol(55) is missing"
        return [
            order
            for order in self._orders.open_orders()
            if order.session == session
            and (kind == _FOR_ALL or order.symbol == symbol)
            and side in (None, order.side)
        ]

    def _status(self, session: SessionKey, message: Message, now: float) -> None:
        request_id = message.fields[b"584"]
        picked = self._pick(session, message, message.fields[b"585"])
        if isinstance(picked, tuple) or not picked:
            text = picked[1] if isinstance(picked, tuple) else "there are no open orders to report"
            body = [
                (b"37", b"NONE"),
                (b"17", b"0"),
                (b"150", b"I"),
                (b"39", b"8"),
                (b"584", request_id),
                (b"911", b"0"),
                (b"912", b"Y"),
                (b"55", message.fields.get(b"55", b"[N/A]")),
                (b"54", message.fields.get(b"54", b"7")),
                (b"151", b"0"),
                (b"14", b"0"),
                (b"6", b"0"),
                (b"60", utc_timestamp(now)),
                (b"103", b"5"),
                (b"58", value(text)),
            ]
            self._send(session, b"8", body)
            return
        for number, order in enumerate(picked, 1):
            asked: list[Pair] = [
                (b"584", request_id),
                (b"911", b"%d" % len(picked)),
                (b"912", b"Y" if number == len(picked) else b"N"),
            ]
            self._requests.report_status(session, order, order.cl_ord_id, asked, now)

    def _cancel(self, session: SessionKey, message: Message, now: float) -> None:
        """The OrderMassCancelReport(r) comes first, then an ExecutionReport(8) for each order."""
        kind = message.fields[b"530"]
        picked = self._pick(session, message, kind)
        self._reports += 1
        body = [
            (b"11", message.fields[b"11"]),
            (b"37", b"M%d-%d" % (int(now * 1000), self._reports)),
            (b"530", kind),
        ]
        if isinstance(picked, tuple):
            body += [(b"531", b"0"), (b"532", picked[0])]
        else:
            body += [(b"531", kind), (b"533", b"%d" % len(picked))]
        body += [(tag, message.fields[tag]) for tag in (b"55", b"54") if tag in message.fields]
        body.append((b"60", utc_timestamp(now)))
        if isinstance(picked, tuple):
            self._send(session, b"r", [*body, (b"58", value(picked[1]))])
            return
        self._send(session, b"r", body)
        for order in picked:
            if order.goes_on:
                text = f"canceled by OrderMassCancelRequest {message.text(b'11')}"
                self._orders.cancel(order, None, text, now)
