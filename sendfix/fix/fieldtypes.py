"""How a value given by a person becomes the text of a field, for each of FIX's data types."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TypeAlias

from sendfix.domain.enums import FixEnum, OrdType, Side, TimeInForce
from sendfix.domain.values import format_decimal, parse_decimal
from sendfix.fix.dictionary import Field

MAX_VALUE_LENGTH = 1000
MAX_CL_ORD_ID_LENGTH = 64

# FIX 4.3 took the orders on close out of OrdType(40) and gave them a TimeInForce(59).
_SAID_OTHERWISE: Mapping[tuple[int, str], str] = {
    (40, OrdType.MARKET_ON_CLOSE.value): "give MARKET with time_in_force CLOSE",
    (40, OrdType.ON_CLOSE.value): "give MARKET or LIMIT with time_in_force CLOSE",
    (40, OrdType.LIMIT_ON_CLOSE.value): "give LIMIT with time_in_force CLOSE",
    (59, TimeInForce.CLOSE.value): "give ord_type MARKET_ON_CLOSE or LIMIT_ON_CLOSE",
}

# Takes a value, returns the text of the field; raises ValueError, whose text can follow the field's name.
Formatter: TypeAlias = Callable[[object], str]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ENUMS: Mapping[int, type[FixEnum]] = {40: OrdType, 54: Side, 59: TimeInForce}
_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_MONTH = re.compile(r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]|w[1-5])?", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{3,9})?", re.ASCII)
_TIMESTAMP = re.compile(r"(\d{8})-(.+)", re.ASCII)


def formatter_of(field: Field) -> Formatter:
    """The formatter of a field, to be made once: by its values where the dictionary lists them, else by its type."""
    if field.values and field.type in _MULTIPLE:
        return _Multiple(_Choice(field))
    if field.type == "BOOLEAN":
        return _boolean
    if field.values:
        return _Choice(field)
    if field.tag in (11, 41):
        return _cl_ord_id
    return _BY_TYPE.get(field.type, format_text)


def format_text(value: object) -> str:
    """Text of one line in ASCII, which is what FIX's String is, at most 1000 characters."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool) or value is None or isinstance(value, list | dict | tuple):
        raise ValueError(f"must be text, got {value!r}")
    elif isinstance(value, int):
        text = str(value)
    else:
        text = format_decimal(parse_decimal(value))
    if text.isascii() and text.isprintable() and 0 < len(text) <= MAX_VALUE_LENGTH:
        return text
    if not text:
        raise ValueError("must not be empty")
    if len(text) > MAX_VALUE_LENGTH:
        raise ValueError(f"must have at most {MAX_VALUE_LENGTH} characters, got {len(text)}")
    control = _CONTROL.search(text)
    if control is not None:
        raise ValueError(f"must not hold control characters, got U+{ord(control.group()):04X}")
    for char in text:
        if not char.isascii():
            raise ValueError(f"must be ASCII text, got {char!r}")
    return text


def _cl_ord_id(value: object) -> str:
    text = format_text(value)
    if len(text) > MAX_CL_ORD_ID_LENGTH:
        raise ValueError(f"must have at most {MAX_CL_ORD_ID_LENGTH} characters, got {len(text)}")
    return text


class _Choice:
    """A field with a list of values: takes the code, our name or the dictionary's name of it."""

    def __init__(self, field: Field) -> None:
        names = {name.upper(): code for code, name in field.values.items()}
        shown = dict(field.values)
        enum = _ENUMS.get(field.tag)
        if enum is not None:
            ours = {member.value: member.name for member in enum if member.value in field.values}
            names.update((name, code) for code, name in ours.items())
            shown.update(ours)
        self._codes = {**names, **{code: code for code in field.values}}
        self._elsewhere = {
            word: hint
            for member in enum or ()
            if member.value not in field.values
            and (hint := _SAID_OTHERWISE.get((field.tag, member.value))) is not None
            for word in (member.name, member.value)
        }
        self._listing = ", ".join(f"{name} ({code})" for code, name in shown.items())

    def __call__(self, value: object) -> str:
        if isinstance(value, FixEnum):
            value = value.value
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError(f"must be one of {self._listing}, got {value!r}")
        text = str(value)
        code = self._codes.get(text) or self._codes.get(text.strip().upper())
        # A lower-case code is another code ("a" is not "A"): only names are taken in any case.
        if code is None and (hint := self._elsewhere.get(text.strip().upper())) is not None:
            raise ValueError(f"can't be {text[:64]} in this FIX version: {hint}")
        if code is None or (len(text) == len(code) and text != code and code == text.upper()):
            raise ValueError(f"must be one of {self._listing}, got {text[:64]!r}")
        return code


