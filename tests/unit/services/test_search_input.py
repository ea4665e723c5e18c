"""Filters as text: what they mean, and what is said of those that can't be."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.errors import InvalidRequest
from sendfix.services.columns import EXECUTIONS, MESSAGES, ORDERS, SUBJECTS, Subject, number_key
from sendfix.services.search import Condition, Op, Position, Search
from sendfix.services.search_input import (
    Problems,
    cursor_of,
    filters_of,
    position_of,
    read_conditions,
    read_sort,
    sort_names,
    values_of,
)

ROOT = Path(__file__).resolve().parents[3]


def conditions(subject: Subject, **given: str) -> list[tuple[str, Op, tuple[object, ...]]]:
    problems = Problems()
    found = read_conditions(subject, given, problems)
    problems.raise_any()
    return [(one.column.name, one.op, one.operands) for one in found]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"symbol": "AAPL"}, ("symbol", Op.ANY_OF, ("AAPL",))),
        ({"symbol": " AAPL , MSFT,"}, ("symbol", Op.ANY_OF, ("AAPL", "MSFT"))),
        ({"account": r"A\,1,B"}, ("account", Op.ANY_OF, ("A,1", "B"))),
        ({"cl_ord_id_prefix": "X,"}, ("cl_ord_id", Op.PREFIX, ("X,",))),
        ({"side": "buy,2"}, ("side", Op.ANY_OF, ("BUY", "SELL"))),
        ({"is_open": "True"}, ("is_open", Op.ANY_OF, (1,))),
        ({"price_min": "1.5"}, ("price", Op.AT_LEAST, (number_key(Decimal("1.5")),))),
        ({"price": "1e2"}, ("price", Op.ANY_OF, (number_key(Decimal(100)),))),
        ({"order_no_max": "7"}, ("order_no", Op.AT_MOST, (7,))),
        ({"from": "1970-01-01T01:00:00.000001+01:00"}, ("created_at", Op.AT_LEAST, (1000,))),
        ({"updated_at_to": "1970-01-01T00:00:01Z"}, ("updated_at", Op.BELOW, (10**9,))),
    ],
)
def test_a_filter(given: dict[str, str], expected: tuple[str, Op, tuple[object, ...]]) -> None:
    assert conditions(ORDERS, **given) == [expected]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"price_min": "cheap"}, "price_min: must be a number, got 'cheap'"),
        ({"price": "1,x"}, "price: must be a number, got 'x'"),
        ({"price_max": "1e400"}, "price_max: must"),
        ({"price_max": "NaN"}, "price_max: must be a number"),
        ({"side": "HOLD"}, "side: 'HOLD' is not one of BUY, SELL"),
        ({"status": "FILLED,DONE"}, "status: 'DONE' is not one of"),
        ({"is_open": "maybe"}, "is_open: must be true or false, got 'maybe'"),
        ({"order_no_min": "1.5"}, "order_no_min: must be a whole number, got '1.5'"),
        ({"order_no": "9" * 30}, "order_no: must be a whole number"),
        ({"from": "yesterday"}, "from: must be a time with its zone, like 2026-03-02T14:30:00Z"),
        ({"to": "2026-03-02T14:30:00"}, "to: must be a time with its zone"),
        ({"to": "0001-01-01T00:00:00+14:00"}, "to: is beyond the years 1 to 9999"),
        ({"symbol": ","}, "symbol: has no value"),
        ({"symbol": "X" * 300}, "symbol: has a value of 300 characters; 256 are the most"),
        ({"symbol": ",".join(map(str, range(201)))}, "symbol: has 201 values; 200 are the most"),
        ({"account_prefix": " "}, "account_prefix: has no value"),
    ],
)
def test_a_filter_that_can_not_be(given: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        conditions(ORDERS, **given)
    assert words in str(raised.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InvalidRequest) as raised:
        conditions(EXECUTIONS, last_px_min="x", side="?", to="never")
    assert [error.field for error in raised.value.errors] == ["side", "last_px_min", "to"]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_sorts(subject: Subject) -> None:
    assert read_sort(subject, None) == (subject.id, True)
    for name in sort_names(subject):
        assert read_sort(subject, name) == (subject.columns[name], False)
        assert read_sort(subject, f"-{name}") == (subject.columns[name], True)
    with pytest.raises(ValueError, match="must be one of"):
        read_sort(subject, "nothing")


@given(st.text(), st.integers(0, 2**62), st.booleans())
def test_a_cursor_leads_back_to_where_it_was_made(key: str, an_id: int, descending: bool) -> None:
    search = Search(ORDERS, ORDERS.columns["symbol"], descending=descending)
    cursor = cursor_of(search, Position(key, an_id))
    assert position_of(search, cursor) == Position(key, an_id)


def forged(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "%%%", "é", forged(1), forged([]), forged(["-price", 1, 2]), forged(["-price", "p1", "2"]),
     forged(["-price", "\ud800", 1]), forged(["-price", "p1", 2**70]),
     forged(["-price", "p1", True]), forged({"a": 1}), forged(["price", "p1", 2])],
)  # fmt: skip
def test_what_is_no_cursor_of_the_list(cursor: str) -> None:
    with pytest.raises(ValueError, match=r"is not a next_cursor of this list|is of a list with sort=price"):
        position_of(Search(ORDERS, ORDERS.columns["price"]), cursor)


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_is_refused(cursor: str) -> None:
    try:
        position = position_of(Search(MESSAGES, MESSAGES.id), cursor)
    except ValueError:
        return
    assert isinstance(position.key, int)


def test_too_many_commas() -> None:
    assert values_of("a,,b") == ["a", "b"]


def test_where_nothing_is_known_no_limit_holds() -> None:
    price = ORDERS.columns["price"]
    low, high = number_key(Decimal(-5)), number_key(Decimal(5))
    for op, operand in ((Op.AT_LEAST, low), (Op.AT_MOST, high), (Op.BELOW, high)):
        assert not Condition(price, op, (operand,)).holds("")
        assert Condition(price, op, (operand,)).holds(number_key(Decimal(0)))


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_the_guide_has_every_column_with_its_filters(subject: Subject) -> None:
    guide = (ROOT / "docs" / "search.md").read_text()
    section = guide.split(f"### {subject.name.capitalize()}\n")[1].split("\n#")[0]
    for column in subject.columns.values():
        names = ", ".join(f"`{one.name}`" for one in filters_of(subject) if one.column is column)
        line = f"| `{column.name}` | {column.kind.value} | {names} | {'yes' if column.sortable else 'no'} |"
        assert line in section, f"docs/search.md wants the line: {line}"
