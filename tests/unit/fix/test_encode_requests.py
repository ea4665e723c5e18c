"""Replace, cancel and status request of an order that is there already."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from sendfix.config.types import FIX_VERSIONS
from sendfix.domain.commands import CancelOrder, ReplaceOrder, RequestStatus
from sendfix.domain.enums import ExecType, OrdStatus
from sendfix.domain.errors import InvalidRequest
from sendfix.domain.events import CancelSent, ExecutionReported, ReplaceSent
from sendfix.domain.order import Order
from sendfix.fix.dictionary import Dictionary, load
from sendfix.fix.encode import encode_cancel, encode_replace, encode_status_request
from sendfix.fix.interpret import interpret
from tests.unit.fix.kit import AT, LIMIT, OUT, TIME, body, new, order_of

TERMS = {"11=B2", "41=A1", "55=AAPL", "54=1", "38=100", "40=2", "44=10.50", TIME}


def replace(order: Order, dictionary: Dictionary, changes: Mapping[str, object]) -> set[str]:
    raw = encode_replace(ReplaceOrder(order, "B2", AT, changes, {}), dictionary)
    assert raw.startswith(b"35=G\x01")
    return body(raw) - {"35=G", "21=1"}


def test_a_replace_says_the_whole_order_again(dictionary: Dictionary) -> None:
    order = order_of(dictionary, LIMIT | {"account": "ACC", "max_floor": 10, "text": "hello"}, {9001: "x"})
    sent = replace(order, dictionary, {"price": "10.60"})
    assert sent == (TERMS - {"44=10.50"}) | {"44=10.60", "1=ACC", "111=10", "9001=x"}


def test_fix_42_requires_a_handling_instruction_here_too(fix42: Dictionary) -> None:
    raw = encode_replace(ReplaceOrder(order_of(fix42, LIMIT), "B2", AT, {"order_qty": 5}, {}), fix42)
    assert "21=1" in body(raw)


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({"order_qty": 150}, (TERMS - {"38=100"}) | {"38=150"}),
        ({"order_qty": 150, "price": "9"}, (TERMS - {"38=100", "44=10.50"}) | {"38=150", "44=9"}),
        ({"ord_type": "MARKET"}, (TERMS - {"40=2", "44=10.50"}) | {"40=1"}),
        ({"ord_type": "STOP", "stop_px": "9"}, (TERMS - {"40=2", "44=10.50"}) | {"40=3", "99=9"}),
        ({"ord_type": "STOP_LIMIT", "stop_px": "9"}, (TERMS - {"40=2"}) | {"40=4", "99=9"}),
        ({"time_in_force": "GTC"}, TERMS | {"59=1"}),
        ({"min_qty": "7"}, TERMS | {"110=7"}),
    ],
)
def test_changes_and_what_they_take_along(
    dictionary: Dictionary, changes: dict[str, object], sent: set[str]
) -> None:
    assert replace(order_of(dictionary, LIMIT), dictionary, changes) == sent


def test_none_takes_a_field_away(dictionary: Dictionary) -> None:
    order = order_of(dictionary, LIMIT | {"account": "ACC"})
    assert replace(order, dictionary, {"account": None, "price": "10.50"}) == TERMS


def test_a_replace_refers_to_the_id_that_was_confirmed_last(dictionary: Dictionary) -> None:
    order = order_of(dictionary, LIMIT)
    order.apply(
        ExecutionReported(
            session_name="SIM",
            at=AT,
            exec_id="E1",
            exec_type=ExecType.REPLACED,
            ord_status=OrdStatus.NEW,
            cl_ord_id="X9",
            order_id="O7",
            order_qty=Decimal(80),
        )
    )
    sent = replace(order, dictionary, {"price": "10.60"})
    assert {"41=X9", "38=80", "37=O7"} <= sent


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"side": "SELL"}, "side", "Side(54) can't be changed by a replace"),
        ({"symbol": "MSFT"}, "symbol", "Symbol(55) can't be changed by a replace"),
        ({"order_qty": 0}, "order_qty", "OrderQty(38) must be above zero"),
        ({"price": None}, "price", "Price(44) is required for LIMIT"),
        ({"ord_type": "MARKET", "price": 1}, "price", "Price(44) must not be given for MARKET"),
        ({"ord_type": "STOP"}, "stop_px", "StopPx(99) is required for STOP"),
        ({"stop_px": 1}, "stop_px", "StopPx(99) must not be given for LIMIT"),
        ({"orig_cl_ord_id": "Q"}, "orig_cl_ord_id", "OrigClOrdID(41) is set by the desk"),
        ({"colour": "red"}, "colour", "is no field of OrderCancelReplaceRequest"),
    ],
)
def test_a_replace_that_makes_no_sense_is_refused(
    dictionary: Dictionary, changes: dict[str, object], field: str, said: str
) -> None:
    order = order_of(dictionary, LIMIT)
    before = order.to_record()
    with pytest.raises(InvalidRequest) as refused:
        encode_replace(ReplaceOrder(order, "B2", AT, changes, {}), dictionary)
    assert [error.field for error in refused.value.errors] == [field]
    assert said in refused.value.errors[0].message
    assert order.to_record() == before


def test_a_cancel_names_the_order_and_its_instrument(dictionary: Dictionary) -> None:
    order = order_of(dictionary, LIMIT | {"account": "ACC", "security_exchange": "XNAS", "text": "hello"})
    raw = encode_cancel(CancelOrder(order, "B2", AT), dictionary)
    assert raw.startswith(b"35=F\x01")
    assert body(raw) == {
        "35=F",
        "11=B2",
        "41=A1",
        "55=AAPL",
        "54=1",
        "38=100",
        "1=ACC",
        "207=XNAS",
        TIME,
    }


def test_a_request_builds_on_the_replace_that_is_on_its_way(dictionary: Dictionary) -> None:
    order = order_of(dictionary, LIMIT)
    raw = encode_replace(
        ReplaceOrder(order, "B2", AT, {"price": "10.60", "max_floor": 5}, {9001: "x"}), dictionary
    )
    order.apply(sent(raw, dictionary))

    second = encode_replace(ReplaceOrder(order, "C3", AT, {"order_qty": 150}, {}), dictionary)
    assert {"41=B2", "11=C3", "38=150", "44=10.60", "111=5", "9001=x"} <= body(second)
    cancel = encode_cancel(CancelOrder(order, "D4", AT), dictionary)
    assert {"41=B2", "11=D4"} <= body(cancel)
    assert "11=A1" in body(encode_status_request(RequestStatus(order), dictionary))


def test_a_second_cancel_refers_to_the_order_and_not_to_the_first(dictionary: Dictionary) -> None:
    order = order_of(dictionary, LIMIT)
    order.apply(sent(encode_cancel(CancelOrder(order, "B2", AT), dictionary), dictionary))
    assert {"41=A1", "11=C3"} <= body(encode_cancel(CancelOrder(order, "C3", AT), dictionary))


def sent(raw: bytes, dictionary: Dictionary) -> ReplaceSent | CancelSent:
    event = interpret("SIM", OUT, raw, AT, dictionary)
    assert isinstance(event, ReplaceSent | CancelSent)
    return event


def test_a_status_request_names_the_order(dictionary: Dictionary) -> None:
    raw = encode_status_request(RequestStatus(order_of(dictionary, LIMIT)), dictionary)
    assert body(raw) == {"35=H", "11=A1", "55=AAPL", "54=1"}


@pytest.mark.parametrize("version", FIX_VERSIONS)
def test_every_version_has_an_order_and_its_requests(version: str) -> None:
    dictionary = load(version)
    order = order_of(dictionary, {**LIMIT, "exec_inst": "1 6", "currency": "USD"})
    assert {"40=2", "44=10.60"} <= replace(order, dictionary, {"price": "10.60"})
    canceled = body(encode_cancel(CancelOrder(order, "B2", AT), dictionary))
    assert {"11=B2", "41=A1", "55=AAPL", "54=1"} <= canceled
    # Required by FIX 4.0, gone since 4.1.
    assert ("125=F" in canceled) == (version == "FIX.4.0")
    asked = body(encode_status_request(RequestStatus(order), dictionary))
    assert {"11=A1", "55=AAPL"} <= asked
    assert {"18=1 6", "15=USD", "55=AAPL"} <= body(
        new(dictionary, {**LIMIT, "exec_inst": "1 6", "currency": "USD"})
    )
