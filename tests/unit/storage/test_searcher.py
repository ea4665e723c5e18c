"""Searches on a real database file: SQL says the same as memory, and what takes too long is broken off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import gevent
import pytest
from gevent.event import Event
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

from sendfix.domain.enums import Side
from sendfix.domain.errors import SearchTooSlow, StorageUnavailable, TooManySearches
from sendfix.fix.dictionary import load
from sendfix.fix.redact import mask
from sendfix.services.columns import EXECUTIONS, MESSAGES, ORDERS, Kind, Subject, number_key
from sendfix.services.ports import MessageRow
from sendfix.services.search import Condition, Op, Search, itself
from sendfix.services.search_input import filters_of, sort_names
from sendfix.services.tag_search import TagTest, parse_tag_test
from sendfix.storage.database import migrate, open_engine
from sendfix.storage.lanes import Lane, Lanes
from sendfix.storage.searcher import Searcher, statement_of
from sendfix.storage.writer import Writer
from tests.unit.services.desk_kit import DeskKit

ACCOUNTS = (None, "A1", "a1", "b%_")
PRICES = ("-1.5", "0", "9.99", "10", "10.000000000001", "123456789012345678.9")


def traded() -> DeskKit:
    """Orders of all sorts: with and without account and price, filled, resting and replaced."""
    kit = DeskKit()
    for number in range(24):
        price = None if number % 7 == 0 else Decimal(PRICES[number % len(PRICES)])
        fields: dict[str, Any] = {} if price is None else {"price": price, "ord_type": "LIMIT"}
        if account := ACCOUNTS[number % len(ACCOUNTS)]:
            fields["account"] = account
        order = kit.send(
            symbol=("AAPL", "AAP", "MSFT")[number % 3],
            side="BUY" if number % 2 else "SELL",
            **fields,
        )
        if number % 3:
            kit.acknowledge(order.cl_ord_id)
        if number % 4 == 0:
            kit.fill(order.cl_ord_id)
    return kit


@pytest.fixture(scope="module")
def kit() -> DeskKit:
    return traded()


@pytest.fixture(scope="module")
def lanes(kit: DeskKit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lanes]:
    url = f"sqlite:///{tmp_path_factory.mktemp('search') / 'desk.db'}"
    engine = open_engine(url)
    migrate(engine)
    writer = Writer(engine, lambda _problem: None)
    writer.start()
    for folded in kit.store.folded:
        writer.record(folded)
    writer.flush(10)
    opened = Lanes([open_engine(url), open_engine(url)], seconds=20)
    yield opened
    opened.close()
    writer.close()


@pytest.fixture(scope="module")
def searcher(lanes: Lanes) -> Searcher:
    return Searcher(lanes)


def items(kit: DeskKit, subject: Subject) -> list[Any]:
    if subject is ORDERS:
        return list(kit.blotter)
    if subject is EXECUTIONS:
        return [one.execution for one in kit.store.folded if one.execution is not None]
    return [message for one in kit.store.folded for message in one.messages]


def expected(kit: DeskKit, search: Search) -> list[int]:
    """The ids, as memory answers."""
    found = [one for one in items(kit, search.subject) if search.matches(one)]
    found.sort(key=lambda one: (search.sort.of(one), search.subject.id.of(one)), reverse=search.descending)
    return [int(search.subject.id.of(one)) for one in found]


def ids_of(search: Search, found: list[Any]) -> list[int]:
    return [int(search.subject.id.of(one)) for one in found]


def a_search(subject: Subject, kit: DeskKit) -> st.SearchStrategy[Search]:
    """With operands that occur, and some that don't."""

    def operands(column: Any) -> st.SearchStrategy[Any]:
        seen = sorted({column.of(one) for one in items(kit, subject)} - {""}, key=str)
        others = {
            Kind.NUMBER: st.sampled_from([number_key(Decimal(price)) for price in PRICES]),
            Kind.INTEGER: st.integers(-5, 200),
            Kind.TIME: st.integers(0, 2**61),
            Kind.FLAG: st.sampled_from([0, 1]),
        }.get(column.kind, st.sampled_from(["A", "AAP", "%", "_", "b%", "S4", "BUY"]))
        return st.sampled_from(seen) | others if seen else others

    def condition(one: Any) -> st.SearchStrategy[Condition]:
        count = 3 if one.op is Op.ANY_OF else 1
        return st.lists(operands(one.column), min_size=1, max_size=count).map(
            lambda values: Condition(one.column, one.op, tuple(values))
        )

    return st.builds(
        Search,
        st.just(subject),
        st.sampled_from([subject.columns[name] for name in sort_names(subject)]),
        st.lists(st.sampled_from(list(filters_of(subject))).flatmap(condition), max_size=3).map(tuple),
        st.none() | st.sampled_from(["aap", "S44", "b%", "a1", "_", "%", "nothing", "|"]),
        st.just(()),
        st.booleans(),
        st.none(),
        st.integers(1, 40),
    )


@settings(max_examples=120)
@given(data=st.data())
@pytest.mark.parametrize("subject", [ORDERS, EXECUTIONS], ids=lambda subject: subject.name)
def test_the_database_finds_what_memory_finds(
    searcher: Searcher, kit: DeskKit, subject: Subject, data: st.DataObject
) -> None:
    search = data.draw(a_search(subject, kit))
    wanted = expected(kit, search)
    seen: list[int] = []
    while True:
        found = searcher.search(search, itself)
        seen += ids_of(search, found.made)
        if found.next is None:
            break
        search = search.behind(found.next, search.limit)
    assert seen == wanted


