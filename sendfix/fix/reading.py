"""Fields of a message as values, or the reason why not."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias, TypeVar

from sendfix.domain.enums import FixEnum, OrdType, Side, TimeInForce
from sendfix.domain.values import decimal_of_text

Values: TypeAlias = dict[int, str]
E = TypeVar("E", bound=FixEnum)


def by_code(enum: type[E]) -> dict[str, E]:
    return {member.value: member for member in enum}


SIDES = by_code(Side)
ORD_TYPES = by_code(OrdType)
TIMES_IN_FORCE = by_code(TimeInForce)


class Unreadable(Exception):
    """A field that an event needs is missing or garbled."""


def needed(values: Values, tag: int, name: str) -> str:
    value = values.get(tag)
    if not value:
        raise Unreadable(f"{name}({tag}) is missing")
    return value


def decimal(values: Values, tag: int, name: str) -> Decimal | None:
    text = values.get(tag)
    if not text:
        return None
    try:
        return decimal_of_text(text)
    except ValueError as error:
        raise Unreadable(f"{name}({tag}) {error}") from error


def code(members: dict[str, E], text: str | None) -> E | str | None:
    """The member of that code, or the text itself where there is none."""
    return None if text is None else members.get(text, text)


def number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None


# SessionRejectReason(373) "invalid MsgType"; BusinessRejectReason(380) "other", "unsupported message type", "not
# authorized". The rest of both is about that one message, or about this moment.
_OF_THE_KIND = {"3": (373, frozenset({None, "11"})), "j": (380, frozenset({None, "0", "3", "6"}))}


def refuses_the_kind(values: Values) -> bool:
    """Whether a Reject(3) or BusinessMessageReject(j) says that the counterparty takes no message of that type."""
    tag, reasons = _OF_THE_KIND[values[35]]
    return values.get(tag) in reasons
