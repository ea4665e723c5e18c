"""MarketDataRequest(V): what a client wants to see, or why it can't (FIX 4.2 and 4.4, MDReqRejReason(281)).

The session layer has seen to it that required fields are there and that enumerated ones have one of their values.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import Enum
from typing import Final

from broker.fix.wire import Message

MOST_LEVELS: Final = 1000
"""Prices of a side that a full book shows."""

BID: Final = b"0"
OFFER: Final = b"1"
TRADE: Final = b"2"
OPEN: Final = b"4"
CLOSE: Final = b"5"
HIGH: Final = b"7"
LOW: Final = b"8"
VOLUME: Final = b"B"
SERVED: Final = frozenset({BID, OFFER, TRADE, OPEN, CLOSE, HIGH, LOW, VOLUME})
"""MDEntryType(269). FIX.4.2 has no B."""

SESSION_ID: Final = b"DAY"
"""TradingSessionID(336) of the only one there is."""


class Reason(Enum):
    """MDReqRejReason(281)."""

    UNKNOWN_SYMBOL = b"0"
    DUPLICATE_MD_REQ_ID = b"1"
    INSUFFICIENT_BANDWIDTH = b"2"
    UNSUPPORTED_MARKET_DEPTH = b"5"
    UNSUPPORTED_MD_UPDATE_TYPE = b"6"
    UNSUPPORTED_AGGREGATED_BOOK = b"7"
    UNSUPPORTED_MD_ENTRY_TYPE = b"8"
    UNSUPPORTED_TRADING_SESSION_ID = b"9"
    UNSUPPORTED_SCOPE = b"A"
    UNSUPPORTED_OPEN_CLOSE_SETTLE_FLAG = b"B"
    UNSUPPORTED_MD_IMPLICIT_DELETE = b"C"


class Refusal(Exception):
    """The request is answered by a MarketDataRequestReject(Y). `reason` None: the standard has no code for it."""

    def __init__(self, reason: Reason | None, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text


class Kind(Enum):
    """SubscriptionRequestType(263)."""

    SNAPSHOT = b"0"
    UPDATES = b"1"
    END = b"2"


@dataclass(frozen=True, slots=True)
class MarketDataRequest:
    md_req_id: bytes
    kind: Kind
    levels: int
    """Prices of each side."""
    incremental: bool
    """Updates come as X; False: as W again and again."""
    entry_types: frozenset[bytes]
    symbols: tuple[str, ...]


def read_request(message: Message, known: Container[str]) -> MarketDataRequest:
    """`known` are the symbols there are. Raises Refusal."""
    fields = message.fields
    kind = Kind(fields[b"263"])
    if kind is Kind.END:
        # What else it says has no bearing: the MDReqID(262) is what ends.
        return MarketDataRequest(fields[b"262"], kind, 0, True, frozenset(), ())
    update_type = fields.get(b"265")
    if kind is Kind.UPDATES and update_type is None:
        text = "MDUpdateType(265) is required with SubscriptionRequestType(263) 1"
        raise Refusal(Reason.UNSUPPORTED_MD_UPDATE_TYPE, text)
    if fields.get(b"266") == b"N":
        text = "AggregatedBook(266) N is not supported: there is one entry for each price"
        raise Refusal(Reason.UNSUPPORTED_AGGREGATED_BOOK, text)
    _check_options(message)
    return MarketDataRequest(
        fields[b"262"],
        kind,
        _levels(int(fields[b"264"])),
        update_type != b"0",
        _entry_types(message),
        _symbols(message, known),
    )


def _levels(depth: int) -> int:
    """MarketDepth(264): 0 is all, 1 the best."""
    if not 0 <= depth <= MOST_LEVELS:
        text = f"MarketDepth(264) {depth} is not supported: it is 0 for all, or up to {MOST_LEVELS}"
        raise Refusal(Reason.UNSUPPORTED_MARKET_DEPTH, text)
    return depth or MOST_LEVELS


def _check_options(message: Message) -> None:
    """What FIX.4.4 lets a client ask for besides."""
    fields = message.fields
    if fields.get(b"547") == b"Y":
        text = "MDImplicitDelete(547) Y is not supported: entries that are gone are deleted one by one"
        raise Refusal(Reason.UNSUPPORTED_MD_IMPLICIT_DELETE, text)
    scope = fields.get(b"546")
    if scope is not None and b"1" not in scope.split(b" "):
        text = "Scope(546) must hold 1: the broker has its own market only"
        raise Refusal(Reason.UNSUPPORTED_SCOPE, text)
    flag = fields.get(b"286")
    if flag is not None and set(flag.split(b" ")) - {b"0", b"1", b"4"}:
        text = "OpenCloseSettlFlag(286) can be 0, 1 or 4: the open is today's, the close the previous day's"
        raise Refusal(Reason.UNSUPPORTED_OPEN_CLOSE_SETTLE_FLAG, text)
    entries = [*message.groups.get(b"386", ()), *message.groups.get(b"146", ())]
    for entry in entries:
        session_id = entry.fields.get(b"336", SESSION_ID)
        if session_id != SESSION_ID:
            text = f"TradingSessionID(336) {session_id.decode('latin-1')} is unknown; it is DAY"
            raise Refusal(Reason.UNSUPPORTED_TRADING_SESSION_ID, text)


def _entry_types(message: Message) -> frozenset[bytes]:
    types = frozenset(entry.fields[b"269"] for entry in message.groups[b"267"])
    if not types:
        raise Refusal(Reason.UNSUPPORTED_MD_ENTRY_TYPE, "NoMDEntryTypes(267) is 0: ask for one at least")
    other = sorted(types - SERVED)
    if other:
        names = ", ".join(one.decode("latin-1") for one in other)
        text = f"MDEntryType(269) {names} is not supported; 0, 1, 2, 4, 5, 7, 8 and, in FIX.4.4, B are"
        raise Refusal(Reason.UNSUPPORTED_MD_ENTRY_TYPE, text)
    return types


def _symbols(message: Message, known: Container[str]) -> tuple[str, ...]:
    """Each once, in the order of the request."""
    names = dict.fromkeys(entry.fields.get(b"55", b"").decode("latin-1") for entry in message.groups[b"146"])
    if not names:
        raise Refusal(Reason.UNKNOWN_SYMBOL, "NoRelatedSym(146) is 0: ask for one symbol at least")
    unknown = [name or "(none)" for name in names if name not in known]
    if unknown:
        raise Refusal(Reason.UNKNOWN_SYMBOL, f"Symbol(55) {', '.join(unknown[:10])} is unknown")
    return tuple(names)
