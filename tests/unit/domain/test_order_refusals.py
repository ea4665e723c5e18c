"""Our own message refused below the order: Reject(3), BusinessMessageReject(j), or not sent again when stale."""

from __future__ import annotations

import pytest

from sendfix.domain.enums import ExecType, OrdStatus
from sendfix.domain.errors import ImpossibleTransition
from tests.unit.domain.talk import Talk


def test_a_session_reject_of_the_order_message_rejects_the_order() -> None:
    talk = Talk()
    talk.session_reject(2, "Required tag missing")
    talk.shows(status=OrdStatus.REJECTED, text="Required tag missing", leaves_qty=0, is_open=False)


def test_a_business_reject_names_the_order_by_its_id() -> None:
    talk = Talk()
    talk.session_reject(None, None, ref_id="A", reason="BusinessRejectReason(380) 4")
    talk.shows(status=OrdStatus.REJECTED, text="BusinessRejectReason(380) 4")


@pytest.mark.parametrize("kind", ["cancel", "replace"])
def test_a_session_reject_of_a_request_clears_it_and_keeps_the_status(kind: str) -> None:
    talk = Talk()
    talk.accepted()
    if kind == "cancel":
        talk.cancel("B")
    else:
        talk.replace("B", 150)
    talk.session_reject(3, "bad tag")
    talk.shows(status=OrdStatus.NEW, pending=None, text="bad tag", order_qty=100, cl_ord_ids=["A", "B"])


def test_a_refused_order_that_arrived_all_the_same_comes_back() -> None:
    """It is our conclusion that it was refused; a report on it is the counterparty's word."""
    talk = Talk()
    talk.not_resent("A")
    talk.shows(status=OrdStatus.REJECTED, text="Not sent: 90 s old")
    talk.accepted()
    talk.shows(status=OrdStatus.NEW, is_open=True)


def test_a_refusal_of_an_acknowledged_order_message_is_impossible() -> None:
    talk = Talk()
    talk.accepted()
    with pytest.raises(ImpossibleTransition, match="order message refused"):
        talk.session_reject(2)
    talk.shows(status=OrdStatus.NEW)


def test_a_refusal_of_a_message_that_is_not_of_this_order_is_impossible() -> None:
    talk = Talk()
    with pytest.raises(ImpossibleTransition, match=r"RefSeqNum\(45\) 99"):
        talk.session_reject(99)


def test_not_resent_after_the_acknowledgement_means_nothing() -> None:
    talk = Talk()
    talk.accepted()
    before = talk.order.to_record()
    talk.not_resent("A")
    assert talk.order.to_record() == before


def test_a_request_that_was_not_resent_is_no_longer_pending() -> None:
    talk = Talk()
    talk.accepted()
    talk.cancel("B")
    talk.not_resent("B", None)
    talk.shows(status=OrdStatus.NEW, pending=None, is_open=True)
    assert talk.order.text == "Not sent: it was too old when the counterparty asked for it again"


def test_a_refusal_of_a_request_that_was_answered_already_changes_nothing() -> None:
    talk = Talk()
    talk.accepted()
    talk.cancel("B")
    talk.report(ExecType.CANCELED, OrdStatus.CANCELED, 0, 0, cl_ord_id="B")
    before = talk.order.to_record()
    talk.not_resent("B")
    talk.session_reject(None, ref_id="B")
    assert talk.order.to_record() == before
