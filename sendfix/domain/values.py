"""Prices and quantities: exact decimals in, exact decimals out; and what a field of a message can be."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

FieldValue: TypeAlias = str | list[dict[str, "FieldValue"]]
"""Of a message's field: its text, or the entries of a repeating group under the name of its counter."""

MAX_INTEGER_DIGITS = 18
MAX_DECIMALS = 12

# Decimal itself would take underscores, foreign digits and blanks.
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


def parse_decimal(value: object) -> Decimal:
    """The exact decimal of a str, int, Decimal or float (a float counts as what it prints as).

    Raises ValueError, whose text can follow a field's name: "must be a number, got 'x'".
    """
    if isinstance(value, str):
        return decimal_of_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(f"must be a number, got {value!r}")
    return decimal_of_text(repr(value) if isinstance(value, float) else str(value))


# The same few prices and sizes come back in every report of an order.
@lru_cache(maxsize=8192)
def decimal_of_text(text: str) -> Decimal:
    """`parse_decimal` of a str, for reading messages fast."""
    if len(text) > 64 or _NUMBER.fullmatch(text) is None:
        raise ValueError(f"must be a number, got {text[:64]!r}")
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, str) or number.adjusted() >= MAX_INTEGER_DIGITS:
        raise ValueError(f"must have at most {MAX_INTEGER_DIGITS} digits before the decimal point")
    if exponent < -MAX_DECIMALS and number.normalize().as_tuple().exponent < -MAX_DECIMALS:  # type: ignore[operator]
        raise ValueError(f"must have at most {MAX_DECIMALS} decimals")
    return number


def format_decimal(number: Decimal) -> str:
    """Plain digits, never an exponent: `Decimal("1E+2")` is "100", `Decimal("1.50")` stays "1.50"."""
    return format(number, "f")
