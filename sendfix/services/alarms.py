"""Reports of the counterparty that are not in the orders: kept in view until a person books or dismisses each.

An alarm comes from the journal and so does what a person says of it, so that a desk with an empty database arrives at
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sendfix.domain.alarm import BOOKED, DISMISSED, OPEN, Alarm
from sendfix.domain.errors import (
    FieldError,
    ImpossibleTransition,
    InvalidRequest,
    StateForbids,
    UnknownAlarm,
)
from sendfix.domain.events import CancelRejected, Event, ExecutionReported, Uninterpretable
from sendfix.domain.order import Execution, Order, adopted_id
from sendfix.fix.complete import CORRECTABLE, Assumption, Known, complete
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.fieldtypes import format_utc
from sendfix.fix.interpret import IN, interpret
from sendfix.fix.parse import SOH, parse, parse_values
from sendfix.services.blotter import Blotter
from sendfix.services.ports import Archive, Engine

MAX_VALUE = 200
CLOCKS_APART_SECONDS = 120
_CORRECTABLE = frozenset(map(str, CORRECTABLE))
# BodyLength, CheckSum, PossDupFlag, SendingTime, PossResend, OrigSendingTime.
_OF_SENDING = frozenset({9, 10, 43, 52, 97, 122})
ALARMING = ("8", "9")
"""ExecutionReport and OrderCancelReject: what says how an order stands."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Alarms:
    """The open ones, in the order in which they came."""

    def __init__(self, alarms: Iterable[Alarm] = ()) -> None:
        self._open = {(alarm.session_name, alarm.journal_index): alarm for alarm in alarms}

    def __iter__(self) -> Iterator[Alarm]:
        return iter(self._open.values())

    def __len__(self) -> int:
        return len(self._open)

    def get(self, alarm_id: int) -> Alarm | None:
        return next((alarm for alarm in self if alarm.id == alarm_id), None)

    def find(self, session_name: str, journal_index: int) -> Alarm | None:
        return self._open.get((session_name, journal_index))

    def add(self, alarm: Alarm) -> bool:
        """False for a report that is open already and has been sent again."""
        same = _what_it_says(alarm.raw)
        if any(one.session_name == alarm.session_name and _what_it_says(one.raw) == same for one in self):
            return False
        self._open[alarm.session_name, alarm.journal_index] = alarm
        return True

    def remove(self, alarm: Alarm) -> None:
        self._open.pop((alarm.session_name, alarm.journal_index), None)


@dataclass(frozen=True, slots=True)
class Booking:
    """What booking an alarm would do. `problem` says why it can't be done; else `before` becomes `after`, and
    `execution` is what is counted. `assumed` is what was taken where the message lacks something or has it wrong."""

    assumed: Sequence[Assumption]
    problem: str | None = None
    before: Order | None = None
    after: Order | None = None
    execution: Execution | None = None


