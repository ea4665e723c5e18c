"""What a client is told that asks for market data."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.fix.states import SessionKey
from broker.market.feed import MOST_BEHIND, MOST_ENTRIES, MOST_UNREAD
from broker.market.tape import KEPT
from broker.trading.by_hand import FillOrder, SetPrice
from tests.unit.broker.kit import BOTH, NEWER, NOW, OLD, TIME
from tests.unit.broker.market.market_client import MarketClient, subscribe

ALL_42 = "267=7|269=0|269=1|269=2|269=4|269=5|269=7|269=8"
ALL_44 = "267=8|269=0|269=1|269=2|269=4|269=5|269=7|269=8|269=B"


@BOTH
def test_a_snapshot_is_the_book_with_its_positions(version: str) -> None:
    client = MarketClient(version)
    for side, quantity, price in (("buy", 10, 229), ("buy", 20, 230), ("buy", 5, 230), ("sell", 7, 231)):
        client.order(side, quantity, price)
    client.ask(subscribe("m", t263=0))
    (message,) = client.taken()
    assert message.msg_type == b"W"
    assert message.fields[b"262"] == b"m"
    assert message.fields[b"55"] == b"AAPL"
    assert client.entries(message, "269", "270", "271", "346", "290") == [
        ("0", "230", "25", "2", "1"),
        ("0", "229", "10", "1", "2"),
        ("1", "231", "7", "1", "1"),
    ]
    client.order("buy", 1, 228)
    client.later(1)
    assert client.taken() == [], "a snapshot is told once"
    client.ask(subscribe("m", t263=0))
    assert len(client.taken()) == 1, "its MDReqID(262) is free again"


@BOTH
def test_updates_are_what_is_new_changed_and_gone(version: str) -> None:
    client = MarketClient(version)
    first = client.order("buy", 10, 229)
    client.ask(subscribe("m"))
    client.taken()
    client.order("buy", 5, 229)
    client.order("sell", 3, 231)
    client.later(1)
    (message,) = client.taken()
    assert message.msg_type == b"X"
    assert client.entries(message, "279", "269", "55", "270", "271", "346") == [
        ("1", "0", "AAPL", "229", "15", "2"),
        ("0", "1", "AAPL", "231", "3", "1"),
    ]
    client.ask(f"F|11=c|41={first}|55=AAPL|54=1|38=10|{TIME}")
    client.order("buy", 3, 231)
    client.later(1)
    (message,) = client.taken()
    assert client.entries(message, "279", "269", "55", "270", "271") == [
        ("1", "0", "AAPL", "229", "5"),
        ("2", "1", "AAPL", "231", ""),
    ]
    client.ask("V|262=m|263=2|264=0|267=1|269=0|146=1|55=AAPL")
    client.order("buy", 3, 228)
    client.later(1)
    assert client.taken() == []


def test_an_amendment_that_keeps_its_place_is_told() -> None:
    client = MarketClient()
    name = client.order("buy", 10, 229)
    client.ask(subscribe("m"))
    client.taken()
    client.ask(f"G|11=g|41={name}|21=1|55=AAPL|54=1|38=4|40=2|44=229|{TIME}")
    client.later(1)
    (message,) = client.taken()
    assert client.entries(message, "279", "270", "271") == [("1", "229", "4")]


def test_a_full_refresh_comes_again_and_again() -> None:
    client = MarketClient()
    client.ask(subscribe("m", t265=0, types="267=3|269=0|269=1|269=2"))
    (message,) = client.taken()
    assert client.entries(message, "269", "270", "271") == [("2", "230", "")], "the last price, traded before"
    client.order("buy", 10, 229)
    client.order("sell", 4, 229)
    client.order("sell", 1, 229)
    client.later(1)
    (message,) = client.taken()
    assert message.msg_type == b"W"
    assert client.entries(message, "269", "270", "271") == [
        ("0", "229", "5"),
        ("2", "229", "4"),
        ("2", "229", "1"),
    ]


@pytest.mark.parametrize(("version", "types"), [(OLD, ALL_42), (NEWER, ALL_44)])
def test_values_of_the_day(version: str, types: str) -> None:
    client = MarketClient(version)
    client.ask(subscribe("m", types=types))
    assert client.picture("m").values == {"5": Decimal(230)} | ({"B": Decimal(0)} if version == NEWER else {})
    for quantity, price in ((10, 229), (20, 233), (30, 231)):
        client.order("buy", quantity, price)
        client.order("sell", quantity, price)
    client.later(1)
    picture = client.picture("m")
    expected = {"4": 229, "5": 230, "7": 233, "8": 229} | ({"B": 60} if version == NEWER else {})
    assert picture.values == {entry_type: Decimal(value) for entry_type, value in expected.items()}
    assert picture.trades == [
        (Decimal(price), Decimal(size)) for size, price in ((10, 229), (20, 233), (30, 231))
    ]
    message = client.taken()[-1]
    trades = [row for row in client.entries(message, "269", "272", "273") if row[0] == "2"]
    assert trades == [("2", "20270115", "08:00:00.000")] * 3
    client.later(86_400)
    closed = {"5": Decimal(231)} | ({"B": Decimal(0)} if version == NEWER else {})
    assert client.picture("m").values == closed, "a new day begins"


def test_a_fill_by_hand_and_a_price_set_are_seen() -> None:
    client = MarketClient()
    client.order("buy", 10, 229)
    client.ask(subscribe("m", types=ALL_44))
    client.application.execute(FillOrder(1, Decimal(4), None), NOW)
    client.application.execute(SetPrice("AAPL", Decimal(240)), NOW)
    client.later(1)
    picture = client.picture("m")
    assert picture.side("0") == [(Decimal(229), Decimal(6), 1)]
    assert picture.trades == [(Decimal(229), Decimal(4))]
    assert (picture.values["7"], picture.values["8"]) == (Decimal(240), Decimal(229))


def test_several_symbols_and_the_top_of_the_book() -> None:
    client = MarketClient()
    client.ask(subscribe("m", t264=1, symbols="146=3|55=AAPL|55=BAC|55=AAPL"))
    assert [message.fields[b"55"] for message in client.taken()] == [b"AAPL", b"BAC"]
    for price in (38, 37, 36):
        client.order("buy", 1, price, "BAC")
    client.order("sell", 1, 231)
    client.later(1)
    (message,) = client.taken()
    rows = client.entries(message, "279", "269", "55", "270")
    assert sorted(rows) == [("0", "0", "BAC", "38"), ("0", "1", "AAPL", "231")]


def test_updates_wait_for_the_interval_and_coalesce() -> None:
    client = MarketClient()
    client.ask(subscribe("m"))
    client.taken()
    for quantity in range(1, 11):
        client.order("buy", quantity, 229)
    assert client.taken() == []
    due = client.application.next_due
    assert due is not None
    assert NOW < due < NOW + 0.1
    client.later(due - NOW)
    (message,) = client.taken()
    assert client.entries(message, "279", "270", "271", "346") == [("0", "229", "55", "10")]
    assert client.application.market.next_due is None


@pytest.mark.parametrize(
    ("request_text", "reason", "text"),
    [
        (subscribe("m", symbols="146=2|55=AAPL|55=XXX"), "0", "Symbol(55) XXX is unknown"),
        (subscribe("m", symbols="146=0"), "0", "NoRelatedSym(146) is 0"),
        (subscribe("taken"), "1", "MDReqID(262) taken is in use"),
        (subscribe("m", t264=-1), "5", "MarketDepth(264) -1"),
        (subscribe("m", t264=1001), "5", "MarketDepth(264) 1001"),
        (subscribe("m").replace("|265=1", ""), "6", "MDUpdateType(265) is required"),
        (subscribe("m", t266="N"), "7", "AggregatedBook(266) N"),
        (subscribe("m", types="267=2|269=0|269=6"), "8", "MDEntryType(269) 6"),
        (subscribe("m", types="267=0"), "8", "NoMDEntryTypes(267) is 0"),
    ],
)
@BOTH
def test_a_wrong_request_is_rejected_with_its_reason(
    version: str, request_text: str, reason: str, text: str
) -> None:
    client = MarketClient(version)
    client.ask(subscribe("taken"))
    client.ask(request_text)
    got = client.expect(f"Y|262={request_text.split('|')[1][4:]}|281={reason}")
    assert text in got["58"]
    client.taken()
    client.order("buy", 1, 229)
    client.later(1)
    assert len(client.taken()) == 1, "the other subscription goes on, and there is no second one"


@pytest.mark.parametrize(
    ("more", "reason"), [("546=2", "A"), ("286=2", "B"), ("547=Y", "C"), ("386=1|336=NIGHT", "9")]
)
def test_options_of_fix44_that_are_not_served(more: str, reason: str) -> None:
    client = MarketClient()
    client.ask(f"{subscribe('m')}|{more}")
    client.expect(f"Y|262=m|281={reason}")


@BOTH
def test_a_trading_session_that_there_is_not(version: str) -> None:
    client = MarketClient(version)
    client.ask(
        subscribe("m", symbols="146=1|55=AAPL|336=NIGHT")
        if version == OLD
        else f"{subscribe('m')}|386=1|336=X"
    )
    got = client.expect("Y|262=m")
    assert got.get("281") == (None if version == OLD else "9"), "FIX.4.2 has no code for it"
    assert "TradingSessionID(336)" in got["58"]


def test_an_unknown_subscription_can_not_be_ended() -> None:
    client = MarketClient()
    client.ask("V|262=m|263=2|264=0|267=1|269=0|146=1|55=AAPL")
    got = client.expect("Y|262=m|58=MDReqID(262) m is no subscription")
    assert "281" not in got


def test_a_client_may_have_so_many_subscriptions_and_no_more() -> None:
    client = MarketClient()
    for number in range(200):
        client.ask(subscribe(f"m{number}"))
    client.ask(subscribe("one more"))
    client.expect("Y|262=one more|281=2")
    client.ask("V|262=m7|263=2|264=0|267=1|269=0|146=1|55=AAPL")
    client.ask(subscribe("one more"))
    client.expect_nothing()


def test_subscriptions_end_with_the_connection() -> None:
    client = MarketClient()
    client.ask(subscribe("m"))
    client.application.logged_off(client.session, NOW)
    client.taken()
    client.order("buy", 1, 229)
    client.later(1)
    assert client.taken() == []
    client.ask(subscribe("m"))
    assert len(client.taken()) == 1


# -- a client that does not read -------------------------------------------------------------------------------------


def test_a_client_that_reads_again_in_time_knows_all() -> None:
    client = MarketClient()
    client.ask(subscribe("m", types="267=3|269=0|269=1|269=2"))
    client.unread[client.session] = MOST_UNREAD + 1
    for price in range(200, 220):
        client.order("buy", 10, price)
        client.order("sell", 3, price)
    client.later(MOST_BEHIND - 1)
    assert len(client.taken()) == 1, "the first W only"
    client.unread[client.session] = 0
    client.later(1)
    picture = client.picture("m")
    assert {one: picture.side(one) for one in "01"} == client.truth("AAPL")
    assert sum(size for _, size in picture.trades) == 60
    assert len(client.taken()) == 1


def test_a_client_that_is_behind_for_too_long_is_disconnected() -> None:
    client = MarketClient()
    client.ask(subscribe("m"))
    client.unread[client.session] = MOST_UNREAD + 1
    client.order("buy", 1, 229)
    client.later(1)
    due = client.application.next_due
    assert due is not None, "it is looked at again though nothing happens"
    client.later(MOST_BEHIND + 0.1)
    assert client.ended[client.session].startswith("too slow: 262145 bytes have waited to be read for 10 s")
    assert client.application.market.next_due is None


def test_a_client_that_loses_trades_is_disconnected() -> None:
    client = MarketClient()
    client.ask(subscribe("m", types="267=1|269=2"))
    client.unread[client.session] = MOST_UNREAD + 1
    for number in range(KEPT + 1):
        client.orders.matching.note_trade("AAPL", Decimal(1), Decimal(230), NOW)
        if number % 100 == 0:
            client.later(0.3)
    client.later(1)
    client.later(1)
    assert client.ended[client.session] == f"too slow: more than {KEPT} trades of a symbol wait to be read"


def test_a_hundred_clients_that_do_not_read_cost_no_memory() -> None:
    """What waits for them is the same objects for all, and of bounded number."""
    client = MarketClient()
    sessions = [SessionKey(b"FIX.4.4", b"SLOW%d" % number, b"BROKER") for number in range(100)]
    for session in sessions:
        message = client.as_message(session, b"V", _pairs(subscribe("m", types="267=3|269=0|269=1|269=2")))
        client.application.handle(session, message, NOW)
    client.later(0)
    client.ask(subscribe("quick", types="267=3|269=0|269=1|269=2"))
    sent = {session: len(client.sent[session]) for session in sessions}
    client.unread = dict.fromkeys(sessions, MOST_UNREAD + 1)
    for number in range(300):
        client.order("buy", 10, 200 + number % 20)
        client.order("sell", 10, 200 + number % 20)
        client.later(0.02)
    assert {session: len(client.sent[session]) for session in sessions} == sent
    assert len(client.picture("quick").trades) == 300
    client.later(MOST_BEHIND)
    assert set(client.ended) == set(sessions)
    assert client.taken()
    client.order("buy", 10, 150)
    client.later(1)
    assert len(client.taken()) == 1, "the one that reads goes on"


def test_what_is_too_much_for_one_turn_comes_in_several() -> None:
    client = MarketClient()
    for cent in range(500):
        client.order("buy", 1, f"{200 + cent / 100:.2f}")
    for number in range(MOST_ENTRIES // 500 + 5):
        request = subscribe(f"m{number}", t263=0)
        message = client.as_message(client.session, b"V", _pairs(request))
        client.application.handle(client.session, message, client.now)
    client.later(0)
    assert len(client.taken()) == MOST_ENTRIES // 500 + 1
    due = client.application.market.next_due
    assert due is not None
    client.later(due - client.now)
    assert len(client.taken()) == 4
    assert client.application.market.next_due is None


def test_a_fault_with_one_client_is_its_own_end_only() -> None:
    client = MarketClient()
    other = SessionKey(b"FIX.4.4", b"OTHER", b"BROKER")
    client.broken = other
    message = client.as_message(other, b"V", _pairs(subscribe("m")))
    client.application.handle(other, message, client.now)
    client.ask(subscribe("m"))
    assert client.ended == {other: "the broker failed to make its market data"}
    client.taken()
    client.order("buy", 1, 229)
    client.later(1)
    assert len(client.taken()) == 1


def _pairs(text: str) -> list[tuple[bytes, bytes]]:
    return [
        (tag.encode(), one.encode()) for tag, one in (field.split("=", 1) for field in text.split("|")[1:])
    ]


# -- all of it -------------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("order"), st.sampled_from(["buy", "sell"]), st.integers(1, 50), st.integers(225, 235)
        ),
        st.tuples(st.just("cancel"), st.integers(0, 30)),
        st.tuples(st.just("replace"), st.integers(0, 30), st.integers(1, 60), st.integers(225, 235)),
        st.tuples(st.just("turn"), st.sampled_from([0.001, 0.02, 0.5])),
        st.tuples(st.just("subscribe"), st.sampled_from([0, 1, 2, 5])),
        st.tuples(st.just("unread"), st.sampled_from([0, MOST_UNREAD + 1])),
    ),
    max_size=40,
)


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_what_a_client_was_told_adds_up_to_the_book(steps: list[tuple[object, ...]]) -> None:
    client = MarketClient()
    types = "267=6|269=0|269=1|269=2|269=7|269=8|269=B"
    client.ask(subscribe("all", types=types))
    client.ask(subscribe("again", types=types, t265=0))
    subscriptions = {"all": 0, "again": 0}
    names: list[tuple[str, str]] = []
    numbers = itertools.count()
    for kind, *rest in steps:
        if kind == "order":
            side, quantity, price = rest
            names.append((client.order(str(side), quantity, price), "1" if side == "buy" else "2"))
        elif kind in ("cancel", "replace") and names:
            index = int(str(rest[0])) % len(names)
            name, code = names[index]
            new = f"c{next(numbers)}"
            if kind == "cancel":
                client.ask(f"F|11={new}|41={name}|55=AAPL|54={code}|38=1|{TIME}")
            else:
                client.ask(
                    f"G|11={new}|41={name}|21=1|55=AAPL|54={code}|38={rest[1]}|40=2|44={rest[2]}|{TIME}"
                )
                if client.orders.find(client.session, new) is not None:
                    names[index] = new, code
        elif kind == "turn":
            client.later(float(str(rest[0])))
        elif kind == "subscribe":
            subscriptions[f"s{len(subscriptions)}"] = int(str(rest[0]))
            client.ask(subscribe(f"s{len(subscriptions) - 1}", t264=rest[0]))
        elif kind == "unread":
            client.unread[client.session] = int(str(rest[0]))
        if client.now - NOW > MOST_BEHIND - 2:
            break
    client.unread.clear()
    client.later(1)
    for name, depth in subscriptions.items():
        picture = client.picture(name)
        assert {one: picture.side(one) for one in "01"} == client.truth("AAPL", depth or 1000), name
    day = client.application.market.days["AAPL"]
    assert client.picture("all").values == client.picture("again").values
    assert sum(size for _, size in client.picture("all").trades) == day.volume
    assert client.picture("all").trades[-1:] == client.picture("again").trades[-1:]