class _Multiple:
    """Several values, separated by blanks."""

    def __init__(self, choice: _Choice) -> None:
        self._choice = choice

    def __call__(self, value: object) -> str:
        parts = value.split() if isinstance(value, str) else [value]
        if not parts:
            raise ValueError("must not be empty")
        return " ".join(self._choice(part) for part in parts)


def _number(value: object) -> str:
    return format_decimal(parse_decimal(value))


def _integer(value: object) -> str:
    text = str(value).strip() if isinstance(value, str) else value
    if (
        isinstance(text, bool)
        or not isinstance(text, int | str)
        or not re.fullmatch(r"-?[0-9]{1,18}", str(text))
    ):
        raise ValueError(f"must be a whole number, got {value!r}")
    return str(int(text))


def _boolean(value: object) -> str:
    if value is True or value in ("Y", "y", "YES", "yes", "true", "True"):
        return "Y"
    if value is False or value in ("N", "n", "NO", "no", "false", "False"):
        return "N"
    raise ValueError(f"must be Y or N, got {value!r}")


def _char(value: object) -> str:
    text = format_text(value)
    if len(text) != 1:
        raise ValueError(f"must be a single character, got {text!r}")
    return text


def _currency(value: object) -> str:
    text = format_text(value)
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError(f"must be an ISO 4217 code such as USD, got {text!r}")
    return text


def _date(value: object) -> str:
    match = _DATE.fullmatch(format_text(value))
    try:
        if match is not None:
            date(*map(int, match.groups()))
            return "".join(match.groups())
    except ValueError:
        pass
    raise ValueError(f"must be a date as YYYYMMDD, got {value!r}")


def _month(value: object) -> str:
    text = format_text(value)
    if not _MONTH.fullmatch(text):
        raise ValueError(f"must be a month as YYYYMM, got {text!r}")
    return text


def _time(value: object) -> str:
    text = format_text(value)
    if not _TIME.fullmatch(text):
        raise ValueError(f"must be a UTC time as HH:MM:SS, got {text!r}")
    return text


def _timestamp(value: object) -> str:
    text = format_text(value)
    match = _TIMESTAMP.fullmatch(text)
    try:
        if match is not None:
            return f"{_date(match[1])}-{_time(match[2])}"
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return format_utc(moment)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"must be a UTC time as YYYYMMDD-HH:MM:SS, or ISO 8601 with its zone, got {text!r}")


def format_utc(moment: datetime) -> str:
    """UTCTimestamp with milliseconds, which both FIX 4.2 and 4.4 have. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("must have a time zone")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return (
        f"{moment.year:04}{moment.month:02}{moment.day:02}-"
        f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}.{moment.microsecond // 1000:03}"
    )


def _set_by_desk(value: object) -> str:
    raise ValueError("is set by the desk, from the data it counts")


_MULTIPLE = frozenset({"MULTIPLEVALUESTRING", "MULTIPLECHARVALUE", "MULTIPLESTRINGVALUE"})
_BY_TYPE: Mapping[str, Formatter] = {
    "QTY": _number,
    "PRICE": _number,
    "PRICEOFFSET": _number,
    "AMT": _number,
    "FLOAT": _number,
    "PERCENTAGE": _number,
    "INT": _integer,
    "SEQNUM": _integer,
    "DAYOFMONTH": _integer,
    "LENGTH": _set_by_desk,
    "CHAR": _char,
    "CURRENCY": _currency,
    "LOCALMKTDATE": _date,
    "UTCDATE": _date,
    "UTCDATEONLY": _date,
    "MONTHYEAR": _month,
    "UTCTIMEONLY": _time,
    "UTCTIMESTAMP": _timestamp,
}
