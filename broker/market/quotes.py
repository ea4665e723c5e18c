"""QuoteRequest(R): a Quote(S) for each symbol, indicative, from the best of the book or else around the last price.

What can't be quoted is refused in the version's own way: FIX.4.4 has QuoteRequestReject(AG), FIX.4.2 no better than a
QuoteAcknowledgement(b) with QuoteStatus(297) 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from broker.fix.states import SessionKey
from broker.fix.validation import FIX42
from broker.fix.wire import Entry, Message, Pair, utc_timestamp, value
from broker.line import Line
from broker.trading.matching import Matching
from broker.trading.order import plain

VALID_FOR: Final = 30.0
"""Seconds to ValidUntilTime(62)."""

MOST_SYMBOLS: Final = 500
_SIZE: Final = Decimal(100)
_STEP: Final = Decimal("0.01")
"""From the last price to either side of a quote when the book has none."""

_UNKNOWN_SYMBOL: Final = b"1"
_EXCEEDS_LIMIT: Final = b"3"


class Quotes:
    def __init__(self, matching: Matching, line: Line) -> None:
        self._matching = matching
        self._line = line
        self._made = 0

    def request(self, session: SessionKey, message: Message, now: float) -> None:
        entries = message.groups[b"146"]
        req_id = message.fields[b"131"]
        if not 0 < len(entries) <= MOST_SYMBOLS:
            text = f"NoRelatedSym(146) is {len(entries)}; 1 to {MOST_SYMBOLS} symbols can be quoted at once"
            self._refuse(session, req_id, _EXCEEDS_LIMIT, entries[:1], text)
            return
        unknown: list[Entry] = []
        for entry in entries:
            symbol = entry.fields.get(b"55", b"").decode("latin-1")
            if symbol in self._matching.prices:
                body = self._quote(session, req_id, symbol, entry.fields, now)
                self._line.send_transient(session, b"S", body)
            else:
                unknown.append(entry)
        if unknown:
            names = ", ".join(entry.fields.get(b"55", b"(none)").decode("latin-1") for entry in unknown[:10])
            self._refuse(session, req_id, _UNKNOWN_SYMBOL, unknown, f"Symbol(55) {names} is unknown")

    def top(self, symbol: str, buy: bool) -> tuple[Decimal, Decimal]:
        """Price and quantity of a side of a quote."""
        best = self._matching.depth(symbol, buy, 1)
        if best:
            return best[0].price, best[0].quantity
        last = self._matching.prices[symbol]
        other = self._matching.depth(symbol, not buy, 1)
        step = -_STEP if buy else _STEP
        price = last + step
        if other and (price >= other[0].price if buy else price <= other[0].price):
            # The last price is beyond the only side there is.
            price = other[0].price + step
        return max(price, _STEP), _SIZE

    def _quote(
        self, session: SessionKey, req_id: bytes, symbol: str, asked: dict[bytes, bytes], now: float
    ) -> list[Pair]:
        self._made += 1
        (bid, bid_size), (offer, offer_size) = self.top(symbol, True), self.top(symbol, False)
        if asked.get(b"38", b"").isdigit():
            bid_size, offer_size = (min(size, Decimal(int(asked[b"38"]))) for size in (bid_size, offer_size))
        body = [(b"131", req_id), (b"117", f"Q{now:.6f}-{self._made}".encode())]
        if session.begin_string != FIX42:
            body.append((b"537", b"0"))
        return [
            *body,
            (b"55", symbol.encode("latin-1")),
            (b"132", plain(bid).encode()),
            (b"133", plain(offer).encode()),
            (b"134", plain(bid_size).encode()),
            (b"135", plain(offer_size).encode()),
            (b"62", utc_timestamp(now + VALID_FOR)),
            (b"60", utc_timestamp(now)),
        ]

    def _refuse(
        self, session: SessionKey, req_id: bytes, reason: bytes, entries: Sequence[Entry], text: str
    ) -> None:
        if session.begin_string == FIX42:
            body = [(b"131", req_id), (b"297", b"5"), (b"300", reason), (b"58", value(text))]
            self._line.send(session, b"b", body)
            return
        named = [entry.fields[b"55"] for entry in entries if b"55" in entry.fields]
        symbols = [(b"55", name) for name in named]
        body = [(b"131", req_id), (b"658", reason), (b"146", b"%d" % len(symbols)), *symbols]
        self._line.send(session, b"AG", [*body, (b"58", value(text))])
