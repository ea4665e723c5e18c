from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.commands import NewOrder
from sendfix.domain.enums import OrdType, Side, TimeInForce
from sendfix.domain.errors import InvalidRequest
from sendfix.domain.events import NewOrderSent
from sendfix.fix.dictionary import Dictionary, load
from sendfix.fix.encode import encode_new
from sendfix.fix.interpret import interpret
from tests.unit.fix.kit import AT, LIMIT, OUT, TIME, body, errors_of, fix, new


def test_a_limit_order_of_fix_42_has_a_handling_instruction(fix42: Dictionary) -> None:
    raw = new(fix42, LIMIT)
    assert raw.startswith(b"35=D\x01")
    assert raw.endswith(b"\x01")
    assert body(raw) == {"35=D", "11=A1", "21=1", "55=AAPL", "54=1", "38=100", "40=2", "44=10.50", TIME}


def test_a_limit_order_of_fix_44_needs_none(fix44: Dictionary) -> None:
    assert body(new(fix44, LIMIT)) == {"35=D", "11=A1", "55=AAPL", "54=1", "38=100", "40=2", "44=10.50", TIME}


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({"ord_type": "MARKET", "price": None}, {"40=1"}),
        ({"ord_type": "STOP", "price": None, "stop_px": "9"}, {"40=3", "99=9"}),
        ({"ord_type": "STOP_LIMIT", "stop_px": "9"}, {"40=4", "99=9", "44=10.50"}),
        ({"side": "2"}, {"54=2"}),
        ({"side": Side.SELL_SHORT}, {"54=5"}),
        ({"order_qty": Decimal("1E+2")}, {"38=100"}),
        ({"price": 10.5}, {"44=10.5"}),
        ({"account": "ACC-1", "text": "bid only"}, {"1=ACC-1", "58=bid only"}),
        ({"exec_inst": "G 1"}, {"18=G 1"}),
        ({"exec_inst": "all_or_none"}, {"18=G"}),
        ({"handl_inst": 3}, {"21=3"}),
        ({"max_floor": "10"}, {"111=10"}),
        ({"locate_reqd": True}, {"114=Y"}),
        ({"currency": "EUR"}, {"15=EUR"}),
        ({"encoded_text": "abc"}, {"354=3", "355=abc"}),
        ({"order_qty": None, "cash_order_qty": "5000"}, {"152=5000"}),
        ({"time_in_force": "GTD", "expire_date": "2026-12-31"}, {"59=6", "432=20261231"}),
        ({"time_in_force": "GTD", "expire_time": "2026-12-31T10:00:00+01:00"}, {"126=20261231-09:00:00.000"}),
        ({"effective_time": "20261231-10:00:00"}, {"168=20261231-10:00:00"}),
        ({"maturity_month_year": "202612"}, {"200=202612"}),
    ],
)
def test_fields_go_out_under_their_tags(
    dictionary: Dictionary, fields: dict[str, object], sent: set[str]
) -> None:
    assert sent <= body(new(dictionary, LIMIT | fields))


@pytest.mark.parametrize("member", [tif for tif in TimeInForce if tif is not TimeInForce.GTD])
def test_every_time_in_force_that_the_version_has(dictionary: Dictionary, member: TimeInForce) -> None:
    fields = LIMIT | {"time_in_force": member.name}
    field = dictionary.field(59)
    assert field is not None
    if member.value in field.values:
        assert f"59={member.value}" in body(new(dictionary, fields))
    else:
        said = errors_of(dictionary, fields)["time_in_force"]
        assert "can't be CLOSE in this FIX version: give ord_type" in said


def test_names_of_the_dictionary_are_taken_too(dictionary: Dictionary) -> None:
    assert "59=1" in body(new(dictionary, LIMIT | {"time_in_force": "GOOD_TILL_CANCEL"}))


def test_custom_tags_go_out_as_they_are(dictionary: Dictionary) -> None:
    assert {"9001=x y", "5001=7"} <= body(new(dictionary, LIMIT, {9001: "x y", 5001: "7"}))


