"""An order as it would be, as far as a limit looks at it, and what becomes of one that a limit holds back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sendfix.domain.enums import Side
from sendfix.domain.errors import FieldError

BUYS = frozenset({Side.BUY, Side.BUY_MINUS, Side.SUBSCRIBE})
SELLS = frozenset({Side.SELL, Side.SELL_PLUS, Side.SELL_SHORT, Side.SELL_SHORT_EXEMPT, Side.REDEEM})
SHORT_SALES = frozenset({Side.SELL_SHORT, Side.SELL_SHORT_EXEMPT})
LONG_SALES = SELLS - SHORT_SALES
"""Sales of what is held."""
_SIGNS: dict[Side | str | None, int] = {**dict.fromkeys(BUYS, 1), **dict.fromkeys(SELLS, -1)}


def direction(side: Side | str | None) -> int:
    """1 for what adds to a position, -1 for what takes away, 0 for what does neither or is not told."""
    return _SIGNS.get(side, 0)


@dataclass(slots=True)
class Proposed:
    """OrderQty(38), Price(44), CashOrderQty(152), Symbol(55), Side(54), StopPx(99), Account(1), LocateReqd(114) and
    LocateBroker(5700) of an order. `legs` are the LegSymbol(600) of a multileg order; `unsized` says in words why
    quantity, price or side of a message can't be told, as of a cross."""

    order_qty: Decimal | None
    price: Decimal | None
    cash_order_qty: Decimal | None = None
    symbol: str = ""
    side: Side | str | None = None
    stop_px: Decimal | None = None
    account: str = ""
    locate_reqd: str | None = None
    locate_broker: str | None = None
    legs: tuple[str, ...] = ()
    unsized: str | None = None

    @property
    def worth_px(self) -> Decimal | None:
        """What a share of it costs at most, as far as it says so."""
        return self.price if self.price is not None else self.stop_px

    @property
    def notional(self) -> Decimal | None:
        """Quantity times price, or CashOrderQty(152) if that is more; None where nothing is known, as with a market
        order."""
        px = self.worth_px
        by_qty = None if self.order_qty is None or px is None else abs(self.order_qty * px)
        known = [one for one in (by_qty, self.cash_order_qty) if one is not None]
        return max(known, default=None)

    def is_like(self, before: Proposed) -> bool:
        """Whether it is an order in the same account, for the same instrument, on the same side."""
        return (self.account, self.symbol, self.side, self.legs) == (
            before.account,
            before.symbol,
            before.side,
            before.legs,
        )

    def raises(self, before: Proposed) -> bool:
        """Whether it is larger than `before` in any way, is not like it, or can't be compared with it."""
        return (
            not self.is_like(before)
            or _above(self.order_qty, before.order_qty)
            or _above(self.notional, before.notional)
        )


def _above(now: Decimal | None, before: Decimal | None) -> bool:
    if now is None or before is None:
        return now is not before
    return now > before


@dataclass(frozen=True, slots=True)
class Refusal:
    """`rule` is the limit's name in the configuration, `field` the field that is over it."""

    rule: str
    field: str
    text: str

    @property
    def error(self) -> FieldError:
        return FieldError(self.field, self.text)