def report_of(
    alarm: Alarm, corrections: Mapping[int, str], blotter: Blotter, dictionary: Dictionary
) -> tuple[Event | None, Order | None, Sequence[Assumption]]:
    """What the alarm's message means to which order, made whole. Raises `StorageUnavailable`."""
    raw = alarm.raw.encode("utf-8", "replace")
    values = {**parse_values(raw), **corrections}
    order = None
    ids = [cl_ord_id for cl_ord_id in (values.get(11), values.get(41)) if cl_ord_id]
    for cl_ord_id in [*ids, *(adopted_id(alarm.session_name, cl_ord_id) for cl_ord_id in ids)]:
        found = blotter.find(cl_ord_id)
        if found is not None and found.session_name == alarm.session_name:
            order = found
            break
    known = None if order is None else Known(order.status, order.order_qty, order.cum_qty, order.avg_px)
    # The same for a report that is sent again.
    exec_id = f"BOOKED-{sha256(_what_it_says(alarm.raw).encode('utf-8', 'replace')).hexdigest()[:12]}"
    completed, assumed = complete(raw, corrections, known, exec_id, _sent_at(alarm, values.get(52)))
    at = _EPOCH + timedelta(microseconds=alarm.at_ns // 1000)
    return interpret(alarm.session_name, IN, completed, at, dictionary), order, assumed


class AlarmDesk:
    """What a person asks about alarms and says of them. Each method raises `UnknownAlarm`, `StateForbids` for one that
    is settled, `InvalidRequest` for corrections that are none, and `StorageUnavailable`."""

    def __init__(
        self,
        alarms: Alarms,
        blotter: Blotter,
        engine: Engine,
        archive: Archive,
        dictionary: Callable[[str], Dictionary],
    ) -> None:
        """`dictionary` is that of a session, by its name; of one that is no longer configured, too."""
        self._alarms = alarms
        self._blotter = blotter
        self._engine = engine
        self._archive = archive
        self._dictionary = dictionary
        self._being_settled: set[int] = set()

    def has_open(self, session_name: str) -> bool:
        return any(alarm.session_name == session_name for alarm in self._alarms)

    def alarm(self, alarm_id: int) -> Alarm:
        """An open or a settled one."""
        found = self._alarms.get(alarm_id) or self._archive.alarm(alarm_id)
        if found is None:
            raise UnknownAlarm(alarm_id)
        return found

    def booking(self, alarm_id: int, fields: Mapping[str, str]) -> Booking:
        """What booking it with these corrections, by tag, would do; nothing is done."""
        return self._booking(self._open_one(alarm_id), _corrections(fields))

    def book(self, alarm_id: int, reason: str, fields: Mapping[str, str]) -> Alarm:
        """Also raises `EngineUnavailable`."""
        alarm = self._open_one(alarm_id)
        booking = self._booking(alarm, _corrections(fields))
        if booking.problem is not None:
            raise StateForbids(f"It can't be booked: {booking.problem}")
        return self._settle(alarm, BOOKED, reason, fields)

    def dismiss(self, alarm_id: int, reason: str) -> Alarm:
        """Also raises `EngineUnavailable`."""
        return self._settle(self._open_one(alarm_id), DISMISSED, reason, {})

    def _open_one(self, alarm_id: int) -> Alarm:
        alarm = self._alarms.get(alarm_id)
        if alarm is None:
            raise StateForbids(f"The alarm has been {self.alarm(alarm_id).state} already.")
        return alarm

    def _settle(self, alarm: Alarm, state: str, reason: str, corrections: Mapping[str, str]) -> Alarm:
        if not reason.strip():
            raise InvalidRequest([FieldError("reason", "say why, for whoever asks later")])
        asked = {
            "index": alarm.journal_index,
            "state": state,
            "reason": reason,
            "corrections": dict(corrections),
        }
        if alarm.id in self._being_settled:
            raise StateForbids("Somebody else settles the alarm just now; look at it again.")
        self._being_settled.add(alarm.id)
        try:
            self._engine.ask(alarm.session_name, "settle_alarm", asked)
        finally:
            self._being_settled.discard(alarm.id)
        # Its entry was folded before the engine's answer; another desk may have been first.
        if alarm.state != OPEN and (alarm.state, alarm.reason) != (state, reason):
            raise StateForbids(f"The alarm has been {alarm.state} already: {alarm.reason}")
        return alarm

    def _booking(self, alarm: Alarm, corrections: Mapping[int, str]) -> Booking:
        dictionary = self._dictionary(alarm.session_name)
        event, order, assumed = report_of(alarm, corrections, self._blotter, dictionary)
        if isinstance(event, Uninterpretable):
            return Booking(assumed, event.reason)
        if not isinstance(event, ExecutionReported | CancelRejected):
            return Booking(assumed, f"MsgType(35) {alarm.msg_type!r} says nothing about an order")
        if order is None:
            return Booking(
                assumed,
                f"ClOrdID(11) {event.cl_ord_id!r} is no order of session {alarm.session_name}; give the right one as"
                " field 11, or dismiss the alarm",
            )
        before, after = Order.from_record(order.to_record()), Order.from_record(order.to_record())
        try:
            execution = after.apply(event)
        except ImpossibleTransition as error:
            return Booking(assumed, str(error), before)
        if execution is None and isinstance(event, ExecutionReported) and event.exec_id in order.exec_ids:
            return Booking(
                assumed, f"ExecID(17) {event.exec_id!r} has been counted already; dismiss the alarm", before
            )
        return Booking(assumed, None, before, after, execution)


def _what_it_says(raw: str) -> str:
    """The message without what is another in a message that is sent again."""
    return SOH.join(
        f"{tag}={value}" for tag, value in parse(raw.encode("utf-8", "replace")) if tag not in _OF_SENDING
    )


def _sent_at(alarm: Alarm, sending_time: str | None) -> str:
    """SendingTime(52), or when it came where that is none or the counterparty's clock is wrong: reports are put in
    their order by it."""
    came = _EPOCH + timedelta(microseconds=alarm.at_ns // 1000)
    try:
        sent = datetime.strptime((sending_time or "")[:17], "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return format_utc(came)
    return (
        sending_time or "" if abs((sent - came).total_seconds()) <= CLOCKS_APART_SECONDS else format_utc(came)
    )


def _corrections(fields: Mapping[str, str]) -> dict[int, str]:
    found, errors = {}, []
    for tag, value in fields.items():
        if tag not in _CORRECTABLE:
            allowed = ", ".join(f"{name}({number})" for number, name in CORRECTABLE.items())
            errors.append(FieldError(f"fields.{tag}", f"can't be given; give one of {allowed}, by tag"))
        elif not value or len(value) > MAX_VALUE or not value.isprintable():
            errors.append(FieldError(f"fields.{tag}", f"must have 1 to {MAX_VALUE} printable characters"))
        else:
            found[int(tag)] = value
    if errors:
        raise InvalidRequest(errors)
    return found
