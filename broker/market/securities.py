"""What can be traded: SecurityListRequest(x, FIX.4.4) and SecurityDefinitionRequest(c).

All that the broker has are common stocks in USD; the list never changes while it runs, so that who subscribes to it is
answered once.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from broker.fix.states import SessionKey
from broker.fix.validation import FIX42
from broker.fix.wire import Message, Pair, value
from broker.line import Line
from broker.market.request import SESSION_ID

FRAGMENT: Final = 100
"""Instruments in one SecurityList(y)."""

_VALID: Final = b"0"
_INVALID: Final = b"1"
_NOT_FOUND: Final = b"2"

_BY: Final[dict[bytes, tuple[bytes, str, bytes]]] = {
    b"1": (b"167", "SecurityType", b"CS"),
    b"2": (b"460", "Product", b"5"),
    b"3": (b"336", "TradingSessionID", SESSION_ID),
}
"""By SecurityListRequestType(559): the field that it asks by, and what all instruments have there."""

_ACCEPTED: Final = b"1"
_LIST_OF_TYPES: Final = b"3"
_LIST_OF_SECURITIES: Final = b"4"
_NO_MATCH: Final = b"6"


class Securities:
    def __init__(self, symbols: Collection[str], line: Line) -> None:
        self._symbols = symbols
        self._line = line
        self._answers = 0

    # -- SecurityList --------------------------------------------------------------------------------------------

    def request_list(self, session: SessionKey, message: Message, now: float) -> None:
        head = [(b"320", message.fields[b"320"]), (b"322", self._response_id(now))]
        result, found = self._select(message)
        if result != _VALID:
            self._line.send(session, b"y", [*head, (b"560", result)])
            return
        for begin in range(0, len(found), FRAGMENT):
            part = found[begin : begin + FRAGMENT]
            last = begin + FRAGMENT >= len(found)
            body = [*head, (b"560", _VALID), (b"393", b"%d" % len(found)), (b"893", b"Y" if last else b"N")]
            body.append((b"146", b"%d" % len(part)))
            for symbol in part:
                body += [(b"55", symbol.encode("latin-1")), (b"460", b"5"), (b"167", b"CS"), (b"15", b"USD")]
            self._line.send(session, b"y", body)

    def _select(self, message: Message) -> tuple[bytes, list[str]]:
        """SecurityRequestResult(560), and what there is."""
        fields = message.fields
        kind = fields[b"559"]
        if kind == b"4":
            return _VALID, sorted(self._symbols)
        if kind == b"0":
            symbol = message.text(b"55")
            if symbol is None:
                return _INVALID, []
            return (_VALID, [symbol]) if symbol in self._symbols else (_NOT_FOUND, [])
        tag, _, common = _BY[kind]
        if tag not in fields:
            return _INVALID, []
        return (_VALID, sorted(self._symbols)) if fields[tag] == common else (_NOT_FOUND, [])

    # -- SecurityDefinition --------------------------------------------------------------------------------------

    def request_definition(self, session: SessionKey, message: Message, now: float) -> None:
        """SecurityRequestType(321): 0 and 1 one symbol, 2 the types, 3 all symbols. Each has a message of its own."""
        kind, symbol = message.fields[b"321"], message.text(b"55")
        old = session.begin_string == FIX42
        if kind == b"2":
            self._definition(
                session, message, _LIST_OF_TYPES if old else _ACCEPTED, 1, [(b"167", b"CS")], now
            )
        elif kind == b"3":
            for one in sorted(self._symbols):
                response = _LIST_OF_SECURITIES if old else _ACCEPTED
                self._definition(session, message, response, len(self._symbols), _instrument(one), now)
        elif symbol in self._symbols:
            assert symbol is not None
            self._definition(session, message, _ACCEPTED, 1, _instrument(symbol), now)
        else:
            text = "Symbol(55) is missing" if symbol is None else f"Symbol(55) {symbol} is unknown"
            self._definition(session, message, _NO_MATCH, 0, [(b"58", value(text))], now)

    def _definition(
        self, session: SessionKey, message: Message, response: bytes, total: int, rest: list[Pair], now: float
    ) -> None:
        body = [
            (b"320", message.fields[b"320"]),
            (b"322", self._response_id(now)),
            (b"323", response),
        ]
        if session.begin_string == FIX42:
            body.append((b"393", b"%d" % total))
        self._line.send(session, b"d", [*body, *rest])

    def _response_id(self, now: float) -> bytes:
        self._answers += 1
        return f"L{now:.6f}-{self._answers}".encode()


def _instrument(symbol: str) -> list[Pair]:
    return [(b"55", symbol.encode("latin-1")), (b"167", b"CS"), (b"15", b"USD")]
