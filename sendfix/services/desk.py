"""The desk's commands: what people and scripts ask for, validated, given ids, and handed to the engine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sendfix.domain.commands import CancelOrder, NewOrder, ReplaceOrder, RequestStatus
from sendfix.domain.enums import OrdStatus
from sendfix.domain.errors import (
    DuplicateClOrdID,
    EngineUnavailable,
    FieldError,
    InvalidRequest,
    SendFixError,
    StateForbids,
    UnknownOrder,
)
from sendfix.domain.order import Order
from sendfix.domain.values import parse_decimal
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.encode import encode_cancel, encode_new, encode_replace, encode_status_request
from sendfix.fix.parse import msg_type_of
from sendfix.services.blotter import Blotter
from sendfix.services.ids import ClOrdIdSource
from sendfix.services.ports import Engine
from sendfix.services.risk import Risk
from sendfix.services.sessions import Session, Sessions

log = logging.getLogger(__name__)


class Outcome(Enum):
    """What this desk can say of a request by its ClOrdID."""

    SENT = "sent"
    ON_ITS_WAY = "on_its_way"
    """To the engine."""
    ABSENT = "absent"
    """It was not sent, unless it is still on its way to the desk."""
    UNKNOWN = "unknown"
    """The engine is away, or the desk is catching up with it."""


class Desk:
    """Each command returns the order once the engine has stored and sent the message, or raises a `SendFixError`
    that says why nothing was sent."""

    def __init__(
        self,
        sessions: Sessions,
        blotter: Blotter,
        engine: Engine,
        ids: ClOrdIdSource,
        now: Callable[[], datetime],
        dictionary_of: Callable[[Session], Dictionary],
        risk: Risk,
    ) -> None:
        self._sessions = sessions
        self._risk = risk
        self._blotter = blotter
        self._engine = engine
        self._ids = ids
        self._now = now
        self._dictionary_of = dictionary_of
        # ClOrdIDs on their way to the engine, with the one by which it is asked about the message that has them.
        self._listed: dict[str, str] = {}

    def send_order(
        self,
        session_name: str,
        fields: Mapping[str, Any],
        custom_tags: Mapping[int, str],
        cl_ord_id: str | None = None,
    ) -> Order:
        """Raises `UnknownSession`, `InvalidRequest`, `DuplicateClOrdID`, `NotLoggedOn`, `RiskRefused`, `StateForbids`,
        `EngineUnavailable`."""
        new_id, body = self._new(session_name, fields, custom_tags, cl_ord_id)
        self._send(session_name, new_id, body)
        return self._order(new_id)

    def check_order(
        self,
        session_name: str,
        fields: Mapping[str, Any],
        custom_tags: Mapping[int, str],
        cl_ord_id: str | None = None,
    ) -> None:
        """What `send_order` would raise just now. Nothing is sent, and nothing counts towards a limit."""
        new_id, body = self._new(session_name, fields, custom_tags, cl_ord_id)
        self.may_send(session_name, (new_id,), (body,))

    def _new(
        self,
        session_name: str,
        fields: Mapping[str, Any],
        custom_tags: Mapping[int, str],
        cl_ord_id: str | None,
    ) -> tuple[str, bytes]:
        session = self._sessions.get(session_name)
        if session.config.account and "account" not in fields:
            fields = {**fields, "account": session.config.account}
        command = NewOrder(session_name, cl_ord_id or self._ids.next(), self._now(), fields, custom_tags)
        body = encode_new(command, self._dictionary(session_name))
        self._must_be_new(cl_ord_id)
        return command.cl_ord_id, body

    def replace_order(
        self,
        cl_ord_id: str,
        changes: Mapping[str, Any],
        custom_tags: Mapping[int, str],
        new_cl_ord_id: str | None = None,
    ) -> tuple[str, Order]:
        """The new ClOrdID and the order, its request pending. Raises as `send_order`, and `UnknownOrder`."""
        self._must_be_new(new_cl_ord_id)
        order = self.order(cl_ord_id)
        if not _is_raised(order, changes):
            self._must_be_open(order, "replaced")
        self._sessions.get(order.session_name)
        if not changes and not custom_tags:
            raise InvalidRequest(
                [FieldError("order_qty", "nothing to change: give order_qty, price or another field")]
            )
        new_id = new_cl_ord_id or self._ids.next()
        command = ReplaceOrder(order, new_id, self._now(), changes, custom_tags)
        body = encode_replace(command, self._dictionary(order.session_name))
        self._send(order.session_name, new_id, body, order)
        return new_id, order

    def cancel_order(self, cl_ord_id: str, new_cl_ord_id: str | None = None) -> tuple[str, Order]:
        """The request's ClOrdID and the order, its request pending. Raises as `send_order`, and `UnknownOrder`."""
        self._must_be_new(new_cl_ord_id)
        order = self.order(cl_ord_id)
        self._must_be_open(order, "canceled")
        self._sessions.get(order.session_name)
        new_id = new_cl_ord_id or self._ids.next()
        command = CancelOrder(order, new_id, self._now())
        self._send(order.session_name, new_id, encode_cancel(command, self._dictionary(order.session_name)))
        return new_id, order

    def cancel_orders(self, orders: Iterable[Order]) -> list[tuple[Order, str | None]]:
        """Ask for the cancel of each; beside it, why that was not sent. One that is asked for already is left out."""
        results: list[tuple[Order, str | None]] = []
        for order in orders:
            if order.pending is not None and order.pending.type == "cancel":
                continue
            try:
                self.cancel_order(order.cl_ord_id)
            except SendFixError as error:
                results.append((order, str(error)))
            else:
                results.append((order, None))
        return results

    def request_status(self, cl_ord_id: str) -> Order:
        """Ask the counterparty how an order stands. Raises `UnknownOrder`, `NotLoggedOn`, `InvalidRequest`,
        `StateForbids` and `EngineUnavailable`."""
        order = self.order(cl_ord_id)
        session = self._sessions.logged_on(order.session_name)
        if session.status_requests_refused:
            raise StateForbids(
                f"The counterparty of session {order.session_name} does not support OrderStatusRequest(H)."
            )
        body = encode_status_request(RequestStatus(order), self._dictionary(order.session_name))
        self._engine.send(order.session_name, "", body)
        return order

    def order(self, cl_ord_id: str) -> Order:
        """By any ClOrdID of its chain. Raises `UnknownOrder`."""
        order = self._blotter.find(cl_ord_id)
        if order is None:
            raise UnknownOrder(cl_ord_id)
        return order

    def outcome(self, session_name: str, cl_ord_id: str) -> Outcome:
        """What became of the order, replace or cancel with that ClOrdID(11). Raises `UnknownSession`,
        `StorageUnavailable`."""
        self._sessions.get(session_name)
        if self._blotter.find(cl_ord_id) is not None:
            return Outcome.SENT
        if self._engine.is_on_its_way(self._listed.get(cl_ord_id, cl_ord_id)):
            return Outcome.ON_ITS_WAY
        # The engine may have sent what this desk has not folded yet.
        return Outcome.ABSENT if self._engine.refusal(session_name) is None else Outcome.UNKNOWN

    def ask_status(self, session_name: str) -> None:
        """Ask the counterparty for the status of every open order, after a logon. Stops where it is not supported."""
        session = self._sessions.get(session_name)
        if not session.logged_on:
            return
        orders = [order for order in self._blotter.open_orders(session_name) if not order.adopted]
        self.ask_status_of(session, orders)

    def ask_status_of(self, session: Session, orders: Sequence[Order]) -> int:
        """Ask for the status of each of these orders of the session; how many were asked for."""
        session_name = session.config.name
        for asked, order in enumerate(orders):
            if session.status_requests_refused:
                log.info("session %s does not support OrderStatusRequest(H)", session_name)
                return asked
            try:
                body = encode_status_request(RequestStatus(order), self._dictionary(session_name))
                self._engine.send(session_name, "", body)
            except InvalidRequest as error:
                log.warning(
                    "session %s: order %s can't be asked for: %s", session_name, order.cl_ord_id, error
                )
            except SendFixError as error:
                log.warning(
                    "session %s: asked for the status of %d of %d orders: %s",
                    session_name,
                    asked,
                    len(orders),
                    error,
                )
                return asked
        if orders:
            log.info("session %s: asked for the status of %d open orders", session_name, len(orders))
        return len(orders)

    def cannot_send_reason(self, session: Session) -> str | None:
        """None when an order can be sent; else why not."""
        name = session.config.name
        return self._engine.refusal(name) or session.cannot_send_reason or self._risk.hold_reason(name)

    def _must_be_new(self, cl_ord_id: str | None) -> None:
        if cl_ord_id is not None and self._blotter.find(cl_ord_id) is not None:
            raise DuplicateClOrdID(cl_ord_id)

    def _must_be_open(self, order: Order, verb: str) -> None:
        if not order.is_open:
            raise StateForbids(
                f"Order {order.cl_ord_id} is {order.status.name}: it can't be {verb} any more."
            )

    def _dictionary(self, session_name: str) -> Dictionary:
        return self._dictionary_of(self._sessions.get(session_name))

    def may_send(
        self,
        session_name: str,
        cl_ord_ids: Sequence[str],
        parts: Sequence[bytes],
        replaced: Order | None = None,
    ) -> None:
        """What `send_body` would raise just now, but for what the engine says."""
        self._be_ready(session_name, cl_ord_ids)
        self._risk.check_all(session_name, parts, replaced, only_look=True)

    def send_body(
        self,
        session_name: str,
        cl_ord_ids: Sequence[str],
        body: bytes,
        parts: Sequence[bytes],
        replaced: Order | None = None,
    ) -> int | None:
        """Send a message as it stands; its MsgSeqNum(34), if the engine could still say it. `cl_ord_ids` are those that
        it uses up, `parts` its orders, each by itself; `replaced` is the order that it replaces."""
        # Nothing between this and the engine lets another request in.
        self._be_ready(session_name, cl_ord_ids)
        first, others = (cl_ord_ids[0], cl_ord_ids[1:]) if cl_ord_ids else ("", ())
        counted = self._risk.check_all(session_name, parts, replaced, sent_as=first)
        self._listed.update(dict.fromkeys(others, first))
        try:
            number = self._engine.send(session_name, first, body)
        except EngineUnavailable:
            raise  # it may be on its way: it counts, and its ids are not free, until that is known
        except SendFixError:
            self._risk.take_back(counted)
            raise
        finally:
            if self._listed:
                self._listed = {one: by for one, by in self._listed.items() if self._engine.is_on_its_way(by)}
        what = first or f"MsgType(35) {msg_type_of(body)}"
        log.info("session %s: %s is sent", session_name, what, extra={"cl_ord_id": first})
        return number

    def _be_ready(self, session_name: str, cl_ord_ids: Sequence[str]) -> None:
        refusal = self._engine.refusal(session_name)
        if refusal is not None:
            raise EngineUnavailable(refusal)
        self._sessions.logged_on(session_name)
        for cl_ord_id in cl_ord_ids:
            if self._blotter.in_memory(cl_ord_id) is not None or self._engine.is_on_its_way(
                self._listed.get(cl_ord_id, cl_ord_id)
            ):
                raise DuplicateClOrdID(cl_ord_id)

    def _send(self, session_name: str, cl_ord_id: str, body: bytes, replaced: Order | None = None) -> None:
        self.send_body(session_name, (cl_ord_id,), body, (body,), replaced)

    def _order(self, cl_ord_id: str) -> Order:
        order = self._blotter.in_memory(cl_ord_id)
        if order is None:
            raise StateForbids(
                f"Order {cl_ord_id} was sent, but could not be folded: see the session's log, and the desk's."
            )
        return order


def _is_raised(order: Order, changes: Mapping[str, Any]) -> bool:
    """Whether a filled order gets more to fill: FIX lets it open again so (FIX 4.2 D8, FIX 4.4 C.1.c)."""
    if order.status is not OrdStatus.FILLED or order.pending is not None:
        return False
    try:
        return parse_decimal(changes.get("order_qty")) > order.cum_qty
    except ValueError:
        return False
