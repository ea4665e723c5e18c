"""Commands to the desk, and what its journal makes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sendfix.domain.enums import OrdStatus
from sendfix.domain.errors import (
    DuplicateClOrdID,
    EngineUnavailable,
    InvalidRequest,
    NotLoggedOn,
    StateForbids,
    StorageUnavailable,
    UnknownOrder,
    UnknownSession,
)
from sendfix.services.desk import Outcome
from tests.unit.services.desk_kit import DOWN, LOGGED_ON, DeskKit, fix


@pytest.fixture
def kit() -> DeskKit:
    return DeskKit()


def test_an_order_exists_as_soon_as_it_was_sent(kit: DeskKit) -> None:
    order = kit.send()
    assert order.status is OrdStatus.PENDING_NEW
    assert f"|11={order.cl_ord_id}|" in kit.engine.sent[0]
    assert "|60=20260302-14:03:00" in kit.engine.sent[0]
    assert kit.heard.orders == [(order.cl_ord_id, "PENDING_NEW")]
    assert [row.direction for row in kit.heard.messages] == ["OUT"]


def test_ids_differ(kit: DeskKit) -> None:
    assert len({kit.send().cl_ord_id for _ in range(50)}) == 50


def test_nothing_is_sent_for_what_can_not_be(kit: DeskKit) -> None:
    with pytest.raises(UnknownSession):
        kit.send("S99")
    with pytest.raises(InvalidRequest):
        kit.send(side="HOLD")
    kit.intake.status("S44", DOWN)
    with pytest.raises(NotLoggedOn, match="the counterparty is gone"):
        kit.send()
    kit.engine.unavailable_reason = "no engine"
    with pytest.raises(EngineUnavailable):
        kit.send("S42")
    assert kit.engine.sent == []
    assert kit.heard.orders == []


def test_what_the_engine_refuses_leaves_no_trace(kit: DeskKit) -> None:
    kit.engine.fails_with = StateForbids("the session's store is full")
    with pytest.raises(StateForbids):
        kit.send(cl_ord_id="MINE")
    kit.engine.fails_with = None
    assert kit.send(cl_ord_id="MINE").cl_ord_id == "MINE"


def test_an_own_id_is_taken_once_also_after_a_restart(kit: DeskKit) -> None:
    kit.send(cl_ord_id="MINE")
    with pytest.raises(DuplicateClOrdID):
        kit.send(cl_ord_id="MINE")
    with pytest.raises(DuplicateClOrdID):
        DeskKit(kit.store).send(cl_ord_id="MINE")


def test_an_own_id_of_a_replace_or_cancel_is_taken_once_also_after_a_restart(kit: DeskKit) -> None:
    sent = kit.send().cl_ord_id
    kit.acknowledge(sent)
    assert kit.desk.replace_order(sent, {"price": "201"}, {}, "MINE-1")[0] == "MINE-1"
    assert kit.desk.cancel_order(sent, "MINE-2")[0] == "MINE-2"
    for desk in (kit.desk, DeskKit(kit.store).desk):
        with pytest.raises(DuplicateClOrdID):
            desk.replace_order(sent, {"price": "201"}, {}, "MINE-1")
        with pytest.raises(DuplicateClOrdID):
            desk.cancel_order(sent, "MINE-2")
    assert len(kit.engine.sent) == 3


def test_what_became_of_a_request_is_told_as_far_as_it_is_known(kit: DeskKit) -> None:
    sent = kit.send(cl_ord_id="MINE").cl_ord_id
    kit.desk.cancel_order(sent, "MINE-2")
    assert [kit.desk.outcome("S44", one) for one in ("MINE", "MINE-2", "OTHER")] == [
        Outcome.SENT,
        Outcome.SENT,
        Outcome.ABSENT,
    ]
    kit.engine.on_its_way.add("OTHER")
    assert kit.desk.outcome("S44", "OTHER") is Outcome.ON_ITS_WAY
    kit.engine.on_its_way.clear()
    kit.engine.unavailable_reason = "the desk is catching up"
    assert kit.desk.outcome("S44", "OTHER") is Outcome.UNKNOWN
    assert kit.desk.outcome("S44", "MINE") is Outcome.SENT
    with pytest.raises(UnknownSession):
        kit.desk.outcome("S99", "MINE")


def test_replace_and_cancel_wait_for_their_confirmation(kit: DeskKit) -> None:
    sent = kit.send().cl_ord_id
    kit.acknowledge(sent)
    new_id, order = kit.desk.replace_order(sent, {"price": "201"}, {})
    assert (str(order.price), order.pending and order.pending.cl_ord_id) == ("200", new_id)
    kit.report(new_id, f"17=R|41={sent}|150=5|39=0|55=AAPL|54=1|38=100|44=201|14=0|151=100|6=0")
    assert (str(order.price), order.pending, order.cl_ord_id) == ("201", None, new_id)

    cancel_id, order = kit.desk.cancel_order(sent)
    assert order.pending is not None
    kit.entry(
        "S44",
        0,
        fix(f"8=FIX.4.4|9=1|35=9|34=9|37=O1|11={cancel_id}|41={new_id}|39=0|434=1|58=too late|10=0|"),
    )
    assert (order.pending, order.status, order.text) == (None, OrdStatus.NEW, "too late")


def test_requests_for_orders_that_can_not_take_them(kit: DeskKit) -> None:
    with pytest.raises(UnknownOrder):
        kit.desk.cancel_order("NOPE")
    sent = kit.send().cl_ord_id
    with pytest.raises(InvalidRequest, match="nothing to change"):
        kit.desk.replace_order(sent, {}, {})
    kit.fill(sent)
    with pytest.raises(StateForbids, match="FILLED"):
        kit.desk.cancel_order(sent)
    with pytest.raises(StateForbids, match="FILLED"):
        kit.desk.replace_order(sent, {"price": 1}, {})
    assert len(kit.engine.sent) == 1


def test_a_filled_order_is_replaced_to_have_more_filled_and_not_otherwise(kit: DeskKit) -> None:
    sent = kit.send().cl_ord_id
    kit.fill(sent)
    for changes in ({"order_qty": 100}, {"order_qty": "many"}, {"order_qty": True}, {"price": 201}):
        with pytest.raises(StateForbids, match="FILLED"):
            kit.desk.replace_order(sent, changes, {})
    new_id, order = kit.desk.replace_order(sent, {"order_qty": 150}, {})
    assert f"|41={sent}|" in kit.engine.sent[-1]
    kit.report(new_id, f"17=R|41={sent}|150=5|39=1|55=AAPL|54=1|38=150|14=100|151=50|6=200")
    assert (order.status, order.is_open, str(order.order_qty)) == (OrdStatus.PARTIALLY_FILLED, True, "150")


def test_an_execution_counts_once(kit: DeskKit) -> None:
    sent = kit.send().cl_ord_id
    kit.fill(sent)
    kit.fill(sent)
    assert [execution.exec_id for execution in kit.heard.executions] == ["E1"]
    assert str(kit.desk.order(sent).cum_qty) == "100"


def test_an_execution_counts_once_when_its_order_has_left_memory(kit: DeskKit) -> None:
    sent = kit.send().cl_ord_id
    kit.fill(sent)
    later = DeskKit(kit.store)
    later.fill(sent)
    assert later.heard.executions == []
    assert str(later.desk.order(sent).cum_qty) == "100"


def test_an_entry_waits_when_its_order_can_not_be_fetched(kit: DeskKit) -> None:
    sent = kit.send().cl_ord_id
    later = DeskKit(kit.store)
    kit.store.available = False
    stored = len(kit.store.folded)
    with pytest.raises(StorageUnavailable):
        later.fill(sent)
    assert len(kit.store.folded) == stored
    kit.store.available = True
    later.fill(sent)
    assert later.desk.order(sent).status is OrdStatus.FILLED


def test_what_does_not_fit_is_in_the_log_and_changes_nothing(kit: DeskKit) -> None:
    sent = kit.send().cl_ord_id
    kit.fill(sent)
    kit.report(sent, "17=E9|150=4|39=4|55=AAPL|54=1|38=100|14=100|151=0|6=200")
    kit.report("STRANGER", "17=E9|150=F|39=2|55=AAPL|54=1|38=100|32=1|31=1|14=1|151=0|6=1")
    kit.entry("S44", 0, fix("8=FIX.4.4|9=1|35=8|34=9|37=O1|11=X|10=000|"))
    assert kit.desk.order(sent).status is OrdStatus.FILLED
    events = [row.raw for row in kit.heard.messages if row.direction == "EVENT"]
    assert "FILLED" in events[0]
    assert "STRANGER" in events[1]
    assert "ExecID" in events[2]
    indexes = [folded.index for folded in kit.store.folded]
    assert indexes == list(range(1, len(indexes) + 1))


def test_a_session_level_reject_rejects_the_order_it_names(kit: DeskKit) -> None:
    order = kit.send()
    raw = kit.heard.messages[-1]
    kit.entry(
        "S44", 0, fix(f"8=FIX.4.4|9=1|35=3|34=9|45={raw.msg_seq_num}|372=D|58=Required tag missing|10=000|")
    )
    assert (order.status, order.text) == (OrdStatus.REJECTED, "Required tag missing")


def test_a_session_level_reject_finds_its_order_after_a_restart(kit: DeskKit) -> None:
    order = kit.send()
    later = DeskKit(kit.store, resumed=[order])
    later.entry(
        "S44", 0, fix(f"8=FIX.4.4|9=1|35=3|34=9|45={order.msg_seq_num}|372=D|58=Required tag missing|10=0|")
    )
    assert later.desk.order(order.cl_ord_id).status is OrdStatus.REJECTED


@pytest.mark.parametrize("named_by", ["45={seq}|372=F", "45={seq}", "45=1|372=F|379={cl_ord_id}|380=0"])
def test_a_late_reject_finds_its_request_after_its_order_was_closed_and_the_desk_restarted(
    kit: DeskKit, named_by: str
) -> None:
    sent = kit.send().cl_ord_id
    kit.acknowledge(sent)
    cancel_id, order = kit.desk.cancel_order(sent)
    kit.fill(sent)
    later = DeskKit(kit.store, resumed=[order])
    named = named_by.format(seq=order.requests[0].msg_seq_num, cl_ord_id=cancel_id)
    msg_type = "j" if "380" in named else "3"
    later.entry("S44", 0, fix(f"8=FIX.4.4|9=1|35={msg_type}|34=9|{named}|58=no such field|10=0|"))
    found = later.desk.order(sent)
    assert (found.status, found.requests) == (OrdStatus.FILLED, [])
    assert later.heard.orders == [(sent, "FILLED")]
    assert later.heard.messages[-1].order_no == found.order_no


def test_numbers_of_before_a_reset_are_forgotten_over_a_restart_too(kit: DeskKit) -> None:
    old, new = kit.send(), kit.send()
    old.msg_seq_num, new.msg_seq_num = 9, 2
    new.created_at += timedelta(seconds=1)
    later = DeskKit(kit.store, resumed=[old, new])
    later.entry("S44", 0, fix("8=FIX.4.4|9=1|35=3|34=9|45=9|372=D|58=no|10=0|"))
    assert "refused message 9, of no order" in later.heard.messages[-1].raw


def test_a_reject_of_something_else_leaves_orders_alone(kit: DeskKit) -> None:
    order = kit.send()
    kit.entry("S44", 0, fix(f"8=FIX.4.4|9=1|35=3|34=9|45={order.msg_seq_num}|372=0|58=no|10=0|"))
    assert order.status is OrdStatus.PENDING_NEW
    kit.entry("S44", 0, fix("8=FIX.4.4|9=1|35=3|34=9|45=999|372=D|58=no|10=0|"))
    assert "999" in kit.heard.messages[-1].raw


def test_orders_of_a_session_that_is_no_longer_configured_are_left_alone(kit: DeskKit) -> None:
    order = kit.send()
    order.session_name = "GONE"
    with pytest.raises(UnknownSession):
        kit.desk.cancel_order(order.cl_ord_id)
    with pytest.raises(UnknownSession):
        kit.desk.replace_order(order.cl_ord_id, {"price": 1}, {})


def test_ids_that_only_name_an_order_beside_its_own_are_not_kept(kit: DeskKit) -> None:
    sent = kit.send().cl_ord_id
    kit.report("FOREIGN", f"41={sent}|17=N|150=0|39=0|55=AAPL|54=1|38=100|14=0|151=100|6=0")
    assert kit.desk.order(sent).status is OrdStatus.NEW
    with pytest.raises(UnknownOrder):
        kit.desk.order("FOREIGN")


def test_an_id_of_one_session_is_not_mixed_up_with_another(kit: DeskKit) -> None:
    sent = kit.send("S44").cl_ord_id
    kit.entry(
        "S42", 0, fix(f"8=FIX.4.2|9=1|35=8|34=9|37=O1|11={sent}|17=E|20=0|150=2|39=2|14=100|151=0|6=1|10=0|")
    )
    assert kit.desk.order(sent).status is OrdStatus.PENDING_NEW


def test_status_is_asked_for_open_orders_until_the_counterparty_refuses(kit: DeskKit) -> None:
    first = kit.send().cl_ord_id
    filled = kit.send().cl_ord_id
    kit.fill(filled)
    kit.engine.sent.clear()
    kit.desk.ask_status("S44")
    assert [text.startswith("35=H|") and f"|11={first}|" in text for text in kit.engine.sent] == [True]

    # Of that one alone: "application not available", "value is incorrect".
    kit.entry("S44", 0, fix(f"8=FIX.4.4|9=1|35=j|34=7|45=3|372=H|379={first}|380=4|58=later|10=000|"))
    kit.entry("S44", 0, fix("8=FIX.4.4|9=1|35=3|34=8|45=3|372=H|371=55|373=5|10=000|"))
    kit.desk.ask_status("S44")
    assert len(kit.engine.sent) == 2

    kit.entry("S44", 0, fix(f"8=FIX.4.4|9=1|35=j|34=9|45=3|372=H|379={first}|380=3|58=unsupported|10=000|"))
    kit.desk.ask_status("S44")
    assert len(kit.engine.sent) == 2
    assert kit.desk.order(first).status is OrdStatus.PENDING_NEW


def test_connection_results_are_told_when_a_state_is_reached(kit: DeskKit) -> None:
    kit.intake.status("S42", {**DOWN, "state": "connecting"})
    kit.intake.status("S42", DOWN)
    kit.intake.status("S42", {**DOWN, "next_sender_seq_num": 3})
    assert kit.intake.status("S42", LOGGED_ON) is True
    assert kit.intake.status("S42", {**LOGGED_ON, "last_received_at": 1}) is False
    assert kit.intake.status("S42", {**LOGGED_ON, "connected_at": 1}) is True
    results = [(state, message) for name, state, message in kit.heard.results if name == "S42"]
    assert results[1:] == [("disconnected", "the counterparty is gone"), ("connected", "Logged on.")]


def test_without_an_engine_no_session_looks_logged_on(kit: DeskKit) -> None:
    kit.intake.engine_lost("The engine is gone.")
    assert {session.logged_on for session in kit.sessions} == {False}
    with pytest.raises(NotLoggedOn, match=r"The engine is gone\."):
        kit.send()
