"""What the market does: TradingSessionStatusRequest(g) and SecurityStatusRequest(e), once or as long as it is wanted.

There is one trading session, TradingSessionID(336) DAY. Who subscribes is told of each change, with
UnsolicitedIndicator(325)=Y.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from broker.fix.states import SessionKey
from broker.fix.validation import FIX42
from broker.fix.wire import Message, Pair, utc_timestamp, value
from broker.line import Line
from broker.market.day import Days
from broker.market.request import SESSION_ID
from broker.trading.order import plain

HALTED: Final = b"1"
OPEN: Final = b"2"
CLOSED: Final = b"3"
PRE_OPEN: Final = b"4"
PRE_CLOSE: Final = b"5"
"""TradSesStatus(340)."""

_REQUEST_REJECTED: Final = b"6"
_UNKNOWN_STATUS: Final = b"20"
_TRADING_STATUS: Final = {
    HALTED: b"2",
    OPEN: b"17",
    CLOSED: b"18",
    PRE_OPEN: b"21",
    PRE_CLOSE: b"17",
}
"""SecurityTradingStatus(326): halted, ready to trade, not available, before the open."""

MOST_SUBSCRIPTIONS: Final = 200
"""Of one client, for each of the two requests."""


class Phases(Protocol):
    """What the trading day is at."""

    def status(self, symbol: str | None, now: float) -> bytes:
        """TradSesStatus(340), of the whole market for None."""

    def times(self, now: float) -> list[Pair]:
        """Of 341 to 345 what is known."""

    def next_change(self, now: float) -> float | None:
        """When the status changes by itself."""


@dataclass(slots=True)
class _Wanted:
    """Of one client: what it was last told, by the ids of its requests."""

    sessions: dict[bytes, bytes] = field(default_factory=dict)
    securities: dict[bytes, tuple[str, bytes]] = field(default_factory=dict)


class MarketStatus:
    def __init__(self, days: Days, line: Line, phases: Phases) -> None:
        self._days = days
        self._line = line
        self._phases = phases
        self._wanted: dict[SessionKey, _Wanted] = {}
        self.next_due: float | None = None
        """When a status changes that somebody has subscribed to."""

    def logged_off(self, session: SessionKey) -> None:
        self._wanted.pop(session, None)

    # -- the trading session -------------------------------------------------------------------------------------

    def request_session(self, session: SessionKey, message: Message, now: float) -> None:
        req_id, kind = message.fields[b"335"], message.fields[b"263"]
        wanted = self._wanted.get(session, _Wanted())
        if kind == b"2":
            if wanted.sessions.pop(req_id, None) is None:
                self._refuse_session(
                    session, message, f"TradSesReqID(335) {_shown(req_id)} is no subscription"
                )
            return
        session_id = message.fields.get(b"336", SESSION_ID)
        if session_id != SESSION_ID:
            text = f"TradingSessionID(336) {_shown(session_id)} is unknown; it is DAY"
            self._refuse_session(session, message, text)
            return
        problem = _subscription_problem(kind, req_id, wanted.sessions, "TradSesReqID(335)")
        if problem is not None:
            self._refuse_session(session, message, problem)
            return
        status = self._phases.status(None, now)
        self._tell_session(session, req_id, status, now, False)
        if kind == b"1":
            wanted.sessions[req_id] = status
            self._wanted[session] = wanted
            self.next_due = self._phases.next_change(now)

    def _tell_session(
        self, session: SessionKey, req_id: bytes, status: bytes, now: float, unsolicited: bool
    ) -> None:
        body = [(b"335", req_id), (b"336", SESSION_ID), (b"338", b"1"), (b"339", b"2")]
        body += [(b"325", b"Y" if unsolicited else b"N"), (b"340", status), *self._phases.times(now)]
        self._line.send_transient(session, b"h", body)

    def _refuse_session(self, session: SessionKey, message: Message, text: str) -> None:
        req_id = message.fields[b"335"]
        if session.begin_string == FIX42:
            # Its TradSesStatus(340) has no value for a request that is rejected.
            _refuse(self._line, session, message, req_id, text)
            return
        session_id = message.fields.get(b"336", SESSION_ID)
        reason = b"1" if session_id != SESSION_ID else b"99"
        body = [(b"335", req_id), (b"336", session_id), (b"340", _REQUEST_REJECTED), (b"567", reason)]
        self._line.send(session, b"h", [*body, (b"58", value(text))])

    # -- one symbol ----------------------------------------------------------------------------------------------

    def request_security(self, session: SessionKey, message: Message, now: float) -> None:
        req_id, kind = message.fields[b"324"], message.fields[b"263"]
        wanted = self._wanted.get(session, _Wanted())
        if kind == b"2":
            if wanted.securities.pop(req_id, None) is None:
                text = f"SecurityStatusReqID(324) {_shown(req_id)} is no subscription"
                _refuse(self._line, session, message, req_id, text)
            return
        problem = _subscription_problem(kind, req_id, wanted.securities, "SecurityStatusReqID(324)")
        if problem is not None:
            _refuse(self._line, session, message, req_id, problem)
            return
        symbol = message.text(b"55") or ""
        if symbol not in self._days:
            body = [(b"324", req_id), (b"55", message.fields[b"55"]), (b"326", _UNKNOWN_STATUS)]
            self._line.send(session, b"f", body)
            return
        status = self._phases.status(symbol, now)
        self._tell_security(session, req_id, symbol, status, now, False)
        if kind == b"1":
            wanted.securities[req_id] = symbol, status
            self._wanted[session] = wanted
            self.next_due = self._phases.next_change(now)

    def _tell_security(
        self, session: SessionKey, req_id: bytes, symbol: str, status: bytes, now: float, unsolicited: bool
    ) -> None:
        trading = _TRADING_STATUS[status]
        if session.begin_string == FIX42 and status == PRE_OPEN:
            trading = _TRADING_STATUS[CLOSED]
        day = self._days[symbol]
        prices = ((b"332", day.high), (b"333", day.low), (b"31", day.last))
        body = [(b"324", req_id), (b"55", symbol.encode("latin-1")), (b"15", b"USD"), (b"336", SESSION_ID)]
        body += [(b"325", b"Y" if unsolicited else b"N"), (b"326", trading)]
        body += [(tag, plain(price).encode()) for tag, price in prices if price is not None]
        self._line.send_transient(session, b"f", [*body, (b"60", utc_timestamp(now))])

    # -- changes -------------------------------------------------------------------------------------------------

    def publish(self, now: float) -> None:
        """Tell those who subscribed what has changed."""
        for session, wanted in self._wanted.items():
            for req_id, told in wanted.sessions.items():
                status = self._phases.status(None, now)
                if status != told:
                    wanted.sessions[req_id] = status
                    self._tell_session(session, req_id, status, now, True)
            for req_id, (symbol, told) in wanted.securities.items():
                status = self._phases.status(symbol, now)
                if status != told:
                    wanted.securities[req_id] = symbol, status
                    self._tell_security(session, req_id, symbol, status, now, True)
        self.next_due = self._phases.next_change(now) if self._wanted else None


def _subscription_problem(kind: bytes, req_id: bytes, known: Mapping[bytes, object], name: str) -> str | None:
    if kind == b"1" and req_id in known:
        return f"{name} {_shown(req_id)} is in use"
    if kind == b"1" and len(known) >= MOST_SUBSCRIPTIONS:
        return f"there are {MOST_SUBSCRIPTIONS} subscriptions already; end one first"
    return None


def _refuse(line: Line, session: SessionKey, message: Message, req_id: bytes, text: str) -> None:
    """A BusinessMessageReject(j) with BusinessRejectReason(380) 1, unknown id."""
    body = [(b"45", message.fields[b"34"]), (b"372", message.msg_type), (b"379", req_id), (b"380", b"1")]
    line.send(session, b"j", [*body, (b"58", value(text))])


def _shown(req_id: bytes) -> str:
    return req_id.decode("latin-1")
