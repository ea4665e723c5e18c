from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.errors import InvalidRequest
from sendfix.web.csv_orders import orders_of_csv


def test_names_aliases_tags_and_empty_cells() -> None:
    head = "\ufeffSymbol,Side,Qty,Order Type,price,9001,session\r\n"
    text = head + 'AAPL,BUY,100,LIMIT,180.5,x,\r\n\r\n"MS,FT",SELL,5,MARKET,,,B\r\n'
    first = {"symbol": "AAPL", "side": "BUY", "qty": "100", "order_type": "LIMIT", "price": "180.5"}
    assert orders_of_csv(text, "A") == [
        {**first, "session_name": "A", "custom_tags": {"9001": "x"}},
        {"symbol": "MS,FT", "side": "SELL", "qty": "5", "order_type": "MARKET", "session": "B"},
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators(separator: str) -> None:
    text = separator.join(("symbol", "side", "price")) + "\n" + separator.join(("AAPL", "BUY", "1"))
    assert orders_of_csv(text, None) == [{"symbol": "AAPL", "side": "BUY", "price": "1"}]


def test_a_cell_too_many_is_named_by_its_column() -> None:
    assert orders_of_csv("symbol\nAAPL,BUY", None)[0]["column_2"] == "BUY"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "needs a line of field names"),
        ("symbol,side\n", "needs a line of field names"),
        ("symbol,Symbol\nA,B", "has two columns symbol"),
        ('symbol,side\n"A,B', "can't be read"),
        ("symbol\n" + "A\n" * 1001, "has 1001 orders; at most 1000"),
    ],
)
def test_what_is_no_list_of_orders_says_why(text: str, problem: str) -> None:
    with pytest.raises(InvalidRequest, match=problem) as error:
        orders_of_csv(text, None)
    assert [one.field for one in error.value.errors] == ["csv"]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = orders_of_csv(text, "A")
    except InvalidRequest:
        return
    assert all(isinstance(order, dict) and order for order in found)
