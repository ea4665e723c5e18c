"""Any message of the dictionary, by its fields or as tag=value."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.errors import InvalidRequest
from sendfix.fix.compose import Composed, Draft, compose
from sendfix.fix.dictionary import Dictionary, load
from tests.unit.fix.kit import AT, TIME, body, fix

LEGS = [
    {"leg_symbol": "AAPL", "leg_side": "1", "leg_ratio_qty": "2"},
    {"leg_symbol": "MSFT", "leg_side": "2", "leg_ratio_qty": "1"},
]
ORDER = {"symbol": "AAPL", "side": "BUY", "order_qty": 100, "ord_type": "MARKET"}


def composed(dictionary: Dictionary, draft: Draft) -> Composed:
    numbers = count(1)
    return compose(draft, dictionary, AT, lambda: f"NEW{next(numbers)}")


def by_fields(dictionary: Dictionary, msg_type: str, **fields: Any) -> Composed:
    return composed(dictionary, Draft(msg_type, fields))


def by_raw(dictionary: Dictionary, raw: str, validate: bool = True) -> Composed:
    return composed(dictionary, Draft(raw=raw, validate=validate))


def errors(found: Composed) -> dict[str, str]:
    assert found.body is None
    return {error.field: error.message for error in found.errors}


def sent(found: Composed) -> bytes:
    assert found.errors == []
    return found.valid_body()


def test_a_market_data_request_gets_an_id(dictionary: Dictionary) -> None:
    found = by_fields(
        dictionary,
        "V",
        subscription_request_type="1",
        market_depth=0,
        md_update_type=1,
        no_md_entry_types=[{"md_entry_type": "0"}, {"md_entry_type": "1"}],
        no_related_sym=[{"symbol": "AAPL"}],
    )
    assert {"262=NEW1", "263=1", "264=0"} <= body(sent(found))
    assert fix("|267=2|269=0|269=1|") in sent(found)
    assert fix("|146=1|55=AAPL|") in sent(found)


def test_an_order_gets_what_nobody_needs_to_choose(fix42: Dictionary) -> None:
    raw = sent(composed(fix42, Draft("D", ORDER, account="ACC")))
    assert body(raw) == {
        "35=D",
        "1=ACC",
        "11=NEW1",
        "21=1",
        "55=AAPL",
        "54=1",
        "38=100",
        "40=1",
        TIME,
    }


def test_what_is_given_stays(fix42: Dictionary) -> None:
    fields = {
        **ORDER,
        "cl_ord_id": "MINE",
        "transact_time": "20260101-00:00:00",
        "handl_inst": 3,
        "account": "A",
    }
    raw = sent(composed(fix42, Draft("D", fields, {9001: "x"}, account="ACC")))
    assert {"11=MINE", "60=20260101-00:00:00", "21=3", "1=A", "9001=x"} <= body(raw)


def test_a_list_of_orders(dictionary: Dictionary) -> None:
    orders = [ORDER, {**ORDER, "symbol": "MSFT", "account": "B"}]
    raw = sent(composed(dictionary, Draft("E", {"no_orders": orders}, account="ACC")))
    assert {"394=3", "68=2", "73=2", "66=NEW3"} <= body(raw)
    assert fix("|73=2|11=NEW1|67=1|") in raw
    assert fix("|11=NEW2|67=2|") in raw
    assert {"1=ACC", "1=B"} <= body(raw)


def test_what_is_wrong_with_an_order_of_a_list(dictionary: Dictionary) -> None:
    wrong = [
        {**ORDER, "ord_type": "LIMIT"},
        {**ORDER, "order_qty": 0, "cl_ord_id": "A"},
        {**ORDER, "cl_ord_id": "A"},
    ]
    assert errors(by_fields(dictionary, "E", no_orders=wrong)) == {
        "no_orders[0].price": "Price(44) is required for LIMIT",
        "no_orders[1].order_qty": "OrderQty(38) must be above zero, got 0",
        "no_orders[2].cl_ord_id": "ClOrdID(11) 'A' is given twice",
    }
    assert "no_orders[0].side" in errors(by_fields(dictionary, "E", no_orders=[{"symbol": "AAPL"}]))
    assert "NoOrders(73) is required" in errors(by_fields(dictionary, "E"))["no_orders"]


def test_a_multileg_order_needs_no_symbol(fix44: Dictionary) -> None:
    found = by_fields(fix44, "AB", side="BUY", order_qty=10, ord_type="LIMIT", price="1.5", no_legs=LEGS)
    assert fix("|555=2|600=AAPL|623=2|624=1|600=MSFT|623=1|624=2|") in sent(found)


def test_fix_42_has_no_multileg_order(fix42: Dictionary) -> None:
    with pytest.raises(InvalidRequest, match=r"FIX\.4\.2 has no message 'AB'"):
        by_fields(fix42, "AB", no_legs=LEGS)


@pytest.mark.parametrize("msg_type", ["A", "0", "1", "2", "3", "4", "5"])
def test_messages_of_the_session_are_the_engines(fix44: Dictionary, msg_type: str) -> None:
    with pytest.raises(InvalidRequest, match="which the engine sends"):
        by_fields(fix44, msg_type)
    with pytest.raises(InvalidRequest, match="which the engine sends"):
        by_raw(fix44, f"35={msg_type}|58=x|", validate=False)


def test_a_line_of_a_log_becomes_fields(fix42: Dictionary) -> None:
    line = (
        "8=FIX.4.2|9=100|35=D|34=7|49=ME|56=YOU|52=20260101-00:00:00|11=A1|21=1|55=AAPL|54=1|38=100|40=2|44=10.50|"
        "60=20260101-00:00:00|78=2|79=X|80=60|79=Y|80=40|9001=x|10=123|"
    )
    found = by_raw(fix42, line)
    assert found.fields == {
        "cl_ord_id": "A1",
        "handl_inst": "1",
        "symbol": "AAPL",
        "side": "1",
        "order_qty": "100",
        "ord_type": "2",
        "price": "10.50",
        "transact_time": "20260101-00:00:00",
        "no_allocs": [
            {"alloc_account": "X", "alloc_shares": "60"},
            {"alloc_account": "Y", "alloc_shares": "40"},
        ],
    }
    assert found.custom_tags == {9001: "x"}
    again = composed(fix42, Draft("D", found.fields, found.custom_tags))
    assert sent(again) == sent(found)


@pytest.mark.parametrize(
    ("raw", "field", "said"),
    [
        ("35=D|55=AAPL|55=MSFT|", "symbol", "Symbol(55) is given twice"),
        ("35=D|50=me|", "sender_sub_id", "belongs to the header or trailer"),
        ("35=D|78=3|79=X|80=1|", "no_allocs", "NoAllocs(78) says 3, and 1 entries follow"),
        ("35=D|79=X|", "alloc_account", "AllocAccount(79) stands outside its repeating group"),
        ("35=D|54=HOLD|", "side", "Side(54) must be one of"),
        ("35=D|38=|", "order_qty", "OrderQty(38)"),
    ],
)
def test_what_is_wrong_with_a_raw_message(fix42: Dictionary, raw: str, field: str, said: str) -> None:
    assert said in errors(by_raw(fix42, raw))[field]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("55=AAPL|", "MsgType(35) is required"),
        ("35=ZZ|", "has no message 'ZZ'"),
        ("35=D|AAPL|", "'AAPL' is no tag=value"),
        ("35=D|x=1|", "'x=1' is no tag=value"),
        ("35=D|58=Zürich|", "must be ASCII"),
        ("35=D|58=" + "x" * 100_001, "at most 100000"),
        ("|||", "is no tag=value"),
        ("35=B|148=x|33=1|58=l|lost|95=3|96=abc|", "'lost' is no tag=value"),
    ],
)
def test_no_message_to_speak_of(fix42: Dictionary, raw: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        by_raw(fix42, raw)
    assert [error.field for error in refused.value.errors] == ["raw"]
    assert said in str(refused.value)


def test_of_very_many_mistakes_the_first_are_told(fix42: Dictionary) -> None:
    orders = [{"no_allocs": [{}] * 100}] * 1000
    found = by_fields(fix42, "E", no_orders=orders, **{f"x{number}": 1 for number in range(1000)})
    assert found.body is None
    assert 100 <= len(found.errors) < 110
    many = {f"x{number}": 1 for number in range(1000)}
    assert 100 <= len(by_fields(fix42, "D", no_allocs=[many]).errors) < 110


def test_a_message_that_is_wrong_on_purpose_goes_as_it_stands(fix42: Dictionary) -> None:
    found = by_raw(fix42, "8=FIX.4.2|9=5|35=D|34=1|54=HOLD|55=A|55=B|10=000|", validate=False)
    assert sent(found) == fix("35=D|54=HOLD|55=A|55=B|")


def test_a_list_of_a_version_without_groups_is_one_order() -> None:
    fix41 = load("FIX.4.1")
    assert {"order_qty"} <= errors(by_fields(fix41, "E", **{**ORDER, "order_qty": None})).keys()
    raw = sent(composed(fix41, Draft("E", {**ORDER, "list_seq_no": 1, "list_no_ords": 1}, account="ACC")))
    assert {"66=NEW1", "11=NEW2", "1=ACC"} <= body(raw)


@given(st.text(max_size=60))
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    try:
        found = by_raw(load("FIX.4.4"), f"35=D|{text}")
    except InvalidRequest:
        return
    assert (found.body is None) == bool(found.errors)
