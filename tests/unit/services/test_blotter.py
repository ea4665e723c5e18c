"""Which orders are in memory, and lists that span memory and archive."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sendfix.services.blotter import Blotter
from sendfix.services.ports import OrderQuery
from tests.unit.services.desk_kit import DeskKit, MemoryStore


def filled_store(count: int, open_ones: set[int]) -> tuple[MemoryStore, list[str]]:
    store = MemoryStore()
    kit = DeskKit(store)
    sent = []
    for number in range(1, count + 1):
        cl_ord_id = kit.send(symbol="AAPL" if number % 2 else "MSFT").cl_ord_id
        sent.append(cl_ord_id)
        if number not in open_ones:
            kit.fill(cl_ord_id)
    return store, sent


def blotter_of(store: MemoryStore, recent: int) -> Blotter:
    """A blotter as after a restart and some forgetting: open orders and the newest."""
    blotter = Blotter(store, recent)
    orders = [
        order for number in store.records for order in store.orders(OrderQuery(before=number + 1, limit=1))
    ]
    blotter.resume(orders, len(orders) + 1)
    blotter.forget(set())
    return blotter


def test_closed_old_orders_leave_memory_and_are_found_again() -> None:
    store, sent = filled_store(20, {3})
    blotter = blotter_of(store, 5)
    assert len(blotter) == 6
    assert blotter.in_memory(sent[0]) is None
    assert blotter.in_memory(sent[2]) is not None
    found = blotter.find(sent[0])
    assert found is not None
    assert blotter.find(sent[0]) is found


def test_orders_not_stored_yet_are_kept() -> None:
    store, sent = filled_store(20, set())
    blotter = Blotter(store, 5)
    blotter.resume(store.orders(OrderQuery()), 21)
    blotter.forget({1, 2})
    assert blotter.in_memory(sent[0]) is not None
    assert blotter.in_memory(sent[2]) is None


@given(
    count=st.integers(0, 14),
    open_ones=st.sets(st.integers(1, 14)),
    recent=st.integers(1, 16),
    limit=st.integers(1, 20),
    before=st.none() | st.integers(1, 20),
    symbol=st.none() | st.sampled_from(["AAPL", "MSFT"]),
    status=st.none() | st.sampled_from(["FILLED", "PENDING_NEW"]),
)
def test_a_list_is_the_same_wherever_its_orders_are(
    count: int,
    open_ones: set[int],
    recent: int,
    limit: int,
    before: int | None,
    symbol: str | None,
    status: str | None,
) -> None:
    store, _ = filled_store(count, open_ones)
    query = OrderQuery(symbol=symbol, status=status, limit=limit, before=before)
    listed = [order.order_no for order in blotter_of(store, recent).orders(query)]
    assert listed == [order.order_no for order in store.orders(query)]
