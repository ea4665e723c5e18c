from __future__ import annotations

import itertools

import pytest
import simplefix
from hypothesis import given
from hypothesis import strategies as st

from broker.fix.wire import (
    MAX_MESSAGE,
    Flaw,
    FlawKind,
    Framer,
    Garbled,
    encode,
    parse,
    parse_utc_timestamp,
    utc_timestamp,
    value,
)

HEADER = [(b"49", b"C"), (b"56", b"B"), (b"34", b"7")]
MESSAGE = encode(b"FIX.4.4", b"0", HEADER, [(b"112", b"x")])

texts = st.binary(min_size=1, max_size=30).filter(lambda data: b"\x01" not in data)
messages = st.lists(texts, max_size=5).map(
    lambda values: encode(b"FIX.4.4", b"0", HEADER, [(b"58", one) for one in values])
)


def frames_of(data: bytes, cuts: list[int]) -> list[bytes]:
    framer = Framer()
    found: list[bytes] = []
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in itertools.pairwise(places):
        found += framer.feed(data[start:end])
    return found


def test_a_message_is_what_simplefix_makes_of_it() -> None:
    theirs = simplefix.FixMessage()
    for tag, text in [(8, "FIX.4.4"), (35, "0"), (49, "C"), (56, "B"), (34, 7), (112, "x")]:
        theirs.append_pair(tag, text)
    assert theirs.encode() == MESSAGE
    parser = simplefix.FixParser()
    parser.append_buffer(MESSAGE)
    assert parse(MESSAGE) == parser.get_message()


def test_fields_are_found_by_tag_and_the_first_of_a_tag_counts() -> None:
    message = parse(encode(b"FIX.4.4", b"D", HEADER, [(b"448", b"a"), (b"448", b"b")]))
    assert message.fields[b"448"] == b"a"
    assert message.msg_type == b"D"
    assert message.number(b"34") == 7
    assert message.number(b"448") is None
    assert message.text(b"999") is None


def test_a_data_field_may_hold_soh() -> None:
    message = parse(encode(b"FIX.4.4", b"0", HEADER, [(b"95", b"5"), (b"96", b"a\x01b=c"), (b"58", b"t")]))
    assert message.fields[b"96"] == b"a\x01b=c"
    assert message.fields[b"58"] == b"t"


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        ("95=90|96=short", Flaw(FlawKind.WRONG_LENGTH, b"95")),
        ("95=2|96=long", Flaw(FlawKind.WRONG_LENGTH, b"95")),
        ("95=4|96=long", None),
        ("95=0|96=", None),
        ("95=4|58=text|96=long", Flaw(FlawKind.NO_DATA, b"96")),
        ("95=4", Flaw(FlawKind.NO_DATA, b"96")),
        ("96=long", Flaw(FlawKind.NO_LENGTH, b"95")),
        ("58=two|parts", Flaw(FlawKind.SOH_IN_VALUE, b"58")),
        ("95=5|96=a|b=c", None),
        ("95=13|96=a", Flaw(FlawKind.WRONG_LENGTH, b"95")),
        ("95=99999999999999999999|96=a", Flaw(FlawKind.WRONG_LENGTH, b"95")),
        ("95=x|96=a", None),
    ],
)
def test_what_keeps_the_fields_from_being_told_apart(body: str, flaw: Flaw | None) -> None:
    content = f"35=0|{body}|".replace("|", "\x01").encode()
    frame = b"8=FIX.4.4\x019=%d\x01%b10=000\x01" % (len(content), content)
    message = parse(frame)
    assert message.flaw == flaw
    assert message.pairs[-1] == (b"10", b"000")


def test_for_a_log_passwords_and_data_are_left_out() -> None:
    body = [(b"553", b"me"), (b"554", b"old"), (b"925", b"new"), (b"95", b"3"), (b"96", b"r\x01w")]
    shown = parse(encode(b"FIX.4.4", b"BE", HEADER, body)).redacted()
    assert "|49=C|56=B|34=7|553=me|554=***|925=***|95=3|96=***|10=" in shown


