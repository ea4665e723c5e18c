"""Whether BodyLength(9) and CheckSum(10) are those of the message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sendfix.fix.decode import DecodedField
from sendfix.fix.parse import text_of

_HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Check:
    """What the message states and what was counted. `right` is None when nobody can tell: the message does not state
    it, or a value in it is hidden."""

    stated: str | None
    counted: str | None
    right: bool | None


@dataclass(frozen=True, slots=True)
class Integrity:
    body_length: Check
    check_sum: Check


def integrity(raw: bytes, fields: Sequence[DecodedField]) -> Integrity:
    """`fields` are those of `raw`. A text that was Latin-1 on the wire is counted as that."""
    hidden = any(field.value == _HIDDEN for field in fields)
    found = _check(raw, hidden)
    if found.body_length.right is not False and found.check_sum.right is not False:
        return found
    try:
        latin = text_of(raw).encode("latin-1")
    except UnicodeEncodeError:
        return found
    other = _check(latin, hidden)
    return other if other.body_length.right and other.check_sum.right else found


def _check(raw: bytes, hidden: bool) -> Integrity:
    begin = _length_ends(raw)
    end = raw.rfind(b"\x0110=") + 1
    stated_length = None if begin is None else text_of(raw[raw.index(b"\x019=") + 3 : begin - 1])
    stated_sum = text_of(raw[end + 3 :].split(b"\x01", 1)[0]) if end else None
    length = None if begin is None or not end else str(end - begin)
    total = f"{sum(raw[:end]) % 256:03d}" if end else None
    return Integrity(_compare(stated_length, length, hidden), _compare(stated_sum, total, hidden))


def _length_ends(raw: bytes) -> int | None:
    """Where the body begins that is counted; None without BeginString(8) and BodyLength(9) at the beginning."""
    if not raw.startswith(b"8="):
        return None
    at = raw.find(b"\x01")
    if at < 0 or raw[at : at + 3] != b"\x019=":
        return None
    end = raw.find(b"\x01", at + 1)
    return None if end < 0 else end + 1


def _compare(stated: str | None, counted: str | None, hidden: bool) -> Check:
    if stated is None or counted is None or (hidden and stated != counted):
        return Check(stated, None, None)
    return Check(stated, counted, stated == counted)
