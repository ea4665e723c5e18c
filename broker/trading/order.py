"""An order as the broker holds it: what was asked for, what was filled, and which statuses may follow which.

What an order is reported as comes from three things: its own status, a hold on it (stopped, suspended), and the cancels
and replaces that were announced as pending. The precedence is that of FIX 4.2 appendix D and FIX 4.4 volume 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Final

from broker.fix.states import SessionKey
from broker.fix.wire import Pair
from broker.trading.behaviours import Behaviour

HOUSE: Final = "HOUSE"
"""The client of orders that a person entered at the broker."""


class Status(Enum):
    """OrdStatus(39). `NEW` of a replaced order is reported as Replaced by the FIX.4.2 matrices."""

    NEW = "0"
    PARTIALLY_FILLED = "1"
    FILLED = "2"
    DONE_FOR_DAY = "3"
    CANCELED = "4"
    PENDING_CANCEL = "6"
    STOPPED = "7"
    REJECTED = "8"
    SUSPENDED = "9"
    PENDING_NEW = "A"
    CALCULATED = "B"
    EXPIRED = "C"
    PENDING_REPLACE = "E"


class Happening(Enum):
    ACCEPT = "acceptance"
    FILL = "fill"
    CANCEL = "cancel"
    REJECT = "reject"
    REPLACE = "replace"
    EXPIRE = "expiry"
    FINISH = "done for day"
    CALCULATE = "calculation"
    RESUME = "resumption"
    UNDO = "bust or correction"


OPEN: Final = frozenset({Status.PENDING_NEW, Status.NEW, Status.PARTIALLY_FILLED})

_S, _H = Status, Happening
_WORKING: Final = frozenset({_S.NEW, _S.PARTIALLY_FILLED})
_ENDS: Final = frozenset({_S.CANCELED, _S.EXPIRED, _S.DONE_FOR_DAY, _S.CALCULATED})
TRANSITIONS: Final[dict[tuple[Status, Happening], frozenset[Status]]] = {
    (_S.PENDING_NEW, _H.ACCEPT): frozenset({_S.NEW}),
    (_S.PENDING_NEW, _H.REJECT): frozenset({_S.REJECTED}),
    (_S.PENDING_NEW, _H.CANCEL): frozenset({_S.CANCELED}),
    (_S.PENDING_NEW, _H.EXPIRE): frozenset({_S.EXPIRED}),
    (_S.NEW, _H.FILL): frozenset({_S.PARTIALLY_FILLED, _S.FILLED}),
    (_S.NEW, _H.CANCEL): frozenset({_S.CANCELED}),
    (_S.NEW, _H.REJECT): frozenset({_S.REJECTED}),
    (_S.NEW, _H.REPLACE): frozenset({_S.NEW}),
    (_S.NEW, _H.EXPIRE): frozenset({_S.EXPIRED}),
    (_S.NEW, _H.FINISH): frozenset({_S.DONE_FOR_DAY}),
    (_S.PARTIALLY_FILLED, _H.FILL): frozenset({_S.PARTIALLY_FILLED, _S.FILLED}),
    (_S.PARTIALLY_FILLED, _H.CANCEL): frozenset({_S.CANCELED}),
    # A replace down to what is filled leaves nothing open.
    (_S.PARTIALLY_FILLED, _H.REPLACE): frozenset({_S.PARTIALLY_FILLED, _S.FILLED}),
    (_S.PARTIALLY_FILLED, _H.EXPIRE): frozenset({_S.EXPIRED}),
    (_S.PARTIALLY_FILLED, _H.FINISH): frozenset({_S.DONE_FOR_DAY}),
    (_S.PARTIALLY_FILLED, _H.UNDO): frozenset({_S.NEW, _S.PARTIALLY_FILLED, _S.FILLED}),
    # A fill that comes late (matrix D.35 of FIX 4.2).
    (_S.CANCELED, _H.FILL): frozenset({_S.CANCELED}),
    # A replace to more than what is filled opens a filled order again.
    (_S.FILLED, _H.REPLACE): frozenset({_S.PARTIALLY_FILLED}),
    (_S.FILLED, _H.CALCULATE): frozenset({_S.CALCULATED}),
    (_S.FILLED, _H.UNDO): frozenset({_S.NEW, _S.PARTIALLY_FILLED, _S.FILLED}),
    (_S.DONE_FOR_DAY, _H.RESUME): frozenset(_WORKING),
    (_S.DONE_FOR_DAY, _H.CALCULATE): frozenset({_S.CALCULATED}),
    (_S.DONE_FOR_DAY, _H.CANCEL): frozenset({_S.CANCELED}),
    (_S.DONE_FOR_DAY, _H.EXPIRE): frozenset({_S.EXPIRED}),
    # In the evening, of an order that goes on the next day.
    (_S.DONE_FOR_DAY, _H.REPLACE): frozenset({_S.DONE_FOR_DAY, _S.FILLED}),
    # What has ended stays so, whatever becomes of its fills.
    **{(status, _H.UNDO): frozenset({status}) for status in _ENDS},
}

LASTING: Final = frozenset({"1", "6"})
"""TimeInForce(59) GTC and GTD: what is not filled on a day is open on the next."""

BUYS: Final = frozenset({"1", "3", "B"})
"""Side(54): BUY, BUY_MINUS, and AS_DEFINED is taken for one."""

EXPIRY: Final = (b"126", b"432")
"""ExpireTime and ExpireDate."""

STOPS: Final = frozenset({"3", "4"})
LIMITS: Final = frozenset({"2", "4", "B"})
AUCTIONS: Final = frozenset({"5", "B"})
"""MARKET_ON_CLOSE and LIMIT_ON_CLOSE."""


class ImpossibleTransition(Exception):
    """Something that can't happen to an order of this status."""


