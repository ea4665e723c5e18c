"""Whatever comes, in whatever order: nothing is corrupted, counted twice, or lost in storage."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.enums import ExecTransType, ExecType, OrdStatus, OrdType
from sendfix.domain.errors import ImpossibleTransition
from sendfix.domain.events import (
    CancelRejected,
    CancelSent,
    ExecutionReported,
    MessageRejected,
    NotResent,
    OrderEvent,
    ReplaceSent,
)
from sendfix.domain.execution import Execution
from sendfix.domain.order import Order
from tests.unit.domain.talk import SESSION, START, new_order

IDS = st.sampled_from("ABCDQ")
QUANTITIES = st.sampled_from([Decimal(number) for number in (0, 10, 40, 100, 150)])
MAYBE = st.none() | QUANTITIES
NUMBERS = st.integers(1, 30)
TEXTS = st.none() | st.sampled_from(["", "too late", 'quoted "text"', "ü"])


@st.composite
def reports(draw: st.DrawFn) -> ExecutionReported:
    number = draw(NUMBERS)
    return ExecutionReported(
        session_name=SESSION,
        at=START,
        exec_id=draw(st.sampled_from(["0", *[f"E{n}" for n in range(12)]])),
        exec_type=draw(st.sampled_from([*ExecType, "Z"])),
        ord_status=draw(st.sampled_from(OrdStatus)),
        cl_ord_id=draw(IDS),
        orig_cl_ord_id=draw(st.none() | IDS),
        order_id=draw(st.sampled_from([None, "O1"])),
        exec_trans_type=draw(st.sampled_from([None, None, *ExecTransType])),
        order_qty=draw(MAYBE),
        price=draw(MAYBE),
        ord_type=draw(st.sampled_from([None, OrdType.LIMIT, "Z"])),
        last_qty=draw(MAYBE),
        last_px=draw(MAYBE),
        cum_qty=draw(MAYBE),
        leaves_qty=draw(MAYBE),
        avg_px=draw(MAYBE),
        text=draw(TEXTS),
        sent=(f"20261120-14:30:{number:02}", number),
        poss_dup=draw(st.booleans()),
    )


REJECTS = st.builds(
    CancelRejected,
    st.just(SESSION),
    st.just(START),
    IDS,
    IDS,
    st.none(),
    st.sampled_from(OrdStatus),
    cxl_rej_reason=st.sampled_from([None, "0", "1"]),
    text=TEXTS,
    sent=NUMBERS.map(lambda number: (f"20261120-14:30:{number:02}", number)),
    poss_dup=st.booleans(),
)
EVENTS: st.SearchStrategy[OrderEvent] = st.one_of(
    reports(),
    reports(),
    REJECTS,
    st.builds(CancelSent, st.just(SESSION), st.just(START), NUMBERS, IDS, IDS),
    st.builds(ReplaceSent, st.just(SESSION), st.just(START), NUMBERS, IDS, IDS, MAYBE, MAYBE),
    st.builds(
        MessageRejected, st.just(SESSION), st.just(START), NUMBERS, st.none(), st.none() | IDS, text=TEXTS
    ),
    st.builds(NotResent, st.just(SESSION), st.just(START), IDS, text=TEXTS),
)
SEQUENCES = st.lists(EVENTS, max_size=25)


def fold(order: Order, event: OrderEvent) -> Execution | None:
    """Apply; the impossible must leave the order as it was."""
    before = order.to_record()
    try:
        return order.apply(event)
    except ImpossibleTransition:
        assert order.to_record() == before
        return None


@given(SEQUENCES)
def test_any_sequence_leaves_a_sound_order(events: list[OrderEvent]) -> None:
    order = Order.from_new(new_order(), 1)
    booked: list[str] = []
    for event in events:
        execution = fold(order, event)
        if execution is not None:
            booked.append(execution.exec_id)
        assert order.cl_ord_ids[0] == "A"
        assert order.cl_ord_id in order.cl_ord_ids
        assert len(set(order.cl_ord_ids)) == len(order.cl_ord_ids)
        assert all(request.cl_ord_id in order.cl_ord_ids for request in order.requests)
    real = [exec_id for exec_id in booked if exec_id != "0"]
    assert len(real) == len(set(real)), "an ExecID was booked twice"
    assert set(real) <= order.exec_ids


@given(SEQUENCES, st.data())
def test_a_record_holds_everything_needed_to_go_on(events: list[OrderEvent], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(events)))
    kept = Order.from_new(new_order(), 1)
    for event in events[:cut]:
        fold(kept, event)
    stored = Order.from_record(json.loads(json.dumps(kept.to_record())))
    assert stored.to_record() == kept.to_record()
    for event in events[cut:]:
        assert fold(stored, event) == fold(kept, event)
        assert stored.to_record() == kept.to_record()
        assert (stored.pending, stored.is_open) == (kept.pending, kept.is_open)


@given(st.lists(reports(), max_size=15), st.data())
def test_executions_sent_again_change_nothing(events: list[ExecutionReported], data: st.DataObject) -> None:
    order = Order.from_new(new_order(), 1)
    booked = [event for event in events if fold(order, event) is not None]
    before = order.to_record()
    again = data.draw(st.permutations(booked))
    for event in again:
        if event.exec_id != "0":
            assert order.apply(replace(event, poss_dup=data.draw(st.booleans()))) is None
    assert order.to_record() | {"warnings": before["warnings"]} == before


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.data())
def test_fills_in_any_order_of_delivery_add_up(sizes: list[int], data: st.DataObject) -> None:
    """Only the newest says how things stand; each counts as an execution."""
    total = sum(sizes)
    done, fills = 0, []
    for number, size in enumerate(sizes, 1):
        done += size
        fills.append(
            ExecutionReported(
                session_name=SESSION,
                at=START,
                exec_id=f"E{number}",
                exec_type=ExecType.TRADE,
                ord_status=OrdStatus.FILLED if done == total else OrdStatus.PARTIALLY_FILLED,
                cl_ord_id="A",
                last_qty=Decimal(size),
                last_px=Decimal(1),
                cum_qty=Decimal(done),
                leaves_qty=Decimal(total - done),
                sent=(f"20261120-14:30:{number:02}", number),
            )
        )
    newest = fills[-1]
    resent = [replace(fill, poss_dup=True) for fill in data.draw(st.permutations(fills))]
    order = Order.from_new(new_order(order_qty=Decimal(total)), 1)
    executions = [order.apply(event) for event in [newest, *resent]]
    assert sum(execution.last_qty or 0 for execution in executions if execution is not None) == total
    assert (order.status, order.cum_qty, order.leaves_qty) == (OrdStatus.FILLED, total, 0)
    assert order.last_qty == sizes[-1]


@given(reports())
def test_an_execution_comes_back_from_its_record(event: ExecutionReported) -> None:
    order = Order.from_new(new_order(), 1)
    execution = fold(order, event)
    if execution is not None:
        record: dict[str, Any] = json.loads(json.dumps(execution.to_record()))
        assert Execution.from_record(record) == execution
