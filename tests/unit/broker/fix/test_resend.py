from __future__ import annotations

from broker.fix.resend import MAX_HELD, MAX_HELD_BYTES, Held
from broker.fix.wire import Message, encode, parse


def message(number: int, size: int = 1) -> Message:
    return parse(encode(b"FIX.4.4", b"0", [(b"49", b"C"), (b"34", b"%d" % number)], [(b"58", b"x" * size)]))


def test_what_is_held_behind_a_gap_is_bounded_in_bytes() -> None:
    held = Held()
    size = MAX_HELD_BYTES // 4
    for number in range(2, 9):
        held.hold(number, message(number, size))
    taken = [number for number in range(2, 9) if held.take(number) is not None]
    assert taken == [2, 3, 4]
    held.hold(9, message(9, size))
    assert held.take(9) is not None


def test_what_is_held_behind_a_gap_is_bounded_in_number() -> None:
    held = Held()
    one = message(2)
    for number in range(2, MAX_HELD + 9):
        held.hold(number, one)
    assert held.take(MAX_HELD + 1) is not None
    assert held.take(MAX_HELD + 2) is None


def test_what_a_gap_fill_passes_over_makes_room() -> None:
    held = Held()
    size = MAX_HELD_BYTES // 2
    held.hold(5, message(5, size))
    held.hold(6, message(6, size))
    assert held.take(6) is None
    held.forget_before(6)
    held.hold(7, message(7, size))
    assert held.take(7) is not None


def test_one_message_is_held_once() -> None:
    held = Held()
    size = MAX_HELD_BYTES // 2
    for _ in range(3):
        held.hold(5, message(5, size))
    assert held.take(5) is not None
    held.hold(6, message(6, size))
    assert held.take(6) is not None
    assert held.first_behind_gap(7) is None
