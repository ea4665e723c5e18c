"""What the engine says comes in here: journal entries, in order, and the live state of the sessions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from sendfix.domain.alarm import BOOKED, NOT_UNDERSTOOD, Alarm
from sendfix.domain.alarm import REFUSED as REFUSED_BY_QUICKFIX
from sendfix.domain.enums import SessionState
from sendfix.domain.errors import StorageUnavailable
from sendfix.domain.events import AlarmSettled, Event, Uninterpretable
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.interpret import interpret
from sendfix.fix.parse import header, parse_values, text_of
from sendfix.fix.refused import reason_and_message
from sendfix.services.alarms import ALARMING, Alarms, report_of
from sendfix.services.arrival import ArrivalPrice, unknown_arrival_price
from sendfix.services.blotter import RECENT_ORDERS, Blotter
from sendfix.services.fold import NOTHING, Effect, Fold
from sendfix.services.ports import BookedExecution, Folded, Listener, MessageRow, Recorder
from sendfix.services.sessions import Session, Sessions

log = logging.getLogger(__name__)

DIRECTIONS = ("IN", "OUT", "EVENT")
IN, EVENT = DIRECTIONS.index("IN"), DIRECTIONS.index("EVENT")
REFUSED = len(DIRECTIONS)
"""In the journal: a message from the counterparty that QuickFIX does not accept."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RESULTS = (SessionState.CONNECTED, SessionState.DISCONNECTED, SessionState.NOT_CONNECTED)


