"""The one table of the order's state machine: (status, kind of event) -> the statuses that may follow.

A status is what the counterparty last reported in OrdStatus(39); a report brings its own next status, and the
table says whether that can be. What is not in the table is impossible. Sources: FIX 4.2 Appendix D and FIX 4.4
Volume 4 ("Order State Change Matrices"), with their order of precedence when several statuses hold at once
(a partially filled order with a cancel pending is PENDING_CANCEL). Rows that look odd say why they are there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from sendfix.domain.enums import ExecType, OrdStatus


class Kind(StrEnum):
    """What an event means to an order's status, whichever dialect or message it came in."""

    CANCEL_SENT = "cancel sent"
    REPLACE_SENT = "replace sent"
    PENDING_NEW = "pending new"
    NEW = "new"
    TRADE = "trade"
    TRADE_CANCEL = "trade cancel"
    TRADE_CORRECT = "trade correct"
    PENDING_CANCEL = "pending cancel"
    CANCELED = "canceled"
    PENDING_REPLACE = "pending replace"
    REPLACED = "replaced"
    REJECTED = "rejected"
    EXPIRED = "expired"
    DONE_FOR_DAY = "done for day"
    CALCULATED = "calculated"
    STOPPED = "stopped"
    SUSPENDED = "suspended"
    RESTATED = "restated"
    STATUS = "status report"
    OTHER = "other report"
    CANCEL_REJECTED = "cancel or replace rejected"
    ORDER_REFUSED = "order message refused"
    REQUEST_REFUSED = "request message refused"


KIND_OF_EXEC_TYPE: Mapping[ExecType, Kind] = MappingProxyType(
    {
        ExecType.PENDING_NEW: Kind.PENDING_NEW,
        ExecType.NEW: Kind.NEW,
        ExecType.PARTIAL_FILL: Kind.TRADE,
        ExecType.FILL: Kind.TRADE,
        ExecType.TRADE: Kind.TRADE,
        ExecType.TRADE_CANCEL: Kind.TRADE_CANCEL,
        ExecType.TRADE_CORRECT: Kind.TRADE_CORRECT,
        ExecType.PENDING_CANCEL: Kind.PENDING_CANCEL,
        ExecType.CANCELED: Kind.CANCELED,
        ExecType.PENDING_REPLACE: Kind.PENDING_REPLACE,
        ExecType.REPLACED: Kind.REPLACED,
        ExecType.REJECTED: Kind.REJECTED,
        ExecType.EXPIRED: Kind.EXPIRED,
        ExecType.DONE_FOR_DAY: Kind.DONE_FOR_DAY,
        ExecType.CALCULATED: Kind.CALCULATED,
        ExecType.STOPPED: Kind.STOPPED,
        ExecType.SUSPENDED: Kind.SUSPENDED,
        ExecType.RESTATED: Kind.RESTATED,
        ExecType.ORDER_STATUS: Kind.STATUS,
    }
)

PENDING_NEW = OrdStatus.PENDING_NEW
NEW = OrdStatus.NEW
PARTIALLY_FILLED = OrdStatus.PARTIALLY_FILLED
FILLED = OrdStatus.FILLED
DONE_FOR_DAY = OrdStatus.DONE_FOR_DAY
CALCULATED = OrdStatus.CALCULATED
CANCELED = OrdStatus.CANCELED
EXPIRED = OrdStatus.EXPIRED
REJECTED = OrdStatus.REJECTED
REPLACED = OrdStatus.REPLACED
STOPPED = OrdStatus.STOPPED
SUSPENDED = OrdStatus.SUSPENDED
BIDDING = OrdStatus.ACCEPTED_FOR_BIDDING
PENDING_CANCEL = OrdStatus.PENDING_CANCEL
PENDING_REPLACE = OrdStatus.PENDING_REPLACE

ALL = frozenset(OrdStatus)
CLOSED = frozenset({FILLED, CANCELED, EXPIRED, REJECTED})
# No request can succeed any more. A FILLED order can still be raised by a replace.
ENDED = CLOSED - {FILLED}
OPEN = ALL - CLOSED
DAY_OVER = frozenset({DONE_FOR_DAY, CALCULATED})
REQUESTED = frozenset({PENDING_CANCEL, PENDING_REPLACE})
HALTED = frozenset({STOPPED, SUSPENDED})
ACKNOWLEDGED = OPEN - {PENDING_NEW}
TRADED = frozenset({PARTIALLY_FILLED, FILLED, CANCELED, EXPIRED, REPLACED}) | DAY_OVER | REQUESTED | HALTED


