from __future__ import annotations

import pytest

from sendfix.link.garbled import what_is_wrong

GOOD = b"8=FIX.4.4\x019=5\x0135=0\x0149=THEM\x0156=US\x01"


def with_checksum(text: bytes) -> bytes:
    return text + b"10=%03d\x01" % (sum(text) % 256)


def test_a_good_message_is_taken() -> None:
    assert what_is_wrong(with_checksum(GOOD), "THEM", "US") is None


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (GOOD + b"10=000\x01", "CheckSum(10)"),
        (with_checksum(GOOD)[:-1], "CheckSum(10)"),
        (b"", "CheckSum(10)"),
        (with_checksum(GOOD.replace(b"THEM", b"THEY")), "SenderCompID(49)"),
        (with_checksum(GOOD.replace(b"56=US", b"56=UK")), "TargetCompID(56)"),
    ],
)
def test_what_quickfix_ignores_is_named(raw: bytes, words: str) -> None:
    assert words in str(what_is_wrong(raw, "THEM", "US"))
