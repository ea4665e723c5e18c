"""What comes in of the market: W and X into the books, and everything that tells that something is missing.

A book is live only from a snapshot on, and for as long as nothing of its session was missed.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta

from sendfix.domain.errors import FieldError
from sendfix.domain.market import Problem, Trade
from sendfix.fix.market_data import (
    INCREMENT,
    SNAPSHOT,
    MarketMessage,
    read_market_data,
    read_rejection,
    symbols_of,
    values_of,
)
from sendfix.fix.market_requests import HEAD_BYTES, check_symbol
from sendfix.services.intake import utc
from sendfix.services.market_line import Line, Request, Watched
from sendfix.services.market_state import MarketState
from sendfix.services.ports import Inattentive, MessageRow
from sendfix.services.price_feed import PriceFeed, PriceSink
from sendfix.services.sessions import Session

log = logging.getLogger(__name__)

BEHIND = timedelta(seconds=2)
"""Between engine and desk: more, and no price is shown as live."""
FAR_BEHIND = timedelta(seconds=5)
_MD_REQ_ID = re.compile(rb"\x01262=([^\x01]*)")


class MarketFeed(Inattentive):
    def __init__(self, state: MarketState, id_prefix: str, prices: PriceSink) -> None:
        """MDReqIDs(262) of this desk begin with `id_prefix`, in each of its runs."""
        self._state = state
        self._id_prefix = id_prefix
        self._prices = PriceFeed(prices)

    def message(self, session_name: str, at_ns: int, raw: bytes) -> None:
        """A W or X, as it came."""
        line = self._state.lines.get(session_name)
        if line is None:
            return
        self._state.counts(session_name).messages += 1
        line.heard_at_ns = max(line.heard_at_ns, at_ns)
        if not line.ready:
            return
        lag = self._lag(line, at_ns)
        found = _MD_REQ_ID.search(raw, 0, HEAD_BYTES)
        if found is not None and line.has_ended(found[1].decode("latin-1")):
            return  # nobody follows it: what it says need not be read
        if lag > FAR_BEHIND:
            # It would take the longer the more comes: what is ended now is passed over till what is new comes.
            self._broken(line, "The desk did not keep up with the market data, and begins anew")
            return
        message = read_market_data(raw)
        if message.poss_dup:
            # It may be a gap that is filled, and what came after it has been applied before it.
            if message.md_req_id is None or line.find(message.md_req_id) is not None:
                self._broken(line, "A message was sent again (PossDupFlag=Y): the updates are out of order")
        elif message.msg_type == SNAPSHOT:
            self._snapshot(line, message, at_ns)
        elif message.msg_type == INCREMENT:
            self._increment(line, message, at_ns)

    def lost(self, session_name: str) -> None:
        """The engine has left market data out, since the desk did not take it in time."""
        line = self._state.lines.get(session_name)
        if line is not None:
            self._state.counts(session_name).lost += 1
            self._broken(line, "The desk did not keep up with the market data, and some was left out")

    def message_logged(self, message: MessageRow) -> None:
        line = self._state.lines.get(message.session_name)
        if line is None:
            return
        if line.behind:
            # The market may be quiet by now: whatever comes over the link says how far behind the desk is.
            self._lag(line, message.at_ns)
        if message.refused is not None:
            return
        if message.direction == "OUT":
            if message.msg_type == "2":
                self._broken(line, "Messages of the counterparty are missing; they are asked for")
            elif message.msg_type == "V":
                request = line.find(values_of(message.raw).get(262))
                if request is not None:
                    request.msg_seq_num = message.msg_seq_num
        elif message.direction == "IN" and message.msg_type in ("Y", "j", "3"):
            self._rejected(line, message)

    def session_changed(self, session: Session) -> None:
        line = self._state.lines.get(session.config.name)
        if line is None:
            return
        line.heard_at_ns = max(line.heard_at_ns, session.last_received_at or 0)
        if line.ready and (not session.logged_on or session.connected_at != line.connected_at):
            line.drop()
        self._state.tell(line)

    def _lag(self, line: Line, at_ns: int) -> timedelta:
        """From the engine to here."""
        lag = self._state.clock() - utc(at_ns)
        behind = lag > (BEHIND / 2 if line.behind else BEHIND)
        if behind != line.behind:
            line.behind = behind
            what = f"{lag.total_seconds():.1f} s behind" if behind else "up to date again"
            log.warning("session %s: the desk is %s with the market data", line.session_name, what)
            self._state.tell(line)
        return lag

    def _snapshot(self, line: Line, message: MarketMessage, at_ns: int) -> None:
        one = line.watched.get(message.symbol or "")
        request = line.find(message.md_req_id)
        if message.md_req_id is not None and request is None:
            self._stray(line, message.md_req_id, message.symbol)
            return
        if one is None:
            return
        request = request or one.awaited or one.chain
        if request is None or (request is not one.awaited and request is not one.chain):
            return
        try:
            if message.problem is not None:
                raise Problem(message.problem)
            fresh = one.book.snapshot(message.entries, utc(at_ns))
        except Problem as error:
            self._trouble(line, one, str(error))
            return
        if request is one.awaited:
            line.began(one, self._state.clock())
            if line.out:
                self._state.on_work()
        self._changed(line, one, fresh)

    def _increment(self, line: Line, message: MarketMessage, at_ns: int) -> None:
        request = line.find(message.md_req_id)
        if message.md_req_id is not None and request is None:
            symbol = next((one.symbol for one in message.entries if one.symbol), None)
            self._stray(line, message.md_req_id, symbol)
            return
        at = utc(at_ns)
        for symbol, entries in symbols_of(message.entries).items():
            one = line.watched.get(symbol) if symbol is not None else _only_one(line, request)
            if one is None or one.chain is None or (request is not None and one.chain is not request):
                continue  # it waits for its snapshot, or follows another request by now
            try:
                fresh = one.book.update(entries, at)
            except Problem as error:
                self._trouble(line, one, str(error))
                continue
            self._changed(line, one, fresh)
        if message.problem is not None:
            # Which book the rest of the message belongs to is not known.
            self._broken(line, message.problem, request)

    def _changed(self, line: Line, one: Watched, fresh: list[Trade]) -> None:
        at = one.book.updated_at or self._state.clock()
        self._prices.changed(line.session_name, one.symbol, one.book, fresh, at)
        self._state.changed(line, one)

    def _trouble(self, line: Line, one: Watched, why: str) -> None:
        log.warning("session %s: the book of %s is asked for anew: %s", line.session_name, one.symbol, why)
        self._state.counts(line.session_name).renewals += 1
        line.trouble(one, why, self._state.clock())
        self._state.tell(line)
        self._state.on_work()

    def _broken(self, line: Line, why: str, request: Request | None = None) -> None:
        """All books that are built on increments, of the request or of all."""
        broken = line.broken(why, self._state.clock(), request)
        if broken:
            log.warning("session %s: %d books are asked for anew: %s", line.session_name, len(broken), why)
            self._state.counts(line.session_name).renewals += len(broken)
            self._state.tell(line)
            self._state.on_work()

    def _stray(self, line: Line, md_req_id: str, symbol: str | None) -> None:
        """Of a request that is no more: this desk has ended it, or has asked for it in an earlier run."""
        if not md_req_id.startswith(self._id_prefix) or not md_req_id.isascii():
            return
        if symbol is not None and not isinstance(check_symbol(symbol, "symbol"), FieldError):
            line.end_stray(md_req_id, symbol)
            self._state.on_work()

    def _rejected(self, line: Line, message: MessageRow) -> None:
        session = self._state.sessions.find(line.session_name)
        if session is None:
            return
        rejection = read_rejection(values_of(message.raw), self._state.dictionary_of(session))
        if rejection.ref_msg_type not in (None, "V"):
            return
        request = line.find(rejection.ref_id) or line.find_by_number(rejection.ref_seq_num)
        if request is not None:
            self._state.counts(line.session_name).refusals += 1
            text = f"The counterparty refused the subscription: {rejection.text}"
            line.rejected(request, rejection.reason, text, self._state.clock())
            self._state.tell(line)
            self._state.on_work()


def _only_one(line: Line, request: Request | None) -> Watched | None:
    """Whom an entry without Symbol(55) is about."""
    if request is None or len(request.asked) != 1:
        return None
    return line.watched.get(request.asked[0])