def test_transact_time_is_utc(fix44: Dictionary) -> None:
    moment = datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert "60=20251231-23:30:00.000" in body(encode_new(NewOrder("S", "A", moment, LIMIT, {}), fix44))


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"symbol": None}, "symbol", "Symbol(55) is required"),
        ({"symbol": ""}, "symbol", "Symbol(55) must not be empty"),
        ({"side": None}, "side", "Side(54) is required"),
        ({"side": "HOLD"}, "side", "Side(54) must be one of BUY (1), SELL (2)"),
        ({"side": True}, "side", "Side(54) must be one of"),
        ({"ord_type": None}, "ord_type", "OrdType(40) is required"),
        ({"ord_type": "Q"}, "ord_type", "OrdType(40) must be one of MARKET (1)"),
        ({"ord_type": "p"}, "ord_type", "OrdType(40) must be one of"),
        ({"order_qty": None}, "order_qty", "OrderQty(38) is required"),
        ({"order_qty": 0}, "order_qty", "OrderQty(38) must be above zero, got 0"),
        ({"order_qty": "-5"}, "order_qty", "OrderQty(38) must be above zero, got -5"),
        ({"order_qty": "ten"}, "order_qty", "OrderQty(38) must be a number, got 'ten'"),
        ({"order_qty": []}, "order_qty", "OrderQty(38) must be a number, got []"),
        ({"order_qty": "1e400"}, "order_qty", "OrderQty(38) must have at most 18 digits"),
        ({"price": None}, "price", "Price(44) is required for LIMIT"),
        ({"price": "NaN"}, "price", "Price(44) must be a number"),
        ({"price": "0.1234567890123"}, "price", "Price(44) must have at most 12 decimals"),
        ({"ord_type": "MARKET"}, "price", "Price(44) must not be given for MARKET"),
        ({"ord_type": "STOP", "stop_px": 1}, "price", "Price(44) must not be given for STOP"),
        ({"ord_type": "STOP", "price": None}, "stop_px", "StopPx(99) is required for STOP"),
        ({"ord_type": "STOP_LIMIT"}, "stop_px", "StopPx(99) is required for STOP_LIMIT"),
        ({"stop_px": "9"}, "stop_px", "StopPx(99) must not be given for LIMIT"),
        ({"time_in_force": "GTD"}, "expire_date", "ExpireDate(432) or ExpireTime(126) is required for GTD"),
        ({"time_in_force": "9"}, "time_in_force", "TimeInForce(59) must be one of"),
        ({"symbol": "AA\x01PL"}, "symbol", "Symbol(55) must not hold control characters, got U+0001"),
        ({"text": "a\nb"}, "text", "Text(58) must not hold control characters, got U+000A"),
        ({"text": "€"}, "text", "Text(58) must be ASCII text, got '€'"),
        ({"text": "x" * 1001}, "text", "Text(58) must have at most 1000 characters, got 1001"),
        ({"text": {"a": 1}}, "text", "Text(58) must be text"),
        ({"locate_reqd": "perhaps"}, "locate_reqd", "LocateReqd(114) must be Y or N, got 'perhaps'"),
        ({"currency": "euro"}, "currency", "Currency(15) must be an ISO 4217 code"),
        ({"expire_date": "20261331"}, "expire_date", "ExpireDate(432) must be a date as YYYYMMDD"),
        ({"expire_time": "20261231-25:00:00"}, "expire_time", "ExpireTime(126) must be a UTC time"),
        ({"expire_time": "2026-12-31T10:00:00"}, "expire_time", "or ISO 8601 with its zone"),
        ({"encoded_text_len": 3}, "encoded_text_len", "is set by the desk"),
        ({"no_allocs": 1}, "no_allocs", "NoAllocs(78) is a repeating group: give a list of entries"),
        ({"alloc_account": "x"}, "alloc_account", "AllocAccount(79) is inside a repeating group"),
        ({"cl_ord_id": "X"}, "cl_ord_id", "ClOrdID(11) is set by the desk"),
        ({"transact_time": "X"}, "transact_time", "TransactTime(60) is set by the desk"),
        ({"msg_seq_num": 1}, "msg_seq_num", "MsgSeqNum(34) belongs to the header or trailer"),
        ({"avg_px": 1}, "avg_px", "AvgPx(6) is no field of NewOrderSingle in FIX.4."),
        ({"colour": "red"}, "colour", "colour is no field of NewOrderSingle in FIX.4."),
    ],
)
def test_what_can_not_be_sent_is_refused_by_field(
    dictionary: Dictionary, changes: dict[str, object], field: str, said: str
) -> None:
    errors = errors_of(dictionary, LIMIT | changes)
    assert list(errors) == [field]
    assert said in errors[field]


