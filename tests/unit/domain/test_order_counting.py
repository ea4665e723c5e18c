"""An ExecID counts once, whatever is sent twice or out of order; busts and corrections; status reports."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from sendfix.domain.enums import ExecType, OrdStatus, OrdType
from sendfix.domain.errors import ImpossibleTransition
from sendfix.domain.events import OrderEvent, ReplaceSent
from sendfix.domain.order import Order
from tests.unit.domain.talk import FIX42, FIX44, Talk, new_order

both = pytest.mark.parametrize("dialect", [FIX42, FIX44])


@both
@pytest.mark.parametrize("poss_dup", [False, True])
def test_an_exec_id_counts_once(dialect: str, poss_dup: bool) -> None:
    talk = Talk(dialect)
    talk.accepted()
    fill = talk.fill_event(last=40, cum=40, leaves=60)
    assert talk.order.apply(fill) is not None
    assert talk.fill(last=60, cum=100, leaves=0) is not None
    before = talk.order.to_record()

    assert talk.order.apply(replace(fill, poss_dup=poss_dup)) is None
    assert talk.order.to_record() == before
    assert fill.exec_id in talk.order.exec_ids


def test_fills_that_all_have_exec_id_0_are_told_apart_by_what_they_add_up_to() -> None:
    talk = Talk()
    talk.accepted()
    first = talk.fill_event(last=40, cum=40, leaves=60, exec_id="0")
    assert talk.order.apply(first) is not None
    assert talk.fill(last=60, cum=100, leaves=0, exec_id="0") is not None
    assert talk.order.apply(replace(first, poss_dup=True)) is None
    talk.shows(status=OrdStatus.FILLED, cum_qty=100)


@both
def test_a_bust_takes_a_fill_back(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    talk.fill(last=40, cum=40, leaves=60)
    talk.fill(last=60, cum=100, leaves=0)
    execution = talk.bust("E3", OrdStatus.PARTIALLY_FILLED, 40, 60, last_qty=Decimal(60))
    talk.shows(status=OrdStatus.PARTIALLY_FILLED, cum_qty=40, leaves_qty=60, is_open=True)
    assert execution is not None
    assert (execution.exec_type, execution.exec_ref_id) == (ExecType.TRADE_CANCEL, "E3")

    talk.bust("E2", OrdStatus.NEW, 0, 100)
    talk.shows(status=OrdStatus.NEW, cum_qty=0)


@both
def test_a_bust_of_an_order_that_is_not_reinstated(dialect: str) -> None:
    talk = Talk(dialect)
    talk.fill(last=100, cum=100, leaves=0)
    talk.bust("E1", OrdStatus.CANCELED, 0, 0)
    talk.shows(status=OrdStatus.CANCELED, cum_qty=0, is_open=False)


@both
def test_a_correction_changes_price_or_quantity_of_a_fill(dialect: str) -> None:
    talk = Talk(dialect)
    talk.fill(last=100, cum=100, leaves=0)
    execution = talk.correct(
        "E1", OrdStatus.PARTIALLY_FILLED, 90, 10, last_qty=Decimal(90), last_px=Decimal("10.40")
    )
    talk.shows(status=OrdStatus.PARTIALLY_FILLED, cum_qty=90, leaves_qty=10, last_qty=90, last_px="10.40")
    assert execution is not None
    assert (execution.exec_type, execution.exec_ref_id) == (ExecType.TRADE_CORRECT, "E1")


@both
def test_a_status_report_is_no_execution_and_tells_how_things_stand(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    assert talk.status_report(OrdStatus.PARTIALLY_FILLED, 40, 60) is None
    talk.shows(status=OrdStatus.PARTIALLY_FILLED, cum_qty=40, exec_ids={"E1"})
    assert talk.status_report(OrdStatus.PARTIALLY_FILLED, 50, 50) is None
    talk.shows(cum_qty=50)


@both
def test_a_status_report_may_say_that_the_order_is_not_known(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    talk.status_report(OrdStatus.REJECTED, 0, 0, text="unknown order")
    talk.shows(status=OrdStatus.REJECTED, text="unknown order", is_open=False)


def test_a_status_report_brings_terms_but_not_while_a_replace_is_pending() -> None:
    talk = Talk()
    talk.accepted()
    talk.status_report(OrdStatus.NEW, 0, 100, price=Decimal("10.45"))
    talk.shows(price="10.45")
    talk.replace("B", 150, "10.60")
    talk.status_report(OrdStatus.PENDING_REPLACE, 0, 100, order_qty=Decimal(150), price=Decimal("10.60"))
    talk.shows(price="10.45", order_qty=100, status=OrdStatus.PENDING_REPLACE)


def test_a_resent_status_report_is_old_news() -> None:
    talk = Talk()
    talk.accepted()
    talk.fill(last=40, cum=40, leaves=60)
    before = talk.order.to_record()
    talk.status_report(OrdStatus.NEW, 0, 100, poss_dup=True)
    assert talk.order.to_record() == before


def test_a_closed_order_is_not_opened_by_a_status_report() -> None:
    talk = Talk()
    talk.report(ExecType.CANCELED, OrdStatus.CANCELED, 0, 0)
    with pytest.raises(ImpossibleTransition):
        talk.status_report(OrdStatus.NEW, 0, 100)


def a_whole_life(dialect: str) -> tuple[list[OrderEvent], list[OrderEvent]]:
    """What we sent, and then all that was answered, in order."""
    talk = Talk(dialect)
    talk.replace("B", 150)
    sent = list(_requests(talk.order))
    done = OrdStatus.REPLACED if dialect == FIX42 else OrdStatus.PARTIALLY_FILLED
    answers: list[OrderEvent] = [
        talk.report_event(ExecType.NEW, OrdStatus.NEW),
        talk.fill_event(last=40, cum=40, leaves=60),
        talk.report_event(ExecType.PENDING_REPLACE, OrdStatus.PENDING_REPLACE, 40, 60, cl_ord_id="B"),
        talk.report_event(ExecType.REPLACED, done, 40, 110, cl_ord_id="B", price=Decimal("10.55")),
        talk.fill_event(last=10, cum=50, leaves=100, cl_ord_id="B", last_px=Decimal("10.51")),
        talk.report_event(ExecType.CANCELED, OrdStatus.CANCELED, 50, 0, cl_ord_id="B", text="closed"),
    ]
    return sent, answers


def _requests(order: Order) -> list[OrderEvent]:
    return [
        ReplaceSent(
            order.session_name,
            request.requested_at,
            request.msg_seq_num,
            request.cl_ord_id,
            request.orig_cl_ord_id,
            request.order_qty,
            request.price,
            ord_type=OrdType.LIMIT,
        )
        for request in order.requests
    ]


@both
@pytest.mark.parametrize("first_seen", range(6))
def test_after_a_gap_the_order_is_as_if_there_had_been_none(dialect: str, first_seen: int) -> None:
    """The message that shows the gap is seen first; then everything from the gap on is resent."""
    sent, answers = a_whole_life(dialect)
    in_order = Order.from_new(new_order(), 1)
    gapped = Order.from_new(new_order(), 1)
    for event in sent:
        in_order.apply(event)
        gapped.apply(event)
    counted = [in_order.apply(event) for event in answers]
    assert None not in counted

    resent = [replace(event, poss_dup=True) for event in answers]  # type: ignore[type-var]
    counted_late = [gapped.apply(event) for event in [answers[first_seen], *resent]]
    assert sum(execution is not None for execution in counted_late) == len(answers)
    assert gapped.to_record() | {"updated_at": None} == in_order.to_record() | {"updated_at": None}
