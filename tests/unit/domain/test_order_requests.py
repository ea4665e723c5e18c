"""Cancel and replace: what is pending, what a confirmation changes, and what a refusal leaves as it was."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sendfix.domain.enums import ExecType, OrdStatus, OrdType
from sendfix.domain.errors import ImpossibleTransition
from tests.unit.domain.talk import FIX42, FIX44, Talk

both = pytest.mark.parametrize("dialect", [FIX42, FIX44])
# FIX 4.2 reports a confirmed replace as REPLACED, FIX 4.4 as the status that results.
REPLACED_STATUS = {FIX42: OrdStatus.REPLACED, FIX44: OrdStatus.NEW}


@both
def test_cancel_is_pending_until_it_is_confirmed(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    talk.cancel("B")
    assert talk.order.pending is not None
    assert (talk.order.pending.type, talk.order.pending.cl_ord_id) == ("cancel", "B")
    talk.shows(status=OrdStatus.NEW, cl_ord_id="A", cl_ord_ids=["A", "B"])

    talk.report(ExecType.PENDING_CANCEL, OrdStatus.PENDING_CANCEL, cl_ord_id="B", orig_cl_ord_id="A")
    talk.shows(status=OrdStatus.PENDING_CANCEL)
    assert talk.order.pending is not None

    talk.report(ExecType.CANCELED, OrdStatus.CANCELED, 0, 0, cl_ord_id="B", orig_cl_ord_id="A")
    talk.shows(status=OrdStatus.CANCELED, pending=None, is_open=False, leaves_qty=0, cl_ord_id="A")


@both
@pytest.mark.parametrize(("order_qty", "price"), [(150, "10.50"), (100, "10.60"), (150, "10.60")])
def test_replace_changes_price_quantity_and_id_only_when_it_is_confirmed(
    dialect: str, order_qty: int, price: str
) -> None:
    talk = Talk(dialect)
    talk.accepted()
    talk.replace("B", order_qty, price)
    talk.shows(order_qty=100, price="10.50", cl_ord_id="A", cl_ord_ids=["A", "B"])
    pending = talk.order.pending
    assert pending is not None
    assert (pending.type, pending.order_qty, pending.price) == ("replace", Decimal(order_qty), Decimal(price))

    # It may echo the new terms already; they are not in force yet.
    talk.report(
        ExecType.PENDING_REPLACE,
        OrdStatus.PENDING_REPLACE,
        cl_ord_id="B",
        orig_cl_ord_id="A",
        order_qty=Decimal(order_qty),
        price=Decimal(price),
    )
    talk.shows(status=OrdStatus.PENDING_REPLACE, order_qty=100, price="10.50", cl_ord_id="A")

    talk.report(ExecType.REPLACED, REPLACED_STATUS[dialect], 0, order_qty, cl_ord_id="B", orig_cl_ord_id="A")
    talk.shows(
        status=REPLACED_STATUS[dialect],
        order_qty=order_qty,
        price=price,
        leaves_qty=order_qty,
        cl_ord_id="B",
        orig_cl_ord_id="A",
        cl_ord_ids=["A", "B"],
        pending=None,
        is_open=True,
    )


def test_the_confirmations_own_terms_win_over_what_was_asked_for() -> None:
    talk = Talk()
    talk.accepted()
    talk.replace("B", 150, "10.60")
    talk.report(
        ExecType.REPLACED,
        OrdStatus.NEW,
        0,
        120,
        cl_ord_id="B",
        order_qty=Decimal(120),
        price=Decimal("10.55"),
    )
    talk.shows(order_qty=120, price="10.55")


def test_a_replace_to_another_type_takes_over_fields_and_drops_the_price() -> None:
    talk = Talk()
    talk.accepted()
    talk.replace(
        "B", 100, ord_type=OrdType.MARKET, price=None, fields={"max_floor": "10"}, custom_tags={9002: "y"}
    )
    talk.report(ExecType.REPLACED, OrdStatus.NEW, cl_ord_id="B")
    talk.shows(
        ord_type=OrdType.MARKET,
        price=None,
        fields={"handl_inst": "1", "max_floor": "10"},
        custom_tags={9001: "x", 9002: "y"},
    )


@both
def test_fills_while_a_cancel_is_pending(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    talk.cancel("B")
    talk.fill(last=30, cum=30, leaves=70, status=OrdStatus.PENDING_CANCEL, cl_ord_id="B", orig_cl_ord_id="A")
    talk.shows(status=OrdStatus.PENDING_CANCEL, cum_qty=30)
    assert talk.order.pending is not None

    talk.report(ExecType.CANCELED, OrdStatus.CANCELED, 30, 0, cl_ord_id="B", orig_cl_ord_id="A")
    talk.shows(status=OrdStatus.CANCELED, cum_qty=30, leaves_qty=0, pending=None)


@both
def test_a_cancel_that_comes_too_late_leaves_the_order_filled(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    talk.cancel("B")
    talk.fill(last=100, cum=100, leaves=0)
    talk.shows(status=OrdStatus.FILLED)
    assert talk.order.pending is not None, "the counterparty owes an answer"

    talk.cancel_reject("B", OrdStatus.FILLED, cxl_rej_reason="0", text="too late")
    talk.shows(status=OrdStatus.FILLED, pending=None, text="too late", cum_qty=100)


@both
def test_a_refused_replace_leaves_the_order_and_takes_the_reported_status(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    talk.fill(last=40, cum=40, leaves=60)
    talk.replace("B", 30)
    talk.report(ExecType.PENDING_REPLACE, OrdStatus.PENDING_REPLACE, 40, 60, cl_ord_id="B")
    talk.cancel_reject("B", OrdStatus.PARTIALLY_FILLED, text="below CumQty")
    talk.shows(
        status=OrdStatus.PARTIALLY_FILLED,
        pending=None,
        order_qty=100,
        cl_ord_id="A",
        cl_ord_ids=["A", "B"],
        text="below CumQty",
    )


@both
def test_a_filled_order_opens_again_when_its_quantity_is_raised(dialect: str) -> None:
    talk = Talk(dialect)
    talk.accepted()
    talk.replace("B", 150)
    talk.fill(last=100, cum=100, leaves=0)
    talk.report(ExecType.REPLACED, OrdStatus.PARTIALLY_FILLED, 100, 50, cl_ord_id="B", orig_cl_ord_id="A")
    talk.shows(status=OrdStatus.PARTIALLY_FILLED, is_open=True, order_qty=150, leaves_qty=50, cl_ord_id="B")

    talk.fill(last=50, cum=150, leaves=0)
    talk.shows(status=OrdStatus.FILLED, cum_qty=150)


def test_a_cancel_nobody_asked_for() -> None:
    talk = Talk()
    talk.accepted()
    talk.report(ExecType.CANCELED, OrdStatus.CANCELED, 0, 0, text="market closed")
    talk.shows(status=OrdStatus.CANCELED, cl_ord_ids=["A"], text="market closed")


def test_a_replace_nobody_asked_for_brings_its_own_id() -> None:
    talk = Talk()
    talk.accepted()
    talk.report(
        ExecType.REPLACED, OrdStatus.NEW, 0, 80, cl_ord_id="X", orig_cl_ord_id="A", order_qty=Decimal(80)
    )
    talk.shows(order_qty=80, price="10.50", cl_ord_id="X", orig_cl_ord_id="A", cl_ord_ids=["A", "X"])


def test_two_replaces_on_their_way_are_confirmed_one_after_the_other() -> None:
    talk = Talk()
    talk.accepted()
    talk.replace("B", 150)
    talk.replace("C", 200, orig_cl_ord_id="B")
    assert talk.order.pending is not None
    assert talk.order.pending.cl_ord_id == "C"

    talk.report(ExecType.REPLACED, OrdStatus.PENDING_REPLACE, 0, 150, cl_ord_id="B", orig_cl_ord_id="A")
    talk.shows(order_qty=150, cl_ord_id="B", orig_cl_ord_id="A")
    assert talk.order.pending is not None
    assert talk.order.pending.cl_ord_id == "C"

    talk.report(ExecType.REPLACED, OrdStatus.NEW, 0, 200, cl_ord_id="C", orig_cl_ord_id="B")
    talk.shows(order_qty=200, cl_ord_id="C", orig_cl_ord_id="B", pending=None, cl_ord_ids=["A", "B", "C"])


def test_of_a_replace_and_a_cancel_the_first_may_be_refused_and_the_second_confirmed() -> None:
    talk = Talk()
    talk.accepted()
    talk.replace("B", 150)
    talk.cancel("C")
    talk.cancel_reject("B", OrdStatus.PENDING_CANCEL, text="a cancel is pending")
    assert talk.order.pending is not None
    assert talk.order.pending.cl_ord_id == "C"
    talk.shows(order_qty=100, status=OrdStatus.PENDING_CANCEL)

    talk.report(ExecType.CANCELED, OrdStatus.CANCELED, 0, 0, cl_ord_id="C", orig_cl_ord_id="A")
    talk.shows(status=OrdStatus.CANCELED, pending=None)


def test_at_the_end_of_an_order_nothing_is_pending_and_a_late_answer_changes_nothing() -> None:
    talk = Talk()
    talk.accepted()
    talk.cancel("B")
    talk.cancel("C")
    talk.report(ExecType.CANCELED, OrdStatus.CANCELED, 0, 0, cl_ord_id="B", orig_cl_ord_id="A", text="done")
    talk.shows(status=OrdStatus.CANCELED, pending=None)
    talk.cancel_reject("C", OrdStatus.CANCELED, text="too late")
    talk.shows(status=OrdStatus.CANCELED, pending=None, text="done")


def test_a_cancel_that_was_on_its_way_when_the_order_ended_is_a_fact() -> None:
    talk = Talk()
    talk.fill(last=100, cum=100, leaves=0)
    talk.cancel("B")
    talk.shows(status=OrdStatus.FILLED, cl_ord_ids=["A", "B"])
    talk.cancel_reject("B", OrdStatus.FILLED)
    talk.shows(status=OrdStatus.FILLED, pending=None)


def test_unknown_order_is_no_word_on_an_order_that_was_acknowledged() -> None:
    """FIX has OrdStatus(39) REJECTED in an OrderCancelReject(9) with CxlRejReason(102) 1."""
    talk = Talk()
    talk.accepted()
    talk.cancel("B")
    talk.cancel_reject("B", OrdStatus.REJECTED, cxl_rej_reason="1", text="unknown order")
    talk.shows(status=OrdStatus.NEW, pending=None, text="unknown order", is_open=True)


def test_unknown_order_is_no_word_on_a_filled_order_either() -> None:
    talk = Talk()
    talk.fill(last=100, cum=100, leaves=0)
    talk.cancel("B")
    talk.cancel_reject("B", OrdStatus.REJECTED, cxl_rej_reason="1")
    talk.shows(status=OrdStatus.FILLED, pending=None, leaves_qty=0)


def test_a_reject_that_reports_no_status_keeps_it() -> None:
    talk = Talk()
    talk.accepted()
    talk.cancel("B")
    talk.cancel_reject("B", OrdStatus.NEW, ord_status=None, text="no")
    talk.shows(status=OrdStatus.NEW, pending=None, text="no")


def test_unknown_order_ends_an_order_that_was_never_acknowledged() -> None:
    talk = Talk()
    talk.cancel("B")
    talk.cancel_reject("B", OrdStatus.REJECTED, cxl_rej_reason="1", text="unknown order")
    talk.shows(status=OrdStatus.REJECTED, is_open=False, leaves_qty=0)


def test_a_request_refused_by_a_report_does_not_reject_the_order() -> None:
    talk = Talk()
    talk.accepted()
    talk.replace("B", 150)
    execution = talk.report(
        ExecType.REJECTED, OrdStatus.REJECTED, cl_ord_id="B", orig_cl_ord_id="A", text="no"
    )
    assert execution is not None
    talk.shows(status=OrdStatus.NEW, pending=None, order_qty=100, text="no", is_open=True)


def test_a_reject_of_a_request_that_was_never_made_is_impossible() -> None:
    talk = Talk()
    talk.accepted()
    before = talk.order.to_record()
    with pytest.raises(ImpossibleTransition, match=r"ClOrdID\(11\) 'Q' is no request of this order"):
        talk.cancel_reject("Q", OrdStatus.NEW)
    assert talk.order.to_record() == before


def test_a_reject_that_reports_an_impossible_status_refuses_the_request_all_the_same() -> None:
    talk = Talk()
    talk.fill(last=100, cum=100, leaves=0)
    talk.cancel("B")
    talk.cancel_reject("B", OrdStatus.NEW)
    talk.shows(status=OrdStatus.FILLED, pending=None)
    assert talk.warnings() == {"status": "OrdStatus(39) NEW in the refusal of 'B' can't follow FILLED."}


def test_a_request_for_another_order_is_impossible() -> None:
    talk = Talk()
    with pytest.raises(ImpossibleTransition, match=r"OrigClOrdID\(41\) 'Q' is no id of this order"):
        talk.cancel("B", orig_cl_ord_id="Q")
    talk.shows(cl_ord_ids=["A"], pending=None)
