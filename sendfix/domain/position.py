"""A position as it is shown: what is held, what it cost, and what it has earned, in all and today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, localcontext

from sendfix.domain.book import Standing
from sendfix.domain.ledger import EXACT, Ledger, Opening, Totals
from sendfix.domain.price import FILL, Price


@dataclass(frozen=True, slots=True)
class OpeningPosition:
    """What an account had, and at what price on average, when that trading day began; `qty` is below zero when
    short."""

    session_name: str
    account: str | None
    symbol: str
    qty: Decimal
    px: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class Method:
    """By one way to tell which of the shares that were bought are those that are sold. `px` is the price of what is
    held; None while nothing is. A profit is None when a price is missing."""

    px: Decimal | None
    realised: Decimal | None
    unrealised: Decimal | None
    day_realised: Decimal | None


@dataclass(frozen=True, slots=True)
class Position:
    """What one account holds of one instrument by the executions of one session. Quantities are below zero when short,
    profits are amounts of the price's currency, before `commission`.

    `last_px` is the freshest price that is known of the instrument on the session, `last_source` where it comes from;
    that of the opening position has neither time nor source. `close_px` is the price of the session's last fill in the
    days before `day`; what was held when the day began is worth `close_px` in `day_profit`. `whole` false: something
    older than what is in memory was busted or came late, and is not in the figures yet.
    """

    session_name: str
    account: str | None
    symbol: str
    day: date
    net_qty: Decimal
    open_qty: Decimal
    fifo: Method
    average: Method
    last_px: Decimal | None
    last_at: datetime | None
    last_source: str | None
    close_px: Decimal | None
    profit: Decimal | None
    day_profit: Decimal | None
    total: Totals
    today: Totals
    whole: bool


def position_of(
    session_name: str,
    account: str | None,
    symbol: str,
    standing: Standing,
    today: date,
    whole: bool = True,
    last: Price | None = None,
) -> Position:
    """`today` may be later than the last fill's day. The standing has this account. `last` is what the instrument is
    worth now; without it, its last fill."""
    ledger = standing.ledgers[account]
    if standing.day is not None and today <= standing.day:
        day, opening, close_px = standing.day, ledger.opening, standing.close_px
    else:
        day, close_px = today, standing.last_px
        opening = Opening(ledger.net_qty, ledger.totals, ledger.fifo_cost, ledger.average_cost)
    if last is None and standing.last_px is not None and standing.last_at is not None:
        last = Price(standing.last_px, standing.last_at, FILL)
    last_px = standing.last_px if last is None else last.px
    with localcontext(EXACT):
        totals = ledger.totals.less(opening.totals)
        worth = None if ledger.unpriced else _worth(ledger.net_qty, last_px)
        worth_then = None if ledger.unpriced else _worth(opening.net_qty, close_px)
        return Position(
            session_name,
            account,
            symbol,
            day,
            ledger.net_qty,
            opening.net_qty,
            _method(ledger, ledger.fifo_cost, opening, opening.fifo_cost, worth),
            _method(ledger, ledger.average_cost, opening, opening.average_cost, worth),
            last_px,
            None if last is None else last.at,
            None if last is None else last.source,
            close_px,
            None if worth is None else ledger.totals.cash + worth,
            None if worth is None or worth_then is None else totals.cash + worth - worth_then,
            ledger.totals,
            totals,
            whole,
        )


def _method(
    ledger: Ledger, cost: Decimal, opening: Opening, cost_then: Decimal, worth: Decimal | None
) -> Method:
    if ledger.unpriced:
        return Method(None, None, None, None)
    realised = ledger.totals.cash + cost
    return Method(
        cost / ledger.net_qty if ledger.net_qty else None,
        realised,
        None if worth is None else worth - cost,
        realised - opening.totals.cash - cost_then,
    )


def _worth(qty: Decimal, px: Decimal | None) -> Decimal | None:
    if not qty:
        return Decimal(0)
    return None if px is None else qty * px
