"""Why a message is answered with Reject(3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Reason(IntEnum):
    """SessionRejectReason(373). FIX.4.2 has those up to 11; there a Reject for another one has only its Text(58)."""

    INVALID_TAG_NUMBER = 0
    REQUIRED_TAG_MISSING = 1
    TAG_NOT_DEFINED_FOR_MESSAGE = 2
    UNDEFINED_TAG = 3
    TAG_WITHOUT_VALUE = 4
    VALUE_INCORRECT = 5
    INCORRECT_FORMAT = 6
    COMP_ID_PROBLEM = 9
    SENDING_TIME_ACCURACY = 10
    INVALID_MSG_TYPE = 11
    TAG_TWICE = 13
    TAG_OUT_OF_ORDER = 14
    GROUP_OUT_OF_ORDER = 15
    NUM_IN_GROUP_INCORRECT = 16
    SOH_IN_VALUE = 17


@dataclass(frozen=True, slots=True)
class Problem:
    """`ref_tag` is the tag at fault, RefTagID(371); the text names field and value."""

    reason: Reason
    text: str
    ref_tag: bytes | None = None


def shown(value: bytes) -> str:
    """A value in a text, cut short."""
    text = value[:40].decode("latin-1")
    return text if len(value) <= 40 else f"{text}..."
