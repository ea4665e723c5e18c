"""What QuickFIX throws away without a word to the application: messages that are garbled or are not ours."""

from __future__ import annotations


def what_is_wrong(raw: bytes, sender_comp_id: str, target_comp_id: str) -> str | None:
    """None for a message that QuickFIX will take, as far as CheckSum(10) and the CompIDs go (FIX 4.4 Volume 2,
    "Message Integrity")."""
    if raw[-7:-4] != b"10=" or raw[-4:-1] != b"%03d" % (sum(raw[:-7]) % 256):
        return "CheckSum(10) is wrong"
    if b"\x0149=%s\x01" % sender_comp_id.encode() not in raw:
        return f"SenderCompID(49) is not {sender_comp_id}"
    if b"\x0156=%s\x01" % target_comp_id.encode() not in raw:
        return f"TargetCompID(56) is not {target_comp_id}"
    return None
