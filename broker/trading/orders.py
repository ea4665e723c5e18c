"""All orders of the broker: who knows them by which ClOrdID, their reports, and what of them must be stored.

Without I/O: reports leave through `send`, and `changes` collects what the next transaction writes. FIX requests come
in through `requests`, a person's through `by_hand`; fills through `matching`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from broker.fix.states import SessionKey
from broker.fix.wire import Pair
from broker.trading.behaviours import Behaviours
from broker.trading.cl_ord_ids import ClOrdIds
from broker.trading.matching import Matching
from broker.trading.order import AUCTIONS, LIMITS, STOPS, Order, Terms, from_row, plain, to_row
from broker.trading.reports import ExecType, Refusal, execution_report

KEPT_CLOSED: Final = 5_000
"""Closed orders that stay in memory; older ones are read from the database when a client asks for them."""

TICK: Final = Decimal("0.01")
MAX_QUANTITY: Final = Decimal(10**9)
MAX_PRICE: Final = Decimal(10**9)
ORD_TYPES: Final = frozenset({"1", "2", "3", "4"}) | AUCTIONS
TIMES_IN_FORCE: Final = frozenset("01234567")

Send = Callable[[SessionKey, bytes, list[Pair]], None]
Row = dict[str, Any]


@dataclass(slots=True)
class Changes:
    """What was not yet written to the database."""

    orders: dict[int, Order] = field(default_factory=dict)
    executions: list[Row] = field(default_factory=list)
    prices: dict[str, Row] = field(default_factory=dict)
    days: list[Row] = field(default_factory=list)
    cl_ord_ids: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Counters:
    orders: int = 0
    executions: int = 0
    rejected: int = 0


class Orders:
    """`load_order` reads a closed order that is no longer in memory, `find_cl_ord_id` an older ClOrdID(11)."""

    def __init__(
        self,
        prices: dict[str, Decimal],
        send: Send,
        load_order: Callable[[int], Row | None],
        find_cl_ord_id: Callable[[str, str], int | None],
        kept_closed: int = KEPT_CLOSED,
    ) -> None:
        self.behaviours = Behaviours()
        self.matching = Matching(prices, self)
        self.changes = Changes()
        self.counters = Counters()
        self._send = send
        self._load_order = load_order
        self._kept_closed = kept_closed
        self._orders: dict[int, Order] = {}
        self._closed: deque[int] = deque()
        self._ids = ClOrdIds(lambda session, cl_ord_id: find_cl_ord_id(_owner(session), cl_ord_id))
        self._last_id = 0
        self._last_execution = 0

    def restore(
        self,
        open_orders: list[Row],
        cl_ord_ids: Iterable[tuple[str, str]],
        last_id: int,
        last_execution: int,
        now: float,
    ) -> None:
        """Take up where the database left off. Resting orders rest again, steps go on."""
        self._last_id, self._last_execution = last_id, last_execution
        self._ids.restore((_session(owner), cl_ord_id) for owner, cl_ord_id in cl_ord_ids)
        restored = [from_row(row) for row in open_orders]
        self._orders = {order.id: order for order in restored}
        for order in restored:
            self.matching.enter(order, now)

    # -- finding -------------------------------------------------------------------------------------------------

    def find(self, session: SessionKey | None, cl_ord_id: str) -> Order | None:
        """By any ClOrdID(11) of its chain."""
        order_id = self._ids.find(session, cl_ord_id)
        return None if order_id is None else self.get(order_id)

    def get(self, order_id: int) -> Order | None:
        order = self._orders.get(order_id)
        if order is None and 0 < order_id <= self._last_id:
            row = self._load_order(order_id)
            order = None if row is None else from_row(row)
        return order

    def open_orders(self) -> list[Order]:
        return [order for order in self._orders.values() if order.is_open]

    # -- changing ------------------------------------------------------------------------------------------------

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def enter(self, order: Order, refusal: tuple[Refusal, str] | None, now: float) -> None:
        """A new order: refused, or acknowledged and given to matching."""
        self.counters.orders += 1
        self.name(order, order.cl_ord_id)
        if refusal is not None:
            reason, text = refusal
            order.reject(text, now)
            self.counters.rejected += 1
            self.report(order, ExecType.REJECTED, now, refusal=reason, text=text)
        else:
            note = (
                "there is no auction: it rests until it is filled by hand"
                if order.waits_for_auction
                else None
            )
            self.report(order, ExecType.NEW, now, text=note)
            self.matching.enter(order, now)

    def replace(self, order: Order, terms: Terms, cl_ord_id: str | None, now: float) -> None:
        """`cl_ord_id` is the request's; None when a person at the broker amends the order."""
        place_kept = (
            self.matching.rests(order)
            and (order.limit_price, order.ord_type, order.time_in_force)
            == (terms.limit_price, terms.ord_type, terms.time_in_force)
            and order.filled_quantity < terms.quantity <= order.quantity
        )
        if place_kept:
            self.matching.touch(order.symbol)
        else:
            self.matching.leave(order)
        order.replace(terms, now)
        previous = order.cl_ord_id
        if cl_ord_id is not None:
            self.name(order, cl_ord_id)
            order.cl_ord_id = cl_ord_id
            order.replaced = True
            self.report(order, ExecType.REPLACED, now, orig_cl_ord_id=previous)
        else:
            self.report(order, ExecType.RESTATED, now, text="amended by the broker")
        if order.is_open and not place_kept:
            self.matching.enter(order, now)

    def cancel(self, order: Order, cl_ord_id: str | None, text: str | None, now: float) -> None:
        """`cl_ord_id` is the request's; None for a cancel that the client did not ask for."""
        self.matching.leave(order)
        order.cancel(now)
        if text:
            order.text = text
        if cl_ord_id is None:
            self.report(order, ExecType.CANCELED, now, text=text)
        else:
            self.name(order, cl_ord_id)
            orig = order.cl_ord_id
            self.report(order, ExecType.CANCELED, now, cl_ord_id=cl_ord_id, orig_cl_ord_id=orig, text=text)

    def reject(self, order: Order, text: str, now: float) -> None:
        """By hand, after it was acknowledged."""
        self.matching.leave(order)
        order.reject(text, now)
        self.counters.rejected += 1
        self.report(order, ExecType.REJECTED, now, refusal=Refusal.BROKER, text=text)

    def name(self, order: Order, cl_ord_id: str) -> None:
        order.known_as(cl_ord_id)
        self._ids.add(order.session, cl_ord_id, order.id)
        self.changes.cl_ord_ids.append(
            {"owner": _owner(order.session), "cl_ord_id": cl_ord_id, "order_id": order.id}
        )

    # -- what matching does --------------------------------------------------------------------------------------

    def trade(self, order: Order, quantity: Decimal, price: Decimal, now: float) -> None:
        order.fill(quantity, price, now)
        self._last_execution += 1
        self.counters.executions += 1
        exec_id = self.report(order, ExecType.TRADE, now, last_quantity=quantity, last_price=price)
        if not order.is_open:
            self.matching.leave(order)
        self.changes.executions.append(
            {
                "id": self._last_execution,
                "exec_id": exec_id,
                "order_id": order.id,
                "cl_ord_id": order.cl_ord_id,
                "sender_comp_id": order.client,
                "symbol": order.symbol,
                "side": order.side,
                "exec_quantity": plain(quantity),
                "exec_price": plain(price),
                "cum_quantity": plain(order.filled_quantity),
                "leaves_quantity": plain(order.leaves_quantity),
                "created_at": now,
            }
        )

    def cancel_rest(self, order: Order, text: str, now: float) -> None:
        self.cancel(order, None, text, now)

    def price_changed(self, symbol: str, price: Decimal, now: float) -> None:
        self.changes.prices[symbol] = {"b_symbol": symbol, "last_price": plain(price), "updated_at": now}

    # -- reporting and storing -----------------------------------------------------------------------------------

    def report(self, order: Order, exec_type: ExecType, now: float, **details: Any) -> str:
        """Send an ExecutionReport of the order as it is now, to its client if it has one. Its ExecID(17)."""
        self.changes.orders[order.id] = order
        self._orders[order.id] = order
        exec_id = order.next_exec_id()
        if order.session is not None:
            body = execution_report(order.session.begin_string, order, exec_type, exec_id, now, **details)
            self._send(order.session, b"8", body)
        return exec_id

    def take_changes(self) -> tuple[list[Row], list[Row], Changes]:
        """Rows of new and of changed orders, and the changes they came from, which start afresh."""
        new: list[Row] = []
        changed: list[Row] = []
        for order in self.changes.orders.values():
            row = to_row(order)
            if order.stored:
                row["b_id"] = row["id"]
                changed.append(row)
            else:
                new.append(row)
                order.stored = True
            if not order.is_open:
                self._closed.append(order.id)
        taken, self.changes = self.changes, Changes()
        return new, changed, taken

    def forget_closed(self) -> None:
        """Only once they are stored: call it after the transaction."""
        self._ids.forget_old()
        while len(self._closed) > self._kept_closed:
            order = self._orders.get(self._closed.popleft())
            if order is not None and not order.is_open and order.id not in self.changes.orders:
                del self._orders[order.id]

    # -- what is right -------------------------------------------------------------------------------------------

    def check(self, terms: Terms) -> tuple[Refusal, str] | None:
        """Why an order on these terms can't be taken, None when it can."""
        if terms.symbol not in self.matching.prices:
            return Refusal.UNKNOWN_SYMBOL, f"Symbol(55) {terms.symbol} is unknown"
        if not 0 < terms.quantity <= MAX_QUANTITY:
            return (
                Refusal.QUANTITY,
                f"OrderQty(38) {plain(terms.quantity)} is not above 0 and up to {MAX_QUANTITY}",
            )
        if terms.quantity != terms.quantity.to_integral_value():
            return Refusal.QUANTITY, f"OrderQty(38) {plain(terms.quantity)} is not a whole number"
        if terms.ord_type not in ORD_TYPES:
            return Refusal.UNSUPPORTED, f"OrdType(40) {terms.ord_type} is not supported"
        if terms.time_in_force not in TIMES_IN_FORCE:
            return Refusal.UNSUPPORTED, f"TimeInForce(59) {terms.time_in_force} is not supported"
        return _price_problem("Price(44)", terms.limit_price, terms.ord_type in LIMITS) or _price_problem(
            "StopPx(99)", terms.stop_price, terms.ord_type in STOPS
        )


def _owner(session: SessionKey | None) -> str:
    """A session as the database names it; the house has no name."""
    return "" if session is None else b"\x01".join(session).decode("latin-1")


def _session(owner: str) -> SessionKey | None:
    return SessionKey(*owner.encode("latin-1").split(b"\x01")) if owner else None


def _price_problem(name: str, price: Decimal | None, needed: bool) -> tuple[Refusal, str] | None:
    if price is None:
        return (Refusal.PRICE, f"{name} is required for this OrdType(40)") if needed else None
    if not 0 < price <= MAX_PRICE:
        return Refusal.PRICE, f"{name} {plain(price)} is not above 0 and up to {MAX_PRICE}"
    if price % TICK:
        return Refusal.PRICE, f"{name} {plain(price)} is not a multiple of the tick {TICK}"
    return None
