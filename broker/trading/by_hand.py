"""What a person at the broker does: enters, amends, cancels, rejects and fills orders, moves prices, sets behaviours.

Commands come from the HTTP side and are executed by the core, between two FIX messages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from broker.trading.behaviours import BadBehaviour
from broker.trading.expiry import expiry_of
from broker.trading.order import Order, Status, Terms, plain
from broker.trading.orders import Orders
from broker.trading.reports import ExecRestatement


class Refused(Exception):
    """`status` is the HTTP status that fits, `errors` are (field, message)."""

    def __init__(self, status: int, detail: str, errors: list[tuple[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors or []


@dataclass(frozen=True, slots=True)
class EnterOrder:
    """An order of the house, which meets clients' orders in the book."""

    symbol: str
    side: str
    ord_type: str
    quantity: Decimal
    limit_price: Decimal | None
    stop_price: Decimal | None
    time_in_force: str
    account: str | None


@dataclass(frozen=True, slots=True)
class AmendOrder:
    """None leaves a value as it is."""

    order_id: int
    quantity: Decimal | None
    limit_price: Decimal | None
    stop_price: Decimal | None
    reason: ExecRestatement = ExecRestatement.BROKER_OPTION


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """With a `reason` the report says it, as that the client asked for it by telephone."""

    order_id: int
    text: str | None
    reason: ExecRestatement | None = None


@dataclass(frozen=True, slots=True)
class RejectOrder:
    order_id: int
    text: str | None


@dataclass(frozen=True, slots=True)
class FillOrder:
    """`price` None fills at the order's limit, or the last price."""

    order_id: int
    quantity: Decimal
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class SetPrice:
    symbol: str
    last_price: Decimal


@dataclass(frozen=True, slots=True)
class SetBehaviours:
    """`body` is the JSON of `PUT /api/behaviours`."""

    body: Any


Command = EnterOrder | AmendOrder | CancelOrder | RejectOrder | FillOrder | SetPrice | SetBehaviours


