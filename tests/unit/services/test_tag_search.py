"""Messages by tag and value: what is written, and which messages it finds."""

from __future__ import annotations

import pytest

from sendfix.fix.dictionary import load
from sendfix.services.tag_search import TagTest, parse_tag_test

SOH = "\x01"
DICTIONARIES = [load("FIX.4.2"), load("FIX.4.4")]
MESSAGE = "8=FIX.4.4|35=D|55=AAPL|58=Please Cancel it|453=2|448=A|452=1|448=B|452=3|10=000|".replace("|", SOH)


def parse(text: str) -> TagTest:
    return parse_tag_test(text, DICTIONARIES, frozenset({1}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("55:AAPL", TagTest(55, ("AAPL",))),
        ("Symbol:AAPL", TagTest(55, ("AAPL",))),
        ("symbol:AAPL", TagTest(55, ("AAPL",))),
        ("cl_ord_id:X", TagTest(11, ("X",))),
        ("PartyID:A", TagTest(448, ("A",))),
        ("58~cancel", TagTest(58, ("cancel",), contains=True)),
        ("58", TagTest(58)),
        ("58:a:b~c", TagTest(58, ("a:b~c",))),
        ("OrdStatus:FILLED", TagTest(39, ("2",))),
        ("OrdStatus:2", TagTest(39, ("2",))),
        ("39:nonsense", TagTest(39, ("nonsense",))),
        ("9001:x", TagTest(9001, ("x",))),
    ],
)
def test_what_is_written(text: str, expected: TagTest) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "write 55:AAPL"),
        ("55:", "without a value"),
        ("55~", "without a value"),
        (":AAPL", "write 55:AAPL"),
        ("55=AAPL", "write 55:AAPL"),
        ("0:x", "is no tag"),
        ("99999999999999:x", "is no tag"),
        ("Simbol:x", "'Simbol', which is no field"),
        ("٥٥:x", "write 55:AAPL"),
        (f"55:a{SOH}b", "without a value"),
        ("1:A1", "SENDFIX_REDACT_TAGS hides"),
        ("Account", "SENDFIX_REDACT_TAGS hides"),
    ],
)
def test_what_can_not_be_meant(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse(text)


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("55:AAPL", True),
        ("55:AAP", False),
        ("55:aapl", False),
        ("5:5=AAPL", False),
        ("8:FIX.4.4", True),
        ("10:000", True),
        ("448:A", True),
        ("448:B", True),
        ("448:C", False),
        ("58~cancel", True),
        ("58~CANCEL IT", True),
        ("58~it448", False),
        ("55~cancel", False),
        ("58~.*", False),
        ("58", True),
        ("59", False),
    ],
)
def test_which_messages_it_finds(text: str, finds: bool) -> None:
    assert parse(text).passes(MESSAGE) is finds


def test_one_of_several_values() -> None:
    assert TagTest(55, ("MSFT", "AAPL")).passes(MESSAGE)
    assert not TagTest(55, ("MSFT", "IBM")).passes(MESSAGE)
