"""What an order or a replace is held against before it is sent. Pure: what is known comes in, a refusal comes out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal

from sendfix.domain.errors import FieldError
from sendfix.domain.values import format_decimal


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one session; None is no limit. `symbols` are the only ones that may be traded, `blocked_symbols` those
    that may not. The same order again within `duplicate_seconds` is taken for a mistake."""

    max_orders_per_second: int | None = None
    max_order_qty: Decimal | None = None
    max_notional: Decimal | None = None
    symbols: frozenset[str] | None = None
    blocked_symbols: frozenset[str] = frozenset()
    duplicate_seconds: float | None = None

    @property
    def of_an_order(self) -> bool:
        """Whether there is a limit that looks at the order itself."""
        return self != Limits(self.max_orders_per_second)


@dataclass(frozen=True, slots=True)
class Proposed:
    """The size of an order as it would be: OrderQty(38), CashOrderQty(152), and Price(44) or else StopPx(99); and its
    Symbol(55)."""

    order_qty: Decimal | None
    price: Decimal | None
    cash_order_qty: Decimal | None = None
    symbol: str = ""

    @property
    def notional(self) -> Decimal | None:
        """Quantity times price; None where one of them is not known, as with a market order."""
        if self.cash_order_qty is not None:
            return self.cash_order_qty
        return None if self.order_qty is None or self.price is None else self.order_qty * self.price

    def raises(self, before: Proposed) -> bool:
        """Whether it is larger than `before` in any way, or can't be compared with it."""
        return _above(self.order_qty, before.order_qty) or _above(self.notional, before.notional)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`rule` is the limit's name in the configuration, `field` the field that is over it."""

    rule: str
    field: str
    text: str

    @property
    def error(self) -> FieldError:
        return FieldError(self.field, self.text)


def over_limits(limits: Limits, proposed: Proposed, before: Proposed | None = None) -> list[Refusal]:
    """Every limit that the order would break. A replace that raises neither quantity nor notional of the order as it
    was (`before`) only takes risk away and is let through, also over a limit that was lowered meanwhile."""
    if before is not None and not proposed.raises(before):
        return []
    rules = (_symbol(limits, proposed), _order_qty(limits, proposed), _notional(limits, proposed))
    return [refusal for refusal in rules if refusal is not None]


def _symbol(limits: Limits, proposed: Proposed) -> Refusal | None:
    if proposed.symbol in limits.blocked_symbols:
        return Refusal(
            "blocked_symbols", "symbol", f"Symbol(55) {proposed.symbol!r} is one of blocked_symbols"
        )
    if limits.symbols is None or proposed.symbol in limits.symbols:
        return None
    return Refusal(
        "symbols", "symbol", f"Symbol(55) {proposed.symbol!r} is none of the {len(limits.symbols)} symbols"
    )


def _order_qty(limits: Limits, proposed: Proposed) -> Refusal | None:
    limit = limits.max_order_qty
    if limit is None:
        return None
    if proposed.order_qty is None:
        return Refusal(
            "max_order_qty",
            "order_qty",
            f"max_order_qty is {format_decimal(limit)}, and an order without OrderQty(38) can't be held against it",
        )
    if proposed.order_qty <= limit:
        return None
    given = format_decimal(proposed.order_qty)
    return Refusal(
        "max_order_qty",
        "order_qty",
        f"max_order_qty is {format_decimal(limit)}, and OrderQty(38) {given} is more",
    )


def _notional(limits: Limits, proposed: Proposed) -> Refusal | None:
    limit = limits.max_notional
    if limit is None:
        return None
    notional = proposed.notional
    if notional is None:
        text = (
            f"max_notional is {format_decimal(limit)}, and an order without a price can't be held against it"
        )
        return Refusal("max_notional", "price", f"{text}: give a limit price")
    if notional <= limit:
        return None
    if proposed.cash_order_qty is not None:
        text = f"CashOrderQty(152) {format_decimal(notional)}"
        return Refusal(
            "max_notional", "cash_order_qty", f"max_notional is {format_decimal(limit)}, and {text} is more"
        )
    what = f"{format_decimal(proposed.order_qty or Decimal(0))} at {format_decimal(proposed.price or Decimal(0))}"
    text = f"max_notional is {format_decimal(limit)}, and {what} is {format_decimal(notional)}"
    return Refusal("max_notional", "order_qty", text)


def _above(now: Decimal | None, before: Decimal | None) -> bool:
    if now is None or before is None:
        return now is not before
    return now > before


class TokenBucket:
    """So many orders at once, and as many again each second. `at` is in seconds of any clock; one that goes back gives
    nothing."""

    def __init__(self) -> None:
        self._rate = 0
        self._tokens = 0.0
        self._at = 0.0

    def take(self, rate: int, at: float) -> bool:
        """Whether one more may go now. A new `rate` begins with a full bucket."""
        if rate != self._rate:
            self._rate, self._tokens = rate, float(rate)
        else:
            self._tokens = min(float(rate), self._tokens + max(0.0, at - self._at) * rate)
        self._at = at
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Recent:
    """The orders of the last seconds, to find one that is sent twice by mistake."""

    def __init__(self) -> None:
        self._at: OrderedDict[Hashable, float] = OrderedDict()

    def seconds_since(self, order: Hashable, window: float, at: float) -> float | None:
        """How long ago the same was noted, if within the window. `at` is in seconds of any clock."""
        while self._at and not 0 <= at - next(iter(self._at.values())) < window:
            self._at.popitem(last=False)
        before = self._at.get(order)
        return None if before is None else at - before

    def note(self, order: Hashable, at: float) -> None:
        self._at[order] = at
        self._at.move_to_end(order)
