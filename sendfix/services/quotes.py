"""Quotes: asked for with a QuoteRequest(R), and the newest of what the counterparties answered or sent unasked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sendfix.domain.errors import EngineUnavailable, FieldError, InvalidRequest
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.market_data import (
    QUOTE,
    QUOTE_REFUSALS,
    QuoteMessage,
    read_quote,
    read_quote_refusal,
    read_rejection,
    values_of,
)
from sendfix.fix.market_requests import check_symbol, encode_quote_request
from sendfix.services.intake import utc
from sendfix.services.ports import Engine, Inattentive, MessageRow
from sendfix.services.sessions import Session, Sessions

KEPT = 500
"""Quotes, and requests whose refusal may still come."""


@dataclass(frozen=True, slots=True)
class Quote:
    """`id` is that of the message."""

    id: int
    session_name: str
    at: datetime
    message: QuoteMessage


@dataclass(slots=True)
class _Asked:
    session_name: str
    symbol: str
    msg_seq_num: int | None = None


class Quotes(Inattentive):
    """`on_quote` hears each quote and each refusal; it must return quickly."""

    def __init__(
        self,
        sessions: Sessions,
        engine: Engine,
        dictionary_of: Callable[[Session], Dictionary],
        new_id: Callable[[], str],
    ) -> None:
        self.on_quote: Callable[[Quote], None] = lambda _quote: None
        self._sessions = sessions
        self._engine = engine
        self._dictionary_of = dictionary_of
        self._new_id = new_id
        self._newest: deque[Quote] = deque(maxlen=KEPT)
        self._asked: dict[str, _Asked] = {}

    def request(self, session_name: str, symbol: str, side: object = None, order_qty: object = None) -> str:
        """The QuoteReqID(131), once the request is sent. Raises `UnknownSession`, `InvalidRequest`, `NotLoggedOn`,
        `StateForbids`, `EngineUnavailable`."""
        session = self._sessions.get(session_name)
        checked = check_symbol(symbol, "symbol")
        if isinstance(checked, FieldError):
            raise InvalidRequest([checked])
        new_id = self._new_id()
        body = encode_quote_request(self._dictionary_of(session), new_id, checked, side, order_qty)
        refusal = self._engine.refusal(session_name)
        if refusal is not None:
            raise EngineUnavailable(refusal)
        self._sessions.logged_on(session_name)
        self._asked[new_id] = _Asked(session_name, symbol)
        if len(self._asked) > KEPT:
            del self._asked[next(iter(self._asked))]
        self._engine.send(session_name, "", body)
        return new_id

    def newest(self, session_name: str | None = None) -> list[Quote]:
        """Newest first."""
        return [one for one in reversed(self._newest) if session_name in (None, one.session_name)]

    def message_logged(self, message: MessageRow) -> None:
        if message.refused is not None:
            return
        if message.direction == "OUT" and message.msg_type == "R":
            asked = self._asked.get(values_of(message.raw).get(131, ""))
            if asked is not None:
                asked.msg_seq_num = message.msg_seq_num
        elif message.direction == "IN":
            found = self._read(message)
            if found is not None:
                quote = Quote(message.id, message.session_name, utc(message.at_ns), found)
                self._newest.append(quote)
                self.on_quote(quote)

    def _read(self, message: MessageRow) -> QuoteMessage | None:
        if message.msg_type == QUOTE:
            return read_quote(values_of(message.raw))
        if message.msg_type not in QUOTE_REFUSALS and message.msg_type not in ("j", "3"):
            return None
        session = self._sessions.find(message.session_name)
        if session is None:
            return None
        values, dictionary = values_of(message.raw), self._dictionary_of(session)
        if message.msg_type in QUOTE_REFUSALS:
            refusal = read_quote_refusal(values, dictionary)
            if refusal is None or refusal.symbol is not None:
                return refusal
            asked = self._asked.get(refusal.quote_req_id or "")
            symbol = None if asked is None else asked.symbol
            return QuoteMessage(
                refusal.quote_req_id, refusal.quote_id, symbol, text=refusal.text, refused=True
            )
        rejection = read_rejection(values, dictionary)
        if rejection.ref_msg_type not in (None, "R"):
            return None  # the number may be that of a quote's request before the numbers were reset
        for quote_req_id, asked in self._asked.items():
            by_number = asked.msg_seq_num is not None and asked.msg_seq_num == rejection.ref_seq_num
            if asked.session_name == message.session_name and (quote_req_id == rejection.ref_id or by_number):
                return QuoteMessage(quote_req_id, None, asked.symbol, text=rejection.text, refused=True)
        return None
