"""Orders that this desk did not send: entered by telephone or by another system, or copied to this session.

Such an order is taken on with its first report. Its ClOrdIDs are somebody else's names, so that they are kept with the
session's name in front (`SIM-FIX44/ABC`): they can't be mixed up with the desk's own. One that has no ClOrdID(11),
which FIX allows for an order by telephone, is named by its OrderID(37): `SIM-FIX44/37=O1`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sendfix.domain.enums import ExecType, OrdStatus
from sendfix.domain.events import CancelRejected, CancelSent, ExecutionReported, ReplaceSent
from sendfix.domain.order import Order, adopted_id
from sendfix.services.blotter import Blotter

# What counterparties write into a ClOrdID(11) that they do not have.
_NO_ID = frozenset({"", "0", "NONE", "N/A", "NA", "UNKNOWN"})
# What the database keeps of an id and of a symbol.
MAX_LENGTH = 64

Reported = ExecutionReported | CancelRejected


class Strangers:
    """Finds the adopted orders of a blotter, and adopts."""

    def __init__(self, blotter: Blotter) -> None:
        self._blotter = blotter

    def in_memory(self, event: Reported) -> Order | None:
        return self._first(
            self._blotter.in_memory(name) for name in _names(event.session_name, *_ids(event), event.order_id)
        )

    def find(self, event: Reported) -> Order | None:
        """Raises `StorageUnavailable`."""
        names = _names(event.session_name, *_ids(event), event.order_id)
        return self._first(self._blotter.find(name) for name in names) or self._own_by_order_id(event)

    def find_orig(self, event: ReplaceSent | CancelSent) -> Order | None:
        """The adopted order that a request of ours is for. Raises `StorageUnavailable`."""
        return self._first((self._blotter.find(adopted_id(event.session_name, event.orig_cl_ord_id)),))

    def adopt(self, event: Reported) -> Order | None:
        """The order that this report is the first of; None when there is none: it reports that no order came about, or
        its ids are longer than can be kept."""
        if not isinstance(event, ExecutionReported) or event.ord_status is OrdStatus.REJECTED:
            return None
        cl_ord_id, orig_cl_ord_id = _ids(event)
        own = cl_ord_id if event.exec_type is ExecType.REPLACED or not orig_cl_ord_id else orig_cl_ord_id
        names = [
            name for name in _names(event.session_name, own, None, event.order_id) if len(name) <= MAX_LENGTH
        ]
        if not names or len(event.symbol or "") > MAX_LENGTH or any(map(self._blotter.find, names)):
            return None
        order = Order.adopt(event, self._blotter.next_order_no, names)
        self._blotter.add(order)
        return order

    def translated(self, order: Order, event: Reported) -> Reported:
        """The event with the order's own names for its ids; a name that is new is kept."""
        known = []
        for cl_ord_id in _ids(event):
            name = adopted_id(event.session_name, cl_ord_id) if cl_ord_id else ""
            if order.adopted and name and cl_ord_id not in order.cl_ord_ids:
                if name not in order.cl_ord_ids and len(name) <= MAX_LENGTH:
                    order.cl_ord_ids.append(name)
                    self._blotter.index(name, order)
                known.append(name)
            else:
                known.append(cl_ord_id)
        return replace(event, cl_ord_id=known[0] or order.cl_ord_id, orig_cl_ord_id=known[1] or None)

    def _own_by_order_id(self, event: Reported) -> Order | None:
        """FIX lets a report leave out the ClOrdID(11) of an order that was changed by telephone."""
        if any(_ids(event)) or event.order_id is None or not isinstance(event, ExecutionReported):
            return None
        found = [
            order
            for order in self._blotter
            if order.order_id == event.order_id
            and order.session_name == event.session_name
            and event.symbol in (None, order.symbol)
            and event.side in (None, order.side)
        ]
        return max(found, key=lambda order: order.order_no, default=None)

    @staticmethod
    def _first(orders: Iterator[Order | None] | tuple[Order | None, ...]) -> Order | None:
        return next((order for order in orders if order is not None and order.adopted), None)


def _ids(event: Reported) -> tuple[str, str]:
    cl_ord_id, orig_cl_ord_id = event.cl_ord_id, event.orig_cl_ord_id or ""
    return (
        "" if cl_ord_id.upper() in _NO_ID else cl_ord_id,
        "" if orig_cl_ord_id.upper() in _NO_ID else orig_cl_ord_id,
    )


def _names(
    session_name: str, cl_ord_id: str, orig_cl_ord_id: str | None, order_id: str | None
) -> Iterator[str]:
    if cl_ord_id:
        yield adopted_id(session_name, cl_ord_id)
    if orig_cl_ord_id:
        yield adopted_id(session_name, orig_cl_ord_id)
    if order_id:
        yield adopted_id(session_name, f"37={order_id}")
