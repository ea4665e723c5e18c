"""Quotes, instruments, and what the market does: one request, its answers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.fix.wire import Message
from broker.market.hours import SetHalted, SetPhase
from broker.market.market import ReadDepth, ReadTops
from broker.settings import Hours, Settings
from broker.trading.by_hand import Refused
from tests.unit.broker.kit import BOTH, NEWER, NOW, OLD
from tests.unit.broker.market.market_client import MarketClient

TRADED = {"AAPL", "BAC"}


def texts(message: Message, *tags: str) -> list[str | None]:
    return [message.text(tag.encode()) for tag in tags]


# -- quotes ----------------------------------------------------------------------------------------------------------


@BOTH
def test_a_quote_is_the_best_of_the_book_or_around_the_last_price(version: str) -> None:
    client = MarketClient(version)
    client.order("buy", 300, "229.5")
    client.ask("R|131=r|146=2|55=AAPL|55=BAC")
    first, second = client.taken()
    assert texts(first, "35", "131", "55", "132", "134", "133", "135") == [
        "S", "r", "AAPL", "229.5", "300", "230.01", "100",
    ]  # fmt: skip
    assert texts(second, "55", "132", "134", "133", "135") == ["BAC", "38.99", "100", "39.01", "100"]
    assert texts(first, "62", "60") == ["20270115-08:00:30.000", "20270115-08:00:00.000"]
    assert first.fields.get(b"537") == (None if version == OLD else b"0")
    assert first.fields[b"117"] != second.fields[b"117"]


def test_a_quote_is_for_no_more_than_was_asked() -> None:
    client = MarketClient()
    client.order("buy", 300, "229.5")
    client.ask("R|131=r|146=1|55=AAPL|38=40")
    (message,) = client.taken()
    assert texts(message, "134", "135") == ["40", "40"]


@pytest.mark.parametrize(("side", "price"), [("buy", "300"), ("sell", "100")])
def test_a_quote_is_never_crossed(side: str, price: str) -> None:
    client = MarketClient()
    client.order(side, 1, price)
    client.ask("R|131=r|146=1|55=AAPL")
    (message,) = client.taken()
    bid, offer = (Decimal(message.fields[tag].decode()) for tag in (b"132", b"133"))
    assert bid < offer


def test_an_unknown_symbol_is_refused_in_the_way_of_fix44() -> None:
    client = MarketClient(NEWER)
    client.ask("R|131=r|146=3|55=XXX|55=AAPL|55=YYY")
    assert [texts(one, "35", "55") for one in client.taken()] == [["S", "AAPL"]]
    got = client.expect("AG|131=r|658=1")
    assert got["58"] == "Symbol(55) XXX, YYY is unknown"
    assert [entry.fields[b"55"] for entry in client.messages[-1].groups[b"146"]] == [b"XXX", b"YYY"]


def test_an_unknown_symbol_is_refused_in_the_way_of_fix42() -> None:
    client = MarketClient(OLD)
    client.ask("R|131=r|146=1|55=XXX")
    client.expect("b|131=r|297=5|300=1|58=Symbol(55) XXX is unknown")
    assert client.taken() == []


@BOTH
def test_too_many_symbols_are_refused(version: str) -> None:
    client = MarketClient(version)
    client.ask("R|131=r|146=501" + "|55=AAPL" * 501)
    client.expect("b|131=r|300=3" if version == OLD else "AG|131=r|658=3")
    client.ask("R|131=r|146=0")
    client.expect("b|131=r|300=3" if version == OLD else "AG|131=r|658=3")


# -- instruments -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criteria", "result", "symbols"),
    [
        ("559=4", "0", TRADED),
        ("559=0|55=BAC", "0", {"BAC"}),
        ("559=0|55=XXX", "2", set()),
        ("559=0", "1", set()),
        ("559=1|167=CS", "0", TRADED),
        ("559=1|167=OPT", "2", set()),
        ("559=1", "1", set()),
        ("559=2|460=5", "0", TRADED),
        ("559=2|460=2", "2", set()),
        ("559=3|336=DAY", "0", TRADED),
        ("559=3|336=NIGHT", "2", set()),
    ],
)
def test_the_list_of_securities(criteria: str, result: str, symbols: set[str]) -> None:
    client = MarketClient(NEWER)
    client.ask(f"x|320=s|{criteria}")
    (message,) = client.messages
    assert texts(message, "35", "320", "560") == ["y", "s", result]
    entries = message.groups.get(b"146", [])
    assert {entry.fields[b"55"].decode() for entry in entries} == symbols
    if symbols:
        assert texts(message, "393", "893") == [str(len(symbols)), "Y"]


def test_a_long_list_comes_in_fragments() -> None:
    client = MarketClient(NEWER)
    client.orders.matching.prices.update(
        {f"S{n:03}": client.orders.matching.prices["BAC"] for n in range(248)}
    )
    client.ask("x|320=s|559=4")
    assert [texts(one, "393", "893", "146") for one in client.messages] == [
        ["250", "N", "100"],
        ["250", "N", "100"],
        ["250", "Y", "50"],
    ]


@BOTH
def test_definitions(version: str) -> None:
    client = MarketClient(version)
    for kind in "01":
        client.ask(f"c|320=s|321={kind}|55=AAPL")
        got = client.expect("d|320=s|323=1|55=AAPL|167=CS|15=USD")
    client.ask("c|320=s|321=0|55=XXX")
    client.expect("d|320=s|323=6|58=Symbol(55) XXX is unknown")
    client.ask("c|320=s|321=1")
    client.expect("d|320=s|323=6|58=Symbol(55) is missing")
    client.ask("c|320=s|321=2")
    client.expect(f"d|320=s|323={'3' if version == OLD else '1'}|167=CS")
    client.ask("c|320=s|321=3")
    found = [client.expect(f"d|320=s|323={'4' if version == OLD else '1'}") for _ in TRADED]
    assert {one["55"] for one in found} == TRADED
    assert len({one["322"] for one in [got, *found]}) == 3
    assert {one.get("393") for one in found} == ({"2"} if version == OLD else {None})


# -- what the market does --------------------------------------------------------------------------------------------


def with_hours(version: str) -> MarketClient:
    """A market that opened this moment."""
    hours = Hours(open_time="08:00", close_time="16:00", enforced=True)
    client = MarketClient(version, Settings(hours=hours))
    client.application.hours.start(NOW)
    return client


def by_hand(client: MarketClient, phase: str) -> None:
    client.application.execute(SetPhase(phase), client.now)
    client.later(1)


@BOTH
def test_the_trading_session_and_its_changes(version: str) -> None:
    client = with_hours(version)
    client.ask("g|335=t|263=0")
    client.ask("g|335=t|336=DAY|263=1")
    once, subscribed = client.taken()
    for message in (once, subscribed):
        assert texts(message, "35", "335", "336", "325", "340") == ["h", "t", "DAY", "N", "2"]
        assert texts(message, "342", "344") == ["20270115-08:00:00.000", "20270115-16:00:00.000"]
    assert client.application.next_due == NOW + 8 * 3600
    by_hand(client, "HALTED")
    client.later(1)
    (message,) = client.taken()
    assert texts(message, "335", "325", "340") == ["t", "Y", "1"]
    client.ask("g|335=t|263=2")
    by_hand(client, "CLOSED")
    assert client.taken() == []


def test_a_wrong_request_for_the_session_in_fix44() -> None:
    client = MarketClient(NEWER)
    client.ask("g|335=t|336=NIGHT|263=1")
    client.expect("h|335=t|336=NIGHT|340=6|567=1|58=TradingSessionID(336) NIGHT is unknown; it is DAY")
    client.ask("g|335=t|263=1")
    client.ask("g|335=t|263=1")
    client.expect("h|335=t|340=6|567=99|58=TradSesReqID(335) t is in use")
    client.ask("g|335=u|263=2")
    client.expect("h|335=u|340=6|567=99|58=TradSesReqID(335) u is no subscription")


def test_a_wrong_request_for_the_session_in_fix42() -> None:
    client = MarketClient(OLD)
    client.ask("g|335=t|336=NIGHT|263=1")
    client.expect("j|372=g|379=t|380=1|58=TradingSessionID(336) NIGHT is unknown; it is DAY")


@BOTH
def test_the_status_of_a_symbol_and_its_changes(version: str) -> None:
    client = with_hours(version)
    client.order("buy", 1, 232)
    client.order("sell", 1, 232)
    client.ask("e|324=t|55=AAPL|263=1")
    (message,) = client.taken()
    assert texts(message, "35", "324", "55", "325", "326", "332", "333", "31") == [
        "f", "t", "AAPL", "N", "17", "232", "232", "232",
    ]  # fmt: skip
    client.application.execute(SetHalted("AAPL", True), client.now)
    client.later(1)
    client.application.execute(SetHalted("AAPL", False), client.now)
    by_hand(client, "PRE_OPEN")
    assert [texts(one, "325", "326") for one in client.taken()] == [
        ["Y", "2"],
        ["Y", "18" if version == OLD else "21"],
    ]
    client.ask("e|324=t|55=AAPL|263=1")
    client.expect("j|372=e|379=t|380=1|58=SecurityStatusReqID(324) t is in use")
    client.ask("e|324=t|55=AAPL|263=2")
    client.ask("e|324=t|55=AAPL|263=2")
    client.expect("j|372=e|379=t|380=1|58=SecurityStatusReqID(324) t is no subscription")
    client.ask("e|324=t|55=XXX|263=0")
    client.expect("f|324=t|55=XXX|326=20")


@BOTH
def test_status_subscriptions_are_bounded_and_end_with_the_connection(version: str) -> None:
    client = with_hours(version)
    for number in range(200):
        client.ask(f"e|324=t{number}|55=AAPL|263=1")
    client.ask("e|324=more|55=AAPL|263=1")
    client.expect("j|372=e|379=more|380=1")
    client.application.logged_off(client.session, NOW)
    client.taken()
    by_hand(client, "CLOSED")
    assert client.taken() == []


def test_what_the_http_side_reads() -> None:
    client = MarketClient()
    client.order("buy", 5, 229)
    execute = client.application.execute
    bids, offers = execute(ReadDepth("AAPL", 5), NOW)
    assert [tuple(map(str, one)) for one in bids] == [("229", "5", "1")]
    assert offers == []
    tops = execute(ReadTops(), NOW)
    assert (str(tops["AAPL"][0]), tops["AAPL"][1], tops["BAC"]) == ("229", None, (None, None))
    with pytest.raises(Refused, match="There is no stock XXX"):
        execute(ReadDepth("XXX", 5), NOW)