class Row(NamedTuple):
    """`after` None means that the status stays as it is; `why` explains a row that looks odd."""

    kind: Kind
    before: Collection[OrdStatus]
    after: Collection[OrdStatus] | None
    why: str = ""


ROWS: tuple[Row, ...] = (
    Row(
        Kind.CANCEL_SENT,
        ALL,
        None,
        "What we sent is a fact in every state: a fill can overtake the desk's view while the request is on its way",
    ),
    Row(Kind.REPLACE_SENT, ALL, None),
    Row(
        Kind.PENDING_NEW,
        {PENDING_NEW},
        {PENDING_NEW, *REQUESTED},
        "A request that overtook the acknowledgement outranks it",
    ),
    Row(Kind.PENDING_NEW, REQUESTED, REQUESTED),
    Row(Kind.NEW, {PENDING_NEW}, {NEW, BIDDING, *REQUESTED, *HALTED}),
    Row(Kind.NEW, REQUESTED, {NEW, PARTIALLY_FILLED, *REQUESTED}),
    Row(
        Kind.NEW,
        {NEW, REPLACED, BIDDING},
        {NEW, *REQUESTED, *HALTED},
        "Twice: first by the broker, then by the exchange behind it",
    ),
    Row(
        Kind.NEW,
        HALTED | DAY_OVER,
        {NEW, PARTIALLY_FILLED, *REQUESTED},
        "Trading goes on after a halt, or on the next day",
    ),
    Row(
        Kind.NEW,
        {PARTIALLY_FILLED},
        {PARTIALLY_FILLED, *REQUESTED},
        "An acknowledgement that a fill has overtaken",
    ),
    Row(Kind.NEW, {FILLED}, {FILLED}),
    Row(
        Kind.TRADE,
        OPEN,
        TRADED,
        "CANCELED and EXPIRED: the rest of an IOC order, reported together with its last fill",
    ),
    Row(
        Kind.TRADE,
        {FILLED},
        {FILLED, PARTIALLY_FILLED, *REQUESTED, *DAY_OVER},
        "An overfill, or a fill during a request that came too late; PARTIALLY_FILLED after a bust that is in a gap",
    ),
    Row(
        Kind.TRADE,
        {CANCELED, EXPIRED},
        {CANCELED, EXPIRED, PARTIALLY_FILLED, FILLED, *DAY_OVER},
        "A fill that crossed the cancel or the expiry on its way: it happened, whatever the order is",
    ),
    Row(
        Kind.TRADE,
        {REJECTED},
        {PARTIALLY_FILLED, FILLED},
        "The counterparty traded what it had refused. Better an odd order than a lost fill",
    ),
    Row(
        Kind.TRADE_CANCEL,
        TRADED,
        {NEW, *TRADED},
        "A bust takes fills back, so FILLED opens again, or ends CANCELED when the order is not reinstated",
    ),
    Row(
        Kind.TRADE_CANCEL,
        {PENDING_NEW, NEW, BIDDING},
        {NEW, *TRADED},
        "The report of the fill itself is in a gap, and will come after its bust",
    ),
    Row(Kind.TRADE_CORRECT, TRADED, TRADED),
    Row(Kind.TRADE_CORRECT, {PENDING_NEW, NEW, BIDDING}, TRADED),
    Row(Kind.PENDING_CANCEL, OPEN, {PENDING_CANCEL}),
    Row(Kind.PENDING_REPLACE, OPEN, REQUESTED),
    Row(
        Kind.PENDING_CANCEL,
        {FILLED},
        {PENDING_CANCEL, FILLED},
        "The precedence puts a pending request above FILLED; its refusal brings FILLED back",
    ),
    Row(Kind.PENDING_REPLACE, {FILLED}, {*REQUESTED, FILLED}),
    Row(Kind.CANCELED, OPEN, {CANCELED, *DAY_OVER}),
    Row(
        Kind.CANCELED,
        {CANCELED},
        {CANCELED},
        "Confirmed twice: by the broker and by the exchange, or for two requests",
    ),
    Row(
        Kind.REPLACED,
        OPEN,
        {NEW, PARTIALLY_FILLED, FILLED, REPLACED, *REQUESTED, *HALTED, *DAY_OVER},
        "FIX 4.2 reports REPLACED, FIX 4.4 the status that results; FILLED when the quantity is cut to what is done;"
        " DONE_FOR_DAY for one that is changed in the evening",
    ),
    Row(
        Kind.REPLACED,
        {FILLED},
        {PARTIALLY_FILLED, FILLED, REPLACED, *REQUESTED},
        "The fill came while a higher quantity was on its way: the order opens again",
    ),
    Row(
        Kind.REJECTED,
        OPEN - {PARTIALLY_FILLED, *DAY_OVER},
        {REJECTED},
        "Also after NEW: by the exchange behind the broker. Not once it has traded; the rest is then canceled",
    ),
    Row(Kind.EXPIRED, OPEN, {EXPIRED, *DAY_OVER}),
    Row(
        Kind.DONE_FOR_DAY,
        OPEN,
        {DONE_FOR_DAY, *REQUESTED},
        "Done for day and calculated outrank how the order ended: average prices and fees come after it",
    ),
    Row(Kind.DONE_FOR_DAY, {FILLED, CANCELED, EXPIRED}, {DONE_FOR_DAY, FILLED, CANCELED, EXPIRED}),
    Row(Kind.CALCULATED, OPEN, {CALCULATED, *REQUESTED}),
    Row(Kind.CALCULATED, {FILLED, CANCELED, EXPIRED}, {CALCULATED, FILLED, CANCELED, EXPIRED}),
    Row(Kind.STOPPED, OPEN, {STOPPED, *REQUESTED}),
    Row(Kind.SUSPENDED, OPEN, {SUSPENDED, *REQUESTED}),
    Row(Kind.RESTATED, OPEN, ALL - {PENDING_NEW, REJECTED}),
    Row(Kind.RESTATED, {FILLED}, {FILLED, PARTIALLY_FILLED, *DAY_OVER}, "A higher quantity by word of mouth"),
    Row(Kind.RESTATED, {CANCELED}, {CANCELED}),
    Row(Kind.RESTATED, {EXPIRED}, {EXPIRED}),
    Row(Kind.STATUS, {PENDING_NEW}, ALL, "REJECTED: the counterparty does not know the order"),
    Row(Kind.STATUS, ACKNOWLEDGED, ALL - {PENDING_NEW}),
    Row(Kind.STATUS, {FILLED}, {FILLED, *DAY_OVER, *REQUESTED}),
    Row(Kind.STATUS, {CANCELED}, {CANCELED, *DAY_OVER}),
    Row(Kind.STATUS, {EXPIRED}, {EXPIRED, *DAY_OVER}),
    Row(Kind.STATUS, {REJECTED}, {REJECTED}),
    Row(
        Kind.OTHER,
        {PENDING_NEW},
        ALL,
        "An ExecType(150) of a later version or of the counterparty's own: its OrdStatus(39) still counts",
    ),
    Row(Kind.OTHER, ACKNOWLEDGED, ALL - {PENDING_NEW}),
    Row(Kind.OTHER, {FILLED}, {FILLED, *DAY_OVER}),
    Row(Kind.OTHER, {CANCELED}, {CANCELED, *DAY_OVER}),
    Row(Kind.OTHER, {EXPIRED}, {EXPIRED, *DAY_OVER}),
    Row(
        Kind.CANCEL_REJECTED,
        {PENDING_NEW},
        ALL,
        "OrderCancelReject(9) carries the status as it is after the refusal",
    ),
    Row(Kind.CANCEL_REJECTED, ACKNOWLEDGED, ALL - {PENDING_NEW}),
    Row(Kind.CANCEL_REJECTED, {FILLED}, {FILLED, PARTIALLY_FILLED, *DAY_OVER, *REQUESTED}),
    Row(Kind.CANCEL_REJECTED, {CANCELED}, {CANCELED, *DAY_OVER}),
    Row(Kind.CANCEL_REJECTED, {EXPIRED}, {EXPIRED, *DAY_OVER}),
    Row(Kind.CANCEL_REJECTED, {REJECTED}, {REJECTED}),
    Row(
        Kind.ORDER_REFUSED,
        {PENDING_NEW},
        {REJECTED},
        "Reject(3), BusinessMessageReject(j), or never sent again: the order message itself never became an order",
    ),
    Row(Kind.REQUEST_REFUSED, ALL, None, "The same for a cancel or replace: the order is as it was"),
)


def _table() -> Mapping[tuple[OrdStatus, Kind], frozenset[OrdStatus]]:
    table: dict[tuple[OrdStatus, Kind], frozenset[OrdStatus]] = {}
    for kind, before, after, _why in ROWS:
        for status in before:
            if (status, kind) in table:
                raise AssertionError(f"two rows for {status.name} and {kind.name}")
            table[status, kind] = frozenset({status} if after is None else after)
    return MappingProxyType(table)


TRANSITIONS = _table()
