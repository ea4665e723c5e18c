"""What is wrong with a message, as SessionRejectReason(373) names it.

This is the one place that validates: `problem_of` knows the fields that the broker itself handles. Validation of every
field against a data dictionary belongs behind the same function.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from broker.fix.wire import Message, parse_utc_timestamp

FIX42: Final = b"FIX.4.2"
FIX44: Final = b"FIX.4.4"
VERSIONS: Final = (FIX42, FIX44)

SENDING_TIME_TOLERANCE: Final = 120.0
"""Seconds between the client's clock and ours, network included."""


class Reason(IntEnum):
    """SessionRejectReason(373)."""

    INVALID_TAG_NUMBER = 0
    REQUIRED_TAG_MISSING = 1
    TAG_WITHOUT_VALUE = 4
    VALUE_INCORRECT = 5
    INCORRECT_FORMAT = 6
    COMP_ID_PROBLEM = 9
    SENDING_TIME_ACCURACY = 10
    INVALID_MSG_TYPE = 11


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message is answered with Reject(3); `ref_tag` is the tag at fault."""

    reason: Reason
    text: str
    ref_tag: bytes | None = None


NAMES: Final = {
    b"1": "Account",
    b"7": "BeginSeqNo",
    b"11": "ClOrdID",
    b"16": "EndSeqNo",
    b"21": "HandlInst",
    b"36": "NewSeqNo",
    b"38": "OrderQty",
    b"40": "OrdType",
    b"41": "OrigClOrdID",
    b"44": "Price",
    b"52": "SendingTime",
    b"54": "Side",
    b"55": "Symbol",
    b"59": "TimeInForce",
    b"60": "TransactTime",
    b"98": "EncryptMethod",
    b"99": "StopPx",
    b"108": "HeartBtInt",
    b"112": "TestReqID",
    b"122": "OrigSendingTime",
}

_REQUIRED: Final[dict[bytes, tuple[bytes, ...]]] = {
    b"A": (b"98", b"108"),
    b"1": (b"112",),
    b"2": (b"7", b"16"),
    b"3": (b"45",),
    b"4": (b"36",),
    b"D": (b"11", b"55", b"54", b"60", b"40"),
    b"F": (b"41", b"11", b"55", b"54", b"60"),
    b"G": (b"41", b"11", b"55", b"54", b"60", b"40"),
    b"H": (b"11", b"55", b"54"),
}
_REQUIRED_42: Final = {
    **_REQUIRED,
    b"D": (b"11", b"21", b"55", b"54", b"60", b"40"),
    b"G": (b"41", b"11", b"21", b"55", b"54", b"60", b"40"),
}
_REQUIRED_OF: Final = {FIX42: _REQUIRED_42, FIX44: _REQUIRED}

_MSG_TYPES_42: Final = frozenset("0123456789ABCDEFGHJKLMNPQRSTVWXYZabcdefghijklm")
_MSG_TYPES_44: Final = _MSG_TYPES_42.union(
    "nopqrstuvwxyz", (f"A{c}" for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), (f"B{c}" for c in "ABCDEFGH")
)
_MSG_TYPES_OF: Final = {FIX42: _MSG_TYPES_42, FIX44: _MSG_TYPES_44}

_SIDES: Final = frozenset(b"123456789ABCDEFG"[i : i + 1] for i in range(16))


def _is_decimal(value: bytes) -> bool:
    whole, _, fraction = value.removeprefix(b"-").partition(b".")
    digits = whole + fraction
    return digits.isdigit() and len(digits) <= 24


def _is_count(value: bytes) -> bool:
    return value.isdigit() and len(value) <= 18


def _is_time(value: bytes) -> bool:
    return parse_utc_timestamp(value) is not None


def _is_seconds(value: bytes) -> bool:
    return _is_count(value.removeprefix(b"-"))


_FORMATS: Final = {
    b"7": _is_count,
    b"16": _is_count,
    b"36": _is_count,
    b"38": _is_decimal,
    b"44": _is_decimal,
    b"99": _is_decimal,
    b"60": _is_time,
    b"108": _is_seconds,
}


def known_msg_type(begin_string: bytes, msg_type: bytes) -> bool:
    """Whether the version has this MsgType(35); those that begin with U are the parties' own."""
    return msg_type.startswith(b"U") or msg_type.decode("latin-1") in _MSG_TYPES_OF[begin_string]


def name_of(tag: bytes) -> str:
    """`ClOrdID(11)`, or the bare tag of a field that the broker does not handle."""
    return f"{NAMES[tag]}({tag.decode()})" if tag in NAMES else tag.decode("latin-1")


def problem_of(begin_string: bytes, message: Message) -> Problem | None:
    """The first thing wrong with the fields of a message, None when nothing is."""
    for tag, value in message.pairs:
        if not value:
            return Problem(Reason.TAG_WITHOUT_VALUE, f"{name_of(tag)} has no value", tag)
        if not tag.isdigit() or tag.startswith(b"0"):
            return Problem(Reason.INVALID_TAG_NUMBER, f"{tag[:20].decode('latin-1')} is no tag number")
    msg_type, fields = message.msg_type, message.fields
    if not known_msg_type(begin_string, msg_type):
        text = f"MsgType(35) {msg_type[:20].decode('latin-1')} is not of {begin_string.decode()}"
        return Problem(Reason.INVALID_MSG_TYPE, text, b"35")
    required = _REQUIRED_OF[begin_string].get(msg_type)
    if required is None:
        return None
    for tag in required:
        if tag not in fields:
            return Problem(Reason.REQUIRED_TAG_MISSING, f"{name_of(tag)} is required", tag)
    for tag, right in _FORMATS.items():
        found = fields.get(tag)
        if found is not None and not right(found):
            return Problem(Reason.INCORRECT_FORMAT, f"{name_of(tag)} has the wrong format", tag)
    side = fields.get(b"54")
    if side is not None and side not in _SIDES:
        return Problem(Reason.VALUE_INCORRECT, "Side(54) is not a side", b"54")
    return None


def time_problem(message: Message, now: float) -> Problem | None:
    """What is wrong with SendingTime(52), and with OrigSendingTime(122) of a possible duplicate."""
    fields = message.fields
    sent = fields.get(b"52")
    if sent is None:
        return Problem(Reason.REQUIRED_TAG_MISSING, "SendingTime(52) is required", b"52")
    at = parse_utc_timestamp(sent)
    if at is None:
        return Problem(Reason.INCORRECT_FORMAT, "SendingTime(52) has the wrong format", b"52")
    if abs(at - now) > SENDING_TIME_TOLERANCE:
        text = f"SendingTime(52) is more than {SENDING_TIME_TOLERANCE:.0f} s off"
        return Problem(Reason.SENDING_TIME_ACCURACY, text, b"52")
    if fields.get(b"43") != b"Y" or message.msg_type == b"4":
        return None
    original = parse_utc_timestamp(fields.get(b"122", b""))
    if original is None:
        return Problem(
            Reason.REQUIRED_TAG_MISSING, "OrigSendingTime(122) is required with PossDupFlag(43)=Y", b"122"
        )
    if original > at:
        return Problem(
            Reason.SENDING_TIME_ACCURACY, "OrigSendingTime(122) is later than SendingTime(52)", b"122"
        )
    return None
