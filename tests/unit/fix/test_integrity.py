"""BodyLength(9) and CheckSum(10), held against the bytes."""

from __future__ import annotations

import pytest

from sendfix.fix.decode import decode
from sendfix.fix.dictionary import load
from sendfix.fix.integrity import Check, Integrity, integrity
from tests.unit.fix.test_tree import message


def checked(raw: bytes) -> Integrity:
    return integrity(raw, decode(raw, load("FIX.4.4")))


def test_right_ones_are_right() -> None:
    found = checked(message("11=X|58=hello|"))
    assert found.body_length.right is True
    assert found.body_length.stated == found.body_length.counted == "55"
    assert found.check_sum.right is True


def test_wrong_ones_are_shown_with_what_was_counted() -> None:
    raw = message("11=X|").replace(b"11=X", b"11=XY")
    found = checked(raw)
    assert found.body_length == Check("46", "47", False)
    assert found.check_sum.right is False


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_text_beyond_ascii_counts_as_the_bytes_it_came_in(encoding: str) -> None:
    counted = "35=D\x0158=caf\xe9\x01".encode(encoding)
    raw = b"8=FIX.4.4\x019=%d\x01" % len(counted) + counted
    raw += b"10=%03d\x01" % (sum(raw) % 256)
    stored = raw.decode(encoding).encode()
    assert checked(stored).body_length.right is True
    assert checked(stored).check_sum.right is True


def test_with_a_hidden_value_nobody_can_tell() -> None:
    found = checked(message("554=secret|").replace(b"secret", b"***"))
    assert found.body_length == Check("52", None, None)
    assert found.check_sum.right is None


def test_a_message_without_them_is_not_wrong() -> None:
    assert checked(b"35=D\x0111=X\x01") == Integrity(Check(None, None, None), Check(None, None, None))