@pytest.mark.parametrize("sort", sort_names(MESSAGES))
@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_messages_in_any_order(
    searcher: Searcher, kit: DeskKit, sort: str, descending: bool
) -> None:
    search = Search(MESSAGES, MESSAGES.columns[sort], descending=descending, limit=7)
    seen: list[MessageRow] = []
    while True:
        found = searcher.search(search, itself)
        seen += found.made
        if found.next is None:
            break
        search = search.behind(found.next, 7)
    assert sorted(message.id for message in seen) == [message.id for message in items(kit, MESSAGES)]
    keys = [(search.sort.of(message), message.id) for message in seen]
    assert keys == sorted(keys, reverse=descending)


def tag(written: str) -> TagTest:
    return parse_tag_test(written, [load("FIX.4.4")], frozenset())


@pytest.mark.parametrize(
    "tests",
    [("55:AAPL",), ("Symbol:AAP",), ("55:aapl",), ("8:FIX.4.4",), ("35:D", "54:1"), ("MsgType:8", "39:2"), ("1~a",),
     ("1~B%",), ("44",), ("44", "1:A1"), ("9999",), ("55~P", "1~a")],
    ids=str,
)  # fmt: skip
def test_messages_by_tag_and_value(searcher: Searcher, kit: DeskKit, tests: tuple[str, ...]) -> None:
    wanted = tuple(map(tag, tests))
    found = searcher.search(Search(MESSAGES, MESSAGES.id, tags=wanted), itself).made
    expected_ids = [
        message.id for message in items(kit, MESSAGES) if all(test.passes(message.raw) for test in wanted)
    ]
    assert [message.id for message in found] == expected_ids[::-1]
    assert expected_ids or tests[0] in ("9999", "55:aapl")


def test_pages_of_what_sql_finds_too_much_of(searcher: Searcher, kit: DeskKit) -> None:
    search = Search(MESSAGES, MESSAGES.id, tags=(tag("55~aapl"),), limit=3)
    seen: list[int] = []
    while True:
        found = searcher.search(search, itself)
        assert len(found.made) <= 3
        seen += ids_of(search, found.made)
        if found.next is None:
            break
        search = search.behind(found.next, 3)
    assert seen == [one.id for one in reversed(items(kit, MESSAGES)) if "\x0155=AAPL\x01" in one.raw]


def test_what_is_hidden_in_a_message_is_not_found(searcher: Searcher) -> None:
    search = Search(MESSAGES, MESSAGES.id, text="1=A1")
    assert searcher.search(search, itself).made
    hidden = replace(search, shown=mask((1,)))
    assert searcher.search(hidden, itself).made == []


def test_the_newest_id(searcher: Searcher, kit: DeskKit) -> None:
    assert searcher.newest_id(ORDERS) == 24
    assert searcher.newest_id(MESSAGES) == len(items(kit, MESSAGES))


def forever(connection: Any, _lane: Lane) -> Any:
    """SQLite counts, and never comes to an end."""
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    return connection.execute(text(endless)).all()


@pytest.fixture
def short_lanes(tmp_path: Path) -> Iterator[Lanes]:
    """One lane, and half a second for each question."""
    engine = open_engine(f"sqlite:///{tmp_path / 'desk.db'}")
    opened = Lanes([engine], seconds=0.5, wait_seconds=0.1)
    yield opened
    opened.close()


def test_a_question_that_takes_too_long_is_broken_off(short_lanes: Lanes) -> None:
    with pytest.raises(SearchTooSlow, match=r"longer than 0\.5 s"):
        short_lanes.run(forever)
    assert short_lanes.run(lambda connection, _lane: connection.scalar(text("SELECT 7"))) == 7


def test_the_loop_goes_on_while_the_database_counts(short_lanes: Lanes) -> None:
    asked = gevent.spawn(lambda: short_lanes.run(forever))
    turns = 0
    while not asked.ready():
        gevent.sleep(0.001)
        turns += 1
    assert turns > 10
    assert isinstance(asked.exception, SearchTooSlow)


def test_a_question_whose_asker_has_gone_is_broken_off(short_lanes: Lanes) -> None:
    began = Event()

    def ask() -> None:
        began.set()
        short_lanes.run(forever)

    asker = gevent.spawn(ask)
    began.wait()
    gevent.sleep(0)
    asker.kill()
    assert short_lanes.run(lambda connection, _lane: connection.scalar(text("SELECT 7"))) == 7


def test_too_many_at_once(short_lanes: Lanes) -> None:
    first = gevent.spawn(lambda: short_lanes.run(forever))
    gevent.sleep(0)
    with pytest.raises(TooManySearches):
        short_lanes.run(forever)
    first.join()
    assert isinstance(first.exception, SearchTooSlow)


def test_what_goes_wrong_in_the_thread_comes_out_here(short_lanes: Lanes) -> None:
    def wrong(_connection: Any, _lane: Lane) -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        short_lanes.run(wrong)
    with pytest.raises(StorageUnavailable, match="no such table"):
        short_lanes.run(lambda connection, _lane: connection.execute(text("SELECT * FROM nowhere")))


def test_sides_are_asked_for_by_their_names(searcher: Searcher) -> None:
    buys = Condition(ORDERS.columns["side"], Op.ANY_OF, (Side.BUY.name,))
    found = searcher.search(Search(ORDERS, ORDERS.id, (buys,)), itself).made
    assert {order.side for order in found} == {Side.BUY}


def test_the_same_question_for_postgresql() -> None:
    search = Search(MESSAGES, MESSAGES.id, tags=(tag("55:AAPL"),), text="x")
    said = str(statement_of(search).compile(dialect=postgresql.dialect()))
    assert "strpos(messages.raw" in said
    assert "instr" not in said
    assert "instr(messages.raw" in str(statement_of(search).compile(dialect=sqlite.dialect()))
