"""Reports that contradict themselves: the order shows what was said, and what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from sendfix.domain.enums import ExecTransType, ExecType, OrdStatus, Side
from sendfix.domain.order import Order
from tests.unit.domain.talk import FIX42, FIX44, Talk

both = pytest.mark.parametrize("dialect", [FIX42, FIX44])


@both
def test_an_order_whose_reports_add_up_has_no_warnings(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    talk.fill(last=40, cum=40, leaves=60)
    talk.fill(last=60, cum=100, leaves=0)
    talk.bust("E3", OrdStatus.PARTIALLY_FILLED, 40, 60)
    talk.correct("E2", OrdStatus.PARTIALLY_FILLED, 30, 70, last_qty=Decimal(30), last_px=Decimal("10.50"))
    talk.report(ExecType.CANCELED, OrdStatus.CANCELED, 30, 0)
    assert talk.warnings() == {}


def test_a_cum_qty_that_goes_back_without_a_bust_is_shown_and_marked() -> None:
    talk = Talk()
    talk.fill(last=70, cum=70, leaves=30)
    talk.fill(last=10, cum=50, leaves=50)
    talk.shows(cum_qty=50, leaves_qty=50)
    assert talk.warnings() == {
        "executions": "CumQty(14) is 50, but the executions add up to 80: no bust or correction explains the"
        " difference."
    }


def test_fills_that_were_never_reported_are_missed_until_they_come() -> None:
    talk = Talk()
    talk.accepted()
    missed = talk.fill_event(last=40, cum=40, leaves=60)
    talk.fill(last=30, cum=70, leaves=30)
    assert talk.warnings() == {
        "executions": "CumQty(14) is 70, but the executions add up to 30: 40 of it was never reported as an execution."
    }
    talk.order.apply(replace(missed, poss_dup=True))
    talk.shows(cum_qty=70)
    assert talk.warnings() == {}


def test_fills_in_the_wrong_order_are_put_right_by_their_sum() -> None:
    talk = Talk()
    first = talk.fill_event(last=40, cum=40, leaves=60)
    talk.fill(last=60, cum=100, leaves=0)
    assert talk.order.apply(replace(first, sent=("20261120-14:30:59", 99))) is not None
    talk.shows(status=OrdStatus.FILLED, cum_qty=100, leaves_qty=0)
    assert talk.warnings() == {}


@both
@pytest.mark.parametrize("exec_type", [ExecType.PENDING_NEW, ExecType.NEW])
def test_an_acknowledgement_that_fills_have_overtaken_is_late(dialect: str, exec_type: ExecType) -> None:
    talk = Talk(dialect)
    talk.fill(last=100, cum=100, leaves=0)
    assert talk.report(exec_type, OrdStatus(exec_type.value), 0, 100) is not None
    talk.shows(status=OrdStatus.FILLED, cum_qty=100, leaves_qty=0)
    assert talk.warnings() == {}


@both
def test_a_bust_may_be_known_before_its_fill(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    missed = talk.fill_event(last=40, cum=40, leaves=60)
    talk.bust(missed.exec_id, OrdStatus.NEW, 0, 100)
    assert talk.order.apply(replace(missed, poss_dup=True)) is not None
    talk.shows(cum_qty=0, status=OrdStatus.NEW)
    assert talk.warnings() == {}


@pytest.mark.parametrize("names", ["the latest", "the first"])
def test_a_correction_is_corrected(names: str) -> None:
    talk = Talk()
    talk.fill(last=100, cum=100, leaves=0)
    talk.correct("E1", OrdStatus.PARTIALLY_FILLED, 90, 10, last_qty=Decimal(90), last_px=Decimal("10.50"))
    second = {"the latest": "E2", "the first": "E1"}[names]
    talk.correct(second, OrdStatus.PARTIALLY_FILLED, 80, 20, last_qty=Decimal(80), last_px=Decimal("10.50"))
    talk.bust("E3", OrdStatus.NEW, 0, 100)
    assert talk.warnings() == {}


def test_a_bust_of_an_execution_that_is_not_known_is_seen_in_the_sum() -> None:
    talk = Talk()
    talk.fill(last=40, cum=40, leaves=60)
    talk.bust("E99", OrdStatus.NEW, 0, 100)
    assert list(talk.warnings()) == ["executions"]


def test_corrections_that_name_each_other_end() -> None:
    talk = Talk()
    talk.correct("E2", OrdStatus.PARTIALLY_FILLED, 10, 90, last_qty=Decimal(10), exec_id="E1")
    talk.correct("E1", OrdStatus.PARTIALLY_FILLED, 10, 90, last_qty=Decimal(10), exec_id="E2")
    talk.bust("E1", OrdStatus.NEW, 0, 100)
    talk.shows(cum_qty=0)


@pytest.mark.parametrize(
    ("status", "cum", "leaves", "warning"),
    [
        (
            OrdStatus.PARTIALLY_FILLED,
            40,
            50,
            "LeavesQty(151) is 50, but OrderQty(38) 100 less CumQty(14) 40 is 60.",
        ),
        (OrdStatus.FILLED, 40, 0, "LeavesQty(151) is 0, but OrderQty(38) 100 less CumQty(14) 40 is 60."),
        (OrdStatus.CANCELED, 40, 60, None),
        (OrdStatus.CANCELED, 40, 0, None),
        (OrdStatus.CANCELED, 40, 10, "LeavesQty(151) is 10, but OrderQty(38) 100 less CumQty(14) 40 is 60."),
        (OrdStatus.DONE_FOR_DAY, 40, 0, None),
        (OrdStatus.STOPPED, 40, 60, None),
    ],
)
def test_leaves_are_what_is_not_done(status: OrdStatus, cum: int, leaves: int, warning: str | None) -> None:
    talk = Talk()
    talk.fill(last=40, cum=cum, leaves=leaves, status=status)
    talk.shows(leaves_qty=leaves)
    assert talk.warnings().get("leaves_qty") == warning


def test_while_a_replace_is_pending_leaves_may_be_of_the_old_quantity_or_the_new() -> None:
    talk = Talk()
    talk.accepted()
    talk.replace("B", 150)
    for order_qty, leaves in ((150, 150), (150, 100), (100, 100)):
        talk.report(
            ExecType.PENDING_REPLACE,
            OrdStatus.PENDING_REPLACE,
            0,
            leaves,
            cl_ord_id="B",
            order_qty=Decimal(order_qty),
        )
        assert talk.warnings() == {}


def test_more_than_was_ordered() -> None:
    talk = Talk()
    talk.fill(last=130, cum=130, leaves=0)
    talk.shows(status=OrdStatus.FILLED, cum_qty=130)
    assert talk.warnings() == {"overfill": "CumQty(14) is 130, more than OrderQty(38) 100."}


@pytest.mark.parametrize(
    ("avg_px", "warned"),
    [("10.60", False), ("10.6", False), ("11", False), ("10.5999", False), ("10.40", True), ("0", False)],
)
def test_an_average_price_that_its_executions_do_not_have(avg_px: str, warned: bool) -> None:
    talk = Talk()
    talk.fill(last=40, cum=40, leaves=60, last_px=Decimal("10.00"), avg_px=Decimal("10.00"))
    talk.fill(last=60, cum=100, leaves=0, last_px=Decimal("11.00"), avg_px=Decimal(avg_px))
    expected = {"avg_px": "AvgPx(6) is 10.4, but the executions average 10.6."} if warned else {}
    assert talk.warnings() == expected


def test_a_split_changes_what_was_done_before_it_without_an_execution() -> None:
    talk = Talk()
    talk.fill(last=20, cum=20, leaves=80)
    split = {"order_qty": Decimal(200), "price": Decimal("5.25"), "avg_px": Decimal("5.25")}
    talk.report(ExecType.RESTATED, OrdStatus.PARTIALLY_FILLED, 40, 160, exec_restatement_reason="0", **split)
    talk.fill(last=160, cum=200, leaves=0, avg_px=Decimal("6"))
    talk.shows(order_qty=200, price="5.25", status=OrdStatus.FILLED)
    assert talk.warnings() == {}


def test_a_restatement_for_another_reason_does_not_make_fills() -> None:
    talk = Talk()
    talk.fill(last=20, cum=20, leaves=80)
    talk.report(ExecType.RESTATED, OrdStatus.PARTIALLY_FILLED, 40, 60, exec_restatement_reason="2")
    assert list(talk.warnings()) == ["executions"]


@both
def test_a_fill_is_booked_even_if_its_status_can_not_be(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    execution = talk.fill(last=40, cum=40, leaves=60, status=OrdStatus.REJECTED)
    assert execution is not None
    talk.shows(status=OrdStatus.NEW, cum_qty=40, leaves_qty=60)
    assert talk.warnings() == {
        "status": "OrdStatus(39) REJECTED can't follow NEW by trade (ExecID(17) 'E2')."
    }
    talk.fill(last=60, cum=100, leaves=0)
    talk.shows(status=OrdStatus.FILLED)
    assert talk.warnings() == {}


def test_a_report_that_names_the_other_side_or_another_instrument_stays_marked() -> None:
    talk = Talk()
    talk.fill(last=40, cum=40, leaves=60, side=Side.SELL_SHORT, symbol="MSFT")
    talk.fill(last=60, cum=100, leaves=0, symbol="AAPL.O", side=Side.BUY_MINUS)
    assert talk.warnings() == {
        "side": "The report with ExecID(17) 'E1' has Side(54) SELL_SHORT, the order BUY.",
        "symbol": "The report with ExecID(17) 'E1' has Symbol(55) 'MSFT', the order 'AAPL'.",
    }


def test_an_exec_type_that_nobody_knows_counts_by_its_status_and_stays_marked() -> None:
    talk = Talk()
    talk.order.apply(replace(talk.report_event(ExecType.NEW, OrdStatus.NEW), exec_type="Q?"))
    talk.shows(status=OrdStatus.NEW)
    talk.fill(last=100, cum=100, leaves=0)
    talk.shows(status=OrdStatus.FILLED)
    assert talk.warnings() == {
        "exec_type": "The report with ExecID(17) 'E1' has ExecType(150) 'Q?', which no FIX version up to 4.4 has; it"
        " counts by its quantities and its OrdStatus(39)."
    }


def test_an_exec_id_that_is_used_for_two_executions() -> None:
    talk = Talk()
    fill = talk.fill_event(last=40, cum=40, leaves=60)
    talk.order.apply(fill)
    assert talk.order.apply(fill) is None
    assert talk.warnings() == {}
    assert talk.fill(last=30, cum=70, leaves=30, exec_id=fill.exec_id) is None
    talk.shows(cum_qty=40)
    assert talk.warnings() == {
        "exec_id": "ExecID(17) 'E1' came a second time, for 30 at 10.5 after 40 at 10.5; only the first is counted."
    }


def test_a_guarantee_is_no_fill() -> None:
    """FIX 4.2 D37: a report of 1000 that does not raise CumQty."""
    talk = Talk(FIX42)
    talk.accepted()
    execution = talk.report(
        ExecType.PARTIAL_FILL, OrdStatus.STOPPED, 0, 100, last_qty=Decimal(10), last_px=Decimal("50.10")
    )
    assert execution is not None
    assert (execution.exec_type, execution.last_qty) == (ExecType.STOPPED, None)
    talk.shows(status=OrdStatus.STOPPED, last_qty=None)
    talk.fill(last=10, cum=10, leaves=90, status=OrdStatus.STOPPED)
    talk.shows(status=OrdStatus.STOPPED, cum_qty=10)
    assert talk.warnings() == {}


def test_the_cancel_of_the_rest_may_be_one_message_with_its_fill_or_repeat_it() -> None:
    talk = Talk()
    talk.fill(last=40, cum=40, leaves=60)
    execution = talk.report(ExecType.CANCELED, OrdStatus.CANCELED, 40, 0, last_qty=Decimal(40))
    assert execution is not None
    assert execution.last_qty is None
    assert talk.warnings() == {}

    talk = Talk()
    execution = talk.report(ExecType.CANCELED, OrdStatus.CANCELED, 40, 0, last_qty=Decimal(40))
    assert execution is not None
    assert execution.last_qty == 40
    assert talk.warnings() == {}


@both
def test_a_second_order_of_the_same_id_is_refused_and_the_first_lives_on(dialect: str) -> None:
    """FIX 4.2 D22 and FIX 4.4 F.1: the refusal carries the state of the first."""
    talk = Talk(dialect)
    talk.accepted()
    talk.fill(last=40, cum=40, leaves=60)
    talk.report(
        ExecType.REJECTED, OrdStatus.PARTIALLY_FILLED, 40, 60, text="duplicate order", ord_rej_reason="6"
    )
    talk.shows(status=OrdStatus.PARTIALLY_FILLED, cum_qty=40, text="duplicate order", is_open=True)
    talk.report(ExecType.REJECTED, OrdStatus.REJECTED, 0, 0, ord_rej_reason="6")
    talk.shows(status=OrdStatus.PARTIALLY_FILLED, cum_qty=40, leaves_qty=60)
    assert talk.warnings() == {}


def test_a_refusal_of_a_request_that_reports_no_quantities_leaves_those_of_the_order() -> None:
    talk = Talk()
    talk.fill(last=40, cum=40, leaves=60)
    talk.replace("B", 150)
    talk.report(ExecType.REJECTED, OrdStatus.REJECTED, 0, 0, cl_ord_id="B")
    talk.shows(status=OrdStatus.PARTIALLY_FILLED, cum_qty=40, leaves_qty=60, pending=None)
    assert talk.warnings() == {}


def test_warnings_and_what_they_are_made_of_are_stored() -> None:
    talk = Talk()
    talk.fill(last=40, cum=50, leaves=60)
    talk.order = Order.from_record(json.loads(json.dumps(talk.order.to_record())))
    assert list(talk.warnings()) == ["executions", "leaves_qty"]
    talk.bust("E1", OrdStatus.NEW, 0, 100)
    assert talk.warnings() == {}


def test_an_order_whose_fills_were_not_counted_from_the_beginning_is_not_judged_by_them() -> None:
    talk = Talk()
    talk.fill(last=40, cum=40, leaves=60)
    record = talk.order.to_record()
    del record["tally"], record["warnings"]
    talk.order = Order.from_record(record)
    talk.fill(last=20, cum=60, leaves=40)
    talk.shows(cum_qty=60)
    assert talk.warnings() == {}
    assert talk.order.to_record()["tally"]["carried"] is None


def test_an_unpriced_fill_leaves_the_average_unjudged() -> None:
    talk = Talk(FIX42)
    talk.report(
        ExecType.PARTIAL_FILL,
        OrdStatus.PARTIALLY_FILLED,
        40,
        60,
        last_qty=Decimal(40),
        avg_px=Decimal(99),
        exec_trans_type=ExecTransType.NEW,
    )
    assert talk.warnings() == {}
