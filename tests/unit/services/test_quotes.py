"""Quotes that were asked for, their refusals, and those that nobody asked for."""

from __future__ import annotations

from itertools import count

import pytest

from sendfix.domain.errors import EngineUnavailable, InvalidRequest, NotLoggedOn, UnknownSession
from sendfix.services.ports import MessageRow
from sendfix.services.quotes import KEPT, Quote, Quotes
from tests.unit.services.desk_kit import DOWN, NOW_NS, DeskKit, dictionary_of


class Kit:
    def __init__(self) -> None:
        self.desk = DeskKit()
        numbers = count(1)
        self.quotes = Quotes(self.desk.sessions, self.desk.engine, dictionary_of, lambda: f"Q{next(numbers)}")
        self.heard: list[Quote] = []
        self.quotes.on_quote = self.heard.append

    def says(self, text: str, direction: str = "IN", name: str = "S44", number: int = 9) -> Quote | None:
        """What is heard of it."""
        before = len(self.heard)
        msg_type = text.partition("35=")[2].partition("|")[0]
        raw = f"8=FIX.4.4|9=1|{text}|10=000|".replace("|", "\x01")
        self.quotes.message_logged(MessageRow(number, name, direction, NOW_NS, number, msg_type, raw))
        return self.heard[-1] if len(self.heard) > before else None


@pytest.fixture
def kit() -> Kit:
    return Kit()


def test_a_quote_comes_under_its_request(kit: Kit) -> None:
    assert kit.quotes.request("S44", "AAPL", "BUY", "10") == "Q1"
    assert kit.desk.engine.sent == ["35=R|131=Q1|146=1|55=AAPL|54=1|38=10|"]
    quote = kit.says("35=S|131=Q1|117=7|55=AAPL|132=10|133=11")
    assert quote is not None
    assert (quote.message.quote_req_id, quote.message.refused) == ("Q1", False)
    unasked = kit.says("35=S|117=8|55=MSFT|132=10|133=11", name="S42")
    assert [one.message.quote_id for one in kit.quotes.newest()] == ["8", "7"]
    assert kit.quotes.newest("S42") == [unasked]


@pytest.mark.parametrize(
    "refusal",
    [
        "35=AG|131=Q1|658=1|58=no",
        "35=b|131=Q1|297=5|58=no",
        "35=j|372=R|379=Q1|58=no",
        "35=j|372=R|45=5|58=no",
        "35=3|372=R|45=5|58=no",
    ],
)
def test_a_refusal_names_the_symbol_that_was_asked_for(kit: Kit, refusal: str) -> None:
    kit.quotes.request("S44", "AAPL")
    kit.says("35=R|131=Q1|146=1|55=AAPL", "OUT", number=5)
    quote = kit.says(refusal)
    assert quote is not None
    assert (quote.message.symbol, quote.message.refused, quote.message.text) == ("AAPL", True, "no")


@pytest.mark.parametrize(
    "text", ["35=j|372=D|45=4|58=no", "35=3|45=6|58=no", "35=b|131=Q1|297=0", "35=8|131=Q1"]
)
def test_other_messages_are_no_quotes(kit: Kit, text: str) -> None:
    kit.quotes.request("S44", "AAPL")
    kit.says("35=R|131=Q1|146=1|55=AAPL", "OUT", number=5)
    assert kit.says(text) is None
    assert kit.says("35=3|372=R|45=5|58=no", name="S42") is None


def test_what_can_not_be_asked_is_said(kit: Kit) -> None:
    with pytest.raises(UnknownSession):
        kit.quotes.request("S99", "AAPL")
    with pytest.raises(InvalidRequest, match=r"symbol: Symbol\(55\) must be ASCII"):
        kit.quotes.request("S44", "Ä")
    kit.desk.intake.status("S44", DOWN)
    with pytest.raises(NotLoggedOn):
        kit.quotes.request("S44", "AAPL")
    kit.desk.engine.unavailable_reason = "no engine"
    with pytest.raises(EngineUnavailable):
        kit.quotes.request("S44", "AAPL")
    assert kit.desk.engine.sent == []


def test_only_the_newest_are_kept(kit: Kit) -> None:
    for number in range(KEPT + 5):
        kit.says(f"35=S|117={number}|55=AAPL|132=10")
    assert len(kit.quotes.newest()) == KEPT
    assert kit.quotes.newest()[0].message.quote_id == str(KEPT + 4)
