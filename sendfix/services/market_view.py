"""A book as it is shown: whether it is live, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sendfix.domain.market import Book
from sendfix.services.intake import utc
from sendfix.services.market_line import Line, Watched
from sendfix.services.sessions import Session

REMOVED = "The session is not in the configuration any more"
LATE = 1.5
"""Silent for so many HeartBtInt(108), a session says nothing about the market any more: QuickFIX has asked by then."""


@dataclass(frozen=True, slots=True)
class View:
    """`stale_reason` is None while the book is live; `warning` is what is odd about it."""

    session_name: str
    symbol: str
    book: Book
    stale_reason: str | None
    warning: str | None


def view_of(session: Session | None, line: Line, one: Watched, now: datetime) -> View:
    book, warning = one.book, None
    if book.crossed:
        warning = f"The best bid {book.bids.best} is above the best offer {book.offers.best}"
    return View(line.session_name, one.symbol, book, stale_reason(session, line, one, now), warning)


def stale_reason(session: Session | None, line: Line, one: Watched, now: datetime) -> str | None:
    """None while it is live. A quiet market is live for as long as the session lives."""
    if session is None:
        return REMOVED
    if session.not_logged_on_reason is not None:
        return f"Session {line.session_name} is not logged on: {session.not_logged_on_reason}"
    heard_at_ns = max(line.heard_at_ns, session.last_received_at or 0, session.connected_at or 0)
    silent = (now - utc(heard_at_ns)).total_seconds()
    if heard_at_ns and silent > LATE * session.config.heartbeat_interval:
        return f"Nothing has come from the counterparty since {utc(heard_at_ns):%H:%M:%S} UTC"
    if one.refused is not None:
        return one.refused
    if line.behind and one.chain is not None:
        return "The desk is behind with the market data: these prices are some seconds old"
    return None if one.chain is not None else one.trouble or "It is asked for just now"
