from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.errors import InvalidRequest
from sendfix.web.csv_orders import CsvOrder, orders_of_csv


def test_names_aliases_tags_and_empty_cells() -> None:
    head = "\ufeffSymbol,Side,Qty,Order Type,price,9001,session\r\n"
    text = head + 'AAPL,BUY,100,LIMIT,180.5,x,\r\n\r\n"MS,FT",SELL,5,MARKET,,,B\r\n'
    first = {"symbol": "AAPL", "side": "BUY", "qty": "100", "order_type": "LIMIT", "price": "180.5"}
    assert orders_of_csv(text, "A") == [
        CsvOrder(2, {**first, "session_name": "A", "custom_tags": {"9001": "x"}}),
        CsvOrder(4, {"symbol": "MS,FT", "side": "SELL", "qty": "5", "order_type": "MARKET", "session": "B"}),
    ]


def test_an_order_is_on_the_line_on_which_it_begins() -> None:
    text = 'symbol,text\n\nAAPL,"two\nlines"\n\n\nMSFT,x\n'
    assert [(one.line, one.fields["symbol"]) for one in orders_of_csv(text, None)] == [
        (3, "AAPL"),
        (7, "MSFT"),
    ]


@pytest.mark.parametrize(
    ("separator", "cells", "meant"),
    [
        (",", ["b", '"1,000"', "lmt", "180"], ["BUY", "1000", "LIMIT", "180"]),
        (",", ["SS", "10", "stp lmt", '"1,234.50"'], ["SELL_SHORT", "10", "STOP_LIMIT", "1234.50"]),
        (";", ["S", "1,000,000", "MKT", "1,234.50"], ["SELL", "1000000", "MARKET", "1234.50"]),
        (";", ["SELL", "1,000", "LIMIT", "1,5"], ["SELL", "1,000", "LIMIT", "1,5"]),
        ("\t", ["2", "10,00", "2", "1,0"], ["2", "10,00", "2", "1,0"]),
    ],
)
def test_what_traders_write_is_understood_where_it_means_one_thing(
    separator: str, cells: list[str], meant: list[str]
) -> None:
    text = separator.join(["side", "Qty", "Order Type", "price"]) + "\n" + separator.join(cells)
    [order] = orders_of_csv(text, None)
    assert list(order.fields.values()) == meant
    changed = sum(cell.strip('"') != value for cell, value in zip(cells, meant, strict=True))
    assert len(order.notes) == changed


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators(separator: str) -> None:
    text = separator.join(("symbol", "side", "price")) + "\n" + separator.join(("AAPL", "BUY", "1"))
    assert orders_of_csv(text, None) == [CsvOrder(2, {"symbol": "AAPL", "side": "BUY", "price": "1"})]


def test_a_cell_too_many_is_named_by_its_column() -> None:
    assert orders_of_csv("symbol\nAAPL,BUY", None)[0].fields["column_2"] == "BUY"


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
    assert all(isinstance(order.fields, dict) and order.fields for order in found)
