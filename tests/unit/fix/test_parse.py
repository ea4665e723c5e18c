from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sendfix.fix.parse import header, parse, parse_values
from tests.unit.fix.kit import fix

REPORT = fix("8=FIX.4.4|9=50|35=8|34=7|11=A1|58=x=y|10=123|")


def test_fields_come_in_the_order_of_the_wire() -> None:
    assert parse(REPORT) == [
        (8, "FIX.4.4"),
        (9, "50"),
        (35, "8"),
        (34, "7"),
        (11, "A1"),
        (58, "x=y"),
        (10, "123"),
    ]


def test_of_a_repeated_tag_the_first_counts_as_value() -> None:
    raw = fix("35=8|58=first|58=second|")
    assert parse(raw) == [(35, "8"), (58, "first"), (58, "second")]
    assert parse_values(raw)[58] == "first"


def test_data_may_hold_soh_and_equals() -> None:
    assert parse(fix("35=A|95=8|96=ab|1=c=d|98=0|")) == [(35, "A"), (95, "8"), (96, "ab\x011=c=d"), (98, "0")]


def test_lengths_count_bytes() -> None:
    raw = "35=D\x01354=5\x01355=üé\x01\x0158=x\x01".encode()
    assert (355, "üé\x01") in parse(raw)


def test_a_wrong_length_falls_back_to_the_next_soh() -> None:
    assert parse(fix("35=A|95=99|96=abc|98=0|")) == [(35, "A"), (95, "99"), (96, "abc"), (98, "0")]


def test_what_is_no_field_is_left_out() -> None:
    assert parse(fix("35=8|junk|55|x=1|=2| 6=1|58=ok|20001=y|")) == [(35, "8"), (58, "ok"), (20001, "y")]
    assert parse(fix("35=8|55|58=ok|")) == [(35, "8"), (58, "ok")]
    assert parse(b"") == []


def test_text_is_utf8_or_latin1() -> None:
    assert parse("58=Zürich\x01".encode()) == [(58, "Zürich")]
    assert parse("58=Zürich\x01".encode("latin-1")) == [(58, "Zürich")]


def test_the_header_is_read_without_the_rest() -> None:
    assert header(REPORT) == ("8", 7)
    assert header(fix("35=D|11=A|")) == ("D", None)
    assert header(fix("8=FIX.4.4|34=x|35=AB|")) == ("AB", None)
    assert header(b"134=5\x01") == (None, None)


@given(st.binary(max_size=200) | st.text("0123456789=|\x01 ab", max_size=60).map(lambda text: text.encode()))
def test_nothing_makes_it_raise(raw: bytes) -> None:
    fields = parse(raw)
    assert parse_values(raw) == dict(reversed(fields))
    header(raw)


@given(st.lists(st.tuples(st.integers(1, 89), st.text("abc =|é", max_size=8)), max_size=20))
def test_what_was_joined_is_cut_again(fields: list[tuple[int, str]]) -> None:
    raw = "".join(f"{tag}={value}\x01" for tag, value in fields).encode()
    assert parse(raw) == fields
