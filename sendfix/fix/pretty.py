"""A message as one line that a person can read and copy."""

from __future__ import annotations

from sendfix.fix.parse import text_of


def pretty(raw: bytes) -> str:
    """SOH as "|"; other control characters as "\\xNN", so that no terminal or page obeys them."""
    text = text_of(raw).replace("\x01", "|")
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
