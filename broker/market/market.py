"""All that a client can ask about the market, put together; and what the HTTP side reads of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from broker.fix.states import SessionKey
from broker.fix.wire import Message
from broker.line import Line
from broker.market.day import DayOf, Days
from broker.market.feed import Feed
from broker.market.quotes import Quotes
from broker.market.securities import Securities
from broker.market.status import MarketStatus, Phases
from broker.trading.book import Level
from broker.trading.by_hand import Refused
from broker.trading.matching import Matching


@dataclass(frozen=True, slots=True)
class ReadDepth:
    """The answer is bids and offers, each best first."""

    symbol: str
    levels: int


@dataclass(frozen=True, slots=True)
class ReadTops:
    """The answer is by symbol the best bid and offer, None where there is none."""


MarketCommand = ReadDepth | ReadTops


class Market:
    def __init__(self, matching: Matching, line: Line, phases: Phases, day_of: DayOf) -> None:
        self._matching = matching
        self.days = Days(matching.prices, day_of)
        self._feed = Feed(matching, self.days, line)
        self._quotes = Quotes(matching, line)
        self._securities = Securities(matching.prices, line)
        self._status = MarketStatus(self.days, line, phases)

    def handlers(self) -> dict[bytes, Callable[[SessionKey, Message, float], None]]:
        """By MsgType(35)."""
        return {
            b"V": self._feed.request,
            b"R": self._quotes.request,
            b"x": self._securities.request_list,
            b"c": self._securities.request_definition,
            b"e": self._status.request_security,
            b"g": self._status.request_session,
        }

    def logged_off(self, session: SessionKey) -> None:
        self._feed.logged_off(session)
        self._status.logged_off(session)

    @property
    def next_due(self) -> float | None:
        times = [time for time in (self._feed.next_due, self._status.next_due) if time is not None]
        return min(times, default=None)

    def flush(self, now: float) -> None:
        """The end of a turn: what the tape has brought is noted, and sent to those who want it."""
        touched, trades = self._matching.take_tape()
        begun = self.days.turn(now)
        if touched or trades or begun:
            self.days.note(touched, trades)
            self._feed.note([*touched, *begun], trades)
        self._feed.publish(now)
        self._status.publish(now)

    def execute(self, command: MarketCommand) -> Any:
        """Raises Refused."""
        if isinstance(command, ReadTops):
            return {symbol: self._top(symbol) for symbol in self._matching.prices}
        if command.symbol not in self._matching.prices:
            raise Refused(404, f"There is no stock {command.symbol}.")
        return tuple(self._matching.depth(command.symbol, buy, command.levels) for buy in (True, False))

    def _top(self, symbol: str) -> tuple[Decimal | None, Decimal | None]:
        bid, offer = (_best(self._matching.depth(symbol, buy, 1)) for buy in (True, False))
        return bid, offer


def _best(levels: list[Level]) -> Decimal | None:
    return levels[0].price if levels else None
