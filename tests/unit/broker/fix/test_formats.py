from __future__ import annotations

import pytest

from broker.fix.dictionary import load
from broker.fix.formats import CHECKS

# Data type: what has its format, what has not. FIX 4.2 and 4.4, "Data Types".
FORMATS: dict[str, tuple[list[str], list[str]]] = {
    "INT": (["0", "-5", "00023", "9" * 18], ["", "-", "+5", "1.0", "1e3", " 1", "9" * 19, "\u00b2"]),
    "SEQNUM": (["1", "0007"], ["-1", "", "1.", "9" * 19]),
    "LENGTH": (["0", "90"], ["-1", "x"]),
    "NUMINGROUP": (["0", "2"], ["-1", "two"]),
    "PRICE": (
        ["23.23", "23.0000", "00023.23", "-2", ".5", "5.", "9" * 24],
        [
            "",
            ".",
            "-",
            "-.",
            "+1",
            "1e5",
            "1,000",
            "1.2.3",
            "0x1",
            "NaN",
            "Infinity",
            "9" * 25,
            "1_000",
            "--1",
        ],
    ),
    "QTY": (["100", "0.5", "-1"], ["many", "1 "]),
    "CHAR": (["A", "1", " "], ["", "AB", "\x7f", "\u00e9"]),
    "BOOLEAN": (["Y", "N"], ["", "y", "1", "YES"]),
    "MULTIPLEVALUESTRING": (["1", "1 2 A"], ["", " ", "1 ", " 1", "1  2"]),
    "CURRENCY": (["USD", "GBp"], ["", "US", "DOLLAR", "U1D"]),
    "COUNTRY": (["DE"], ["", "DEU", "1"]),
    "EXCHANGE": (["N", "XNAS"], ["", "NEW YORK", "\x02"]),
    "UTCTIMESTAMP": (
        ["20270115-08:00:00", "20270115-08:00:00.123", "20270115-23:59:60", "20280229-00:00:00.123456789"],
        [
            "",
            "20270115",
            "20270115-8:00:00",
            "20270115-24:00:00",
            "20270115-08:60:00",
            "20270115-08:00:61",
            "20270229-08:00:00",
            "20270115-08:00:00.",
            "20270115-08:00:00Z",
            "2027-01-15T08:00:00",
            "20270115 08:00:00",
        ],
    ),
    "UTCTIMEONLY": (["08:00:00", "08:00:00.123"], ["", "8:00:00", "24:00:00", "08:00"]),
    "LOCALMKTDATE": (
        ["20270115", "20280229"],
        ["", "20270229", "2027-01-15", "270115", "202701155", "today"],
    ),
    "MONTHYEAR": (
        ["202701", "20270115", "202712w5"],
        ["", "202713", "2027", "202701w6", "202701w", "20270132"],
    ),
    "DAYOFMONTH": (["1", "01", "31"], ["", "0", "32", "-1", "031"]),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_value_has_the_format_of_its_type_or_not(kind: str) -> None:
    check = CHECKS[kind]
    assert check is not None
    right, wrong = FORMATS[kind]
    assert [text for text in right if not check(text.encode("latin-1"))] == []
    assert [text for text in wrong if check(text.encode("latin-1"))] == []


@pytest.mark.parametrize("version", ["FIX.4.2", "FIX.4.4"])
def test_every_type_of_the_dictionaries_is_known(version: str) -> None:
    assert {field.type for field in load(version).fields.values()} <= CHECKS.keys()