@pytest.mark.parametrize(
    ("tag", "value", "said"),
    [
        (35, "D", "belongs to the header or trailer"),
        (10, "000", "belongs to the header or trailer"),
        (11, "A", "is set by the desk"),
        (60, "now", "is set by the desk"),
        (55, "AAPL", "is a field of NewOrderSingle: give it as symbol"),
        (79, "x", "is inside a repeating group"),
        (0, "x", "is no FIX tag"),
        (-1, "x", "is no FIX tag"),
        (95, "3", "is raw data or its length"),
        (9001, "", "must not be empty"),
        (9001, "a\x01b=c", "must not hold control characters"),
        (9001, "€", "must be ASCII text"),
    ],
)
def test_custom_tags_that_can_not_be_sent(dictionary: Dictionary, tag: int, value: str, said: str) -> None:
    errors = errors_of(dictionary, LIMIT, {tag: value})
    assert list(errors) == [f"custom_tags.{tag}"]
    assert said in errors[f"custom_tags.{tag}"]


def test_a_long_cl_ord_id_is_refused(dictionary: Dictionary) -> None:
    assert errors_of(dictionary, LIMIT, cl_ord_id="x" * 64) == {}
    errors = errors_of(dictionary, LIMIT, cl_ord_id="x" * 65)
    assert errors == {"cl_ord_id": "ClOrdID(11) must have at most 64 characters, got 65"}


def test_all_problems_are_said_at_once(dictionary: Dictionary) -> None:
    fields: dict[str, object] = {"side": "x", "order_qty": -1, "ord_type": "STOP_LIMIT", "colour": "red"}
    assert errors_of(dictionary, fields, {35: "D"}).keys() == {
        "symbol",
        "side",
        "order_qty",
        "price",
        "stop_px",
        "colour",
        "custom_tags.35",
    }


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.decimals(),
    st.lists(st.integers()),
)
KEYS = st.sampled_from(
    [
        "symbol",
        "side",
        "order_qty",
        "ord_type",
        "price",
        "stop_px",
        "time_in_force",
        "account",
        "text",
        "exec_inst",
        "expire_date",
        "expire_time",
        "locate_reqd",
        "encoded_text",
        "currency",
        "max_floor",
        "colour",
        "maturity_day",
    ]
)


@given(st.dictionaries(KEYS, VALUES), st.dictionaries(st.integers(-5, 10**10), st.text(max_size=5)))
def test_whatever_is_given_is_sent_whole_or_refused(
    fields: dict[str, object], custom_tags: dict[int, str]
) -> None:
    dictionary = load("FIX.4.4")
    try:
        raw = encode_new(NewOrder("S", "A", AT, LIMIT | fields, custom_tags), dictionary)
    except InvalidRequest as refused:
        assert refused.errors  # noqa: PT017
        return
    event = interpret("S", OUT, raw, AT, dictionary)
    assert isinstance(event, NewOrderSent)
    assert event.custom_tags == dict(custom_tags)
    given_fields = {key for key, value in (LIMIT | fields).items() if value is not None}
    assert {key for key in given_fields if key not in event.fields} <= {
        "symbol",
        "side",
        "order_qty",
        "ord_type",
        "price",
        "stop_px",
        "time_in_force",
        "account",
    }


@given(st.sampled_from(OrdType), st.decimals("0.0001", 10**9, places=4), st.sampled_from(Side))
def test_an_order_means_the_same_after_the_wire(ord_type: OrdType, quantity: Decimal, side: Side) -> None:
    dictionary = load("FIX.4.4")
    fields = {"symbol": "AAPL", "side": side, "order_qty": quantity, "ord_type": ord_type.name}
    for prices in ({}, {"price": "1.5"}, {"stop_px": "2"}, {"price": "1.5", "stop_px": "2"}):
        try:
            raw = encode_new(NewOrder("S", "A", AT, fields | prices, {}), dictionary)
        except InvalidRequest:
            continue
        event = interpret("S", OUT, raw, AT.replace(tzinfo=UTC), dictionary)
        assert isinstance(event, NewOrderSent)
        assert (event.side, event.order_qty, event.ord_type) == (side, quantity, ord_type)
        assert (event.price is None, event.stop_px is None) == (
            "price" not in prices,
            "stop_px" not in prices,
        )


def test_raw_data_fits_its_length(fix44: Dictionary) -> None:
    assert b"354=5\x01355=grass\x01" in new(fix44, LIMIT | {"encoded_text": "grass"})
    assert fix("35=D|") in new(fix44, LIMIT)