def utc(at_ns: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at_ns // 1000)


class Intake:
    """Called by the link, from one greenlet, in the order of each session's journal."""

    def __init__(
        self,
        sessions: Sessions,
        blotter: Blotter,
        alarms: Alarms,
        recorder: Recorder,
        listener: Listener,
        dictionary_of: Callable[[Session], Dictionary],
        unstored_order_nos: Callable[[], set[int]],
        next_message_id: int,
        arrival_price: ArrivalPrice = unknown_arrival_price,
        user_of: Callable[[str], str | None] = lambda _cl_ord_id: None,
    ) -> None:
        """`user_of` is as in `Fold`."""
        self._sessions = sessions
        self._blotter = blotter
        self._alarms = alarms
        self._fold = Fold(blotter, sessions, arrival_price, user_of)
        self._fold.resume(blotter)
        self._recorder = recorder
        self._listener = listener
        self._unstored_order_nos = unstored_order_nos
        self._next_message_id = next_message_id
        self._forget_at = len(blotter) + RECENT_ORDERS
        self._dictionary_of = dictionary_of

    def entry(
        self, session_name: str, journal_id: str, index: int, at_ns: int, direction: int, raw: bytes
    ) -> None:
        """Fold one journal entry. Raises `StorageUnavailable`; then nothing has changed and it can be given again."""
        refused = None
        if direction == REFUSED:
            refused, raw = reason_and_message(raw)
            direction, event, effect = IN, None, NOTHING
        else:
            event = interpret(session_name, direction, raw, utc(at_ns), self._dictionary(session_name))
            effect = NOTHING if event is None else self._apply(event)
        order_no = effect.order.order_no if effect.order is not None else None
        msg_type, msg_seq_num = (None, None) if direction == EVENT else header(raw)
        text = _event_text(raw) if direction == EVENT else text_of(raw)
        row = self._row(
            session_name, DIRECTIONS[direction], at_ns, text, order_no, msg_type, msg_seq_num, refused
        )
        rows = [row]
        if effect.complaint is not None:
            rows.append(self._row(session_name, "EVENT", at_ns, effect.complaint, order_no))
        if isinstance(event, AlarmSettled):
            alarm = self._settled(event, at_ns)
        else:
            alarm = self._alarming(row, index, event)
        booked = None
        if effect.execution is not None and order_no is not None:
            booked = BookedExecution(row.id, effect.execution, order_no)
        folded = Folded(session_name, journal_id, index, rows, effect.order, booked, alarm, effect.others)
        self._recorder.record(folded)
        self._publish(folded)
        if len(self._blotter) > self._forget_at:
            self._blotter.forget(self._unstored_order_nos())
            self._forget_at = len(self._blotter) + RECENT_ORDERS // 5

    def status(self, session_name: str, status: Mapping[str, Any]) -> bool:
        """The live state of a session. True when it has just logged on."""
        session = self._sessions.find(session_name)
        if session is None:
            return False
        before, connected_before = session.state, session.connected_at
        self._sessions.update(session_name, status)
        self._listener.session_changed(session)
        if session.state == before:
            # Connected again between two looks at it: nobody has heard of its end.
            return session.logged_on and session.connected_at != connected_before
        if session.state in _RESULTS:
            self._listener.connection_result(session_name, session.state, session.reason or _words(session))
        self._listener.health_changed()
        return session.logged_on

    def caught_up(self, session_name: str) -> None:
        """All that the engine had of the session when the link came up is folded: it can trade."""
        log.info("session %s: its journal is folded to the end", session_name)
        self._listener.health_changed()

    def fell_behind(self, session_name: str, why: str) -> None:
        """The engine can't read its journal of that session just now."""
        log.warning("session %s: the engine can't read its journal: %s", session_name, why)
        self._listener.health_changed()

    def engine_lost(self, reason: str) -> None:
        """The link is down: no session can be used until it is up again."""
        for session in self._sessions.engine_lost(reason):
            self._listener.session_changed(session)
        self._listener.health_changed()

    def _alarming(self, row: MessageRow, index: int, event: Event | None) -> Alarm | None:
        """The alarm that this message raises, if it does."""
        not_understood = isinstance(event, Uninterpretable) and row.direction == "IN"
        if row.msg_type not in ALARMING or not (row.refused is not None or not_understood):
            return None
        values = parse_values(row.raw.encode("utf-8", "replace"))
        alarm = Alarm(
            row.id,
            row.session_name,
            index,
            row.at_ns,
            REFUSED_BY_QUICKFIX if row.refused is not None else NOT_UNDERSTOOD,
            event.reason if isinstance(event, Uninterpretable) else row.refused or "",
            row.msg_type,
            values.get(11),
            values.get(17),
            row.raw,
        )
        return alarm if self._alarms.add(alarm) else None

    def _dictionary(self, session_name: str) -> Dictionary:
        return self._dictionary_of(self._sessions.get(session_name))

    def _settled(self, event: AlarmSettled, at_ns: int) -> Alarm | None:
        alarm = self._alarms.find(event.session_name, event.journal_index)
        if alarm is not None:
            corrections = {str(tag): value for tag, value in event.corrections.items()}
            alarm.settle(event.state, at_ns, event.reason, corrections)
            self._alarms.remove(alarm)
        return alarm

    def _book(self, settled: AlarmSettled) -> Effect:
        """Fold the report of an alarm, as far as a person has said so."""
        alarm = self._alarms.find(settled.session_name, settled.journal_index)
        if alarm is None or settled.state != BOOKED:
            return NOTHING
        dictionary = self._dictionary(settled.session_name)
        event, _order, _assumed = report_of(alarm, settled.corrections, self._blotter, dictionary)
        return NOTHING if event is None else self._fold.apply(event)

    def _apply(self, event: Event) -> Effect:
        try:
            return self._book(event) if isinstance(event, AlarmSettled) else self._fold.apply(event)
        except StorageUnavailable:
            raise
        except Exception as error:
            # A mistake of ours must not stop the messages behind it, nor hide this one.
            log.exception("session %s: %r could not be folded", event.session_name, event)
            return Effect(complaint=f"A message could not be folded ({error!r}): see the desk's error log.")

    def _row(
        self,
        session_name: str,
        direction: str,
        at_ns: int,
        text: str,
        order_no: int | None,
        msg_type: str | None = None,
        msg_seq_num: int | None = None,
        refused: str | None = None,
    ) -> MessageRow:
        message_id = self._next_message_id
        self._next_message_id += 1
        return MessageRow(
            message_id, session_name, direction, at_ns, msg_seq_num, msg_type, text, order_no, refused
        )

    def _publish(self, folded: Folded) -> None:
        for row in folded.messages:
            self._listener.message_logged(row)
        if folded.execution is not None:
            self._listener.execution_booked(folded.execution)
        if folded.order is not None:
            self._listener.order_changed(folded.order)
        for order in folded.others:
            self._listener.order_changed(order)
        if folded.alarm is not None:
            self._listener.alarm_changed(folded.alarm)
            self._listener.health_changed()


def _words(session: Session) -> str:
    return "Logged on." if session.logged_on else f"The session is {session.state.replace('_', ' ')}."


def _event_text(raw: bytes) -> str:
    event = orjson.loads(raw)
    text = str(event.get("text") or "")
    if event.get("event") == "state":
        state = str(event["state"]).replace("_", " ")
        return f"{state}: {text}" if text else state
    return text
