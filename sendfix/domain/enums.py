"""The enumerations of the order messages: the value is FIX's wire code, the name is what people and JSON use."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Final, Self


class FixEnum(Enum):
    """An enumerated FIX field. Codes are case-sensitive ("a" is not "A"); names are taken in any case."""

    value: str

    # Members are singletons and compared by identity; Enum's own hash is a Python call on a hot path.
    __hash__ = object.__hash__

    @classmethod
    def parse(cls, text: str | int) -> Self:
        """The member with this wire code or name. Raises ValueError, which lists the valid names."""
        wanted = str(text).strip()
        for member in cls:
            if member.value == wanted or member.name == wanted.upper():
                return member
        names = ", ".join(cls.__members__)
        raise ValueError(f"{wanted!r} is not one of {names}")

    @classmethod
    def of_code(cls, code: str) -> Self | None:
        """The member with this wire code, or None."""
        member = cls._value2member_map_.get(code)
        return member if isinstance(member, cls) else None


def api_name(value: FixEnum | str | None) -> str:
    """The member's name; a code that is no member stays as it is; nothing is the empty string."""
    if value is None:
        return ""
    return value if isinstance(value, str) else value.name


class Side(FixEnum):
    """Side(54)."""

    BUY = "1"
    SELL = "2"
    BUY_MINUS = "3"
    SELL_PLUS = "4"
    SELL_SHORT = "5"
    SELL_SHORT_EXEMPT = "6"
    UNDISCLOSED = "7"
    CROSS = "8"
    CROSS_SHORT = "9"
    CROSS_SHORT_EXEMPT = "A"
    AS_DEFINED = "B"
    OPPOSITE = "C"
    SUBSCRIBE = "D"
    REDEEM = "E"
    LEND = "F"
    BORROW = "G"


class OrdType(FixEnum):
    """OrdType(40), of FIX 4.2 and 4.4."""

    MARKET = "1"
    LIMIT = "2"
    STOP = "3"
    STOP_LIMIT = "4"
    MARKET_ON_CLOSE = "5"
    WITH_OR_WITHOUT = "6"
    LIMIT_OR_BETTER = "7"
    LIMIT_WITH_OR_WITHOUT = "8"
    ON_BASIS = "9"
    ON_CLOSE = "A"
    LIMIT_ON_CLOSE = "B"
    FOREX_MARKET = "C"
    PREVIOUSLY_QUOTED = "D"
    PREVIOUSLY_INDICATED = "E"
    FOREX_LIMIT = "F"
    FOREX_SWAP = "G"
    FOREX_PREVIOUSLY_QUOTED = "H"
    FUNARI = "I"
    MARKET_IF_TOUCHED = "J"
    MARKET_WITH_LEFT_OVER_AS_LIMIT = "K"
    PREVIOUS_FUND_VALUATION_POINT = "L"
    NEXT_FUND_VALUATION_POINT = "M"
    PEGGED = "P"


class TimeInForce(FixEnum):
    """TimeInForce(59)."""

    DAY = "0"
    GTC = "1"
    OPG = "2"
    IOC = "3"
    FOK = "4"
    GTX = "5"
    GTD = "6"
    CLOSE = "7"


class OrdStatus(FixEnum):
    """OrdStatus(39)."""

    NEW = "0"
    PARTIALLY_FILLED = "1"
    FILLED = "2"
    DONE_FOR_DAY = "3"
    CANCELED = "4"
    REPLACED = "5"
    PENDING_CANCEL = "6"
    STOPPED = "7"
    REJECTED = "8"
    SUSPENDED = "9"
    PENDING_NEW = "A"
    CALCULATED = "B"
    EXPIRED = "C"
    ACCEPTED_FOR_BIDDING = "D"
    PENDING_REPLACE = "E"


