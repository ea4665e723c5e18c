"""What a person at the broker decides about orders and fills that exist: requests that wait, busts and corrections,
states that an order is put into, and the end of the trading day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from broker.trading.by_hand import Refused
from broker.trading.order import Happening, ImpossibleTransition, Order, Status, plain
from broker.trading.orders import Orders, Row
from broker.trading.reports import ExecRestatement, ExecType


@dataclass(frozen=True, slots=True)
class BustExecution:
    """The fill never was."""

    exec_id: str
    text: str | None


@dataclass(frozen=True, slots=True)
class CorrectExecution:
    """The fill was of another quantity or price; None leaves a value as it is."""

    exec_id: str
    quantity: Decimal | None
    price: Decimal | None
    text: str | None


@dataclass(frozen=True, slots=True)
class SetState:
    """`status` is one of `STATES`, or NEW, which takes a hold away and lets an order that is done for the day go on."""

    order_id: int
    status: str
    text: str | None


@dataclass(frozen=True, slots=True)
class DecideRequest:
    """Of a new order, cancel or replace that waits for a person."""

    order_id: int
    cl_ord_id: str
    accept: bool
    text: str | None


@dataclass(frozen=True, slots=True)
class EndDay:
    """Day orders expire now, whatever the clock says."""


ActCommand = BustExecution | CorrectExecution | SetState | DecideRequest | EndDay

STATES: Final = ("DONE_FOR_DAY", "SUSPENDED", "STOPPED", "CALCULATED", "EXPIRED", "NEW")

_DAY: Final = frozenset({"0", "2", "5", "7"})
"""TimeInForce(59) DAY, OPG, GTX, CLOSE."""


class Acts:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def execute(self, command: ActCommand, now: float) -> Any:
        """The id of the order it is about. Raises Refused, having changed nothing."""
        return _HANDLERS[type(command)](self, command, now)

    # -- fills ---------------------------------------------------------------------------------------------------

    def _bust(self, command: BustExecution, now: float) -> int:
        execution, order, quantity, price = self._execution(command.exec_id)
        self._undo(order, quantity, price, None, now)
        text = command.text or "busted by the broker"
        self._orders.mark_execution(execution, "BUSTED", text)
        # LastShares(32) and LastPx(31) are 0 (matrix D.34 of FIX 4.2): ExecRefID(19) says which fill never was.
        self._orders.report(order, ExecType.TRADE_CANCEL, now, exec_ref_id=command.exec_id, text=text)
        return order.id

    def _correct(self, command: CorrectExecution, now: float) -> int:
        execution, order, quantity, price = self._execution(command.exec_id)
        new_quantity = quantity if command.quantity is None else command.quantity
        new_price = price if command.price is None else command.price
        if new_quantity != new_quantity.to_integral_value():
            _refuse("exec_quantity", "must be a whole number")
        if new_price % self._orders.rules.tick:
            _refuse("exec_price", f"must be a multiple of the tick {plain(self._orders.rules.tick)}")
        room = order.quantity - order.filled_quantity + quantity
        if new_quantity > room:
            _refuse("exec_quantity", f"is more than the {plain(room)} that the order has room for")
        if (new_quantity, new_price) == (quantity, price):
            _refuse("exec_quantity", "and exec_price are what they were; give one that is not")
        self._undo(order, quantity, price, (new_quantity, new_price), now)
        text = command.text or "corrected by the broker"
        self._orders.mark_execution(execution, "CORRECTED", text)
        exec_id = self._orders.report(
            order,
            ExecType.TRADE_CORRECT,
            now,
            last_quantity=new_quantity,
            last_price=new_price,
            exec_ref_id=command.exec_id,
            text=text,
        )
        self._orders.add_execution(order, exec_id, new_quantity, new_price, command.exec_id, now)
        return order.id

    def _execution(self, exec_id: str) -> tuple[Row, Order, Decimal, Decimal]:
        execution = self._orders.load_execution(exec_id)
        if execution is None:
            raise Refused(404, f"There is no execution {exec_id}.")
        if execution["status"] != "NEW":
            raise Refused(409, f"Execution {exec_id} is {execution['status']} already.")
        order = self._orders.get(execution["order_id"])
        assert order is not None
        return execution, order, Decimal(execution["exec_quantity"]), Decimal(execution["exec_price"])

    def _undo(
        self,
        order: Order,
        quantity: Decimal,
        price: Decimal,
        again: tuple[Decimal, Decimal] | None,
        now: float,
    ) -> None:
        was_open = order.is_open
        order.undo(quantity, price, now, again)
        if was_open and not order.is_open:
            self._orders.matching.leave(order)
        elif order.is_open and not was_open:
            order.idle = True

    # -- orders --------------------------------------------------------------------------------------------------

    def _set_state(self, command: SetState, now: float) -> int:
        order = self._orders.get(command.order_id)
        if order is None:
            raise Refused(404, f"There is no order {command.order_id}.")
        try:
            _STATE_HANDLERS[command.status](self, order, command.text, now)
        except ImpossibleTransition as error:
            raise Refused(409, f"{error}.") from error
        return order.id

    def _finish(self, order: Order, text: str | None, now: float) -> None:
        order.become(Happening.FINISH, Status.DONE_FOR_DAY, now)
        self._orders.matching.leave(order)
        self._orders.report(order, ExecType.DONE_FOR_DAY, now, text=text)

    def _calculate(self, order: Order, text: str | None, now: float) -> None:
        order.become(Happening.CALCULATE, Status.CALCULATED, now)
        self._orders.report(order, ExecType.CALCULATED, now, text=text)

    def _expire(self, order: Order, text: str | None, now: float) -> None:
        if not order.goes_on:
            raise ImpossibleTransition(f"expiry of order {order.order_id}, which is {order.status.name}")
        self._orders.expire(order, text or "expired by the broker", now)

    def _stop(self, order: Order, text: str | None, now: float) -> None:
        """Guaranteed a price, as FIX says of a stopped order; it goes on trading."""
        self._hold(order, Status.STOPPED)
        self._orders.report(order, ExecType.STOPPED, now, text=text)

    def _suspend(self, order: Order, text: str | None, now: float) -> None:
        self._hold(order, Status.SUSPENDED)
        self._orders.matching.leave(order)
        self._orders.report(order, ExecType.SUSPENDED, now, text=text)

    def _hold(self, order: Order, hold: Status) -> None:
        if order.status not in (Status.NEW, Status.PARTIALLY_FILLED) or order.hold is hold:
            raise ImpossibleTransition(
                f"order {order.order_id} is {order.shown_status.name} and can't become {hold.name}"
            )
        order.hold = hold

    def _resume(self, order: Order, text: str | None, now: float) -> None:
        worked = order.works
        reason = ExecRestatement.BROKER_OPTION
        if order.status is Status.DONE_FOR_DAY:
            reason = ExecRestatement.RENEWAL
            order.become(Happening.RESUME, order.status_by(order.filled_quantity), now)
        elif order.hold is None or not order.is_open:
            raise ImpossibleTransition(
                f"order {order.order_id} is {order.shown_status.name}: there is nothing to resume"
            )
        order.hold = None
        self._orders.report(order, ExecType.RESTATED, now, text=text, restatement=reason.value)
        if not worked:
            self._orders.work_again(order, now)

    def _decide(self, command: DecideRequest, now: float) -> int:
        order = self._orders.get(command.order_id)
        if order is None:
            raise Refused(404, f"There is no order {command.order_id}.")
        waiting = [request.cl_ord_id for request in order.requests]
        if command.cl_ord_id not in waiting:
            raise Refused(
                404, f"Order {order.id} has no request {command.cl_ord_id} that waits for an answer."
            )
        if waiting[0] != command.cl_ord_id:
            raise Refused(409, f"Request {waiting[0]} of order {order.id} came first; answer that one first.")
        text = None if command.accept else command.text or "rejected by the broker"
        self._orders.decide(order, text, now)
        return order.id

    def _end_day(self, _: EndDay, now: float) -> dict[str, int]:
        expired = 0
        for order in self._orders.open_orders():
            if order.is_open and order.time_in_force in _DAY:
                self._orders.expire(order, "the trading day has ended", now)
                expired += 1
        return {"expired": expired}


def _refuse(field: str, message: str) -> None:
    raise Refused(422, f"{field} {message}", [(field, message)])


_STATE_HANDLERS: Final[dict[str, Callable[[Acts, Order, str | None, float], None]]] = {
    "DONE_FOR_DAY": Acts._finish,
    "SUSPENDED": Acts._suspend,
    "STOPPED": Acts._stop,
    "CALCULATED": Acts._calculate,
    "EXPIRED": Acts._expire,
    "NEW": Acts._resume,
}
_HANDLERS: Final[dict[type, Callable[[Acts, Any, float], Any]]] = {
    BustExecution: Acts._bust,
    CorrectExecution: Acts._correct,
    SetState: Acts._set_state,
    DecideRequest: Acts._decide,
    EndDay: Acts._end_day,
}
