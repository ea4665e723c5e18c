"""What a journal entry means to an order: one event of the domain, or None where it means nothing to one.

The counterparty's messages are taken leniently. What can't be understood becomes `Uninterpretable`, which says the
field; it never raises, because an entry that raises would stop every entry behind it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias, TypeVar

from sendfix.domain.enums import (
    CxlRejResponseTo,
    ExecTransType,
    ExecType,
    FixEnum,
    OrdStatus,
    OrdType,
    Side,
    TimeInForce,
)
from sendfix.domain.events import (
    AlarmSettled,
    CancelRejected,
    CancelSent,
    Event,
    ExecutionReported,
    MessageRejected,
    NewOrderSent,
    NotResent,
    ReplaceSent,
    Uninterpretable,
)
from sendfix.domain.values import FieldValue, decimal_of_text
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.groups import nest
from sendfix.fix.parse import msg_type_of, parse, parse_values

IN, OUT, EVENT = 0, 1, 2

Values: TypeAlias = dict[int, str]
E = TypeVar("E", bound=FixEnum)


def _by_code(enum: type[E]) -> dict[str, E]:
    return {member.value: member for member in enum}


_SIDES = _by_code(Side)
_ORD_TYPES = _by_code(OrdType)
_TIMES_IN_FORCE = _by_code(TimeInForce)
_RESPONSES = _by_code(CxlRejResponseTo)
_ORD_STATUSES = _by_code(OrdStatus)
_EXEC_TYPES = _by_code(ExecType)
_EXEC_TRANS_TYPES = _by_code(ExecTransType)


class _Unreadable(Exception):
    """A field that an event needs is missing or garbled."""


def interpret(
    session_name: str, direction: int, raw: bytes, at: datetime, dictionary: Dictionary
) -> Event | None:
    """`direction` is 0 for the counterparty's messages, 1 for ours, 2 for the engine's events (JSON)."""
    msg_type = "event" if direction == EVENT else msg_type_of(raw)
    reader = _READERS.get((direction, msg_type))
    if reader is None:
        return None
    try:
        return reader(session_name, raw, at, dictionary)
    except (_Unreadable, ValueError, KeyError, TypeError, AttributeError) as error:
        whose = "the counterparty's" if direction == IN else "our own"
        name = dictionary.msg_type_name(msg_type or "") or "engine event"
        return Uninterpretable(session_name, at, f"{name}, {whose} message, can't be understood: {error}")


def _execution_report(
    session_name: str, raw: bytes, at: datetime, dictionary: Dictionary
) -> ExecutionReported:
    values = parse_values(raw)
    get = values.get
    exec_id = _needed(values, 17, "ExecID")
    status_code = _needed(values, 39, "OrdStatus")
    status = _ORD_STATUSES.get(status_code)
    if status is None:
        raise _Unreadable(
            f"OrdStatus(39) is {status_code!r}, which no FIX version has (ExecID(17) {exec_id!r})"
        )
    # FIX 4.0 has no ExecType(150): there the status says what happened.
    type_code = get(150) or status_code
    exec_type = _EXEC_TYPES.get(type_code, type_code)
    last_qty = _decimal(values, 32, "LastQty")
    cum_qty = _decimal(values, 14, "CumQty")
    if cum_qty is None and last_qty:
        raise _Unreadable(f"a fill without CumQty(14) (ExecID(17) {exec_id!r})")
    trans_type = get(20)
    order_id = get(37)
    poss_dup = get(43) == "Y"
    text = get(58)
    if text is None and 103 in values:
        text = _reason(values, 103, dictionary)
    return ExecutionReported(
        session_name=session_name,
        at=at,
        exec_id=exec_id,
        exec_type=exec_type,
        ord_status=status,
        cl_ord_id=get(11, ""),
        orig_cl_ord_id=get(41),
        order_id=None if order_id == "NONE" else order_id,
        exec_ref_id=get(19),
        exec_trans_type=None if trans_type is None else _trans_type(trans_type),
        account=get(1),
        symbol=get(55),
        side=_code(_SIDES, get(54)),
        order_qty=_decimal(values, 38, "OrderQty"),
        price=_decimal(values, 44, "Price"),
        stop_px=_decimal(values, 99, "StopPx"),
        ord_type=_code(_ORD_TYPES, get(40)),
        time_in_force=_code(_TIMES_IN_FORCE, get(59)),
        last_qty=last_qty,
        last_px=_decimal(values, 31, "LastPx"),
        cum_qty=cum_qty,
        leaves_qty=_decimal(values, 151, "LeavesQty"),
        avg_px=_decimal(values, 6, "AvgPx"),
        text=text,
        ord_rej_reason=get(103),
        exec_restatement_reason=get(378),
        transact_time=_time(get(60)),
        commission=_commission(values) if 12 in values else None,
        sent=_sent(values, poss_dup),
        poss_dup=poss_dup,
    )


def _cancel_reject(session_name: str, raw: bytes, at: datetime, dictionary: Dictionary) -> CancelRejected:
    values = parse_values(raw)
    get = values.get
    status_code = get(39)
    status = _ORD_STATUSES.get(status_code) if status_code else None
    if status_code and status is None:
        raise _Unreadable(f"OrdStatus(39) is {status_code!r}, which no FIX version has")
    order_id = get(37)
    poss_dup = get(43) == "Y"
    return CancelRejected(
        session_name,
        at,
        _needed(values, 11, "ClOrdID"),
        get(41),
        None if order_id == "NONE" else order_id,
        status,
        _code(_RESPONSES, get(434)),
        get(102),
        get(58) or (_reason(values, 102, dictionary) if 102 in values else None),
        _sent(values, poss_dup),
        poss_dup,
    )


def _session_reject(session_name: str, raw: bytes, at: datetime, dictionary: Dictionary) -> MessageRejected:
    values = parse_values(raw)
    reason = _reason(values, 373, dictionary) if 373 in values else None
    if reason is not None and 371 in values:
        reason = f"{reason}, {_named(values[371], dictionary)}"
    return MessageRejected(
        session_name, at, _number(values.get(45)), values.get(372), None, reason, values.get(58)
    )


def _business_reject(session_name: str, raw: bytes, at: datetime, dictionary: Dictionary) -> MessageRejected:
    values = parse_values(raw)
    return MessageRejected(
        session_name,
        at,
        _number(values.get(45)),
        values.get(372),
        values.get(379),
        _reason(values, 380, dictionary) if 380 in values else None,
        values.get(58),
    )


def _new_order(session_name: str, raw: bytes, at: datetime, dictionary: Dictionary) -> NewOrderSent:
    values = parse_values(raw)
    fields, custom_tags = _other_fields(values, raw, "D", dictionary)
    get = values.get
    return NewOrderSent(
        session_name,
        at,
        _number(get(34)),
        _needed(values, 11, "ClOrdID"),
        get(55),
        _code(_SIDES, get(54)),
        _decimal(values, 38, "OrderQty"),
        _code(_ORD_TYPES, get(40)),
        _decimal(values, 44, "Price"),
        _decimal(values, 99, "StopPx"),
        _code(_TIMES_IN_FORCE, get(59)),
        get(1),
        fields,
        custom_tags,
        get(43) == "Y",
    )


def _replace(session_name: str, raw: bytes, at: datetime, dictionary: Dictionary) -> ReplaceSent:
    values = parse_values(raw)
    fields, custom_tags = _other_fields(values, raw, "G", dictionary)
    get = values.get
    return ReplaceSent(
        session_name,
        at,
        _number(get(34)),
        _needed(values, 11, "ClOrdID"),
        _needed(values, 41, "OrigClOrdID"),
        _decimal(values, 38, "OrderQty"),
        _decimal(values, 44, "Price"),
        _decimal(values, 99, "StopPx"),
        _code(_ORD_TYPES, get(40)),
        _code(_TIMES_IN_FORCE, get(59)),
        get(1),
        fields,
        custom_tags,
        get(43) == "Y",
    )


def _cancel(session_name: str, raw: bytes, at: datetime, _dictionary: Dictionary) -> CancelSent:
    values = parse_values(raw)
    return CancelSent(
        session_name,
        at,
        _number(values.get(34)),
        _needed(values, 11, "ClOrdID"),
        _needed(values, 41, "OrigClOrdID"),
        values.get(43) == "Y",
    )


def _engine_event(
    session_name: str, raw: bytes, at: datetime, _dictionary: Dictionary
) -> NotResent | AlarmSettled | None:
    event = json.loads(raw)
    if not isinstance(event, dict):
        return None
    if event.get("event") == "alarm":
        corrections = {int(tag): str(value) for tag, value in event["corrections"].items()}
        return AlarmSettled(
            session_name, at, int(event["index"]), str(event["state"]), str(event["reason"]), corrections
        )
    if event.get("event") != "not_resent":
        return None
    cl_ord_id = event.get("cl_ord_id")
    if not cl_ord_id:
        return None  # a message without one, such as a status request
    number = event.get("msg_seq_num")
    return NotResent(
        session_name,
        at,
        str(cl_ord_id),
        number if isinstance(number, int) else None,
        None if event.get("text") is None else str(event["text"]),
    )


_READERS: dict[tuple[int, str | None], Callable[[str, bytes, datetime, Dictionary], Event | None]] = {
    (IN, "8"): _execution_report,
    (IN, "9"): _cancel_reject,
    (IN, "3"): _session_reject,
    (IN, "j"): _business_reject,
    (OUT, "D"): _new_order,
    (OUT, "G"): _replace,
    (OUT, "F"): _cancel,
    (EVENT, "event"): _engine_event,
}

# What these events have a place of their own for, and what belongs to the message rather than the order.
_OWN_PLACE = frozenset({1, 11, 37, 38, 40, 41, 44, 54, 55, 59, 60, 99})


def _other_fields(
    values: Values, raw: bytes, msg_type: str, dictionary: Dictionary
) -> tuple[dict[str, FieldValue], dict[int, str]]:
    """The rest: fields of the message by key, its repeating groups among them, and custom tags."""
    message = dictionary.message(msg_type)
    fields: dict[str, FieldValue] = {}
    custom_tags: dict[int, str] = {}
    for tag in reversed(values):
        if tag in _OWN_PLACE or tag in dictionary.header or tag in dictionary.trailer:
            continue
        if message is not None and (tag in message.groups or tag in message.group_tags):
            continue
        if message is not None and tag in message.fields:
            fields[dictionary.fields[tag].key] = values[tag]
        else:
            custom_tags[tag] = values[tag]
    if message is not None and not message.groups.keys().isdisjoint(values):
        nested = nest(parse(raw), message.groups)
        fields.update(nested.by_key(dictionary, nested.groups))
    return fields, custom_tags


def _needed(values: Values, tag: int, name: str) -> str:
    value = values.get(tag)
    if not value:
        raise _Unreadable(f"{name}({tag}) is missing")
    return value


def _decimal(values: Values, tag: int, name: str) -> Decimal | None:
    text = values.get(tag)
    if not text:
        return None
    try:
        return decimal_of_text(text)
    except ValueError as error:
        raise _Unreadable(f"{name}({tag}) {error}") from error


def _commission(values: Values) -> Decimal | None:
    """As an amount. CommType(13) is 1 per unit, 3 (or left out) absolute; of 2, a percentage, counterparties mean
    different things. None for anything else: it is no reason to refuse a fill."""
    try:
        given, qty = decimal_of_text(values[12]), decimal_of_text(values.get(32) or "0")
    except ValueError:
        return None
    return {None: given, "3": given, "1": given * qty}.get(values.get(13))


def _code(members: dict[str, E], code: str | None) -> E | str | None:
    return None if code is None else members.get(code, code)


def _trans_type(code: str) -> ExecTransType:
    trans_type = _EXEC_TRANS_TYPES.get(code)
    if trans_type is None:
        raise _Unreadable(f"ExecTransType(20) is {code!r}, which no FIX version has")
    return trans_type


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None


def _sent(values: Values, poss_dup: bool) -> tuple[str, int]:
    time = values.get(122) if poss_dup else None
    return time or values.get(52, ""), _number(values.get(34)) or 0


# The reports of one batch of fills share their time.
@lru_cache(maxsize=1024)
def _time(text: str | None) -> datetime | None:
    """UTCTimestamp, with any number of decimals; None for anything else, since nothing depends on it."""
    if text is None or text[8:9] != "-" or text[11:12] != ":" or text[14:15] != ":" or not text.isascii():
        return None
    try:
        return datetime(
            int(text[:4]),
            int(text[4:6]),
            int(text[6:8]),
            int(text[9:11]),
            int(text[12:14]),
            min(int(text[15:17]), 59),  # a leap second
            int(text[18:24].ljust(6, "0")) if text[17:18] == "." else 0,
            UTC,
        )
    except ValueError:
        return None


def _reason(values: Values, tag: int, dictionary: Dictionary) -> str:
    code = values[tag]
    field = dictionary.field(tag)
    name = field.values.get(code) if field is not None else None
    return f"{_named(str(tag), dictionary)} {code}" + (f", {name}" if name else "")


def _named(tag: str, dictionary: Dictionary) -> str:
    field = dictionary.field(int(tag)) if tag.isascii() and tag.isdigit() and len(tag) < 10 else None
    return f"{field.name}({tag})" if field is not None else f"tag {tag}"
