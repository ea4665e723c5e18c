"""What one account holds of one instrument, and what it has earned with it: first in, first out, and at average cost.

`cash` is what was received for sales less what was paid. By either method the realised profit is the cash together with
the cost of what is still held, and the whole profit is the cash together with the worth of what is held: so both add up
exactly, whatever was rounded in an average.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

ZERO = Decimal(0)
# Quantities and prices have up to 18 digits before and 12 behind the point: nothing of a product is rounded.
EXACT = Context(prec=80)


@dataclass(frozen=True, slots=True)
class Totals:
    """How much was bought and sold, what for, and the counterparty's commissions."""

    buy_qty: Decimal = ZERO
    sell_qty: Decimal = ZERO
    cash: Decimal = ZERO
    commission: Decimal = ZERO

    def less(self, other: Totals) -> Totals:
        return Totals(
            self.buy_qty - other.buy_qty,
            self.sell_qty - other.sell_qty,
            self.cash - other.cash,
            self.commission - other.commission,
        )


@dataclass(frozen=True, slots=True)
class Opening:
    """How a ledger stood when its day began."""

    net_qty: Decimal = ZERO
    totals: Totals = Totals()
    fifo_cost: Decimal = ZERO
    average_cost: Decimal = ZERO


class Ledger:
    """Quantities and costs are below zero for a short position. `unpriced` counts fills that came without a price:
    with one of them no profit is known."""

    __slots__ = (
        "_buy_qty",
        "_cash",
        "_commission",
        "_lots",
        "_sell_qty",
        "average_cost",
        "fifo_cost",
        "net_qty",
        "opening",
        "unpriced",
    )

    def __init__(self) -> None:
        self.net_qty = ZERO
        self._buy_qty = self._sell_qty = self._cash = self._commission = ZERO
        self.fifo_cost = ZERO
        self.average_cost = ZERO
        self.unpriced = 0
        self.opening = Opening()
        self._lots: deque[tuple[Decimal, Decimal]] = deque()

    def copy(self) -> Ledger:
        made = Ledger()
        made.net_qty, made.opening = self.net_qty, self.opening
        made._buy_qty, made._sell_qty = self._buy_qty, self._sell_qty
        made._cash, made._commission = self._cash, self._commission
        made.fifo_cost, made.average_cost = self.fifo_cost, self.average_cost
        made.unpriced = self.unpriced
        made._lots = self._lots.copy()
        return made

    @property
    def totals(self) -> Totals:
        return Totals(self._buy_qty, self._sell_qty, self._cash, self._commission)

    @property
    def lots(self) -> Iterable[tuple[Decimal, Decimal]]:
        """What is held, as (quantity, price), in the order in which it goes out again."""
        return iter(self._lots)

    @property
    def realised_fifo(self) -> Decimal:
        return EXACT.add(self._cash, self.fifo_cost)

    @property
    def realised_average(self) -> Decimal:
        return EXACT.add(self._cash, self.average_cost)

    def begin_day(self) -> None:
        self.opening = Opening(self.net_qty, self.totals, self.fifo_cost, self.average_cost)

    def trade(self, qty: Decimal, px: Decimal | None, commission: Decimal) -> None:
        """`qty` is below zero for a sale."""
        with localcontext(EXACT):
            if px is None:
                self.unpriced += 1
                px = ZERO
            before = self.net_qty
            self.net_qty += qty
            self._cash -= qty * px
            if commission:
                self._commission += commission
            if qty > 0:
                self._buy_qty += qty
            else:
                self._sell_qty -= qty
            self._average(before, qty, px)
            self._first_in_first_out(qty, px)

    def _average(self, before: Decimal, qty: Decimal, px: Decimal) -> None:
        if before * qty >= 0:
            self.average_cost += qty * px
        elif before * self.net_qty > 0:
            self.average_cost = self.average_cost * self.net_qty / before
        else:  # flat now, or turned round: what is held was all bought, or sold, by this
            self.average_cost = self.net_qty * px

    def _first_in_first_out(self, qty: Decimal, px: Decimal) -> None:
        lots = self._lots
        while qty and lots and lots[0][0] * qty < 0:
            lot_qty, lot_px = lots.popleft()
            left = lot_qty + qty
            if left * lot_qty > 0:
                lots.appendleft((left, lot_px))
                self.fifo_cost += qty * lot_px
                return
            self.fifo_cost -= lot_qty * lot_px
            qty = left
        if qty:
            self.fifo_cost += qty * px
            if lots and lots[-1][1] == px:
                qty += lots.pop()[0]
            lots.append((qty, px))
