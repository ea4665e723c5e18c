"""What each fault of the outgoing bytes makes of a message, and which faults can't be set."""

from __future__ import annotations

from typing import Any

import pytest

from broker.faults.faults import ClientFaults
from broker.faults.kinds import parse_faults
from broker.fix.wire import Framer, encode, parse
from broker.trading.by_hand import Refused

NOW = 1_800_000_000.0


def report(number: int, poss_dup: bool = False) -> bytes:
    header = [(b"49", b"BROKER"), (b"56", b"ME"), (b"34", b"%d" % number), (b"52", b"20270115-08:00:00.000")]
    flag = [(b"43", b"Y"), (b"122", b"20270115-08:00:00.000")] if poss_dup else []
    return encode(b"FIX.4.4", b"8", [*header, *flag], [(b"37", b"O1"), (b"17", b"E1"), (b"54", b"1")])


def sent(faults: dict[str, Any], *messages: bytes) -> list[tuple[float, bytes]]:
    outgoing = ClientFaults("ME", parse_faults(faults)).outgoing
    assert outgoing is not None
    return outgoing.pass_on(messages, NOW, NOW)


@pytest.mark.parametrize(
    ("faults", "fields"),
    [
        ({"unlisted_tags": {"fields": {"4999": "x"}}}, {b"4999": b"x"}),
        ({"missing_fields": {"tags": [37]}}, {b"37": None}),
        ({"wrong_values": {"fields": {"54": "Z"}}}, {b"54": b"Z"}),
        ({"wrong_comp_ids": {}}, {b"49": b"WRONG", b"56": b"ME"}),
        ({"wrong_comp_ids": {"target_comp_id": "YOU"}}, {b"49": b"BROKER", b"56": b"YOU"}),
        ({"reset_sequence_numbers": {"how": "too_low", "count": 3}}, {b"34": b"4"}),
    ],
)
def test_a_field_is_changed_in_a_message_whose_frame_is_right(
    faults: dict[str, Any], fields: dict[bytes, bytes | None]
) -> None:
    [(_, raw)] = sent(faults, report(7))
    assert list(Framer().feed(raw)) == [raw]
    message = parse(raw)
    assert {tag: message.fields.get(tag) for tag in fields} == fields


@pytest.mark.parametrize("kind", ["garble", "wrong_checksum", "wrong_body_length"])
def test_a_broken_frame_is_no_message_and_the_next_one_is(kind: str) -> None:
    pieces = sent({kind: {"times": 1}}, report(7), report(8))
    assert list(Framer().feed(b"".join(raw for _, raw in pieces))) == [report(8)]


def test_a_duplicate_follows_its_message() -> None:
    [(_, first), (_, second)] = sent({"duplicate": {}}, report(7))
    assert first == report(7)
    assert parse(second).fields[b"43"] == b"Y"
    assert parse(second).fields[b"34"] == b"7"
    assert [raw for _, raw in sent({"duplicate": {"poss_dup": False}}, report(7))] == [report(7)] * 2


def test_what_is_sent_again_is_right() -> None:
    again = report(7, poss_dup=True)
    faults = {"garble": {}, "duplicate": {}, "wrong_comp_ids": {}, "missing_fields": {}}
    assert sent(faults, again) == [(NOW, again)]


def test_pieces_are_the_message() -> None:
    pieces = sent({"fragment": {"interval": 0.5}}, report(7))
    assert [len(raw) for _, raw in pieces] == [1] * len(report(7))
    assert b"".join(raw for _, raw in pieces) == report(7)
    assert pieces[2][0] == NOW + 1


@pytest.mark.parametrize(
    "delay", [{"seconds": 2}, *({"distribution": name} for name in ("uniform", "normal", "exponential"))]
)
def test_a_delay_keeps_the_order_and_repeats_itself(delay: dict[str, Any]) -> None:
    messages = [report(number) for number in range(1, 30)]
    found = sent({"delay": delay}, *messages)
    assert [raw for _, raw in found] == messages
    dues = [due for due, _ in found]
    assert dues == sorted(dues)
    assert NOW < dues[-1] <= NOW + delay.get("seconds", 1)
    assert sent({"delay": delay}, *messages) == found


def test_every_third_and_only_twice() -> None:
    found = sent({"wrong_values": {"every": 3, "times": 2}}, *(report(number) for number in range(1, 13)))
    struck = [parse(raw).number(b"34") for _, raw in found if parse(raw).fields[b"54"] == b"Z"]
    assert struck == [3, 6]


@pytest.mark.parametrize(
    ("faults", "field"),
    [
        ({"nosuch": {}}, "nosuch"),
        ({"garble": 1}, "garble"),
        ({"garble": {"nosuch": 1}}, "garble.nosuch"),
        ({"garble": {"times": True}}, "garble.times"),
        ({"garble": {"times": 10**30}}, "garble.times"),
        ({"garble": {"msg_types": "8"}}, "garble.msg_types"),
        ({"delay": {}}, "delay.seconds"),
        ({"delay": {"seconds": 1e308}}, "delay.seconds"),
        ({"delay": {"distribution": "uniform", "min": 2}}, "delay.min"),
        ({"wrong_body_length": {"by": 0}}, "wrong_body_length.by"),
        ({"unlisted_tags": {"fields": {"x": "1"}}}, "unlisted_tags.fields"),
        ({"unlisted_tags": {"fields": {"58": "a\x01b"}}}, "unlisted_tags.fields"),
        ({"missing_fields": {"tags": [10]}}, "missing_fields.tags"),
        ({"refuse_logon": {"text": "\u20ac"}}, "refuse_logon.text"),
        ({"refuse_resends": {"how": []}}, "refuse_resends.how"),
    ],
)
def test_what_can_not_be_set_is_named(faults: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_faults(faults)
    assert refused.value.status == 422
    assert [name for name, _ in refused.value.errors] == [field]