class ByHand:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def execute(self, command: Command, now: float) -> Any:
        """The order's id, for commands about an order. Raises Refused, having changed nothing."""
        return _HANDLERS[type(command)](self, command, now)

    def _enter(self, command: EnterOrder, now: float) -> int:
        orders = self._orders
        terms = Terms(
            command.symbol,
            command.ord_type,
            command.quantity,
            command.limit_price,
            command.stop_price,
            command.time_in_force,
            expire_at=expiry_of(orders.calendar, command.time_in_force, orders.rules.gtc_days, now),
        )
        _check(orders, terms, now)
        order_id = orders.next_id()
        order = Order(
            id=order_id,
            session=None,
            cl_ord_id=f"HOUSE-{order_id}",
            symbol=command.symbol,
            side=command.side,
            ord_type=command.ord_type,
            quantity=command.quantity,
            limit_price=command.limit_price,
            stop_price=command.stop_price,
            time_in_force=command.time_in_force,
            account=command.account,
            behaviour=orders.behaviours.of("HOUSE", command.symbol),
            created_at=now,
            updated_at=now,
            expire_at=terms.expire_at,
        )
        orders.enter(order, None, now)
        return order_id

    def _amend(self, command: AmendOrder, now: float) -> int:
        order = self._open(command.order_id)
        terms = Terms(
            order.symbol,
            order.ord_type,
            order.quantity if command.quantity is None else command.quantity,
            order.limit_price if command.limit_price is None else command.limit_price,
            order.stop_price if command.stop_price is None else command.stop_price,
            order.time_in_force,
            order.max_floor,
            order.expire_at,
            order.expiry,
        )
        _check(self._orders, terms, now)
        if terms.quantity < order.filled_quantity:
            message = f"is below the {plain(order.filled_quantity)} filled already"
            raise Refused(422, f"quantity {message}", [("quantity", message)])
        self._orders.replace(order, terms, None, now, command.reason)
        return order.id

    def _cancel(self, command: CancelOrder, now: float) -> int:
        order = self._open(command.order_id)
        self._orders.cancel(order, None, command.text or "canceled by the broker", now, command.reason)
        return order.id

    def _reject(self, command: RejectOrder, now: float) -> int:
        order = self._open(command.order_id)
        if order.filled_quantity:
            raise Refused(
                409, f"order {order.id} has {plain(order.filled_quantity)} filled; it can be canceled only"
            )
        if not order.is_open:
            raise Refused(409, f"order {order.id} is {order.status.name}; it can be canceled only")
        self._orders.reject(order, command.text or "rejected by the broker", now)
        return order.id

    def _fill(self, command: FillOrder, now: float) -> int:
        order = self._orders.get(command.order_id)
        if order is None or order.status is not Status.CANCELED:
            order = self._open(command.order_id)
            if not order.works:
                raise Refused(409, f"Order {order.id} is {order.shown_status.name}; it can't be filled.")
        price = command.price
        if price is None:
            price = order.limit_price or self._orders.matching.prices[order.symbol]
        room = order.quantity - order.filled_quantity
        if command.quantity > room:
            message = f"is more than the {plain(room)} that is {'open' if order.is_open else 'not filled'}"
            raise Refused(422, f"exec_quantity {message}", [("exec_quantity", message)])
        if command.quantity == room and order.is_open:
            self._orders.matching.leave(order)
        self._orders.matching.note_trade(order.symbol, command.quantity, price, now)
        self._orders.trade(order, command.quantity, price, now)
        return order.id

    def _set_price(self, command: SetPrice, now: float) -> None:
        prices = self._orders.matching.prices
        if command.symbol not in prices:
            raise Refused(404, f"There is no stock {command.symbol}.")
        rules = self._orders.rules
        if not 0 < command.last_price <= rules.max_price or command.last_price % rules.tick:
            message = f"must be above 0 and a multiple of the tick {plain(rules.tick)}"
            raise Refused(422, f"last_price {message}", [("last_price", message)])
        self._orders.matching.set_price(command.symbol, command.last_price, now)

    def _set_behaviours(self, command: SetBehaviours, _now: float) -> Any:
        try:
            changed = self._orders.behaviours.changed(command.body)
        except BadBehaviour as error:
            raise Refused(422, str(error), error.problems) from error
        unknown = [symbol for symbol in changed.symbols if symbol not in self._orders.matching.prices]
        if unknown:
            raise Refused(
                422, "a symbol is unknown", [(f"symbols.{symbol}", "is unknown") for symbol in unknown]
            )
        self._orders.behaviours = changed
        return changed.to_json()

    def _open(self, order_id: int) -> Order:
        order = self._orders.get(order_id)
        if order is None:
            raise Refused(404, f"There is no order {order_id}.")
        if not order.goes_on:
            raise Refused(409, f"Order {order_id} is {order.status.name}; nothing of it is open.")
        return order


def _check(orders: Orders, terms: Terms, now: float) -> None:
    problem = orders.check(terms, now)
    if problem is not None:
        text = problem[1]
        name = next((key for tag, key in _FIELD_OF.items() if text.startswith(tag)), "")
        raise Refused(422, text, [(name, text)])


_FIELD_OF: Final = {
    "Symbol": "symbol",
    "OrderQty": "quantity",
    "OrdType": "order_type",
    "TimeInForce": "time_in_force",
    "Price": "limit_price",
    "StopPx": "stop_price",
}
_HANDLERS: Final[dict[type, Callable[[ByHand, Any, float], Any]]] = {
    EnterOrder: ByHand._enter,
    AmendOrder: ByHand._amend,
    CancelOrder: ByHand._cancel,
    RejectOrder: ByHand._reject,
    FillOrder: ByHand._fill,
    SetPrice: ByHand._set_price,
    SetBehaviours: ByHand._set_behaviours,
}
