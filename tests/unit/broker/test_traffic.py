from __future__ import annotations

from broker.fix.wire import encode
from broker.traffic import MOST_TYPES, OTHER, Traffic, total_by_type


def test_messages_are_counted_by_type_with_their_bytes() -> None:
    traffic = Traffic()
    traffic.took(b"A", 70, 1.0)
    traffic.took(b"D", 150, 2.0)
    traffic.took(b"D", 150, 3.0)
    sent = [
        encode(b"FIX.4.4", msg_type, [(b"49", b"B")], [(b"58", b"x")]) for msg_type in (b"8", b"AG", b"8")
    ]
    traffic.gave(sent, 4.0)
    assert traffic.in_by_type == {b"A": 1, b"D": 2}
    assert traffic.out_by_type == {b"8": 2, b"AG": 1}
    assert (traffic.bytes_in, traffic.bytes_out) == (370, sum(map(len, sent)))
    assert (traffic.last_in_at, traffic.last_out_at) == (3.0, 4.0)


def test_a_client_that_makes_up_types_does_not_fill_the_memory() -> None:
    traffic = Traffic()
    traffic.took(b"D", 1, 1.0)
    traffic.took(b"U" * 1000, 1, 1.0)
    for number in range(1000):
        traffic.took(b"U%d" % number, 1, 1.0)
    traffic.took(b"D", 1, 1.0)
    counts = traffic.in_by_type
    assert len(counts) == MOST_TYPES
    assert counts[b"D"] == 2
    assert counts[OTHER] > 1
    assert sum(counts.values()) == 1003


def test_a_sum_has_the_most_frequent_first() -> None:
    counts = [{b"0": 2, b"D": 1}, {b"D": 4}, {}, {b"\xff": 2}]
    assert list(total_by_type(counts).items()) == [("D", 5), ("0", 2), ("\xff", 2)]