class RequestKind(Enum):
    """What a client asked and was not answered yet."""

    NEW = "new"
    CANCEL = "cancel"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a replace may change, and what is checked of a new order."""

    symbol: str
    ord_type: str
    quantity: Decimal
    limit_price: Decimal | None
    stop_price: Decimal | None
    time_in_force: str
    max_floor: Decimal | None = None
    expire_at: float | None = None
    """Seconds since the epoch; None: as long as the TimeInForce(59) says."""
    expiry: tuple[Pair, ...] = ()
    """ExpireDate(432) or ExpireTime(126), as the client gave them."""


@dataclass(frozen=True, slots=True)
class Request:
    """Waits for its answer until `due`, in seconds since the epoch; None waits for a person. `announced`: the client
    was told that it is pending."""

    kind: RequestKind
    cl_ord_id: str
    orig_cl_ord_id: str | None
    due: float | None
    announced: bool
    terms: Terms | None = None


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
    hold: Status | None = None
    """Stopped or suspended."""
    replaced: bool = False
    """By its client, not amended by hand."""
    triggered: bool = False
    filled_quantity: Decimal = Decimal(0)
    notional: Decimal = Decimal(0)
    max_floor: Decimal | None = None
    expire_at: float | None = None
    list_id: str | None = None
    idle: bool = False
    """Opened again by a bust: it does not trade by itself until it is replaced."""
    rank: int = 0
    """Tells which of two resting orders came first."""
    cl_ord_ids: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    """Not answered yet, oldest first."""
    echo: list[Pair] = field(default_factory=list)
    """Fields of the request that every report repeats."""
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
    def goes_on(self) -> bool:
        """Whether more of it may be filled: today, or on another day when it is done for this one and lasts."""
        status = self.status
        return status in OPEN or (status is Status.DONE_FOR_DAY and self.time_in_force in LASTING)

    @property
    def works(self) -> bool:
        """Whether it may trade."""
        return self.status in _WORKING and self.hold is not Status.SUSPENDED

    @property
    def shown_status(self) -> Status:
        """The OrdStatus(39) of highest precedence: a pending request stays shown even when the order is filled
        meanwhile (matrix D.5 of FIX 4.2)."""
        status = self.status
        if self.requests and (self.goes_on or status is Status.FILLED):
            kinds = {request.kind for request in self.requests if request.announced}
            if RequestKind.CANCEL in kinds:
                return Status.PENDING_CANCEL
            if RequestKind.REPLACE in kinds:
                return Status.PENDING_REPLACE
        if self.hold is not None and status in _WORKING:
            return self.hold
        return status

    @property
    def is_buy(self) -> bool:
        return self.side in BUYS

    @property
    def waits_for_trigger(self) -> bool:
        return self.ord_type in STOPS and not self.triggered

    @property
    def waits_for_auction(self) -> bool:
        """For the opening or closing auction: OrdType(40) or TimeInForce(59) says so."""
        return self.ord_type in AUCTIONS or self.time_in_force in ("2", "7")

    @property
    def leaves_quantity(self) -> Decimal:
        return self.quantity - self.filled_quantity if self.goes_on else Decimal(0)

    @property
    def average_price(self) -> Decimal:
        return average_price(self.notional, self.filled_quantity)

    def next_exec_id(self) -> str:
        """Unique for ever: the order's id and how many reports there were of it."""
        self.reports += 1
        return f"{self.id}-{self.reports}"

    def fill(self, quantity: Decimal, price: Decimal, now: float) -> None:
        """Raises ImpossibleTransition when it is more than what was ordered and not filled yet."""
        filled = self.filled_quantity + quantity
        if quantity <= 0 or filled > self.quantity:
            raise ImpossibleTransition(
                f"{quantity} of order {self.order_id} can't be filled; {self.quantity - self.filled_quantity} is not"
            )
        self.become(Happening.FILL, self.status if self.status in _ENDS else self.status_by(filled), now)
        self.filled_quantity += quantity
        self.notional += quantity * price

    def undo(
        self, quantity: Decimal, price: Decimal, now: float, again: tuple[Decimal, Decimal] | None
    ) -> None:
        """A fill never was, or was `again` of another quantity and price. Raises ImpossibleTransition when more
        would be filled than was ordered."""
        filled, notional = self.filled_quantity - quantity, self.notional - quantity * price
        if again is not None:
            filled, notional = filled + again[0], notional + again[0] * again[1]
        if filled < 0 or filled > self.quantity:
            raise ImpossibleTransition(
                f"{filled} of order {self.order_id} would be filled, of {self.quantity}"
            )
        status = self.status
        if status not in _ENDS:
            status = self.status_by(filled)
        self.become(Happening.UNDO, status, now)
        self.filled_quantity, self.notional = filled, notional

    def status_by(self, filled: Decimal) -> Status:
        """Of an order that has this much filled and has not ended otherwise."""
        if filled == self.quantity:
            return Status.FILLED
        return Status.PARTIALLY_FILLED if filled else Status.NEW

    def accept(self, now: float) -> None:
        self.become(Happening.ACCEPT, Status.NEW, now)

    def cancel(self, now: float) -> None:
        self.become(Happening.CANCEL, Status.CANCELED, now)

    def reject(self, text: str, now: float) -> None:
        self.become(Happening.REJECT, Status.REJECTED, now)
        self.text = text

    def replace(self, terms: Terms, now: float) -> None:
        """Raises ImpossibleTransition for a quantity below what is filled."""
        if terms.quantity < self.filled_quantity:
            raise ImpossibleTransition(f"order {self.order_id} has {self.filled_quantity} filled already")
        status = self.status
        if terms.quantity == self.filled_quantity:
            status = Status.FILLED
        elif status is Status.FILLED:
            status = Status.PARTIALLY_FILLED
        self.become(Happening.REPLACE, status, now)
        self.quantity, self.limit_price, self.stop_price = terms.quantity, terms.limit_price, terms.stop_price
        self.ord_type, self.time_in_force = terms.ord_type, terms.time_in_force
        self.max_floor, self.expire_at = terms.max_floor, terms.expire_at
        self.echo = [pair for pair in self.echo if pair[0] not in EXPIRY] + list(terms.expiry)
        self.idle = False

    @property
    def expiry(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.echo if pair[0] in EXPIRY)

    def known_as(self, cl_ord_id: str) -> None:
        """A further ClOrdID(11), of a replace or cancel of this order."""
        self.cl_ord_ids.append(cl_ord_id)

    def become(self, happening: Happening, status: Status, now: float) -> None:
        """Raises ImpossibleTransition when the table does not have it."""
        if status not in TRANSITIONS.get((self.status, happening), ()):
            raise ImpossibleTransition(
                f"{happening.value} of order {self.order_id}, which is {self.status.name}"
            )
        self.status = status
        self.updated_at = now


def average_price(notional: Decimal, quantity: Decimal) -> Decimal:
    """AvgPx(6), to six places."""
    if not quantity:
        return Decimal(0)
    return (notional / quantity).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def plain(number: Decimal) -> str:
    """Without an exponent, and without zeros behind the point: `230.1`, `100`."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
