"""The market data of one session: which symbols are wanted, which requests serve them, and when to ask anew.

A symbol has one request that it follows (`chain`), and perhaps a second one that was asked for in its place and has not
begun yet (`awaited`): so a deeper book comes without a break. A request ends when no symbol follows or awaits it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sendfix.domain.market import Book
from sendfix.fix.market_requests import ENTRY_TYPES, FULL_REFRESH, INCREMENTAL, Terms

SYMBOLS_IN_A_REQUEST = 50
LINGER = timedelta(seconds=10)
"""What nobody wants any more is kept that long: somebody who loads a page again wants it at once."""
LONGEST_PAUSE = timedelta(seconds=30)
CALM = timedelta(seconds=60)
"""After so long without trouble a symbol is asked for at once again."""
_ENDED_KEPT = 1000
_NO_HOPE = frozenset({"2", "3", "4"})
"""MDReqRejReason(281) that concerns all symbols alike: bandwidth, permissions, SubscriptionRequestType(263)."""


@dataclass(slots=True, eq=False)
class Request:
    """A MarketDataRequest(V). `symbols` are those that follow or await it still, of the `asked` for."""

    md_req_id: str
    symbols: dict[str, None]
    asked: tuple[str, ...]
    depth: int
    terms: Terms
    msg_seq_num: int | None = None
    ragged_since: datetime | None = None


@dataclass(slots=True, eq=False)
class Watched:
    """One symbol. `wants` is the depth by who wants it. `trouble` says why the book is not live while there is no
    chain, `refused` why there will be none."""

    symbol: str
    book: Book = field(default_factory=Book)
    wants: dict[str, int] = field(default_factory=dict)
    chain: Request | None = None
    awaited: Request | None = None
    trouble: str = ""
    refused: str | None = None
    ask_at: datetime | None = None
    asked_at: datetime | None = None
    pause: timedelta = timedelta(0)
    unwanted_since: datetime | None = None

    @property
    def depth(self) -> int:
        """The deepest that is wanted; 0 is all."""
        depths = self.wants.values()
        return 0 if 0 in depths or not depths else max(depths)

    def deep_enough(self) -> bool:
        served = self.awaited or self.chain
        return served is not None and (served.depth == 0 or 0 < self.depth <= served.depth)


@dataclass(slots=True)
class Outgoing:
    """A request to be sent: a subscription of these symbols, or its end."""

    request: Request
    ends: bool
    symbols: tuple[str, ...]


class Line:
    """`ready` while the session is logged on and its journal is folded; `behind` while the desk gets market data later
    than it came. `out` is what is to be sent, in order."""

    def __init__(self, session_name: str, new_id: Callable[[], str]) -> None:
        self.session_name = session_name
        self.ready = False
        self.connected_at: int | None = None
        self.heard_at_ns = 0
        self.behind = False
        self.terms = Terms()
        self.watched: dict[str, Watched] = {}
        self.out: list[Outgoing] = []
        self._new_id = new_id
        self._requests: dict[str, Request] = {}
        self._ended: dict[str, None] = {}
        self._overlaps = True

    def __iter__(self) -> Iterator[Watched]:
        return iter(self.watched.values())

    def find(self, md_req_id: str | None) -> Request | None:
        return None if md_req_id is None else self._requests.get(md_req_id)

    def has_ended(self, md_req_id: str) -> bool:
        """Whether it is a subscription that has been ended here."""
        return md_req_id in self._ended

    def find_by_number(self, msg_seq_num: int | None) -> Request | None:
        if msg_seq_num is None:
            return None
        return next((one for one in self._requests.values() if one.msg_seq_num == msg_seq_num), None)

    def want(self, symbol: str, who: str, depth: int, now: datetime) -> Watched:
        one = self.watched.get(symbol)
        if one is None:
            one = self.watched[symbol] = Watched(symbol)
            one.trouble = "It is asked for just now"
            one.ask_at = now
        one.wants[who] = depth
        one.unwanted_since = None
        if one.refused is None and one.ask_at is None and not one.deep_enough():
            one.ask_at = now
        return one

    def ask_again(self, one: Watched, now: datetime) -> None:
        """A person wants what was refused before."""
        if one.refused is not None:
            one.refused, one.trouble, one.ask_at = None, "It is asked for again just now", now

    def unwant(self, symbol: str, who: str, now: datetime) -> None:
        one = self.watched.get(symbol)
        if one is not None and one.wants.pop(who, None) is not None and not one.wants:
            one.unwanted_since = now

    def begin(self, connected_at: int | None, now: datetime) -> None:
        """It can be used: everything is asked for, since no subscription outlives its connection."""
        self.drop()
        self.ready, self.connected_at, self.behind = True, connected_at, False
        self._overlaps, self.terms = True, Terms()
        for one in self:
            one.refused, one.pause = None, timedelta(0)
            one.trouble, one.ask_at = "It is asked for just now", now

    def drop(self) -> None:
        """The connection is gone, and all subscriptions with it."""
        self.ready = False
        self._requests.clear()
        self.out.clear()
        for one in self:
            one.chain = one.awaited = one.ask_at = None

    def broken(self, why: str, now: datetime, request: Request | None = None) -> list[Watched]:
        """Something of the request, or of the session, is missing: what is built on increments is asked for anew."""
        broken = [
            one for one in self if self._follows_increments(one) and (request is None or one.chain is request)
        ]
        for one in broken:
            self.trouble(one, why, now)
        return broken

    def trouble(self, one: Watched, why: str, now: datetime) -> None:
        """The book can't be trusted any more; it is asked for anew, at once or after a pause when that comes often."""
        self._leave(one, "chain", now)
        self._leave(one, "awaited", now)
        one.trouble = why
        if one.asked_at is not None and now - one.asked_at > CALM:
            one.pause = timedelta(0)
        one.ask_at = now + one.pause
        one.pause = min(max(timedelta(seconds=1), 2 * one.pause), LONGEST_PAUSE)

    def began(self, one: Watched, now: datetime) -> None:
        """The snapshot of what was awaited is here."""
        before, one.chain, one.awaited = one.chain, one.awaited, None
        one.trouble, one.refused = "", None
        if before is not None and before is not one.chain:
            self._give_up(before, one.symbol, now)

    def rejected(self, request: Request, reason: str | None, text: str, now: datetime) -> list[Watched]:
        """What the counterparty's refusal leads to: other terms, fewer symbols at once, or no market data."""
        waiting = [one for one in self if one.awaited is request]
        served = [one for one in self if one.chain is request]
        self._requests.pop(request.md_req_id, None)
        for one in waiting:
            one.awaited = None
        for one in served:
            one.chain, one.refused = None, text
        easier = _easier(request.terms, reason)
        if easier is not None:
            self.terms = easier
            for one in waiting:
                one.trouble, one.ask_at = f"It is asked for in another way, since: {text}", now
        elif len(waiting) > 1 and reason is not None and reason not in _NO_HOPE:
            # One that is unknown refuses all.
            half = len(waiting) // 2
            for part in (waiting[:half], waiting[half:]):
                self._ask(part, request.depth, now)
        elif reason not in _NO_HOPE and any(one.chain is not None for one in waiting):
            # It does not take a second subscription of a symbol: the first has to end before.
            self._overlaps = False
            for one in waiting:
                one.ask_at = now
        else:
            for one in waiting:
                one.refused = text if one.chain is None else None
        return waiting + served

    def not_sent(self, request: Request, why: str, now: datetime) -> list[Watched]:
        waiting = [one for one in self if one.awaited is request]
        self._requests.pop(request.md_req_id, None)
        for one in waiting:
            one.awaited = None
            one.trouble = one.trouble if one.chain is not None else f"It could not be asked for: {why}"
            one.ask_at = now + timedelta(seconds=5)
        return waiting

    def end_stray(self, md_req_id: str, symbol: str, depth: int = 1) -> None:
        """A subscription of an earlier run of this desk, which nobody has ended."""
        if md_req_id not in self._ended:
            self._remember_end(md_req_id)
            stray = Request(md_req_id, {}, (symbol,), depth, self.terms)
            self.out.append(Outgoing(stray, True, (symbol,)))

    def forget_end(self, request: Request) -> None:
        """The end could not be sent."""
        self._ended.pop(request.md_req_id, None)

    def run(self, now: datetime) -> list[str]:
        """Ask for what is due; the symbols that nobody has wanted for long, and that are gone now."""
        gone = [
            one.symbol
            for one in self
            if one.unwanted_since is not None and now - one.unwanted_since >= LINGER
        ]
        for symbol in gone:
            one = self.watched.pop(symbol)
            self._leave(one, "chain", now)
            self._leave(one, "awaited", now)
        if self.ready:
            self._mend(now)
            self._ask_due(now)
        return gone

    def due(self) -> Iterable[datetime]:
        """When `run` has something to do."""
        for one in self:
            if one.ask_at is not None and self.ready:
                yield one.ask_at
            if one.unwanted_since is not None:
                yield one.unwanted_since + LINGER
        for request in self._requests.values():
            if request.ragged_since is not None:
                yield request.ragged_since + LINGER

    def _follows_increments(self, one: Watched) -> bool:
        served = one.chain or one.awaited
        return served is not None and served.terms.update_type == INCREMENTAL

    def _mend(self, now: datetime) -> None:
        """A request that sends more than is followed is replaced by one that doesn't."""
        for request in self._requests.values():
            if request.ragged_since is not None and now - request.ragged_since >= LINGER:
                request.ragged_since = None
                for one in self:
                    if one.chain is request and one.awaited is None and one.ask_at is None:
                        one.ask_at = now

    def _ask_due(self, now: datetime) -> None:
        due = [one for one in self if one.ask_at is not None and one.ask_at <= now]
        if not self._overlaps:
            due = list(dict.fromkeys([*due, *self._released_with(due, now)]))
        by_depth: dict[int, list[Watched]] = {}
        for one in due:
            by_depth.setdefault(one.depth, []).append(one)
        for depth, group in by_depth.items():
            for start in range(0, len(group), SYMBOLS_IN_A_REQUEST):
                self._ask(group[start : start + SYMBOLS_IN_A_REQUEST], depth, now)

    def _released_with(self, due: list[Watched], now: datetime) -> list[Watched]:
        """All of the requests that must end before these can be asked for."""
        ending = {one.chain for one in due if one.chain is not None}
        released = [one for one in self if one.chain in ending]
        for one in released:
            one.trouble = (
                "It is asked for anew, since the counterparty takes one subscription of a symbol only"
            )
            self._leave(one, "chain", now)
        return released

    def _ask(self, group: list[Watched], depth: int, now: datetime) -> None:
        symbols = tuple(one.symbol for one in group)
        request = Request(self._new_id(), dict.fromkeys(symbols), symbols, depth, self.terms)
        self._requests[request.md_req_id] = request
        for one in group:
            self._leave(one, "awaited", now)
            one.awaited, one.ask_at, one.asked_at = request, None, now
            if one.chain is None and not one.trouble:
                one.trouble = "It is asked for just now"
        self.out.append(Outgoing(request, False, symbols))

    def _leave(self, one: Watched, which: str, now: datetime) -> None:
        request: Request | None = getattr(one, which)
        setattr(one, which, None)
        if request is not None and request is not one.chain and request is not one.awaited:
            self._give_up(request, one.symbol, now)

    def _give_up(self, request: Request, symbol: str, now: datetime) -> None:
        request.symbols.pop(symbol, None)
        if not request.symbols:
            if self._requests.pop(request.md_req_id, None) is not None and self.ready:
                self._remember_end(request.md_req_id)
                self.out.append(Outgoing(request, True, request.asked))
        elif request.ragged_since is None:
            request.ragged_since = now

    def _remember_end(self, md_req_id: str) -> None:
        self._ended[md_req_id] = None
        if len(self._ended) > _ENDED_KEPT:
            del self._ended[next(iter(self._ended))]


def _easier(terms: Terms, reason: str | None) -> Terms | None:
    """What to ask for in place of what the counterparty does not support, by MDReqRejReason(281)."""
    if reason == "6" and terms.update_type == INCREMENTAL:
        return replace(terms, update_type=FULL_REFRESH)
    if reason == "7" and terms.aggregated is not None:
        return replace(terms, aggregated=None)
    if reason == "8" and terms.entry_types == ENTRY_TYPES:
        return replace(terms, entry_types=("0", "1", "2"))
    if reason == "8" and terms.entry_types == ("0", "1", "2"):
        return replace(terms, entry_types=("0", "1"))
    if reason == "5" and terms.only_depth is None:
        return replace(terms, only_depth=0)
    if reason == "5" and terms.only_depth == 0:
        return replace(terms, only_depth=1)
    return None
