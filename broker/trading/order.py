"""An order as the broker holds it: what was asked for, what was filled, and which statuses may follow which."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from broker.fix.states import SessionKey
from broker.trading.behaviours import Behaviour, Behaviours

HOUSE: Final = "HOUSE"
"""The client of orders that a person entered at the broker."""


class Status(Enum):
    """OrdStatus(39). `NEW` of a replaced order is reported as Replaced by the FIX.4.2 matrices."""

    NEW = "0"
    PARTIALLY_FILLED = "1"
    FILLED = "2"
    CANCELED = "4"
    REJECTED = "8"


class Happening(Enum):
    FILL = "fill"
    CANCEL = "cancel"
    REJECT = "reject"
    REPLACE = "replace"


OPEN: Final = frozenset({Status.NEW, Status.PARTIALLY_FILLED})

_S, _H = Status, Happening
TRANSITIONS: Final[dict[tuple[Status, Happening], frozenset[Status]]] = {
    (_S.NEW, _H.FILL): frozenset({_S.PARTIALLY_FILLED, _S.FILLED}),
    (_S.NEW, _H.CANCEL): frozenset({_S.CANCELED}),
    (_S.NEW, _H.REJECT): frozenset({_S.REJECTED}),
    (_S.NEW, _H.REPLACE): frozenset({_S.NEW}),
    (_S.PARTIALLY_FILLED, _H.FILL): frozenset({_S.PARTIALLY_FILLED, _S.FILLED}),
    (_S.PARTIALLY_FILLED, _H.CANCEL): frozenset({_S.CANCELED}),
    # A replace down to what is filled leaves nothing open.
    (_S.PARTIALLY_FILLED, _H.REPLACE): frozenset({_S.PARTIALLY_FILLED, _S.FILLED}),
}

BUYS: Final = frozenset({"1", "3", "B"})
"""Side(54): BUY, BUY_MINUS, and AS_DEFINED is taken for one."""

STOPS: Final = frozenset({"3", "4"})
LIMITS: Final = frozenset({"2", "4", "B"})
AUCTIONS: Final = frozenset({"5", "B"})
"""MARKET_ON_CLOSE and LIMIT_ON_CLOSE."""


class ImpossibleTransition(Exception):
    """Something that can't happen to an order of this status."""


@dataclass(slots=True)
class Order:
    """Quantities and prices are exact. `session` is None for a house order."""

    id: int
    session: SessionKey | None
    cl_ord_id: str
    symbol: str
    side: str
    ord_type: str
    quantity: Decimal
    limit_price: Decimal | None
    stop_price: Decimal | None
    time_in_force: str
    account: str | None
    behaviour: Behaviour
    created_at: float
    updated_at: float
    status: Status = Status.NEW
    replaced: bool = False
    """By its client, not amended by hand."""
    triggered: bool = False
    filled_quantity: Decimal = Decimal(0)
    notional: Decimal = Decimal(0)
    cl_ord_ids: list[str] = field(default_factory=list)
    reports: int = 0
    text: str | None = None
    stored: bool = False
    """Whether the database has a row of it, so that the next write is an update."""

    @property
    def client(self) -> str:
        return self.session.client if self.session else HOUSE

    @property
    def order_id(self) -> str:
        return f"O{self.id}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_buy(self) -> bool:
        return self.side in BUYS

    @property
    def waits_for_trigger(self) -> bool:
        return self.ord_type in STOPS and not self.triggered

    @property
    def waits_for_auction(self) -> bool:
        """There is no opening or closing auction: such an order rests until a person fills it."""
        return self.ord_type in AUCTIONS or self.time_in_force in ("2", "7")

    @property
    def leaves_quantity(self) -> Decimal:
        return self.quantity - self.filled_quantity if self.is_open else Decimal(0)

    @property
    def average_price(self) -> Decimal:
        return average_price(self.notional, self.filled_quantity)

    def next_exec_id(self) -> str:
        """Unique for ever: the order's id and how many reports there were of it."""
        self.reports += 1
        return f"{self.id}-{self.reports}"

    def fill(self, quantity: Decimal, price: Decimal, now: float) -> None:
        """Raises ImpossibleTransition when it is more than what is open."""
        if quantity <= 0 or quantity > self.leaves_quantity:
            raise ImpossibleTransition(
                f"{quantity} of order {self.order_id} can't be filled; {self.leaves_quantity} is open"
            )
        whole = self.filled_quantity + quantity == self.quantity
        self._become(Happening.FILL, Status.FILLED if whole else Status.PARTIALLY_FILLED, now)
        self.filled_quantity += quantity
        self.notional += quantity * price

    def cancel(self, now: float) -> None:
        self._become(Happening.CANCEL, Status.CANCELED, now)

    def reject(self, text: str, now: float) -> None:
        self._become(Happening.REJECT, Status.REJECTED, now)
        self.text = text

    def replace(self, terms: Terms, now: float) -> None:
        """Raises ImpossibleTransition for a quantity below what is filled."""
        if terms.quantity < self.filled_quantity:
            raise ImpossibleTransition(f"order {self.order_id} has {self.filled_quantity} filled already")
        status = Status.FILLED if terms.quantity == self.filled_quantity else self.status
        self._become(Happening.REPLACE, status, now)
        self.quantity, self.limit_price, self.stop_price = terms.quantity, terms.limit_price, terms.stop_price
        self.ord_type, self.time_in_force = terms.ord_type, terms.time_in_force

    def known_as(self, cl_ord_id: str) -> None:
        """A further ClOrdID(11), of a replace or cancel of this order."""
        self.cl_ord_ids.append(cl_ord_id)

    def _become(self, happening: Happening, status: Status, now: float) -> None:
        if status not in TRANSITIONS.get((self.status, happening), ()):
            raise ImpossibleTransition(
                f"{happening.value} of order {self.order_id}, which is {self.status.name}"
            )
        self.status = status
        self.updated_at = now


