"""What a client knows of its orders and executions, folded from the messages that it got."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

CLOSED = frozenset({"2", "3", "4", "8", "C"})
"""OrdStatus(39) after which an order lives no longer."""
TRADES = {"FIX.4.2": frozenset({"1", "2"}), "FIX.4.4": frozenset({"F"})}
"""ExecType(150) of a fill."""
FAILURES = 20
"""Texts of unexpected messages that are kept of each kind."""
CL_ORD_IDS = re.compile(r"(?<!\d)11=([\w-]*)")


@dataclass(slots=True)
class Known:
    cl_ord_id: str
    symbol: str
    side: str
    status: str
    quantity: Decimal
    cum: Decimal
    leaves: Decimal

    @property
    def is_open(self) -> bool:
        return self.status not in CLOSED


@dataclass
class Book:
    """`problems` are sentences about what a correct broker does not say."""

    version: str
    orders: dict[str, Known] = field(default_factory=dict)
    executions: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """By ExecID(17): OrderID(37), LastQty or LastShares(32), LastPx(31)."""
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _ordered: set[str] = field(default_factory=set)
    _answered: set[str] = field(default_factory=set)
    """ClOrdIDs(11): of the orders that were sent, and of what was heard."""

    def said(self, msg_type: str, raw: str) -> None:
        """The client's own library sent this."""
        self.counts[f"> {msg_type}"] += 1
        if msg_type in ("D", "E"):
            self._ordered.update(CL_ORD_IDS.findall(raw))
        if msg_type in ("3", "j"):
            self._problem(f"the client refused a message of the broker: {raw}")

    def heard(self, msg_type: str, fields: Mapping[int, str], raw: str) -> None:
        """Fields of a repeating group may be missing here."""
        self.counts[f"< {msg_type}"] += 1
        if fields.get(43) == "Y":
            self.counts["< again"] += 1
        if msg_type in ("3", "j"):
            self._problem(f"the broker refused a message: {raw}")
        elif msg_type == "8":
            self._report(fields, raw)

    def open_orders(self) -> list[Known]:
        return [known for known in self.orders.values() if known.is_open]

    def settled(self) -> bool:
        """Whether nothing more can be said of any order."""
        return self._ordered <= self._answered and not self.open_orders()

    def to_json(self) -> dict[str, Any]:
        return {
            "orders": {
                order_id: [known.cl_ord_id, known.status, str(known.cum.normalize()), known.is_open]
                for order_id, known in self.orders.items()
            },
            "executions": self.executions,
            "counts": dict(sorted(self.counts.items())),
            "problems": self.problems,
        }

    def _report(self, fields: Mapping[int, str], raw: str) -> None:
        self._answered.add(fields.get(11, ""))
        order_id, exec_id, status, exec_type = fields[37], fields[17], fields[39], fields[150]
        if status == "8" and order_id == "NONE":
            return  # about an order that there is not
        if exec_id in self._seen or (exec_id == "0" and fields.get(43) == "Y"):
            return  # sent again; what a library did not take the first time is not seen yet
        if exec_id != "0":
            self._seen.add(exec_id)
        # ExecTransType(20) 3 is FIX.4.2's answer to a status request: it tells of no new fill.
        if exec_type in TRADES[self.version] and fields.get(20, "0") == "0":
            self.executions[exec_id] = (order_id, fields[32], fields[31])
        cum, leaves = Decimal(fields[14]), Decimal(fields[151])
        quantity = Decimal(fields[38])
        known = self.orders.get(order_id)
        if known is None:
            known = self.orders[order_id] = Known(
                fields[11], fields[55], fields[54], status, quantity, cum, leaves
            )
        if cum < known.cum:
            self._problem(f"CumQty(14) went down from {known.cum}: {raw}")
        if status not in CLOSED and cum + leaves != quantity:
            self._problem(f"CumQty(14) + LeavesQty(151) is not OrderQty(38): {raw}")
        # A replace may raise the quantity of a filled order, which is open then.
        reopened = known.status == "2" and exec_type == "5"
        if not known.is_open and status not in CLOSED and not reopened:
            self._problem(f"an order that was closed is open again: {raw}")
        if exec_type in ("0", "5"):
            known.cl_ord_id = fields[11]
        known.status, known.quantity, known.cum, known.leaves = status, quantity, cum, leaves

    def _problem(self, text: str) -> None:
        if len(self.problems) < FAILURES:
            self.problems.append(text.replace("\x01", "|"))
