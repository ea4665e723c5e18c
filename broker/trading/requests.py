"""What clients ask by FIX: D a new order, G a replace, F a cancel, H an order's status.

The session layer has seen to it that required fields are there and well-formed. Every request has exactly one first
answer: an ExecutionReport(8), an OrderCancelReject(9), or none in mode `ignore`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from broker.fix.states import SessionKey
from broker.fix.wire import Message, Pair
from broker.trading.behaviours import Mode
from broker.trading.order import LIMITS, STOPS, Order, Terms
from broker.trading.orders import Orders
from broker.trading.reports import (
    CancelRefusal,
    ExecType,
    Refusal,
    cancel_reject,
    execution_report,
    refused_request_report,
)

_CANCEL: Final = b"1"
_REPLACE: Final = b"2"


class Requests:
    def __init__(self, orders: Orders, send: Callable[[SessionKey, bytes, list[Pair]], None]) -> None:
        self._orders = orders
        self._send = send
        self._refused = 0

    def handlers(self) -> dict[bytes, Callable[[SessionKey, Message, float], None]]:
        """By MsgType(35)."""
        return {b"D": self._new, b"F": self._cancel, b"G": self._replace, b"H": self._status}

    def _new(self, session: SessionKey, message: Message, now: float) -> None:
        orders = self._orders
        cl_ord_id, symbol = message.text(b"11") or "", message.text(b"55") or ""
        behaviour = orders.behaviours.of(session.client, symbol)
        if behaviour.mode is Mode.IGNORE:
            return
        known = orders.find(session, cl_ord_id)
        if known is not None:
            if message.fields.get(b"97") == b"Y":
                self._report_status(session, known, cl_ord_id, None, now)
                return
            text = f"ClOrdID(11) {cl_ord_id} was used before"
            orders.counters.rejected += 1
            self._refused += 1
            exec_id = f"R{now:.6f}-{self._refused}"
            body = refused_request_report(
                session.begin_string, message.fields, ExecType.REJECTED, exec_id, Refusal.DUPLICATE, text, now
            )
            self._send(session, b"8", body)
            return
        terms = Terms(
            symbol=symbol,
            ord_type=message.text(b"40") or "",
            quantity=_decimal(message, b"38") or Decimal(0),
            limit_price=_decimal(message, b"44"),
            stop_price=_decimal(message, b"99"),
            time_in_force=message.text(b"59") or "0",
        )
        refusal = orders.check(terms)
        if refusal is None and behaviour.mode is Mode.REJECT:
            refusal = Refusal.BROKER, "rejected: the broker's behaviour for this order is 'reject'"
        order = Order(
            id=orders.next_id(),
            session=session,
            cl_ord_id=cl_ord_id,
            symbol=symbol,
            side=message.text(b"54") or "",
            ord_type=terms.ord_type,
            quantity=terms.quantity,
            limit_price=terms.limit_price,
            stop_price=terms.stop_price,
            time_in_force=terms.time_in_force,
            account=message.text(b"1"),
            behaviour=behaviour,
            created_at=now,
            updated_at=now,
        )
        orders.enter(order, refusal, now)

    def _cancel(self, session: SessionKey, message: Message, now: float) -> None:
        if not self._is_ignored(session, message):
            order = self._order_to_change(session, message, _CANCEL, now)
            if order is not None:
                self._orders.cancel(order, message.text(b"11"), None, now)

    def _replace(self, session: SessionKey, message: Message, now: float) -> None:
        if self._is_ignored(session, message):
            return
        order = self._order_to_change(session, message, _REPLACE, now)
        if order is None:
            return
        quantity, limit, stop = (_decimal(message, tag) for tag in (b"38", b"44", b"99"))
        ord_type = message.text(b"40") or order.ord_type
        if limit is None and ord_type in LIMITS:
            limit = order.limit_price
        if stop is None and ord_type in STOPS:
            stop = order.stop_price
        terms = Terms(
            symbol=order.symbol,
            ord_type=ord_type,
            quantity=order.quantity if quantity is None else quantity,
            limit_price=limit,
            stop_price=stop,
            time_in_force=message.text(b"59") or order.time_in_force,
        )
        problem = self._orders.check(terms)
        if problem is not None:
            self._refuse_change(session, message, _REPLACE, order, CancelRefusal.BROKER, problem[1], now)
        elif terms.quantity < order.filled_quantity:
            text = f"OrderQty(38) {terms.quantity} is below the {order.filled_quantity} filled already"
            self._refuse_change(session, message, _REPLACE, order, CancelRefusal.BROKER, text, now)
        else:
            self._orders.replace(order, terms, message.text(b"11"), now)

    def _status(self, session: SessionKey, message: Message, now: float) -> None:
        cl_ord_id = message.text(b"11") or ""
        order = self._orders.find(session, cl_ord_id)
        if order is not None:
            self._report_status(session, order, cl_ord_id, message.text(b"790"), now)
            return
        text = f"Unknown order: ClOrdID(11) {cl_ord_id}"
        body = refused_request_report(
            session.begin_string, message.fields, ExecType.STATUS, "0", Refusal.UNKNOWN_ORDER, text, now
        )
        self._send(session, b"8", body)

    def _report_status(
        self, session: SessionKey, order: Order, cl_ord_id: str, status_req_id: str | None, now: float
    ) -> None:
        body = execution_report(
            session.begin_string,
            order,
            ExecType.STATUS,
            "0",
            now,
            cl_ord_id=cl_ord_id,
            text=order.text,
            status_req_id=status_req_id,
        )
        self._send(session, b"8", body)

    def _is_ignored(self, session: SessionKey, message: Message) -> bool:
        return self._orders.behaviours.of(session.client, message.text(b"55") or "").mode is Mode.IGNORE

    def _order_to_change(
        self, session: SessionKey, message: Message, response_to: bytes, now: float
    ) -> Order | None:
        """The open order that a cancel or replace is about; otherwise the request has been answered."""
        orders = self._orders
        cl_ord_id, orig = message.text(b"11") or "", message.text(b"41") or ""
        order = orders.find(session, orig)
        refusal: tuple[CancelRefusal, str] | None = None
        if order is None:
            refusal = CancelRefusal.UNKNOWN_ORDER, f"Unknown order: OrigClOrdID(41) {orig}"
        elif orders.find(session, cl_ord_id) is not None:
            refusal = CancelRefusal.DUPLICATE, f"ClOrdID(11) {cl_ord_id} was used before"
        elif not order.is_open:
            refusal = CancelRefusal.TOO_LATE, f"Too late: the order is {order.status.name}"
        elif orig != order.cl_ord_id:
            refusal = CancelRefusal.BROKER, f"OrigClOrdID(41) {orig} was replaced by {order.cl_ord_id}"
        elif message.text(b"55") != order.symbol or message.text(b"54") != order.side:
            refusal = CancelRefusal.BROKER, "Symbol(55) and Side(54) must be those of the order"
        elif orders.behaviours.of(session.client, order.symbol).mode is Mode.REJECT:
            refusal = CancelRefusal.BROKER, "rejected: the broker's behaviour for this order is 'reject'"
        if refusal is None:
            return order
        self._refuse_change(session, message, response_to, order, *refusal, now)
        return None

    def _refuse_change(
        self,
        session: SessionKey,
        message: Message,
        response_to: bytes,
        order: Order | None,
        refusal: CancelRefusal,
        text: str,
        now: float,
    ) -> None:
        fields = message.fields
        body = cancel_reject(session.begin_string, fields, response_to, order, refusal, text, now)
        self._send(session, b"9", body)


def _decimal(message: Message, tag: bytes) -> Decimal | None:
    text = message.text(tag)
    return None if text is None else Decimal(text)
