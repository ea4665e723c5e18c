"""The orders in memory: every open one, every one not yet stored, and the newest of the rest.

An order that is not in memory is complete in the archive. That is the invariant; `forget` keeps it, because it
lets go only of closed orders that are stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge

from sendfix.domain.enums import api_name
from sendfix.domain.order import Order
from sendfix.services.ports import OrderArchive, OrderQuery

RECENT_ORDERS = 5_000


class Blotter:
    """Finds orders by any ClOrdID of their chain, or by the MsgSeqNum of a request that awaits its answer."""

    def __init__(self, archive: OrderArchive, recent_orders: int = RECENT_ORDERS) -> None:
        self._archive = archive
        self._recent_orders = recent_orders
        self._orders: dict[int, Order] = {}
        self._by_id: dict[str, Order] = {}
        self._next_order_no = 1

    def resume(self, orders: Iterable[Order], next_order_no: int) -> None:
        """Take up the orders of the desk that ran before."""
        self._next_order_no = next_order_no
        for order in orders:
            self._keep(order)

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders.values())

    def __len__(self) -> int:
        return len(self._orders)

    @property
    def next_order_no(self) -> int:
        return self._next_order_no

    @property
    def floor(self) -> int:
        """Every order from this `order_no` on is in memory."""
        return self._next_order_no - self._recent_orders

    def add(self, order: Order) -> None:
        self._next_order_no = max(self._next_order_no, order.order_no + 1)
        self._keep(order)

    def index(self, cl_ord_id: str, order: Order) -> None:
        """A request gave the order one more ClOrdID."""
        self._by_id[cl_ord_id] = order

    def in_memory(self, cl_ord_id: str) -> Order | None:
        return self._by_id.get(cl_ord_id)

    def find(self, cl_ord_id: str) -> Order | None:
        """The order, fetched back from the archive if need be. Raises `StorageUnavailable`."""
        order = self._by_id.get(cl_ord_id)
        if order is None:
            order = self._archive.find_order(cl_ord_id)
            if order is not None:
                # Another greenlet may have fetched it meanwhile: one order, one object.
                order = self._orders.get(order.order_no, order)
                self._keep(order)
        return order

    def open_orders(self, session_name: str) -> list[Order]:
        return [
            order for order in self._orders.values() if order.is_open and order.session_name == session_name
        ]

    def orders(self, query: OrderQuery) -> list[Order]:
        """Newest first, from memory and, below what memory holds whole, from the archive."""
        floor = self.floor
        held = [order for order in self._newest_first() if _matches(order, query)]
        recent = [order for order in held if order.order_no >= floor]
        if len(recent) >= query.limit or floor <= 1:
            return held[: query.limit]
        archived = [
            order
            for order in self._archive.orders(_below(query, floor))
            if order.order_no not in self._orders and _matches(order, query)
        ]
        older = [order for order in held if order.order_no < floor]
        by_number = merge(older, archived, key=lambda order: -order.order_no)
        return [*recent, *by_number][: query.limit]

    def forget(self, unstored: set[int]) -> None:
        """Let go of closed, stored orders beyond the newest `recent_orders`."""
        floor = self.floor
        for order_no in [
            number
            for number, order in self._orders.items()
            if number < floor and not order.is_open and number not in unstored
        ]:
            for cl_ord_id in self._orders.pop(order_no).cl_ord_ids:
                self._by_id.pop(cl_ord_id, None)

    def _keep(self, order: Order) -> None:
        self._orders[order.order_no] = order
        for cl_ord_id in order.cl_ord_ids:
            self._by_id[cl_ord_id] = order

    def _newest_first(self) -> Iterator[Order]:
        return iter(sorted(self._orders.values(), key=lambda order: -order.order_no))


def _matches(order: Order, query: OrderQuery) -> bool:
    return (
        (query.session_name is None or order.session_name == query.session_name)
        and (query.symbol is None or order.symbol == query.symbol)
        and (query.side is None or api_name(order.side) == query.side)
        and (query.status is None or order.status.name == query.status)
        and (query.before is None or order.order_no < query.before)
    )


def _below(query: OrderQuery, floor: int) -> OrderQuery:
    before = floor if query.before is None else min(floor, query.before)
    return OrderQuery(query.session_name, query.symbol, query.side, query.status, query.limit, before)
