"""Many orders with one request: OrderMassCancelRequest(q) and OrderMassStatusRequest(AF), where the counterparty has
them; else one by one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sendfix.domain.enums import Side
from sendfix.domain.errors import SendFixError, StorageUnavailable
from sendfix.domain.order import Order
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.encode import encode_mass_cancel, encode_mass_status
from sendfix.fix.parse import parse_values
from sendfix.fix.reading import refuses_the_kind
from sendfix.services.blotter import Blotter
from sendfix.services.desk import Desk
from sendfix.services.ids import ClOrdIdSource
from sendfix.services.kill_switches import KillSwitch, KillSwitches
from sendfix.services.ports import Inattentive, Listener, MassCancelFailed, MessageRow
from sendfix.services.sessions import Session, Sessions

log = logging.getLogger(__name__)

MASS_CANCEL, MASS_CANCEL_REPORT, MASS_STATUS = "q", "r", "AF"
ANSWER_SECONDS = 5.0
REFUSED = "0"
"""MassCancelResponse(531)."""
_REJECTS = frozenset({"3", "j"})


@dataclass(frozen=True, slots=True)
class Filter:
    """Which orders; None is any."""

    session_name: str | None = None
    symbol: str | None = None
    side: Side | None = None

    def takes(self, order: Order) -> bool:
        return (
            self.session_name in (None, order.session_name)
            and self.symbol in (None, order.symbol)
            and self.side in (None, order.side)
        )


@dataclass(frozen=True, slots=True)
class Canceled:
    """Each order with why its cancel was not sent; `mass_cancels` are the ClOrdIDs of requests for several."""

    results: Sequence[tuple[Order, str | None]]
    mass_cancels: Sequence[str]


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """`mass_status_req_id` is None where each of the `asked` orders was asked for by itself."""

    session_name: str
    mass_status_req_id: str | None
    asked: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A request that is not answered yet; `instead` is done when it is refused."""

    session_name: str
    msg_type: str
    instead: Callable[[], None]


