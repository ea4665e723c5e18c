"""How orders fared: how many were filled, refused and canceled, how long the answers took, and what the executions cost
against the price at the start. From orders and their executions alone; what was busted or corrected is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

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
_TAKES_BACK = (ExecType.TRADE_CANCEL.name, ExecType.TRADE_CORRECT.name)


@dataclass(frozen=True, slots=True)
class Report:
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


@dataclass(frozen=True, slots=True)
class Sent:
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


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was heard of, and when it happened by the counterparty's clock."""

    received_ns: int
    transact_ns: int | None


@dataclass(frozen=True, slots=True)
class Course:
    """What became of one order: `fills` are those that count, oldest first."""

    acknowledged: Moment | None
    fills: Sequence[tuple[Decimal, Decimal | None]]
    first_fill: Moment | None
    filled: Moment | None

    @property
    def executed_qty(self) -> Decimal:
        return sum((qty for qty, _px in self.fills), ZERO)


def course_of(sent: Sent, reports: Iterable[Report]) -> Course:
    """`reports` in the order in which they came. The first that is more than "pending" acknowledges the order, a
    rejection too. A correction counts from when the fill came that it corrects."""
    tally, acknowledged = Tally(), None
    moments: dict[str, Moment] = {}
    for report in reports:
        moment = Moment(report.received_ns, report.transact_ns)
        if acknowledged is None and report.exec_type != ExecType.PENDING_NEW.name:
            acknowledged = moment
        # Fills may have ExecID 0 against the standard; their CumQty tells them apart.
        key = report.exec_id if report.exec_id != "0" else f"0 at {report.cum_qty}"
        is_bust = report.exec_type == ExecType.TRADE_CANCEL.name
        qty = None if is_bust else report.last_qty
        if report.exec_type in _TAKES_BACK and report.exec_ref_id:
            moment = moments.get(report.exec_ref_id, moment)
            tally.supersede(report.exec_ref_id, key if qty else "")
        if qty:
            moments.setdefault(key, moment)
            tally.fill(key, qty, report.last_px)
    counted = sorted(tally.fills, key=lambda key: moments[key].received_ns)
    filled, done = None, ZERO
    for key in counted:
        done += tally.fills[key][0]
        if filled is None and sent.order_qty and done >= sent.order_qty:
            filled = moments[key]
    return Course(
        acknowledged, [tally.fills[key] for key in counted], moments[counted[0]] if counted else None, filled
    )


@dataclass(slots=True)
class Delays:
    """Nanoseconds from the sending of orders to something else."""

    values: list[int] = field(default_factory=list)

    def add(self, sent_ns: int, at_ns: int | None) -> None:
        if at_ns is not None:
            self.values.append(at_ns - sent_ns)

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

    def add(self, sent: Sent, course: Course, against: Decimal | None) -> None:
        sign = 1 if sent.side in BUYS else -1 if sent.side in SELLS else 0
        fills = [(qty, px) for qty, px in course.fills if px is not None]
        if not sign or not fills or against is None or against <= 0:
            return
        self.orders += 1
        for qty, px in fills:
            difference = EXACT.multiply(EXACT.subtract(px, against), qty)
            self.cost = EXACT.add(self.cost, difference if sign > 0 else difference.copy_negate())
            self.value = EXACT.add(self.value, EXACT.multiply(against, qty))

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
        executed = course.executed_qty
        self.orders += 1
        self.filled += course.filled is not None
        self.rejected += sent.status == OrdStatus.REJECTED.name
        self.canceled += sent.status == OrdStatus.CANCELED.name
        self.order_qty = EXACT.add(self.order_qty, sent.order_qty or ZERO)
        self.executed_qty = EXACT.add(self.executed_qty, executed)
        for qty, px in course.fills:
            if px is not None:
                self.turnover = EXACT.add(self.turnover, EXACT.multiply(qty, px.copy_abs()))
        for moment, by_engine, by_counterparty in (
            (course.acknowledged, self.to_ack, self.to_ack_transact),
            (course.first_fill, self.to_first_fill, self.to_first_fill_transact),
            (course.filled, self.to_fill, self.to_fill_transact),
        ):
            if moment is not None:
                by_engine.add(sent.sent_ns, moment.received_ns)
                by_counterparty.add(sent.sent_ns, moment.transact_ns)
        self.against_arrival.add(sent, course, sent.arrival_px)
        self.against_limit.add(sent, course, sent.price)

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
    for sent, reports in orders:
        course = course_of(sent, reports)
        groups.setdefault(group_of(sent), Figures()).add(sent, course)
        total.add(sent, course)
    return Statistics({key: groups[key] for key in sorted(groups)}, total)
