"""All orders of the broker: who knows them by which ClOrdID, their reports, and what of them must be stored.

Without I/O: reports leave through `send`, and `changes` collects what the next transaction writes. FIX requests come
in through `requests`, a person's through `by_hand` and `acts`; fills through `matching`.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, Protocol

from broker.fix.states import SessionKey
from broker.fix.wire import Pair
from broker.settings import Rules
from broker.trading.behaviours import Behaviours
from broker.trading.checks import Problem, problem_of_terms
from broker.trading.cl_ord_ids import ClOrdIds
from broker.trading.expiry import Calendar, Expiries, expiry_of
from broker.trading.matching import Matching
from broker.trading.order import Happening, Order, Request, RequestKind, Status, Terms, plain
from broker.trading.reports import (
    CancelRefusal,
    ExecRestatement,
    ExecType,
    Refusal,
    cancel_reject,
    execution_report,
)
from broker.trading.rows import from_row, to_row

KEPT_CLOSED: Final = 5_000
"""Closed orders that stay in memory; older ones are read from the database when a client asks for them."""

Send = Callable[[SessionKey, bytes, list[Pair]], None]
Row = dict[str, Any]


class Archive(Protocol):
    """What was committed."""

    def load_order(self, order_id: int) -> Row | None: ...

    def find_cl_ord_id(self, owner: str, cl_ord_id: str) -> int | None: ...

    def load_execution(self, exec_id: str) -> Row | None: ...

    def find_list(self, version: str, client: str, broker: str, list_id: str) -> list[int]: ...


@dataclass(slots=True)
class Changes:
    """What was not yet written to the database."""

    orders: dict[int, Order] = field(default_factory=dict)
    executions: list[Row] = field(default_factory=list)
    changed_executions: dict[str, Row] = field(default_factory=dict)
    prices: dict[str, Row] = field(default_factory=dict)
    days: list[Row] = field(default_factory=list)
    cl_ord_ids: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Counters:
    orders: int = 0
    executions: int = 0
    rejected: int = 0


class Orders:
    def __init__(
        self,
        prices: dict[str, Decimal],
        send: Send,
        archive: Archive,
        rules: Rules,
        calendar: Calendar,
        kept_closed: int = KEPT_CLOSED,
    ) -> None:
        self.rules = rules
        self.calendar = calendar
        self.behaviours = Behaviours()
        self.matching = Matching(prices, self)
        self.changes = Changes()
        self.counters = Counters()
        self._send = send
        self._archive = archive
        self._kept_closed = kept_closed
        self._orders: dict[int, Order] = {}
        self._closed: deque[int] = deque()
        self._ids = ClOrdIds(lambda session, cl_ord_id: archive.find_cl_ord_id(_owner(session), cl_ord_id))
        self._expiries = Expiries()
        self._due: list[tuple[float, int]] = []
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
        """Take up where the database left off. Resting orders rest again, steps go on, requests are still pending,
        and what should have expired meanwhile does."""
        self._last_id, self._last_execution = last_id, last_execution
        self._ids.restore((_session(owner), cl_ord_id) for owner, cl_ord_id in cl_ord_ids)
        restored = sorted((from_row(row) for row in open_orders), key=lambda order: (order.rank, order.id))
        self.matching.ranks.last = max((order.rank for order in restored), default=0)
        self._orders = {order.id: order for order in restored}
        for order in restored:
            if order.expire_at is None:
                # From a broker that did not know when orders end.
                order.expire_at = expiry_of(
                    self.calendar, order.time_in_force, self.rules.gtc_days, order.created_at
                )
            self._expiries.add(order)
            for request in order.requests:
                self._remind(order, request)
        self._expire_due(now)
        for order in restored:
            if order.works and not order.idle:
                self.matching.enter(order, now)

    # -- finding -------------------------------------------------------------------------------------------------

    def find(self, session: SessionKey | None, cl_ord_id: str) -> Order | None:
        """By any ClOrdID(11) of its chain."""
        order_id = self._ids.find(session, cl_ord_id)
        return None if order_id is None else self.get(order_id)

    def get(self, order_id: int) -> Order | None:
        order = self._orders.get(order_id)
        if order is None and 0 < order_id <= self._last_id:
            row = self._archive.load_order(order_id)
            order = None if row is None else from_row(row)
        return order

    def find_list(self, session: SessionKey, list_id: str) -> list[Order]:
        """All orders that came with this ListID(66), oldest first, whatever became of them."""
        stored = self._archive.find_list(session.version, session.client, session.broker, list_id)
        recent = [
            order.id
            for order in self.changes.orders.values()
            if order.list_id == list_id and order.session == session
        ]
        orders = (self.get(order_id) for order_id in sorted({*stored, *recent}))
        return [order for order in orders if order is not None]

    def open_orders(self) -> list[Order]:
        """Oldest first; those that are done for the day and go on the next are among them."""
        return sorted((order for order in self._orders.values() if order.goes_on), key=lambda order: order.id)

    def check(self, terms: Terms, now: float) -> Problem | None:
        """Why an order on these terms can't be taken, None when it can."""
        return problem_of_terms(self.rules, self.matching.prices, terms, now)

    # -- requests ------------------------------------------------------------------------------------------------

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def enter(self, order: Order, refusal: Problem | None, now: float, wait: bool = False) -> None:
        """A new order: refused, pending, or acknowledged and given to matching. `wait`: until somebody accepts it,
        without a word to the client."""
        self.counters.orders += 1
        self.name(order, order.cl_ord_id)
        behaviour = order.behaviour
        if refusal is not None:
            self._refuse_new(order, *refusal, now)
        elif (behaviour.answers_at_once or order.session is None) and not wait:
            self._acknowledge(order, now)
        else:
            order.status = Status.PENDING_NEW
            self._expiries.add(order)
            announced = behaviour.pending and not wait
            held = behaviour.hold or wait
            due = None if held else now + behaviour.delay
            request = Request(RequestKind.NEW, order.cl_ord_id, None, due, announced)
            order.requests.append(request)
            self._touch(order)
            if announced:
                self.report(order, ExecType.PENDING_NEW, now)
            self._wait_or_decide(order, request, now)

    def request(self, order: Order, request: Request, now: float) -> None:
        """A cancel or replace of a client, which is answered now, or pending first."""
        behaviour = order.behaviour
        due = None if behaviour.hold else now + behaviour.delay
        request = replace(request, due=due, announced=behaviour.pending)
        order.requests.append(request)
        self._touch(order)
        if not behaviour.answers_at_once or len(order.requests) > 1:
            self.name(order, request.cl_ord_id)
        if request.announced:
            cancel = request.kind is RequestKind.CANCEL
            self.report(
                order,
                ExecType.PENDING_CANCEL if cancel else ExecType.PENDING_REPLACE,
                now,
                cl_ord_id=request.cl_ord_id,
                orig_cl_ord_id=request.orig_cl_ord_id,
            )
        self._wait_or_decide(order, request, now)

    def _wait_or_decide(self, order: Order, request: Request, now: float) -> None:
        if order.requests[0] is request and request.due is not None and request.due <= now:
            self.decide(order, None, now)
        else:
            self._remind(order, request)

    def _remind(self, order: Order, request: Request) -> None:
        if request.due is not None:
            heapq.heappush(self._due, (request.due, order.id))

    def decide(self, order: Order, refusal: str | None, now: float) -> None:
        """Answer the oldest request of the order: refused for this text, or granted when it still can be."""
        request = order.requests.pop(0)
        self._touch(order)
        if request.kind is RequestKind.NEW:
            if refusal is not None:
                self._refuse_new(order, Refusal.BROKER, refusal, now)
            else:
                order.accept(now)
                self._acknowledge(order, now)
        else:
            self._decide_change(order, request, refusal, now)
        if order.requests and order.requests[0].due is not None and order.requests[0].due <= now:
            self.decide(order, None, now)

    def _decide_change(self, order: Order, request: Request, refusal: str | None, now: float) -> None:
        terms = request.terms
        problem: tuple[CancelRefusal, str] | None = None
        reopens = (
            terms is not None and order.status is Status.FILLED and terms.quantity > order.filled_quantity
        )
        if refusal is not None:
            problem = CancelRefusal.BROKER, refusal
        elif not order.goes_on and not reopens:
            problem = CancelRefusal.TOO_LATE, f"Too late: the order is {order.status.name}"
        elif request.orig_cl_ord_id != order.cl_ord_id:
            text = f"OrigClOrdID(41) {request.orig_cl_ord_id} is not the order's ClOrdID, which is {order.cl_ord_id}"
            problem = CancelRefusal.BROKER, text
        if problem is not None:
            self.refuse_change(order, request, *problem, now)
        elif terms is None:
            self.cancel(order, request.cl_ord_id, None, now)
        else:
            # Matrices D.11 and D.12 of FIX 4.2: what is filled is the least that an order can be replaced to.
            self.replace(
                order,
                replace(terms, quantity=max(terms.quantity, order.filled_quantity)),
                request.cl_ord_id,
                now,
            )

    def refuse_change(
        self, order: Order, request: Request, reason: CancelRefusal, text: str, now: float
    ) -> None:
        """An OrderCancelReject(9)."""
        assert order.session is not None
        is_replace = request.kind is RequestKind.REPLACE
        body = cancel_reject(
            order.session.begin_string,
            request.cl_ord_id,
            request.orig_cl_ord_id or "",
            is_replace,
            order,
            reason,
            text,
            now,
        )
        self._send(order.session, b"9", body)

    def _acknowledge(self, order: Order, now: float) -> None:
        note = "it waits for its auction" if order.waits_for_auction else None
        self.report(order, ExecType.NEW, now, text=note)
        self.matching.enter(order, now)

    def _refuse_new(self, order: Order, reason: Refusal, text: str, now: float) -> None:
        order.reject(text, now)
        self.counters.rejected += 1
        self.report(order, ExecType.REJECTED, now, refusal=reason, text=text)
        self._answer_rest(order, now)

    def _answer_rest(self, order: Order, now: float) -> None:
        """The order has ended: nothing that is still asked of it can be done."""
        while order.requests:
            request = order.requests.pop(0)
            if request.kind is not RequestKind.NEW:
                text = f"Too late: the order is {order.status.name}"
                self.refuse_change(order, request, CancelRefusal.TOO_LATE, text, now)

    # -- changing ------------------------------------------------------------------------------------------------

    def replace(
        self,
        order: Order,
        terms: Terms,
        cl_ord_id: str | None,
        now: float,
        reason: ExecRestatement = ExecRestatement.BROKER_OPTION,
    ) -> None:
        """`cl_ord_id` is the request's; None when a person at the broker amends the order, for a `reason`."""
        place_kept = (
            self.matching.rests(order)
            and (order.limit_price, order.ord_type, order.time_in_force, order.max_floor)
            == (terms.limit_price, terms.ord_type, terms.time_in_force, terms.max_floor)
            and order.filled_quantity < terms.quantity <= order.quantity
        )
        if place_kept:
            self.matching.touch(order.symbol)
        else:
            self.matching.leave(order)
        self._expiries.remove(order)
        order.replace(terms, now)
        previous = order.cl_ord_id
        if cl_ord_id is not None:
            self.name(order, cl_ord_id)
            order.cl_ord_id = cl_ord_id
            order.replaced = True
            self.report(order, ExecType.REPLACED, now, orig_cl_ord_id=previous)
        else:
            text = "amended by the broker"
            self.report(order, ExecType.RESTATED, now, text=text, restatement=reason.value)
        if order.works and not place_kept:
            self.matching.enter(order, now)

    def cancel(
        self,
        order: Order,
        cl_ord_id: str | None,
        text: str | None,
        now: float,
        reason: ExecRestatement | None = None,
    ) -> None:
        """`cl_ord_id` is the request's; None for a cancel that the client did not ask for, or not by FIX."""
        self.matching.leave(order)
        order.cancel(now)
        if text:
            order.text = text
        if cl_ord_id is None:
            self.report(
                order, ExecType.CANCELED, now, text=text, restatement=None if reason is None else reason.value
            )
        else:
            self.name(order, cl_ord_id)
            orig, order.cl_ord_id = order.cl_ord_id, cl_ord_id
            self.report(order, ExecType.CANCELED, now, orig_cl_ord_id=orig, text=text)
        self._answer_rest(order, now)

    def reject(self, order: Order, text: str, now: float) -> None:
        """By hand, also after it was acknowledged."""
        self.matching.leave(order)
        self._refuse_new(order, Refusal.BROKER, text, now)

    def expire(self, order: Order, text: str, now: float) -> None:
        self.matching.leave(order)
        order.become(Happening.EXPIRE, Status.EXPIRED, now)
        order.text = text
        self.report(order, ExecType.EXPIRED, now, text=text)
        self._answer_rest(order, now)

    def work_again(self, order: Order, now: float) -> None:
        """After it was suspended or done for the day."""
        if order.works:
            self.matching.enter(order, now)

    def name(self, order: Order, cl_ord_id: str) -> None:
        if cl_ord_id in order.cl_ord_ids:
            return
        order.known_as(cl_ord_id)
        self._ids.add(order.session, cl_ord_id, order.id)
        self.changes.cl_ord_ids.append(
            {"owner": _owner(order.session), "cl_ord_id": cl_ord_id, "order_id": order.id}
        )

    # -- time ----------------------------------------------------------------------------------------------------

    @property
    def next_due(self) -> float | None:
        """When `run_due` has something to do."""
        moments = [
            moment
            for moment in (
                self.matching.next_due,
                self._expiries.next_due,
                self._due[0][0] if self._due else None,
            )
            if moment is not None
        ]
        return min(moments, default=None)

    def run_due(self, now: float) -> None:
        """Answer requests, fill steps and let orders expire whose time has come."""
        self.matching.run_due(now)
        while self._due and self._due[0][0] <= now:
            order = self._orders.get(heapq.heappop(self._due)[1])
            if order is not None and order.requests:
                due = order.requests[0].due
                if due is not None and due <= now:
                    self.decide(order, None, now)
        self._expire_due(now)

    def _expire_due(self, now: float) -> None:
        for order_id in self._expiries.take_due(now):
            order = self._orders.get(order_id)
            if order is not None and order.goes_on:
                self.expire(order, "expired", now)

    # -- what matching does --------------------------------------------------------------------------------------

    def trade(self, order: Order, quantity: Decimal, price: Decimal, now: float) -> None:
        order.fill(quantity, price, now)
        exec_id = self.report(order, ExecType.TRADE, now, last_quantity=quantity, last_price=price)
        if not order.is_open:
            self.matching.leave(order)
        self.add_execution(order, exec_id, quantity, price, None, now)

    def add_execution(
        self, order: Order, exec_id: str, quantity: Decimal, price: Decimal, corrects: str | None, now: float
    ) -> None:
        """`corrects` is the ExecID(17) of the execution that this one stands for."""
        self._last_execution += 1
        self.counters.executions += 1
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
                "status": "NEW",
                "exec_ref_id": corrects,
                "text": None,
                "created_at": now,
            }
        )

    def load_execution(self, exec_id: str) -> Row | None:
        """Its row as it is now, None for an ExecID(17) of no fill."""
        recent = self.changes.changed_executions.get(exec_id)
        if recent is not None:
            return recent
        return self._archive.load_execution(exec_id)

    def mark_execution(self, execution: Row, status: str, text: str | None) -> None:
        """`status` is NEW, BUSTED or CORRECTED."""
        exec_id = execution["exec_id"]
        self.changes.changed_executions[exec_id] = {
            **execution,
            "b_exec_id": exec_id,
            "status": status,
            "text": text,
        }

    def cancel_rest(self, order: Order, text: str, now: float) -> None:
        self.cancel(order, None, text, now)

    def price_changed(self, symbol: str, price: Decimal, now: float) -> None:
        self.changes.prices[symbol] = {"b_symbol": symbol, "last_price": plain(price), "updated_at": now}

    # -- reporting and storing -----------------------------------------------------------------------------------

    def report(self, order: Order, exec_type: ExecType, now: float, **details: Any) -> str:
        """Send an ExecutionReport of the order as it is now, to its client if it has one. Its ExecID(17)."""
        self._touch(order)
        exec_id = order.next_exec_id()
        if order.session is not None:
            body = execution_report(order.session.begin_string, order, exec_type, exec_id, now, **details)
            self._send(order.session, b"8", body)
        if order.goes_on:
            self._expiries.add(order)
        else:
            self._expiries.remove(order)
        return exec_id

    def _touch(self, order: Order) -> None:
        self.changes.orders[order.id] = order
        self._orders[order.id] = order

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
            if not row["is_open"]:
                self._closed.append(order.id)
        taken, self.changes = self.changes, Changes()
        return new, changed, taken

    def forget_closed(self) -> None:
        """Only once they are stored: call it after the transaction."""
        self._ids.forget_old()
        while len(self._closed) > self._kept_closed:
            order = self._orders.get(self._closed.popleft())
            if (
                order is not None
                and not order.goes_on
                and not order.requests
                and order.id not in self.changes.orders
            ):
                del self._orders[order.id]


def _owner(session: SessionKey | None) -> str:
    """A session as the database names it; the house has no name."""
    return "" if session is None else b"\x01".join(session).decode("latin-1")


def _session(owner: str) -> SessionKey | None:
    return SessionKey(*owner.encode("latin-1").split(b"\x01")) if owner else None
