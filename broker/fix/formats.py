"""What a value of each FIX data type looks like (FIX 4.2 and 4.4, "Data Types").

A check takes the value as it is on the wire and says whether it has the format. Lengths are bounded, so that every
number that passes can be converted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from broker.fix.wire import parse_utc_timestamp

Check = Callable[[bytes], bool]

MAX_DIGITS: Final = 18
"""Of an integer: it fits into 64 bits."""

MAX_DECIMAL_DIGITS: Final = 24
"""The standard asks for at least fifteen."""


def is_count(value: bytes) -> bool:
    """SEQNUM, LENGTH, NUMINGROUP: digits alone."""
    return value.isdigit() and len(value) <= MAX_DIGITS


def is_int(value: bytes) -> bool:
    return is_count(value[1:] if value[:1] == b"-" else value)


def is_decimal(value: bytes) -> bool:
    """QTY, PRICE, AMT, PERCENTAGE and their like: an optional minus sign, digits, an optional point."""
    if value.isdigit():
        return len(value) <= MAX_DECIMAL_DIGITS
    digits = (value[1:] if value[:1] == b"-" else value).replace(b".", b"", 1)
    return digits.isdigit() and len(digits) <= MAX_DECIMAL_DIGITS


def is_char(value: bytes) -> bool:
    return len(value) == 1 and 32 <= value[0] < 127


def is_boolean(value: bytes) -> bool:
    return value in (b"Y", b"N")


def is_multiple(value: bytes) -> bool:
    """MULTIPLEVALUESTRING: values parted by one space."""
    return b"" not in value.split(b" ")


def is_currency(value: bytes) -> bool:
    """Three letters; small ones too, which markets use for a hundredth (GBp)."""
    return len(value) == 3 and value.isalpha()


def is_country(value: bytes) -> bool:
    return len(value) == 2 and value.isalpha()


def is_exchange(value: bytes) -> bool:
    """A market's code; FIX.4.2 takes Reuters' suffixes, FIX.4.4 ISO 10383."""
    return bool(value) and all(32 < byte < 127 for byte in value)


def is_utc_timestamp(value: bytes) -> bool:
    return parse_utc_timestamp(value) is not None


def is_utc_time(value: bytes) -> bool:
    return parse_utc_timestamp(b"20000101-" + value) is not None


def is_date(value: bytes) -> bool:
    """UTCDATE, UTCDATEONLY, LOCALMKTDATE: YYYYMMDD."""
    return len(value) == 8 and value.isdigit() and parse_utc_timestamp(value + b"-00:00:00") is not None


def is_month_year(value: bytes) -> bool:
    """YYYYMM, and from FIX.4.4 on YYYYMMDD or YYYYMMWW (w1 to w5)."""
    month, rest = value[:6] + b"01", value[6:]
    if not rest:
        return len(value) == 6 and is_date(month)
    return is_date(value) or (rest in (b"w1", b"w2", b"w3", b"w4", b"w5") and is_date(month))


def is_day_of_month(value: bytes) -> bool:
    return value.isdigit() and len(value) <= 2 and 1 <= int(value) <= 31


CHECKS: Final[dict[str, Check | None]] = {
    "STRING": None,
    "DATA": None,
    "CHAR": is_char,
    "BOOLEAN": is_boolean,
    "INT": is_int,
    "SEQNUM": is_count,
    "LENGTH": is_count,
    "NUMINGROUP": is_count,
    "DAYOFMONTH": is_day_of_month,
    **dict.fromkeys(("FLOAT", "QTY", "PRICE", "PRICEOFFSET", "AMT", "PERCENTAGE"), is_decimal),
    "MULTIPLEVALUESTRING": is_multiple,
    "CURRENCY": is_currency,
    "COUNTRY": is_country,
    "EXCHANGE": is_exchange,
    "UTCTIMESTAMP": is_utc_timestamp,
    "UTCTIMEONLY": is_utc_time,
    **dict.fromkeys(("UTCDATE", "UTCDATEONLY", "LOCALMKTDATE"), is_date),
    "MONTHYEAR": is_month_year,
}
"""By data type; None: any value that is not empty."""
