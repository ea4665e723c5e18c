"""Orders in memory and orders stored, as one answer."""

from __future__ import annotations

from collections.abc import Callable
from heapq import merge

from sendfix.domain.order import Order
from sendfix.services.blotter import Blotter
from sendfix.services.search import Found, Search, SearchArchive


class OrderSearch:
    """`settle` waits until all that was folded is stored."""

    def __init__(self, blotter: Blotter, archive: SearchArchive, settle: Callable[[], None]) -> None:
        self._blotter = blotter
        self._archive = archive
        self._settle = settle

    def search(self, search: Search) -> Found[list[Order]]:
        """Newest first, from memory as far as it goes, so that the desk answers without its database too; sorted
        otherwise, from the database alone. Raises as `SearchArchive.search` does."""
        if not (search.by_id and search.descending):
            self._settle()
            return self._archive.search(search, list)
        floor = self._blotter.floor
        held = sorted(
            (
                order
                for order in self._blotter
                if search.is_behind(search.place_of(order)) and search.matches(order)
            ),
            key=lambda order: -order.order_no,
        )
        recent = [order for order in held if order.order_no >= floor]
        if len(recent) > search.limit or floor <= 1:
            return _page(search, held, False)
        # Those in memory may have changed since they were stored: what the database says of them does not count.
        in_memory = {order.order_no for order in self._blotter if order.order_no < floor}
        stored = self._archive.search(
            search.below(floor).behind(search.position, search.limit + len(in_memory)), list
        )
        archived = [order for order in stored.made if order.order_no not in in_memory]
        older = [order for order in held if order.order_no < floor]
        merged = [*recent, *merge(older, archived, key=lambda order: -order.order_no)]
        return _page(search, merged, stored.next is not None)


def _page(search: Search, orders: list[Order], more: bool) -> Found[list[Order]]:
    page = orders[: search.limit]
    if not page or not (more or len(orders) > search.limit):
        return Found(page, None)
    return Found(page, search.place_of(page[-1]))
