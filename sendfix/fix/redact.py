"""Secrets out of a message before anyone keeps or shows it, and what is private out of what is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

MASK = b"***"
_MASKED_DATA = b"95=%d\x0196=%b" % (len(MASK), MASK)
# RawData may hold SOH, so its length says where it ends.
_RAW_DATA = re.compile(rb"(?:(?<=\x01)|\A)95=(\d{1,7})\x0196=")
_SECRETS = re.compile(rb"((?:(?<=\x01)|\A)(?:554|925|96)=)[^\x01]*")


def redact(raw: bytes) -> bytes:
    """The message with Password(554), NewPassword(925) and RawData(96), which some Logons carry a password in, as
    "***", however long they were. BodyLength(9) and CheckSum(10) stay as they were on the wire."""
    if b"96=" in raw:
        raw = _redact_data(raw)
    if b"554=" in raw or b"925=" in raw or b"96=" in raw:
        return _SECRETS.sub(rb"\g<1>" + MASK, raw)
    return raw


def mask(tags: Collection[int]) -> Callable[[str], str]:
    """A function that gives a message, SOH between its fields, with the values of `tags` as "***". What is kept and
    folded is not for it: it can't be taken back."""
    if not tags:
        return lambda raw: raw
    pattern = re.compile(rf"((?:(?<=\x01)|\A)(?:{'|'.join(map(str, tags))})=)[^\x01]*")
    return lambda raw: pattern.sub(r"\g<1>***", raw)


def _redact_data(raw: bytes) -> bytes:
    pieces = []
    position = 0
    while match := _RAW_DATA.search(raw, position):
        end = match.end() + int(match[1])
        if end > len(raw) or raw[end : end + 1] not in (b"\x01", b""):
            end = raw.find(b"\x01", match.end())  # the length is wrong: up to the next field
            end = len(raw) if end < 0 else end
        pieces += [raw[position : match.start()], _MASKED_DATA]
        position = end
    return b"".join([*pieces, raw[position:]])
