"""What an order's executions add up to, to hold CumQty(14) and AvgPx(6) against. Never shown in their place."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

ZERO = Decimal(0)


class Tally:
    """Fills by their ExecID(17), less what busts and corrections took back by ExecRefID(19). These may come in any
    order: after a gap in the session, a bust can be known before its fill.

    `carried` is the part of CumQty that no execution here stands for: what was done before the desk knew the order, or
    what a split added. It is None for an order whose fills were not counted from its beginning: then nothing is known.
    """

    __slots__ = ("_superseded", "_unpriced", "carried", "fills", "qty", "value")

    def __init__(self) -> None:
        self.carried: Decimal | None = ZERO
        self.fills: dict[str, tuple[Decimal, Decimal | None]] = {}
        self.qty = ZERO
        self.value = ZERO
        self._unpriced = 0
        # Which execution took the place of which; "" where nothing did.
        self._superseded: dict[str, str] = {}

    def fill(self, exec_id: str, qty: Decimal, px: Decimal | None) -> None:
        if exec_id not in self._superseded and exec_id not in self.fills:
            self.fills[exec_id] = (qty, px)
            self._count(qty, px, 1)

    def supersede(self, exec_ref_id: str, by: str = "") -> None:
        """The execution was busted, or corrected `by` another. Some name the first execution in each correction, where
        the standard has the latest: both lead to the one that counts now."""
        seen = {by}
        while exec_ref_id not in seen and (later := self._superseded.get(exec_ref_id)):
            seen.add(exec_ref_id)
            exec_ref_id = later
        if exec_ref_id in seen or not exec_ref_id:
            return
        self._superseded[exec_ref_id] = by
        if (fill := self.fills.pop(exec_ref_id, None)) is not None:
            self._count(*fill, -1)

    @property
    def total(self) -> Decimal | None:
        """What CumQty should be; None when it is not known."""
        return None if self.carried is None else self.carried + self.qty

    @property
    def avg_px(self) -> Decimal | None:
        """What AvgPx should be; None when it is not known, or nothing is filled."""
        if self.carried != 0 or self._unpriced or not self.qty:
            return None
        return self.value / self.qty

    def to_record(self) -> dict[str, Any]:
        return {
            "carried": None if self.carried is None else str(self.carried),
            "fills": {
                exec_id: [str(qty), None if px is None else str(px)]
                for exec_id, (qty, px) in sorted(self.fills.items())
            },
            "superseded": dict(sorted(self._superseded.items())),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any] | None) -> Tally:
        """None is the record of an order that was stored before its fills were counted."""
        tally = cls()
        if record is None:
            tally.carried = None
            return tally
        tally.carried = None if record["carried"] is None else Decimal(record["carried"])
        for exec_id, (qty, px) in record["fills"].items():
            tally.fill(exec_id, Decimal(qty), None if px is None else Decimal(px))
        tally._superseded.update(record["superseded"])
        return tally

    def _count(self, qty: Decimal, px: Decimal | None, sign: int) -> None:
        self.qty += sign * qty
        if px is None:
            self._unpriced += sign
        else:
            self.value += sign * qty * px
