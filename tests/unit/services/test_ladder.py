"""An order's messages as a conversation, with what each CumQty is made of."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from sendfix.services.ladder import Step, ladder
from tests.unit.services.desk_kit import DeskKit, fix

D = Decimal


def steps_of(kit: DeskKit, whole: bool = True) -> list[Step]:
    messages = [row for folded in kit.store.folded for row in folded.messages]
    executions = [folded.execution for folded in kit.store.folded if folded.execution is not None]
    return ladder(messages, executions, whole=whole)


def fill(kit: DeskKit, exec_id: str, qty: int, cum: int, more: str = "") -> None:
    status, leaves = ("2", 0) if cum == 100 else ("1", 100 - cum)
    kit.report("A", f"17={exec_id}|150=F|39={status}|32={qty}|31=10|14={cum}|151={leaves}|6=10|{more}")


def start(kit: DeskKit) -> None:
    kit.send(cl_ord_id="A")
    kit.report("A", "17=E1|150=0|39=0|14=0|151=100|6=0")


def test_each_message_says_what_it_answers_and_how_the_order_stood() -> None:
    kit = DeskKit()
    start(kit)
    kit.desk.cancel_order("A")
    request = kit.engine.sent[-1].split("|11=")[1].split("|")[0]
    kit.entry("S44", 0, fix(f"8=FIX.4.4|9=1|35=9|34=3|11={request}|41=A|39=0|434=1|58=too late|10=000|"))
    new, ack, cancel, refusal = steps_of(kit)
    assert (new.status, new.answers, new.since_previous) == (None, None, None)
    assert (ack.answers, ack.status, ack.exec_type, ack.since_request) == (new.message.id, "NEW", "NEW", 0)
    assert (cancel.cl_ord_id, cancel.orig_cl_ord_id) == (request, "A")
    assert (refusal.answers, refusal.marks, refusal.text) == (cancel.message.id, ["reject"], "too late")


def test_what_was_asked_of_an_order_is_answered_by_its_status() -> None:
    kit = DeskKit()
    start(kit)
    kit.desk.request_status("A")
    kit.report("A", "17=0|150=I|39=0|14=0|151=100|6=0")
    fill(kit, "E2", 30, 30)
    new, _, question, answer, filled = steps_of(kit)
    assert filled.answers == new.message.id
    assert (question.message.msg_type, question.cl_ord_id) == ("H", "A")
    assert (answer.answers, answer.status, answer.marks) == (question.message.id, "NEW", [])


def test_a_reject_of_the_session_layer_answers_by_its_number() -> None:
    kit = DeskKit()
    kit.send(cl_ord_id="A")
    kit.entry("S44", 0, fix("8=FIX.4.4|9=1|35=3|34=3|45=2|372=D|58=bad tag|10=000|"))
    new, reject = steps_of(kit)
    assert (reject.answers, reject.marks) == (new.message.id, ["reject"])


def test_cum_qty_is_the_sum_of_the_fills_after_busts_and_corrections() -> None:
    kit = DeskKit()
    start(kit)
    fill(kit, "E2", 30, 30)
    fill(kit, "E3", 20, 50)
    kit.report("A", "17=E4|19=E2|150=G|39=1|32=10|31=11|14=30|151=70|6=10")
    kit.report("A", "17=E5|19=E3|150=H|39=1|14=10|151=90|6=11")
    *_, first, second, corrected, busted = steps_of(kit)
    assert [step.total for step in (first, second, corrected, busted)] == [D(30), D(50), D(30), D(10)]
    assert (corrected.taken_back, corrected.counted_as, corrected.counted) == ("E2", "E4", D(10))
    assert (busted.taken_back, busted.counted) == ("E3", None)
    assert (corrected.marks, busted.marks) == (["correction"], ["bust"])
    assert all(step.adds_up for step in (first, second, corrected, busted))


def test_a_fill_that_comes_again_is_marked_and_not_counted() -> None:
    kit = DeskKit()
    start(kit)
    fill(kit, "E2", 30, 30)
    fill(kit, "E3", 20, 50)
    fill(kit, "E2", 30, 30, "43=Y|122=20260302-14:03:00|")
    again = steps_of(kit)[-1]
    assert again.marks == ["resent", "not_counted"]
    assert (again.counted, again.total, again.adds_up) == (None, D(50), None)
    assert (again.nothing_new, again.answers, again.since_request) == (True, None, None)


def test_what_fills_a_gap_is_news_although_it_was_sent_before() -> None:
    kit = DeskKit()
    start(kit)
    kit.desk.cancel_order("A")
    request = kit.engine.sent[-1].split("|11=")[1].split("|")[0]
    missed = f"8=FIX.4.4|9=1|35=9|34=7|43=Y|11={request}|41=A|39=0|434=1|58=too late|10=000|"
    kit.entry("S44", 0, fix(missed))
    kit.entry("S44", 0, fix(missed))
    first, again = steps_of(kit)[-2:]
    assert [(step.marks, step.nothing_new) for step in (first, again)] == [
        (["resent", "reject"], False),
        (["resent", "reject"], True),
    ]


def test_a_cum_qty_that_no_fill_explains_is_said() -> None:
    kit = DeskKit()
    start(kit)
    fill(kit, "E2", 30, 80)
    # The desk's own complaint follows the report, as an event of the session.
    report, complaint = steps_of(kit)[-2:]
    assert (report.total, report.cum_qty, report.adds_up) == (D(30), D(80), False)
    assert complaint.message.direction == "EVENT"
    assert complaint.text


def test_without_all_executions_no_sum_is_claimed() -> None:
    kit = DeskKit()
    start(kit)
    fill(kit, "E2", 30, 30)
    assert {step.total for step in steps_of(kit, whole=False)} == {None}
    assert {step.adds_up for step in steps_of(kit, whole=False)} == {None}


@settings(max_examples=40)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=12), st.data())
def test_the_sums_are_those_of_the_order(quantities: list[int], data: st.DataObject) -> None:
    kit = DeskKit()
    start(kit)
    alive: dict[str, int] = {}
    for number, qty in enumerate(quantities):
        if sum(alive.values()) + qty <= 99:
            alive[f"F{number}"] = qty
            fill(kit, f"F{number}", qty, sum(alive.values()))
        if alive and data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(sorted(alive)))
            alive.pop(gone)
            kit.report("A", f"17=B{number}|19={gone}|150=H|39=1|14={sum(alive.values())}|151=1|6=10")
    steps = steps_of(kit)
    order = kit.desk.order("A")
    assert steps[-1].total == order.tally.qty == sum(alive.values())
    counted = {step.counted_as: step.counted for step in steps if step.counted_as}
    for step in steps:
        counted.pop(step.taken_back, None)
    assert counted == {key: qty for key, (qty, _px) in order.tally.fills.items()}
