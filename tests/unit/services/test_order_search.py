"""Lists of orders that span memory and database, and pages of them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.errors import StorageUnavailable
from sendfix.services.blotter import Blotter
from sendfix.services.columns import ORDERS
from sendfix.services.order_search import OrderSearch
from sendfix.services.ports import OrderQuery
from sendfix.services.search import Condition, Op, Position, Search, itself
from tests.unit.services.desk_kit import DeskKit, MemoryStore

COLUMNS = ORDERS.columns
NEWEST_FIRST = Search(ORDERS, ORDERS.id)


def traded(count: int, open_ones: set[int]) -> MemoryStore:
    store = MemoryStore()
    kit = DeskKit(store)
    for number in range(1, count + 1):
        cl_ord_id = kit.send(symbol="AAPL" if number % 2 else "MSFT").cl_ord_id
        if number not in open_ones:
            kit.fill(cl_ord_id)
    return store


def orders_of(store: MemoryStore, recent: int) -> OrderSearch:
    """As after a restart and some forgetting: open orders and the newest are in memory."""
    blotter = Blotter(store, recent)
    blotter.resume(store.orders(OrderQuery(limit=10_000))[::-1], len(store.records) + 1)
    blotter.forget(set())
    return OrderSearch(blotter, store, lambda: None)


@given(
    count=st.integers(0, 14),
    open_ones=st.sets(st.integers(1, 14)),
    recent=st.integers(1, 16),
    limit=st.integers(1, 20),
    before=st.none() | st.integers(1, 20),
    symbol=st.none() | st.sampled_from(["AAPL", "MSFT"]),
    status=st.none() | st.sampled_from(["FILLED", "PENDING_NEW"]),
    sort=st.sampled_from(["order_no", "symbol", "status"]),
    descending=st.booleans(),
)
def test_a_list_is_the_same_wherever_its_orders_are(
    count: int,
    open_ones: set[int],
    recent: int,
    limit: int,
    before: int | None,
    symbol: str | None,
    status: str | None,
    sort: str,
    descending: bool,
) -> None:
    store = traded(count, open_ones)
    wanted = {"symbol": symbol, "status": status}
    search = Search(
        ORDERS,
        COLUMNS[sort],
        tuple(Condition(COLUMNS[name], Op.ANY_OF, (value,)) for name, value in wanted.items() if value),
        descending=descending,
        position=Position(before, before) if before and sort == "order_no" and descending else None,
        limit=limit,
    )
    listed, expected = orders_of(store, recent).search(search, itself), store.search(search, itself)
    assert [order.order_no for order in listed.made] == [order.order_no for order in expected.made]
    assert listed.next == expected.next


@given(st.integers(0, 30), st.sets(st.integers(1, 30)), st.integers(1, 31), st.integers(1, 7))
def test_pages_are_the_whole_list_and_nothing_twice(
    count: int, open_ones: set[int], recent: int, limit: int
) -> None:
    orders = orders_of(traded(count, open_ones), recent)
    seen: list[int] = []
    search = replace(NEWEST_FIRST, limit=limit)
    for _ in range(count + 1):
        found = orders.search(search, itself)
        seen += [order.order_no for order in found.made]
        if found.next is None:
            break
        search = replace(search, position=found.next)
    assert seen == list(range(count, 0, -1))


class NoStore(MemoryStore):
    """A database that can't be read."""

    def search(self, search: Search, make: object) -> object:  # type: ignore[override]
        raise StorageUnavailable("the database is locked")


def test_what_is_in_memory_is_listed_without_a_database() -> None:
    store = NoStore()
    kit = DeskKit(store)
    sent = [kit.send().cl_ord_id for _ in range(3)]
    orders = OrderSearch(kit.blotter, store, lambda: None)
    assert [order.cl_ord_id for order in orders.search(NEWEST_FIRST, itself).made] == sent[::-1]
