"""Which messages of the counterparty answer one of ours: by the ids that they give back, or by its MsgSeqNum(34)."""

from __future__ import annotations

from collections.abc import Callable

from sendfix.fix.parse import header, parse, parse_values

# By which an answer names what it answers: ClOrdID, OrigClOrdID, ListID, AllocID, TestReqID, QuoteReqID, QuoteID,
# MDReqID, SecurityReqID, SecurityStatusReqID, TradSesReqID, TradeRequestID, MassStatusReqID, QuoteStatusReqID,
# PosReqID.
_IDS = frozenset({11, 41, 66, 70, 112, 117, 131, 262, 320, 324, 335, 568, 584, 649, 710})
_REF_SEQ_NUM, _REF_ID = 45, 379
_REJECTS = frozenset({"3", "j"})


def references(raw: bytes) -> Callable[[str], bool]:
    """Whether a message (with SOH) of the counterparty answers this one of ours."""
    number = header(raw)[1]
    own = {(tag, value) for tag, value in parse(raw) if tag in _IDS}
    names = {value for _tag, value in own}

    def answers(text: str) -> bool:
        if number is not None and f"\x01{_REF_SEQ_NUM}={number}\x01" in text:
            values = parse_values(text.encode("utf-8", "replace"))
            if values.get(35) in _REJECTS:
                return True
        if not any(name in text for name in names):
            return False
        given = parse(text.encode("utf-8", "replace"))
        return any((tag, value) in own or (tag == _REF_ID and value in names) for tag, value in given)

    return answers


def ids_of(raw: bytes) -> frozenset[str]:
    """The values by which a message of the counterparty may name what it answers."""
    return frozenset(value for tag, value in parse(raw) if tag in _IDS or tag == _REF_ID)