def test_a_message_whose_third_field_is_not_msg_type_is_garbled() -> None:
    with pytest.raises(Garbled):
        parse(b"8=FIX.4.4\x019=10\x0149=C\x0135=0\x0110=000\x01")


@given(st.lists(messages, max_size=5), st.lists(st.integers(min_value=0), max_size=6))
def test_however_the_stream_is_cut_the_messages_come_out(sent: list[bytes], cuts: list[int]) -> None:
    assert frames_of(b"".join(sent), cuts) == sent


@given(st.binary(max_size=200), st.lists(st.integers(min_value=0), max_size=6))
def test_any_bytes_are_taken_without_an_error(data: bytes, cuts: list[int]) -> None:
    for frame in frames_of(data, cuts):
        assert frame in data


@given(messages, st.integers(min_value=0), st.integers(0, 255))
def test_a_changed_message_is_never_taken_for_another_of_its_length(
    sent: bytes, place: int, replacement: int
) -> None:
    at = place % len(sent)
    changed = sent[:at] + bytes([replacement]) + sent[at + 1 :]
    if changed != sent:
        assert changed not in frames_of(changed, [])


@given(
    st.binary(max_size=40).filter(lambda data: b"8" not in data), st.lists(messages, min_size=1, max_size=3)
)
def test_garbage_between_messages_is_skipped_and_counted(garbage: bytes, sent: list[bytes]) -> None:
    framer = Framer()
    found = list(framer.feed(garbage + garbage.join(sent)))
    assert found == sent
    assert (framer.garbled > 0) == bool(garbage)


def test_the_message_behind_a_wrong_body_length_is_found() -> None:
    wrong = MESSAGE.replace(b"\x019=", b"\x019=1")
    framer = Framer()
    found = list(framer.feed(wrong + MESSAGE * 10))
    assert found[-1] == MESSAGE
    assert framer.last_garbled


def test_a_long_message_may_come_byte_by_byte() -> None:
    sent = encode(b"FIX.4.4", b"B", HEADER, [(b"58", b"x" * 100_000)]) + MESSAGE
    framer = Framer()
    found = [frame for at in range(len(sent)) for frame in framer.feed(sent[at : at + 1])]
    assert b"".join(found) == sent
    assert framer.waiting == 0


def test_an_endless_message_does_not_wait_for_ever() -> None:
    framer = Framer()
    assert list(framer.feed(b"8=FIX.4.4\x019=%d\x01" % (MAX_MESSAGE + 1) + MESSAGE)) == [MESSAGE]


def test_a_value_holds_no_control_characters() -> None:
    assert value("a\x01b\nc") == b"a b c"
    assert value("é€") == b"\xe9?"


@given(st.integers(0, 4_000_000_000_000))
def test_timestamps_go_both_ways(millis: int) -> None:
    parsed = parse_utc_timestamp(utc_timestamp(millis / 1000))
    assert parsed is not None
    assert abs(parsed - millis / 1000) < 0.002


@pytest.mark.parametrize(
    "text", [b"", b"20270115", b"20270115-08:00", b"20271315-08:00:00", b"20270115-08:00:00.x"]
)
def test_what_is_no_timestamp(text: bytes) -> None:
    assert parse_utc_timestamp(text) is None


def test_a_message_with_a_wrong_checksum_is_passed_over_as_a_whole() -> None:
    content = b"35=0\x0158=" + b"8=FIX.4.4\x019=5\x01" * 1000 + b"\x01"
    wrong = b"8=FIX.4.4\x019=%d\x01%b10=000\x01" % (len(content), content)
    assert sum(wrong[:-7]) & 255
    framer = Framer()
    assert list(framer.feed(wrong + MESSAGE)) == [MESSAGE]
    assert framer.garbled == 1
    assert framer.waiting == 0
