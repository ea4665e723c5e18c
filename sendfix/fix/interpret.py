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

from sendfix.domain.enums import (
    CxlRejResponseTo,
    ExecTransType,
    ExecType,
    OrdStatus,
)
from sendfix.domain.events import (
    AlarmSettled,
    CancelRejected,
    Event,
    ExecutionReported,
    ListRefused,
    MessageRejected,
    NotResent,
    Uninterpretable,
)
from sendfix.domain.values import decimal_of_text
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.interpret_sent import cancel, new_list, new_order, replace, status_request
from sendfix.fix.lists import LIST_REJECTED
from sendfix.fix.parse import msg_type_of, parse_values
from sendfix.fix.reading import (
    ORD_TYPES,
    SIDES,
    TIMES_IN_FORCE,
    Unreadable,
    Values,
    by_code,
    code,
    decimal,
    needed,
    number,
    refuses_the_kind,
)

IN, OUT, EVENT = 0, 1, 2


_RESPONSES = by_code(CxlRejResponseTo)
_ORD_STATUSES = by_code(OrdStatus)
_EXEC_TYPES = by_code(ExecType)
_EXEC_TRANS_TYPES = by_code(ExecTransType)


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
    except (Unreadable, ValueError, KeyError, TypeError, AttributeError) as error:
        whose = "the counterparty's" if direction == IN else "our own"
        name = dictionary.msg_type_name(msg_type or "") or "engine event"
        return Uninterpretable(session_name, at, f"{name}, {whose} message, can't be understood: {error}")


def _execution_report(
    session_name: str, raw: bytes, at: datetime, dictionary: Dictionary
) -> ExecutionReported:
    values = parse_values(raw)
    get = values.get
    exec_id = needed(values, 17, "ExecID")
    status_code = needed(values, 39, "OrdStatus")
    status = _ORD_STATUSES.get(status_code)
    if status is None:
        raise Unreadable(
            f"OrdStatus(39) is {status_code!r}, which no FIX version has (ExecID(17) {exec_id!r})"
        )
    # FIX 4.0 has no ExecType(150): there the status says what happened.
    type_code = get(150) or status_code
    exec_type = _EXEC_TYPES.get(type_code, type_code)
    last_qty = decimal(values, 32, "LastQty")
    cum_qty = decimal(values, 14, "CumQty")
    if cum_qty is None and last_qty:
        raise Unreadable(f"a fill without CumQty(14) (ExecID(17) {exec_id!r})")
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
        side=code(SIDES, get(54)),
        order_qty=decimal(values, 38, "OrderQty"),
        price=decimal(values, 44, "Price"),
        stop_px=decimal(values, 99, "StopPx"),
        ord_type=code(ORD_TYPES, get(40)),
        time_in_force=code(TIMES_IN_FORCE, get(59)),
        last_qty=last_qty,
        last_px=decimal(values, 31, "LastPx"),
        cum_qty=cum_qty,
        leaves_qty=decimal(values, 151, "LeavesQty"),
        avg_px=decimal(values, 6, "AvgPx"),
        text=text,
        ord_rej_reason=get(103),
        exec_restatement_reason=get(378),
        transact_time=_time(get(60)),
        commission=_commission(values) if 12 in values else None,
        multi_leg_reporting_type=get(442),
        sent=_sent(values, poss_dup),
        poss_dup=poss_dup,
    )


def _cancel_reject(session_name: str, raw: bytes, at: datetime, dictionary: Dictionary) -> CancelRejected:
    values = parse_values(raw)
    get = values.get
    status_code = get(39)
    status = _ORD_STATUSES.get(status_code) if status_code else None
    if status_code and status is None:
        raise Unreadable(f"OrdStatus(39) is {status_code!r}, which no FIX version has")
    order_id = get(37)
    poss_dup = get(43) == "Y"
    return CancelRejected(
        session_name,
        at,
        needed(values, 11, "ClOrdID"),
        get(41),
        None if order_id == "NONE" else order_id,
        status,
        code(_RESPONSES, get(434)),
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
        session_name,
        at,
        number(values.get(45)),
        values.get(372),
        None,
        reason,
        values.get(58),
        refuses_the_kind(values),
    )


def _business_reject(session_name: str, raw: bytes, at: datetime, dictionary: Dictionary) -> MessageRejected:
    values = parse_values(raw)
    return MessageRejected(
        session_name,
        at,
        number(values.get(45)),
        values.get(372),
        values.get(379),
        _reason(values, 380, dictionary) if 380 in values else None,
        values.get(58),
        refuses_the_kind(values),
    )


def _list_status(session_name: str, raw: bytes, at: datetime, _dictionary: Dictionary) -> ListRefused | None:
    values = parse_values(raw)
    if values.get(431) != LIST_REJECTED:
        return None
    return ListRefused(session_name, at, needed(values, 66, "ListID"), values.get(444) or values.get(58))


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
    (IN, "N"): _list_status,
    (OUT, "D"): new_order,
    (OUT, "AB"): new_order,
    (OUT, "E"): new_list,
    (OUT, "G"): replace,
    (OUT, "AC"): replace,
    (OUT, "F"): cancel,
    (OUT, "H"): status_request,
    (EVENT, "event"): _engine_event,
}


def _commission(values: Values) -> Decimal | None:
    """As an amount. CommType(13) is 1 per unit, 3 (or left out) absolute; of 2, a percentage, counterparties mean
    different things. None for anything else: it is no reason to refuse a fill."""
    try:
        given, qty = decimal_of_text(values[12]), decimal_of_text(values.get(32) or "0")
    except ValueError:
        return None
    return {None: given, "3": given, "1": given * qty}.get(values.get(13))


def _trans_type(code: str) -> ExecTransType:
    trans_type = _EXEC_TRANS_TYPES.get(code)
    if trans_type is None:
        raise Unreadable(f"ExecTransType(20) is {code!r}, which no FIX version has")
    return trans_type


def _sent(values: Values, poss_dup: bool) -> tuple[str, int]:
    time = values.get(122) if poss_dup else None
    return time or values.get(52, ""), number(values.get(34)) or 0


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