class ExecType(FixEnum):
    """ExecType(150): FIX 4.2 tells fills by 1 and 2, FIX 4.4 by F; G, H and I came with FIX 4.3."""

    NEW = "0"
    PARTIAL_FILL = "1"
    FILL = "2"
    DONE_FOR_DAY = "3"
    CANCELED = "4"
    REPLACED = "5"
    PENDING_CANCEL = "6"
    STOPPED = "7"
    REJECTED = "8"
    SUSPENDED = "9"
    PENDING_NEW = "A"
    CALCULATED = "B"
    EXPIRED = "C"
    RESTATED = "D"
    PENDING_REPLACE = "E"
    TRADE = "F"
    TRADE_CORRECT = "G"
    TRADE_CANCEL = "H"
    ORDER_STATUS = "I"


class ExecTransType(FixEnum):
    """ExecTransType(20), up to FIX 4.2 only; its presence tells the dialect of a report."""

    NEW = "0"
    CANCEL = "1"
    CORRECT = "2"
    STATUS = "3"


class CxlRejResponseTo(FixEnum):
    """CxlRejResponseTo(434): which kind of request an OrderCancelReject(9) refuses."""

    ORDER_CANCEL_REQUEST = "1"
    ORDER_CANCEL_REPLACE_REQUEST = "2"


class HandlInst(FixEnum):
    """HandlInst(21); FIX 4.2 requires it."""

    AUTOMATED_NO_INTERVENTION = "1"
    AUTOMATED_INTERVENTION_OK = "2"
    MANUAL = "3"


class SessionPhase(StrEnum):
    """What a FIX session is doing, in detail; `STATE_OF` sums it up."""

    NOT_CONNECTED = "not_connected"
    WAITING_FOR_OPEN = "waiting_for_open"
    CONNECTING = "connecting"
    LOGGING_ON = "logging_on"
    CONNECTED = "connected"
    LOGGING_OUT = "logging_out"
    WAITING_TO_RECONNECT = "waiting_to_reconnect"
    GIVEN_UP = "given_up"


class SessionState(StrEnum):
    """The live state of a FIX session; `connected` means logged on."""

    NOT_CONNECTED = "not_connected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


class EndKind(StrEnum):
    """Why an attempt at a session, or the session itself, came to an end."""

    REQUESTED = "requested"
    """Somebody here asked for it."""
    HOURS = "hours"
    """Its schedule has it closed."""
    LOGGED_OUT = "logged_out"
    """The counterparty sent a Logout(5) to a session that was logged on."""
    LOST = "lost"
    """The counterparty, or the network, closed the connection without a word."""
    HEARTBEAT = "heartbeat"
    """Nothing came any more, in spite of a TestRequest(1)."""
    REFUSED = "refused"
    """The counterparty said no to the Logon(A), in words or by hanging up."""
    NO_ANSWER = "no_answer"
    """To the Logon(A)."""
    UNREACHABLE = "unreachable"
    """No address, or no connection to it."""
    TLS = "tls"
    SEQUENCE = "sequence"
    """The sequence numbers of the two ends don't fit."""
    INVALID = "invalid"
    """What the counterparty sent is not acceptable: another version, other CompIDs, a clock that is off."""
    OURS = "ours"
    """The journal, the settings or the engine itself."""


STATE_OF: Final = {
    SessionPhase.NOT_CONNECTED: SessionState.NOT_CONNECTED,
    SessionPhase.WAITING_FOR_OPEN: SessionState.NOT_CONNECTED,
    SessionPhase.CONNECTING: SessionState.CONNECTING,
    SessionPhase.LOGGING_ON: SessionState.CONNECTING,
    SessionPhase.CONNECTED: SessionState.CONNECTED,
    SessionPhase.LOGGING_OUT: SessionState.CONNECTED,
    SessionPhase.WAITING_TO_RECONNECT: SessionState.DISCONNECTED,
    SessionPhase.GIVEN_UP: SessionState.DISCONNECTED,
}
