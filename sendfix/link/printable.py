"""Bytes that are no message, for a person to read."""

from __future__ import annotations

MOST = 2_000
_PLAIN = {byte: chr(byte) for byte in range(32, 127) if byte not in b"|\\"} | {1: "|"}


def printable(raw: bytes) -> str:
    r"""SOH as `|`; what is not printable ASCII, `|` and `\` as `\xNN`, so that each byte can be told. The first `MOST`
    bytes; how many there are in all stands behind them."""
    text = "".join(_PLAIN.get(byte, f"\\x{byte:02x}") for byte in raw[:MOST])
    return text if len(raw) <= MOST else f"{text} … of {len(raw)} bytes"
