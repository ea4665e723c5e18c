"""How a journal keeps a message that was received and not accepted: the reason, a line feed, the message."""

from __future__ import annotations


def with_reason(reason: str, raw: bytes) -> bytes:
    return reason.replace("\n", " ").encode("utf-8", "replace") + b"\n" + raw


def reason_and_message(payload: bytes) -> tuple[str, bytes]:
    reason, _, raw = payload.partition(b"\n")
    return reason.decode("utf-8", "replace"), raw
