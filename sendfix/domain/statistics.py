"""How orders fared: how many were filled, refused and canceled, how long the answers took, and what the executions cost
against the price at the start. From orders and their executions alone; what was busted or corrected is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from typing import NamedTuple

from sendfix.domain.enums import ExecType, OrdStatus, Side
from sendfix.domain.ledger import EXACT, ZERO
from sendfix.domain.tally import Tally

PERCENTILES = (50, 95, 99)
BUYS = frozenset({Side.BUY.name, Side.BUY_MINUS.name, Side.SUBSCRIBE.name})
SELLS = frozenset(
    {Side.SELL.name, Side.SELL_PLUS.name, Side.SELL_SHORT.name, Side.SELL_SHORT_EXEMPT.name, Side.REDEEM.name}
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR_NS = 3_600_000_000_000
_PENDING_NEW, _TRADE_CANCEL = ExecType.PENDING_NEW.name, ExecType.TRADE_CANCEL.name
_TAKES_BACK = (_TRADE_CANCEL, ExecType.TRADE_CORRECT.name)
_REJECTED, _CANCELED = OrdStatus.REJECTED.name, OrdStatus.CANCELED.name
_SUMS = ("orders", "filled", "rejected", "canceled", "order_qty", "executed_qty", "turnover")
_DELAYS = (
    "to_ack",
    "to_first_fill",
    "to_fill",
    "to_ack_transact",
    "to_first_fill_transact",
    "to_fill_transact",
)


class Report(NamedTuple):
    """An execution of an order. Times are nanoseconds since 1970, UTC: `received_ns` by the engine's clock,
    `transact_ns` the counterparty's TransactTime(60), None where it gave none."""

    exec_id: str
    exec_ref_id: str
    exec_type: str
    last_qty: Decimal | None
    last_px: Decimal | None
    cum_qty: Decimal | None
    received_ns: int
    transact_ns: int | None


class Sent(NamedTuple):
    """An order of ours as it is now; `sent_ns` is when the engine sent it. Enumerations by name."""

    session_name: str
    account: str
    symbol: str
    side: str
    status: str
    order_qty: Decimal | None
    price: Decimal | None
    arrival_px: Decimal | None
    sent_ns: int


class Moment(NamedTuple):
    """When something was heard of, and when it happened by the counterparty's clock."""

    received_ns: int
    transact_ns: int | None


class Fill(NamedTuple):
    """One that counts."""

    qty: Decimal
    px: Decimal | None
    moment: Moment


class Course(NamedTuple):
    """What became of one order: `fills` are those that count, oldest first."""

    acknowledged: Moment | None
    fills: Sequence[Fill]
    filled: Moment | None

    @property
    def first_fill(self) -> Moment | None:
        return self.fills[0].moment if self.fills else None

    @property
    def executed_qty(self) -> Decimal:
        return sum((fill.qty for fill in self.fills), ZERO)


def course_of(sent: Sent, reports: Sequence[Report]) -> Course:
    """`reports` in the order in which they came. The first that is more than "pending" acknowledges the order, a
    rejection too. A correction counts from when the fill came that it corrects."""
    acknowledged = None
    for report in reports:
        if report.exec_type != _PENDING_NEW:
            acknowledged = Moment(report.received_ns, report.transact_ns)
            break
    fills = _fills(reports)
    fills.sort(key=lambda fill: fill.moment.received_ns)
    filled, done, wanted = None, ZERO, sent.order_qty
    if wanted:
        for fill in fills:
            done += fill.qty
            if done >= wanted:
                filled = fill.moment
                break
    return Course(acknowledged, fills, filled)


def _fills(reports: Sequence[Report]) -> list[Fill]:
    tally = Tally()
    moments: dict[str, Moment] = {}
    for report in reports:
        qty = report.last_qty
        takes_back = report.exec_type in _TAKES_BACK
        if not qty and not takes_back:
            continue
        moment = Moment(report.received_ns, report.transact_ns)
        # Fills may have ExecID 0 against the standard; their CumQty tells them apart.
        key = report.exec_id if report.exec_id != "0" else f"0 at {report.cum_qty}"
        if report.exec_type == _TRADE_CANCEL:
            qty = None
        if takes_back and report.exec_ref_id:
            moment = moments.get(report.exec_ref_id, moment)
            tally.supersede(report.exec_ref_id, key if qty else "")
        if qty:
            moments.setdefault(key, moment)
            tally.fill(key, qty, report.last_px)
    return [Fill(qty, px, moments[key]) for key, (qty, px) in tally.fills.items()]


