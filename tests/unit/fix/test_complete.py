from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.enums import OrdStatus
from sendfix.fix.complete import CORRECTABLE, Known, complete
from sendfix.fix.parse import parse_values

OPEN = Known(OrdStatus.NEW, Decimal(100), Decimal(20), Decimal("10.5"))


def completed(text: str, known: Known | None = OPEN, **corrections: str) -> tuple[dict[int, str], list[int]]:
    fields = {int(tag[1:]): value for tag, value in corrections.items()}
    raw, assumed = complete(
        ("8=FIX.4.4|35=8|52=T|" + text).replace("|", "\x01").encode(), fields, known, "ME-1", "T"
    )
    return parse_values(raw), [item.tag for item in assumed]


def test_a_whole_report_is_left_as_it_is_but_for_its_lateness() -> None:
    values, assumed = completed("17=e|39=1|32=5|14=25|151=75|")
    assert values == {35: "8", 52: "T", 17: "e", 39: "1", 32: "5", 14: "25", 151: "75", 43: "Y", 122: "T"}
    assert assumed == []


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("17=e|39=1|32=5|", {14: "25", 151: "75"}),
        ("17=e|32=80|31=11|", {14: "100", 39: "2", 151: "0", 6: "10.9"}),
        ("17=e|32=5|14=25|39=Q|151=75|", {39: "1"}),
        ("17=e|14=20|151=80|", {39: "0"}),
        ("39=1|32=5|14=25|151=75|", {17: "ME-1"}),
    ],
)
def test_what_is_missing_is_taken_from_the_order_and_said(text: str, taken: dict[int, str]) -> None:
    values, assumed = completed(text)
    assert {tag: values[tag] for tag in taken} == taken
    assert assumed == list(taken)


def test_a_number_that_is_none_and_not_needed_is_left_out() -> None:
    values, assumed = completed("17=e|39=1|32=5|14=25|151=7S|6=n/a|")
    assert 6 not in values
    assert values[151] == "75"
    assert sorted(assumed) == [6, 151, 151]


def test_a_number_that_is_needed_stays_wrong() -> None:
    values, assumed = completed("17=e|39=1|32=S|14=25|151=75|")
    assert (values[32], assumed) == ("S", [])


def test_nothing_is_taken_from_an_order_that_is_not_known() -> None:
    values, assumed = completed("17=e|32=5|", known=None)
    assert (14 in values, 39 in values, assumed) == (False, False, [])


def test_a_person_has_the_last_word_and_the_first_of_two_counts() -> None:
    values, assumed = completed("17=e|39=1|32=5|32=6|14=25|151=75|58=a|58=b|", t14="30")
    assert (values[14], values[32], values[58], assumed) == ("30", "5", "a", [])


def test_what_is_left_of_an_order_that_has_ended_is_not_worked_out() -> None:
    values, assumed = completed("17=e|39=4|14=20|")
    assert (151 in values, assumed) == (False, [])


@given(
    st.lists(st.tuples(st.sampled_from([*CORRECTABLE, 43, 95, 96, 9999]), st.text(max_size=6)), max_size=12)
)
def test_nothing_a_counterparty_sends_makes_it_raise(fields: list[tuple[int, str]]) -> None:
    text = "".join(f"{tag}={value}|" for tag, value in fields)
    values, assumed = completed(text)
    assert values[43] == "Y"
    assert len(assumed) <= 10
