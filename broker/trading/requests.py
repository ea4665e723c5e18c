"""What clients ask of one order by FIX: D a new order, G a replace, F a cancel, H its status, Q a trade unknown.

The session layer has seen to it that required fields are there and well-formed. Every D, F, G and H has one answer in
the end, an ExecutionReport(8) or an OrderCancelReject(9), or none in mode `ignore`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from broker.fix.states import SessionKey
from broker.fix.validation import FIX42, FIX44
from broker.fix.wire import Message, Pair, parse_utc_timestamp
from broker.trading.behaviours import Mode
from broker.trading.expiry import expiry_of
from broker.trading.order import EXPIRY, LIMITS, STOPS, Order, Request, RequestKind, Status, Terms
from broker.trading.orders import Orders, Row, Send
from broker.trading.reports import (
    CancelRefusal,
    ExecType,
    Refusal,
    cancel_reject,
    execution_report,
    refused_request_report,
)

log: Final = logging.getLogger("broker")

REJECTING: Final = "rejected: the broker's behaviour for this order is 'reject'"

_ECHOED: Final = (b"15", b"18", b"48", b"63", b"64", b"77", b"110", b"126", b"167", b"207", b"432")
ECHOED: Final = {
    FIX42: (*_ECHOED, b"21", b"22", b"47", b"109"),
    FIX44: (*_ECHOED, b"22", b"528", b"529"),
}
"""Fields of a new order that its reports repeat."""


class Requests:
    def __init__(self, orders: Orders, send: Send, refusal_of: Callable[[bytes], str | None]) -> None:
        """`refusal_of` may want a new order of this SenderCompID(49) rejected, and gives the Text(58)."""
        self._orders = orders
        self._refusal_of = refusal_of
        self._send = send
        self._refused = 0

    def handlers(self) -> dict[bytes, Callable[[SessionKey, Message, float], None]]:
        """By MsgType(35)."""
        return {
            b"D": self._new,
            b"F": self._cancel,
            b"G": self._replace,
            b"H": self._status,
            b"Q": self._dont_know,
        }

    def enter(
        self, session: SessionKey, fields: dict[bytes, bytes], list_id: str | None, wait: bool, now: float
    ) -> Order | None:
        """A new order from a NewOrderSingle(D), or from an entry of a NewOrderList(E), which may `wait` for its
        ListExecute(L). None when it made no order: its ClOrdID(11) was used before, or it is ignored."""
        orders = self._orders
        cl_ord_id, symbol = _text(fields, b"11") or "", _text(fields, b"55") or ""
        behaviour = orders.behaviours.of(session.client, symbol)
        if behaviour.mode is Mode.IGNORE:
            return None
        known = orders.find(session, cl_ord_id)
        if known is not None:
            self._known_again(session, fields, known, cl_ord_id, now)
            return None
        time_in_force = _text(fields, b"59") or "0"
        terms = Terms(
            symbol=symbol,
            ord_type=_text(fields, b"40") or "",
            quantity=_decimal(fields, b"38") or Decimal(0),
            limit_price=_decimal(fields, b"44"),
            stop_price=_decimal(fields, b"99"),
            time_in_force=time_in_force,
            max_floor=_decimal(fields, b"111"),
            expire_at=self._expiry(fields, time_in_force, now),
        )
        refusal = orders.check(terms, now)
        if refusal is None and behaviour.mode is Mode.REJECT:
            refusal = Refusal.BROKER, REJECTING
        if refusal is None and (text := self._refusal_of(session.sender_comp_id)) is not None:
            refusal = Refusal.BROKER, text
        echoed = ECHOED[session.begin_string]
        order = Order(
            id=orders.next_id(),
            session=session,
            cl_ord_id=cl_ord_id,
            symbol=symbol,
            side=_text(fields, b"54") or "",
            ord_type=terms.ord_type,
            quantity=terms.quantity,
            limit_price=terms.limit_price,
            stop_price=terms.stop_price,
            time_in_force=terms.time_in_force,
            account=_text(fields, b"1"),
            behaviour=behaviour,
            created_at=now,
            updated_at=now,
            max_floor=terms.max_floor,
            expire_at=terms.expire_at,
            list_id=list_id,
            echo=[(tag, fields[tag]) for tag in echoed if tag in fields],
        )
        orders.enter(order, refusal, now, wait)
        return order

    def _expiry(self, fields: dict[bytes, bytes], time_in_force: str, now: float) -> float | None:
        calendar = self._orders.calendar
        if time_in_force != "6":
            return expiry_of(calendar, time_in_force, self._orders.rules.gtc_days, now)
        if b"126" in fields:
            return parse_utc_timestamp(fields[b"126"])
        return calendar.end_of_date(fields[b"432"].decode()) if b"432" in fields else None

    def _new(self, session: SessionKey, message: Message, now: float) -> None:
        self.enter(session, message.fields, None, False, now)

    def _known_again(
        self, session: SessionKey, fields: dict[bytes, bytes], known: Order, cl_ord_id: str, now: float
    ) -> None:
        if fields.get(b"97") == b"Y":
            self.report_status(session, known, cl_ord_id, [], now)
            return
        self._orders.counters.rejected += 1
        self._refused += 1
        body = refused_request_report(
            session.begin_string,
            fields,
            ExecType.REJECTED,
            f"R{now:.6f}-{self._refused}",
            Refusal.DUPLICATE,
            f"ClOrdID(11) {cl_ord_id} was used before",
            now,
        )
        self._send(session, b"8", body)

    def _cancel(self, session: SessionKey, message: Message, now: float) -> None:
        self._change(session, message, RequestKind.CANCEL, now)

    def _replace(self, session: SessionKey, message: Message, now: float) -> None:
        self._change(session, message, RequestKind.REPLACE, now)

    def _change(self, session: SessionKey, message: Message, kind: RequestKind, now: float) -> None:
        orders, fields = self._orders, message.fields
        if orders.behaviours.of(session.client, message.text(b"55") or "").mode is Mode.IGNORE:
            return
        cl_ord_id, orig = message.text(b"11") or "", message.text(b"41") or ""
        request = Request(kind, cl_ord_id, orig, None, False)
        order = orders.find(session, orig)
        if order is None:
            text = f"Unknown order: OrigClOrdID(41) {orig}"
            is_replace = kind is RequestKind.REPLACE
            body = cancel_reject(
                session.begin_string,
                cl_ord_id,
                orig,
                is_replace,
                None,
                CancelRefusal.UNKNOWN_ORDER,
                text,
                now,
            )
            self._send(session, b"9", body)
            return
        problem = self._problem_of_change(session, order, request, fields)
        if problem is None and kind is RequestKind.REPLACE:
            request = Request(kind, cl_ord_id, orig, None, False, self._new_terms(order, fields, now))
            assert request.terms is not None
            wrong = orders.check(request.terms, now)
            if wrong is not None:
                problem = CancelRefusal.BROKER, wrong[1]
        if problem is None:
            orders.request(order, request, now)
        else:
            if problem[0] is CancelRefusal.PENDING:
                # OrigClOrdID(41) of the reject is the last that was accepted.
                request = replace(request, orig_cl_ord_id=order.cl_ord_id)
            orders.refuse_change(order, request, *problem, now)

    def _problem_of_change(
        self, session: SessionKey, order: Order, request: Request, fields: dict[bytes, bytes]
    ) -> tuple[CancelRefusal, str] | None:
        """What speaks against a cancel or replace as soon as it comes."""
        orders = self._orders
        pending = {one.cl_ord_id for one in order.requests if one.kind is RequestKind.REPLACE}
        if orders.find(session, request.cl_ord_id) is not None:
            return CancelRefusal.DUPLICATE, f"ClOrdID(11) {request.cl_ord_id} was used before"
        behaviour = order.behaviour
        if not order.goes_on and not order.requests and not self._reopens(order, request, fields):
            return CancelRefusal.TOO_LATE, f"Too late: the order is {order.status.name}"
        changes = [one.cl_ord_id for one in order.requests if one.kind is not RequestKind.NEW]
        if behaviour.one_request and changes:
            # Matrix D.17 of FIX 4.2.
            return CancelRefusal.PENDING, f"request {changes[0]} is pending; wait for its answer"
        if (
            order.goes_on
            and request.orig_cl_ord_id != order.cl_ord_id
            and request.orig_cl_ord_id not in pending
        ):
            text = f"OrigClOrdID(41) {request.orig_cl_ord_id} is not the order's ClOrdID, which is {order.cl_ord_id}"
            return CancelRefusal.BROKER, text
        if fields.get(b"55") != order.symbol.encode("latin-1") or fields.get(b"54") != order.side.encode():
            return CancelRefusal.BROKER, "Symbol(55) and Side(54) must be those of the order"
        if orders.behaviours.of(session.client, order.symbol).mode is Mode.REJECT:
            return CancelRefusal.BROKER, REJECTING
        return None

    def _reopens(self, order: Order, request: Request, fields: dict[bytes, bytes]) -> bool:
        """Whether a filled order would be open again (matrices D.8 and D.9 of FIX 4.2)."""
        quantity = _decimal(fields, b"38") if request.kind is RequestKind.REPLACE else None
        return order.status is Status.FILLED and quantity is not None and quantity > order.filled_quantity

    def _new_terms(self, order: Order, fields: dict[bytes, bytes], now: float) -> Terms:
        """What the order would be; fields that are left out stay as they are, or as the replace before says."""
        before = next((one.terms for one in reversed(order.requests) if one.terms is not None), None)
        base = before or Terms(
            order.symbol,
            order.ord_type,
            order.quantity,
            order.limit_price,
            order.stop_price,
            order.time_in_force,
            order.max_floor,
            order.expire_at,
            order.expiry,
        )
        quantity, limit, stop = (_decimal(fields, tag) for tag in (b"38", b"44", b"99"))
        ord_type = _text(fields, b"40") or base.ord_type
        time_in_force = _text(fields, b"59") or base.time_in_force
        expires_anew = time_in_force != base.time_in_force or b"126" in fields or b"432" in fields
        floor = _decimal(fields, b"111")
        return Terms(
            symbol=order.symbol,
            ord_type=ord_type,
            quantity=base.quantity if quantity is None else quantity,
            limit_price=base.limit_price if limit is None and ord_type in LIMITS else limit,
            stop_price=base.stop_price if stop is None and ord_type in STOPS else stop,
            time_in_force=time_in_force,
            max_floor=base.max_floor if floor is None else floor,
            expire_at=self._expiry(fields, time_in_force, now) if expires_anew else base.expire_at,
            expiry=tuple((tag, fields[tag]) for tag in EXPIRY if tag in fields)
            if expires_anew
            else base.expiry,
        )

    def _status(self, session: SessionKey, message: Message, now: float) -> None:
        cl_ord_id = message.text(b"11") or ""
        order = self._orders.find(session, cl_ord_id)
        if order is not None:
            asked = [(b"790", message.fields[b"790"])] if b"790" in message.fields else []
            self.report_status(session, order, cl_ord_id, asked, now)
            return
        text = f"Unknown order: ClOrdID(11) {cl_ord_id}"
        body = refused_request_report(
            session.begin_string, message.fields, ExecType.STATUS, "0", Refusal.UNKNOWN_ORDER, text, now
        )
        self._send(session, b"8", body)

    def report_status(
        self, session: SessionKey, order: Order, cl_ord_id: str, more: list[Pair], now: float
    ) -> None:
        """`more` is what the request wants to have back."""
        body = execution_report(
            session.begin_string,
            order,
            ExecType.STATUS,
            "0",
            now,
            cl_ord_id=cl_ord_id,
            text=order.text,
            more=more,
        )
        self._send(session, b"8", body)

    def _dont_know(self, session: SessionKey, message: Message, now: float) -> None:
        """DontKnowTrade(Q): written down with the execution, for a person to see."""
        exec_id = message.text(b"17") or ""
        execution = self._orders.load_execution(exec_id)
        if execution is None or not self._belongs(session, execution):
            log.info("%s does not know trade %r, and there was none", session, exec_id)
        else:
            reason = f"the client does not know this trade, DKReason(127) {message.text(b'127')}"
            text = message.text(b"58")
            self._orders.mark_execution(
                execution, execution["status"], f"{reason}: {text}" if text else reason
            )

    def _belongs(self, session: SessionKey, execution: Row) -> bool:
        order = self._orders.get(execution["order_id"])
        return order is not None and order.session == session


def _text(fields: dict[bytes, bytes], tag: bytes) -> str | None:
    value = fields.get(tag)
    return None if value is None else value.decode("latin-1")


def _decimal(fields: dict[bytes, bytes], tag: bytes) -> Decimal | None:
    value = fields.get(tag)
    return None if value is None else Decimal(value.decode("latin-1"))