@dataclass(frozen=True, slots=True)
class Terms:
    """What a replace may change, and what is checked of a new order."""

    symbol: str
    ord_type: str
    quantity: Decimal
    limit_price: Decimal | None
    stop_price: Decimal | None
    time_in_force: str


def average_price(notional: Decimal, quantity: Decimal) -> Decimal:
    """AvgPx(6), to six places."""
    if not quantity:
        return Decimal(0)
    return (notional / quantity).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def plain(number: Decimal) -> str:
    """Without an exponent, and without zeros behind the point: `230.1`, `100`."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain_or_none(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


@lru_cache(maxsize=256)
def _behaviour_text(behaviour: Behaviour) -> str:
    return json.dumps(behaviour.to_json())


def to_row(order: Order) -> dict[str, Any]:
    session = order.session
    return {
        "id": order.id,
        "fix_version": session.version if session else None,
        "sender_comp_id": order.client,
        "target_comp_id": session.broker if session else None,
        "cl_ord_id": order.cl_ord_id,
        "cl_ord_ids": "\x01".join(order.cl_ord_ids),
        "symbol": order.symbol,
        "side": order.side,
        "order_type": order.ord_type,
        "quantity": plain(order.quantity),
        "limit_price": _plain_or_none(order.limit_price),
        "stop_price": _plain_or_none(order.stop_price),
        "time_in_force": order.time_in_force,
        "account": order.account,
        "status": order.status.name,
        "is_open": int(order.is_open),
        "replaced": int(order.replaced),
        "triggered": int(order.triggered),
        "behaviour": _behaviour_text(order.behaviour),
        "filled_quantity": plain(order.filled_quantity),
        "remaining_quantity": plain(order.leaves_quantity),
        "notional": plain(order.notional),
        "reports": order.reports,
        "text": order.text,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def from_row(row: dict[str, Any]) -> Order:
    session = session_of(row)
    return Order(
        id=row["id"],
        session=session,
        cl_ord_id=row["cl_ord_id"],
        symbol=row["symbol"],
        side=row["side"],
        ord_type=row["order_type"],
        quantity=Decimal(row["quantity"]),
        limit_price=None if row["limit_price"] is None else Decimal(row["limit_price"]),
        stop_price=None if row["stop_price"] is None else Decimal(row["stop_price"]),
        time_in_force=row["time_in_force"],
        account=row["account"],
        behaviour=Behaviours().changed({"default": json.loads(row["behaviour"])}).default,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        status=Status[row["status"]],
        replaced=bool(row["replaced"]),
        triggered=bool(row["triggered"]),
        filled_quantity=Decimal(row["filled_quantity"]),
        notional=Decimal(row["notional"]),
        cl_ord_ids=row["cl_ord_ids"].split("\x01"),
        reports=row["reports"],
        text=row["text"],
        stored=True,
    )


def session_of(row: dict[str, Any]) -> SessionKey | None:
    """The session that an order's or session's row names."""
    if row["fix_version"] is None:
        return None
    parts = (row["fix_version"], row["sender_comp_id"], row["target_comp_id"])
    return SessionKey(*(part.encode("latin-1") for part in parts))
