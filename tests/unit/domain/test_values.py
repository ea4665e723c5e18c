from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.values import format_decimal, parse_decimal


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("101.25", "101.25"),
        ("100", "100"),
        ("1.50", "1.50"),
        (".5", "0.5"),
        ("-3", "-3"),
        ("+3", "3"),
        (100, "100"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        ("1e2", "100"),
        (Decimal("1E+2"), "100"),
        ("1.0000000000000000000", "1.0000000000000000000"),
        ("999999999999999999", "999999999999999999"),
    ],
)
def test_a_number_in_any_form_is_exact(value: object, expected: str) -> None:
    assert format_decimal(parse_decimal(value)) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        " 1",
        "1 ",
        "1_000",
        "1,5",
        "NaN",
        "Infinity",
        "0x10",
        "١٢",
        "1e999",
        "--1",
        "1" * 100,
        True,
        None,
        [],
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("sNaN"),
        b"1",
    ],
)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must"):
        parse_decimal(value)


@pytest.mark.parametrize("value", ["1000000000000000000", "1e18", "0.0000000000001", "1e-13"])
def test_what_no_market_needs_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="must have at most"):
        parse_decimal(value)


@given(st.decimals(-(10**17), 10**17, places=6))
def test_what_is_written_reads_back(number: Decimal) -> None:
    text = format_decimal(number)
    assert "E" not in text
    assert parse_decimal(text) == number