@dataclass(slots=True)
class Delays:
    """Nanoseconds from the sending of orders to something else."""

    values: list[int] = field(default_factory=list)

    def percentile(self, percent: int) -> int | None:
        """The value that so many of a hundred do not exceed: one that was measured, not one between two."""
        if not self.values:
            return None
        self.values.sort()
        return self.values[-(-percent * len(self.values) // 100) - 1]

    @property
    def highest(self) -> int | None:
        return max(self.values, default=None)


@dataclass(slots=True)
class Slippage:
    """What executions cost against a price, weighted by value: positive is a cost."""

    orders: int = 0
    cost: Decimal = ZERO
    value: Decimal = ZERO

    def add(self, sign: int, qty: Decimal, paid: Decimal, against: Decimal | None) -> None:
        """An order of which `qty` was executed for `paid`; `sign` 1 for a buy, -1 for a sell."""
        if not sign or not qty or against is None or against <= 0:
            return
        value = qty * against
        self.orders += 1
        self.cost += (paid - value) * sign
        self.value += value

    def merge(self, other: Slippage) -> None:
        self.orders += other.orders
        self.cost += other.cost
        self.value += other.value

    @property
    def basis_points(self) -> Decimal | None:
        return EXACT.divide(EXACT.multiply(self.cost, Decimal(10_000)), self.value) if self.value else None


@dataclass(slots=True)
class Figures:
    """Of one group of orders."""

    orders: int = 0
    filled: int = 0
    rejected: int = 0
    canceled: int = 0
    order_qty: Decimal = ZERO
    executed_qty: Decimal = ZERO
    turnover: Decimal = ZERO
    to_ack: Delays = field(default_factory=Delays)
    to_first_fill: Delays = field(default_factory=Delays)
    to_fill: Delays = field(default_factory=Delays)
    to_ack_transact: Delays = field(default_factory=Delays)
    to_first_fill_transact: Delays = field(default_factory=Delays)
    to_fill_transact: Delays = field(default_factory=Delays)
    against_arrival: Slippage = field(default_factory=Slippage)
    against_limit: Slippage = field(default_factory=Slippage)

    def add(self, sent: Sent, course: Course) -> None:
        executed = priced = paid = ZERO
        for qty, px, _moment in course.fills:
            executed += qty
            if px is not None:
                priced += qty
                paid += qty * px
                self.turnover += qty * px.copy_abs()
        self.orders += 1
        self.filled += course.filled is not None
        self.rejected += sent.status == _REJECTED
        self.canceled += sent.status == _CANCELED
        self.order_qty += sent.order_qty or ZERO
        self.executed_qty += executed
        for moment, by_engine, by_counterparty in (
            (course.acknowledged, self.to_ack, self.to_ack_transact),
            (course.first_fill, self.to_first_fill, self.to_first_fill_transact),
            (course.filled, self.to_fill, self.to_fill_transact),
        ):
            if moment is not None:
                by_engine.values.append(moment.received_ns - sent.sent_ns)
                if moment.transact_ns is not None:
                    by_counterparty.values.append(moment.transact_ns - sent.sent_ns)
        sign = 1 if sent.side in BUYS else -1 if sent.side in SELLS else 0
        self.against_arrival.add(sign, priced, paid, sent.arrival_px)
        self.against_limit.add(sign, priced, paid, sent.price)

    def merge(self, other: Figures) -> None:
        """The orders of both."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _DELAYS:
            getattr(self, name).values.extend(getattr(other, name).values)
        self.against_arrival.merge(other.against_arrival)
        self.against_limit.merge(other.against_limit)

    @property
    def fill_ratio(self) -> Decimal | None:
        """Orders that were filled of all that were sent, those rejected among them."""
        return _ratio(Decimal(self.filled), Decimal(self.orders))

    @property
    def qty_fill_ratio(self) -> Decimal | None:
        return _ratio(self.executed_qty, self.order_qty)

    @property
    def reject_rate(self) -> Decimal | None:
        return _ratio(Decimal(self.rejected), Decimal(self.orders))

    @property
    def cancel_rate(self) -> Decimal | None:
        return _ratio(Decimal(self.canceled), Decimal(self.orders))


def _ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    return EXACT.divide(part, whole) if whole else None


def hour_of(sent: Sent) -> str:
    """The hour, UTC, in which it was sent: "2026-03-02T14:00:00Z"."""
    start = _EPOCH + timedelta(hours=sent.sent_ns // _HOUR_NS)
    return f"{start:%Y-%m-%dT%H:00:00Z}"


GROUPINGS: dict[str, Callable[[Sent], str]] = {
    "session_name": lambda sent: sent.session_name,
    "symbol": lambda sent: sent.symbol,
    "account": lambda sent: sent.account,
    "hour": hour_of,
    "side": lambda sent: sent.side,
}


@dataclass(frozen=True, slots=True)
class Statistics:
    """`groups` by the sorted keys; "" is the key of orders that have none."""

    groups: dict[str, Figures]
    total: Figures


def statistics(orders: Iterable[tuple[Sent, Sequence[Report]]], by: str) -> Statistics:
    """`by` is one of `GROUPINGS`."""
    group_of = GROUPINGS[by]
    groups: dict[str, Figures] = {}
    total = Figures()
    with localcontext(EXACT):
        for sent, reports in orders:
            key = group_of(sent)
            figures = groups.get(key)
            if figures is None:
                figures = groups[key] = Figures()
            figures.add(sent, course_of(sent, reports))
        for figures in groups.values():
            total.merge(figures)
    return Statistics({key: groups[key] for key in sorted(groups)}, total)
