"""Secrets out of a message before anyone keeps or shows it."""

from __future__ import annotations

import re

MASK = b"***"
# Password, NewPassword, and RawData, which some Logons carry a password in. RawData may hold SOH: up to the next field.
_SECRETS = re.compile(rb"(^|\x01)(554|925|96)=(.*?)(?=\x01\d{1,5}=|\x01?\Z)", re.DOTALL)


def redact(raw: bytes) -> bytes:
    """The message with Password(554), NewPassword(925) and RawData(96) as "***", however long they were. Lengths
    and checksum stay as they were on the wire."""
    if b"554=" not in raw and b"925=" not in raw and b"96=" not in raw:
        return raw
    return _SECRETS.sub(rb"\1\2=" + MASK, raw)
