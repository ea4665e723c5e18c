"""From the order's message to its end, without requests in between. Both dialects say the same."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from sendfix.domain.enums import ExecType, OrdStatus, OrdType, Side, TimeInForce
from sendfix.domain.errors import ImpossibleTransition
from tests.unit.domain.talk import FIX42, FIX44, START, Talk

both = pytest.mark.parametrize("dialect", [FIX42, FIX44])


def test_an_order_that_was_sent_is_pending_new_with_all_its_terms() -> None:
    talk = Talk()
    talk.shows(
        status=OrdStatus.PENDING_NEW,
        is_open=True,
        cl_ord_id="A",
        cl_ord_ids=["A"],
        orig_cl_ord_id=None,
        symbol="AAPL",
        side=Side.BUY,
        order_qty=100,
        price="10.50",
        ord_type=OrdType.LIMIT,
        time_in_force=TimeInForce.DAY,
        account="ACC",
        cum_qty=0,
        leaves_qty=100,
        avg_px=0,
        pending=None,
        fields={"handl_inst": "1"},
        custom_tags={9001: "x"},
        created_at=START,
        order_no=1,
    )


@both
def test_new_then_partial_fills_then_filled(dialect: str) -> None:
    talk = Talk(dialect)
    assert talk.accepted() is not None
    talk.shows(status=OrdStatus.NEW, order_id="O1", is_open=True)

    first = talk.fill(last=40, cum=40, leaves=60)
    talk.shows(status=OrdStatus.PARTIALLY_FILLED, cum_qty=40, leaves_qty=60, avg_px="10.50", last_qty=40)

    second = talk.fill(last=60, cum=100, leaves=0)
    talk.shows(
        status=OrdStatus.FILLED, cum_qty=100, leaves_qty=0, last_qty=60, last_px="10.50", is_open=False
    )
    assert first is not None
    assert second is not None
    assert (first.exec_id, first.last_qty, first.cum_qty) == ("E2", Decimal(40), Decimal(40))
    assert (second.exec_id, second.cl_ord_id, second.side) == ("E3", "A", Side.BUY)


@both
def test_a_fill_may_come_before_the_acknowledgement(dialect: str) -> None:
    talk = Talk(dialect)
    talk.fill(last=100, cum=100, leaves=0)
    talk.shows(status=OrdStatus.FILLED)

    talk.report(ExecType.NEW, OrdStatus.FILLED, 100, 0)
    talk.shows(status=OrdStatus.FILLED, cum_qty=100)


def test_what_the_counterparty_says_is_shown_even_if_it_does_not_add_up() -> None:
    talk = Talk()
    talk.fill(last=10, cum=30, leaves=50, avg_px=Decimal("10.123456"))
    talk.shows(cum_qty=30, leaves_qty=50, avg_px="10.123456")


@both
@pytest.mark.parametrize("acknowledged", [False, True])
def test_rejected_by_the_broker_or_later_by_the_exchange(dialect: str, acknowledged: bool) -> None:
    talk = Talk(dialect)
    if acknowledged:
        talk.accepted()
    talk.report(ExecType.REJECTED, OrdStatus.REJECTED, 0, 0, text="no such symbol")
    talk.shows(status=OrdStatus.REJECTED, text="no such symbol", leaves_qty=0, is_open=False)


@both
@pytest.mark.parametrize(
    ("exec_type", "status", "is_open"),
    [
        (ExecType.PENDING_NEW, OrdStatus.PENDING_NEW, True),
        (ExecType.EXPIRED, OrdStatus.EXPIRED, False),
        (ExecType.DONE_FOR_DAY, OrdStatus.DONE_FOR_DAY, False),
        (ExecType.CALCULATED, OrdStatus.CALCULATED, False),
        (ExecType.STOPPED, OrdStatus.STOPPED, True),
        (ExecType.SUSPENDED, OrdStatus.SUSPENDED, True),
        (ExecType.RESTATED, OrdStatus.NEW, True),
        (ExecType.CANCELED, OrdStatus.CANCELED, False),
    ],
)
def test_one_report_and_the_status_it_brings(
    dialect: str, exec_type: ExecType, status: OrdStatus, is_open: bool
) -> None:
    talk = Talk(dialect)
    execution = talk.report(exec_type, status)
    talk.shows(status=status, is_open=is_open)
    assert execution is not None
    assert execution.exec_type is exec_type


def test_a_good_till_cancel_order_lives_on_after_its_day() -> None:
    talk = Talk(time_in_force=TimeInForce.GTC)
    talk.accepted()
    talk.fill(last=40, cum=40, leaves=60)
    talk.report(ExecType.DONE_FOR_DAY, OrdStatus.DONE_FOR_DAY, 40, 60)
    talk.shows(is_open=True)

    talk.report(ExecType.RESTATED, OrdStatus.PARTIALLY_FILLED, 40, 60)
    talk.fill(last=60, cum=100, leaves=0)
    talk.shows(status=OrdStatus.FILLED, is_open=False)


def test_a_restatement_changes_the_terms_without_a_request() -> None:
    talk = Talk()
    talk.accepted()
    talk.report(ExecType.RESTATED, OrdStatus.NEW, 0, 80, order_qty=Decimal(80), price=Decimal("10.40"))
    talk.shows(order_qty=80, price="10.40", leaves_qty=80, cl_ord_id="A")


def test_an_echo_of_other_terms_in_an_acknowledgement_changes_nothing() -> None:
    talk = Talk()
    talk.report(ExecType.NEW, OrdStatus.NEW, order_qty=Decimal(7), price=Decimal(1))
    talk.shows(order_qty=100, price="10.50")


def test_an_exec_type_of_the_counterpartys_own_counts_with_its_status() -> None:
    talk = Talk()
    talk.accepted()
    event = talk.report_event(ExecType.NEW, OrdStatus.PARTIALLY_FILLED, 10, 90)
    execution = talk.order.apply(replace(event, exec_type="Z"))
    talk.shows(status=OrdStatus.PARTIALLY_FILLED, cum_qty=10)
    assert execution is not None
    assert execution.exec_type == "Z"


@both
def test_a_fill_that_crossed_the_cancel_counts(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    talk.report(ExecType.CANCELED, OrdStatus.CANCELED, 0, 0)
    assert talk.fill(last=30, cum=30, leaves=0, status=OrdStatus.CANCELED) is not None
    talk.shows(status=OrdStatus.CANCELED, cum_qty=30)


@pytest.mark.parametrize(
    ("life", "exec_type", "status"),
    [
        ((ExecType.TRADE, OrdStatus.FILLED), ExecType.CANCELED, OrdStatus.CANCELED),
        ((ExecType.TRADE, OrdStatus.FILLED), ExecType.EXPIRED, OrdStatus.EXPIRED),
        ((ExecType.TRADE, OrdStatus.FILLED), ExecType.NEW, OrdStatus.NEW),
        ((ExecType.TRADE, OrdStatus.PARTIALLY_FILLED), ExecType.REJECTED, OrdStatus.REJECTED),
        ((ExecType.CANCELED, OrdStatus.CANCELED), ExecType.NEW, OrdStatus.NEW),
        ((ExecType.REJECTED, OrdStatus.REJECTED), ExecType.NEW, OrdStatus.NEW),
        ((ExecType.EXPIRED, OrdStatus.EXPIRED), ExecType.REPLACED, OrdStatus.NEW),
        ((ExecType.NEW, OrdStatus.NEW), ExecType.PENDING_NEW, OrdStatus.PENDING_NEW),
    ],
)
def test_the_impossible_is_refused_and_changes_nothing(
    life: tuple[ExecType, OrdStatus], exec_type: ExecType, status: OrdStatus
) -> None:
    talk = Talk()
    talk.report(*life, cum=10, leaves=0)
    before = talk.order.to_record()
    with pytest.raises(ImpossibleTransition) as caught:
        talk.report(exec_type, status, 77, 77, text="changed")
    assert talk.order.to_record() == before
    assert caught.value.status is life[1]
    assert life[1].name in str(caught.value)
    assert "order A" in str(caught.value)
