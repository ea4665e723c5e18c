"""What each message means to an order, and what becomes of what can't be understood."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.enums import (
    CxlRejResponseTo,
    ExecTransType,
    ExecType,
    OrdStatus,
    OrdType,
    Side,
    TimeInForce,
)
from sendfix.domain.events import (
    CancelRejected,
    CancelSent,
    Event,
    ExecutionReported,
    MessageRejected,
    NewOrderSent,
    NotResent,
    ReplaceSent,
    Uninterpretable,
)
from sendfix.fix.dictionary import Dictionary, load
from sendfix.fix.interpret import interpret
from tests.unit.fix.kit import AT, EVENT, IN, OUT, fix

FILL_44 = (
    "8=FIX.4.4|9=220|35=8|34=7|49=BROKER|52=20261120-14:30:00.123|56=DESK|6=10.50|11=A1|14=40|17=E2|31=10.50|32=40|"
    "37=O1|38=100|39=1|40=2|44=10.50|54=1|55=AAPL|59=0|60=20261120-14:30:00.120|150=F|151=60|10=123|"
)
FILL_42 = (
    "8=FIX.4.2|9=220|35=8|34=7|49=BROKER|52=20261120-14:30:00|56=DESK|20=0|6=10.50|11=A1|14=40|17=E2|31=10.50|32=40|"
    "37=O1|39=1|54=1|55=AAPL|60=20261120-14:30:00|150=1|151=60|10=123|"
)


def read(text: str, direction: int = IN, dictionary: Dictionary | None = None) -> Event | None:
    return interpret("SIM", direction, fix(text), AT, dictionary or load("FIX.4.4"))


def reported(text: str) -> ExecutionReported:
    event = read(text)
    assert isinstance(event, ExecutionReported), event
    return event


def test_a_fill_of_fix_44() -> None:
    assert reported(FILL_44) == ExecutionReported(
        session_name="SIM",
        at=AT,
        exec_id="E2",
        exec_type=ExecType.TRADE,
        ord_status=OrdStatus.PARTIALLY_FILLED,
        cl_ord_id="A1",
        order_id="O1",
        symbol="AAPL",
        side=Side.BUY,
        order_qty=Decimal(100),
        price=Decimal("10.50"),
        ord_type=OrdType.LIMIT,
        time_in_force=TimeInForce.DAY,
        last_qty=Decimal(40),
        last_px=Decimal("10.50"),
        cum_qty=Decimal(40),
        leaves_qty=Decimal(60),
        avg_px=Decimal("10.50"),
        transact_time=datetime(2026, 11, 20, 14, 30, 0, 120000, tzinfo=UTC),
        sent=("20261120-14:30:00.123", 7),
    )


def test_a_fill_of_fix_42_carries_its_dialect() -> None:
    event = reported(FILL_42)
    assert (event.exec_trans_type, event.exec_type) == (ExecTransType.NEW, ExecType.PARTIAL_FILL)
    assert event.transact_time == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    assert (event.order_qty, event.price) == (None, None)


@pytest.mark.parametrize(
    ("fields", "commission"),
    [
        ("", None),
        ("12=1.25|", Decimal("1.25")),
        ("12=1.25|13=3|", Decimal("1.25")),
        ("12=0.01|13=1|", Decimal("0.40")),
        ("12=0.05|13=2|", None),  # percent or part of one: each means it differently
        ("12=x|13=3|", None),
    ],
)
def test_a_commission_is_an_amount_of_money(fields: str, commission: Decimal | None) -> None:
    assert reported(FILL_44.replace("14=40|", f"14=40|{fields}")).commission == commission


def test_a_resend_says_when_it_was_first_sent() -> None:
    event = reported(FILL_44.replace("52=", "43=Y|122=20261120-14:29:59.000|52="))
    assert event.poss_dup
    assert event.sent == ("20261120-14:29:59.000", 7)


@pytest.mark.parametrize(
    ("old", "new", "attribute", "value"),
    [
        ("37=O1", "37=NONE", "order_id", None),
        ("150=F|", "", "exec_type", ExecType.PARTIAL_FILL),
        ("150=F", "150=Z", "exec_type", "Z"),
        ("54=1", "54=?", "side", "?"),
        ("40=2", "40=P", "ord_type", OrdType.PEGGED),
        ("59=0|", "", "time_in_force", None),
        ("11=A1|", "", "cl_ord_id", ""),
        ("60=20261120-14:30:00.120", "60=today", "transact_time", None),
        ("60=20261120-14:30:00.120", "60=20261399-14:30:00", "transact_time", None),
        ("60=20261120-14:30:00.120", "60=20261120-14:30:00.123456789", "transact_time", AT),
        (
            "60=20261120-14:30:00.120",
            "60=20261120-14:30:60",
            "transact_time",
            datetime(2026, 11, 20, 14, 30, 59, tzinfo=UTC),
        ),
        ("150=F", "150=8|103=1", "text", "OrdRejReason(103) 1, UNKNOWN_SYMBOL"),
        ("150=F", "150=8|103=1|58=own words", "text", "own words"),
        ("44=10.50", "44=", "price", None),
        ("55=AAPL", "55=AAPL|55=MSFT", "symbol", "AAPL"),
    ],
)
def test_reports_are_taken_leniently(old: str, new: str, attribute: str, value: object) -> None:
    assert old in FILL_44
    assert getattr(reported(FILL_44.replace(old, new)), attribute) == value


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("17=E2|", "", "ExecID(17) is missing"),
        ("39=1|", "", "OrdStatus(39) is missing"),
        ("39=1|", "39=Z|", "OrdStatus(39) is 'Z', which no FIX version has (ExecID(17) 'E2')"),
        ("14=40|", "", "a fill without CumQty(14) (ExecID(17) 'E2')"),
        ("32=40|", "32=4o|", "LastQty(32) must be a number, got '4o'"),
        ("6=10.50|", "6=NaN|", "AvgPx(6) must be a number, got 'NaN'"),
        ("34=7|", "34=7|20=9|", "ExecTransType(20) is '9'"),
    ],
)
def test_what_can_not_be_understood_says_which_field(old: str, new: str, said: str) -> None:
    assert old in FILL_44
    event = read(FILL_44.replace(f"|{old}", f"|{new}", 1))
    assert isinstance(event, Uninterpretable)
    assert (event.session_name, event.at) == ("SIM", AT)
    assert said in event.reason
    assert event.reason.startswith("ExecutionReport, the counterparty's message, can't be understood")


def test_a_cancel_reject() -> None:
    event = read("35=9|34=8|52=20261120-14:31:00|37=NONE|11=B2|41=A1|39=2|434=1|102=0|10=1|")
    assert event == CancelRejected(
        "SIM",
        AT,
        "B2",
        "A1",
        None,
        OrdStatus.FILLED,
        CxlRejResponseTo.ORDER_CANCEL_REQUEST,
        "0",
        "CxlRejReason(102) 0, TOO_LATE_TO_CANCEL",
        ("20261120-14:31:00", 8),
    )


def test_a_cancel_reject_without_an_id_can_not_be_understood() -> None:
    event = read("35=9|34=8|39=2|")
    assert isinstance(event, Uninterpretable)
    assert "OrderCancelReject" in event.reason
    assert "ClOrdID(11) is missing" in event.reason


def test_a_cancel_reject_may_lack_its_status() -> None:
    event = read("35=9|34=8|11=B2|")
    assert isinstance(event, CancelRejected)
    assert event.ord_status is None
    assert isinstance(read("35=9|34=8|11=B2|39=Z|"), Uninterpretable)


def test_a_session_reject_names_the_field() -> None:
    event = read("35=3|34=8|45=2|371=38|372=D|373=1|58=Required tag missing|")
    assert event == MessageRejected(
        "SIM",
        AT,
        2,
        "D",
        None,
        "SessionRejectReason(373) 1, REQUIRED_TAG_MISSING, OrderQty(38)",
        "Required tag missing",
        of_its_kind=False,
    )


def test_a_business_reject_names_our_message() -> None:
    event = read("35=j|34=8|45=2|372=H|379=A1|380=3|")
    assert event == MessageRejected(
        "SIM", AT, 2, "H", "A1", "BusinessRejectReason(380) 3, UNSUPPORTED_MESSAGE_TYPE"
    )


def test_an_order_that_we_sent(dictionary: Dictionary) -> None:
    raw = (
        "8=FIX|9=1|35=D|34=2|49=DESK|52=20261120-14:30:00|56=BROKER|1=ACC|11=A1|21=1|38=100|40=4|44=10.50|54=1|55=AAPL|"
        "59=1|60=20261120-14:30:00|99=9|111=10|9001=x|78=1|79=SUB|80=100|10=123|"
    )
    assert read(raw, OUT, dictionary) == NewOrderSent(
        "SIM",
        AT,
        2,
        "A1",
        "AAPL",
        Side.BUY,
        Decimal(100),
        OrdType.STOP_LIMIT,
        Decimal("10.50"),
        Decimal(9),
        TimeInForce.GTC,
        "ACC",
        {
            "handl_inst": "1",
            "max_floor": "10",
            "no_allocs": [{"alloc_account": "SUB", dictionary.fields[80].key: "100"}],
        },
        {9001: "x"},
    )


def test_requests_that_we_sent(dictionary: Dictionary) -> None:
    replaced = read("35=G|34=3|11=B2|41=A1|38=150|40=2|44=9|54=1|55=AAPL|111=5|9001=x|", OUT, dictionary)
    assert replaced == ReplaceSent(
        "SIM",
        AT,
        3,
        "B2",
        "A1",
        Decimal(150),
        Decimal(9),
        None,
        OrdType.LIMIT,
        None,
        None,
        {"max_floor": "5"},
        {9001: "x"},
        known=frozenset(dictionary.fields[tag].key for tag in dictionary.messages["G"].fields),
    )
    assert read("35=F|34=4|11=C3|41=B2|54=1|55=AAPL|", OUT, dictionary) == CancelSent(
        "SIM", AT, 4, "C3", "B2"
    )


def test_what_the_engine_did_not_send_again() -> None:
    event = read('{"event": "not_resent", "cl_ord_id": "A1", "msg_seq_num": 5, "text": "too old"}', EVENT)
    assert event == NotResent("SIM", AT, "A1", 5, "too old")


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("35=0|34=3|", IN),
        ("35=A|34=1|", IN),
        ("35=D|34=1|11=A|", IN),
        ("35=8|34=1|17=E|39=0|", OUT),
        ("35=H|34=1|37=X|", OUT),
        ("garbage", IN),
        ("", OUT),
        ('{"event": "state", "state": "connected", "text": "logged on"}', EVENT),
        ('{"event": "not_resent", "cl_ord_id": ""}', EVENT),
        ("[1]", EVENT),
    ],
)
def test_what_means_nothing_to_an_order(text: str, direction: int) -> None:
    assert read(text, direction) is None


def test_a_garbled_engine_event_is_our_own_fault() -> None:
    event = read("{not json", EVENT)
    assert isinstance(event, Uninterpretable)
    assert "our own message" in event.reason


TAGS = st.sampled_from(
    [6, 11, 14, 17, 20, 31, 32, 34, 37, 38, 39, 41, 43, 44, 45, 52, 54, 60, 99, 102, 103, 150, 371, 373, 380]
)
VALUES = st.one_of(
    st.text(max_size=6), st.sampled_from(["0", "1", "2", "8", "F", "-1", "1e9", "9" * 5000, "NaN", "Y"])
)


@given(
    st.sampled_from(["8", "9", "3", "j", "D", "F", "G"]),
    st.lists(st.tuples(TAGS, VALUES), max_size=25),
    st.sampled_from([IN, OUT]),
)
def test_no_message_makes_it_raise(msg_type: str, content: list[tuple[int, str]], direction: int) -> None:
    text = f"35={msg_type}\x01" + "".join(f"{tag}={value}\x01" for tag, value in content)
    event = interpret("SIM", direction, text.encode("utf-8", "surrogatepass"), AT, load("FIX.4.2"))
    assert event is None or event.session_name == "SIM"


@given(st.binary(max_size=80), st.sampled_from([IN, OUT, EVENT]))
def test_no_bytes_make_it_raise(raw: bytes, direction: int) -> None:
    event = interpret("SIM", direction, b"35=8\x01" + raw, AT, load("FIX.4.4"))
    assert event is None or event.session_name == "SIM"


def test_every_event_says_its_session_and_time() -> None:
    for event in (
        NewOrderSent,
        ReplaceSent,
        CancelSent,
        ExecutionReported,
        CancelRejected,
        MessageRejected,
        NotResent,
    ):
        assert [field.name for field in fields(event)][:2] == ["session_name", "at"]
