"""Orders in memory and orders stored, as one answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import merge
from typing import TypeVar

from sendfix.domain.order import Order
from sendfix.services.blotter import Blotter
from sendfix.services.search import Found, Position, Search, SearchArchive

T = TypeVar("T")


class OrderSearch:
    """`settle` waits until all that was folded is stored."""

    def __init__(self, blotter: Blotter, archive: SearchArchive, settle: Callable[[], None]) -> None:
        self._blotter = blotter
        self._archive = archive
        self._settle = settle

    def search(self, search: Search, make: Callable[[Order], T]) -> Found[Order | T]:
        """Newest first, from memory as far as it goes, so that the desk answers without its database too; sorted
        otherwise, from the database alone. What comes from the database is what `make` makes of it there; orders in
        memory are left to the caller. Raises as `SearchArchive.search` does."""
        if not (search.by_id and search.descending):
            self._settle()
            stored = self._archive.search(search, make)
            return Found([*stored.made], stored.next)
        floor = self._blotter.floor
        held = sorted(
            (
                (-order.order_no, order)
                for order in self._blotter
                if search.is_behind(search.place_of(order)) and search.matches(order)
            ),
            key=_number,
        )
        recent = [one for one in held if -one[0] >= floor]
        if len(recent) > search.limit or floor <= 1:
            return _page(search, held, False)
        # Those in memory may have changed since they were stored: what the database says of them does not count.
        in_memory = {order.order_no for order in self._blotter if order.order_no < floor}
        found = self._archive.search(
            search.below(floor).behind(search.position, search.limit + len(in_memory)),
            lambda order: (-order.order_no, None if order.order_no in in_memory else make(order)),
        )
        archived = [one for one in found.made if -one[0] not in in_memory]
        older = [one for one in held if -one[0] < floor]
        return _page(search, [*recent, *merge(older, archived, key=_number)], found.next is not None)


def _number(one: tuple[int, object]) -> int:
    return one[0]


def _page(search: Search, numbered: Sequence[tuple[int, Order | T | None]], more: bool) -> Found[Order | T]:
    page = numbered[: search.limit]
    made = [one for _number, one in page if one is not None]
    if not page or not (more or len(numbered) > search.limit):
        return Found(made, None)
    return Found(made, Position(-page[-1][0], -page[-1][0]))