class MassDesk(Inattentive):
    """`later` does something after so many seconds, in a greenlet of its own; `listener` hears what was not canceled
    after all."""

    def __init__(
        self,
        desk: Desk,
        sessions: Sessions,
        blotter: Blotter,
        ids: ClOrdIdSource,
        now: Callable[[], datetime],
        dictionary_of: Callable[[Session], Dictionary],
        later: Callable[[float, Callable[[], None]], None],
        listener: Listener,
    ) -> None:
        self._desk = desk
        self._sessions = sessions
        self._blotter = blotter
        self._ids = ids
        self._now = now
        self._dictionary_of = dictionary_of
        self._later = later
        self._listener = listener
        self._waiting: dict[str, _Waiting] = {}

    def cancel(self, which: Filter) -> Canceled:
        """Ask for the cancel of every open order that fits. Raises `UnknownSession`."""
        results: list[tuple[Order, str | None]] = []
        mass_cancels = []
        names = [session.config.name for session in self._sessions]
        if which.session_name is not None:
            names = [self._sessions.get(which.session_name).config.name]
        for name in names:
            if self._sessions.find(name) is None:
                continue  # removed while those before it were canceled
            orders = [order for order in self._blotter.open_orders(name) if which.takes(order)]
            cl_ord_id = self._mass_cancel(name, which) if len(orders) > 1 else None
            if cl_ord_id is None:
                results += self._desk.cancel_orders(orders)
            else:
                mass_cancels.append(cl_ord_id)
                results += [(order, None) for order in orders]
        return Canceled(results, mass_cancels)

    def ask_status(self, which: Filter) -> StatusAsked:
        """Ask the counterparty how the open orders of a session stand. Where it has OrderMassStatusRequest(AF) it tells
        of orders that this desk did not send, too. Raises `UnknownSession`, `NotLoggedOn`, `EngineUnavailable`."""
        session = self._sessions.logged_on(which.session_name or "")
        name = session.config.name
        orders = [order for order in self._blotter.open_orders(name) if which.takes(order)]
        dictionary = self._dictionary_of(session)
        if dictionary.message(MASS_STATUS) is None or session.mass_status_refused:
            return StatusAsked(name, None, self._desk.ask_status_of(session, orders))
        request_id = self._ids.next()

        def one_by_one() -> None:
            self._desk.ask_status_of(session, orders)

        self._waiting[request_id] = _Waiting(name, MASS_STATUS, one_by_one)
        self._later(ANSWER_SECONDS, lambda: self._forget(request_id))
        body = encode_mass_status(request_id, which.symbol, which.side, dictionary)
        self._send(name, request_id, (), body)
        return StatusAsked(name, request_id, len(orders))

    def message_logged(self, message: MessageRow) -> None:
        if not self._waiting or message.direction != "IN":
            return
        if message.msg_type == MASS_CANCEL_REPORT:
            values = parse_values(message.raw.encode("utf-8", "replace"))
            waiting = self._waiting.pop(values.get(11, ""), None)
            if waiting is not None and values.get(531) == REFUSED:
                self._do_instead(waiting, values.get(58) or "it gave no reason")
        elif message.msg_type in _REJECTS:
            values = parse_values(message.raw.encode("utf-8", "replace"))
            ref_id = values.get(379)
            by_type = ref_id not in self._waiting
            for request_id, waiting in list(self._waiting.items()):
                named = ref_id == request_id or (by_type and values.get(372) == waiting.msg_type)
                if named and waiting.session_name == message.session_name:
                    del self._waiting[request_id]
                    session = self._sessions.find(waiting.session_name)
                    if waiting.msg_type == MASS_STATUS and session is not None and refuses_the_kind(values):
                        session.mass_status_refused = True
                    self._do_instead(waiting, values.get(58) or "it gave no reason")

    def _mass_cancel(self, name: str, which: Filter) -> str | None:
        """The ClOrdID of the request; None where it could not be sent, or where the counterparty does not have it."""
        session = self._sessions.get(name)
        dictionary = self._dictionary_of(session)
        if not session.config.mass_cancel or dictionary.message(MASS_CANCEL) is None:
            return None
        cl_ord_id = self._ids.next()

        def one_by_one() -> None:
            open_orders = [order for order in self._blotter.open_orders(name) if which.takes(order)]
            failed = []
            for order, reason in self._desk.cancel_orders(open_orders):
                if reason is not None:
                    log.warning("session %s: %s is not canceled: %s", name, order.cl_ord_id, reason)
                    failed.append((order.cl_ord_id, reason))
            if failed:
                ids = [one for one, _reason in failed]
                self._listener.mass_cancel_failed(MassCancelFailed(name, cl_ord_id, ids, failed[0][1]))

        waiting = _Waiting(name, MASS_CANCEL, one_by_one)
        self._waiting[cl_ord_id] = waiting
        try:
            body = encode_mass_cancel(cl_ord_id, which.symbol, which.side, self._now(), dictionary)
            self._send(name, cl_ord_id, (cl_ord_id,), body)
        except SendFixError as error:
            self._forget(cl_ord_id)
            log.warning("session %s: OrderMassCancelRequest(q) was not sent: %s", name, error)
            return None
        self._later(ANSWER_SECONDS, lambda: self._too_late(cl_ord_id))
        return cl_ord_id

    def _send(self, name: str, request_id: str, cl_ord_ids: Sequence[str], body: bytes) -> None:
        try:
            self._desk.send_body(name, cl_ord_ids, body, (body,))
        except SendFixError:
            self._waiting.pop(request_id, None)
            raise

    def _too_late(self, cl_ord_id: str) -> None:
        waiting = self._waiting.pop(cl_ord_id, None)
        if waiting is not None:
            self._do_instead(waiting, f"it has not answered within {ANSWER_SECONDS:g} s")

    def _forget(self, request_id: str) -> None:
        self._waiting.pop(request_id, None)

    def _do_instead(self, waiting: _Waiting, why: str) -> None:
        log.warning(
            "session %s: the counterparty does not take MsgType(35) %s (%s): one by one instead",
            waiting.session_name,
            waiting.msg_type,
            why,
        )
        self._later(0, waiting.instead)


def stop(
    switches: KillSwitches, mass: MassDesk, session_name: str | None, reason: str, cancel_open: bool
) -> tuple[KillSwitch, Canceled]:
    """Turn a kill switch on and, if asked to, every open order off. A disk that is full stops neither. Raises as
    `KillSwitches.kill`."""
    try:
        switch = switches.kill(session_name, reason)
    except StorageUnavailable as error:
        if not cancel_open:
            raise
        mass.cancel(Filter(session_name))
        text = "Cancels of the open orders were sent all the same: look at each of them."
        raise StorageUnavailable(f"{error}. {text}") from error
    return switch, mass.cancel(Filter(session_name)) if cancel_open else Canceled((), ())
