"""Answers about market data and quotes."""

from __future__ import annotations

from sendfix.web.answers.base import Output


class Level(Output):
    """`orders` is null where the counterparty does not say how many there are."""

    price: str
    size: str
    orders: int | None


class MarketTrade(Output):
    price: str
    size: str | None
    at: str | None


class MarketBook(Output):
    """Best prices first, newest trade first. What the counterparty does not tell is null. `stale` true: it is not what
    the market is now, and `stale_reason` says why. `warning`: what is odd about it."""

    session_name: str
    symbol: str
    bids: list[Level]
    offers: list[Level]
    trades: list[MarketTrade]
    last_px: str | None
    last_size: str | None
    open_px: str | None
    high_px: str | None
    low_px: str | None
    close_px: str | None
    volume: str | None
    updated_at: str | None
    stale: bool
    stale_reason: str | None
    warning: str | None


class MarketBooks(Output):
    """Each with its best bid and offer and its last trade alone."""

    books: list[MarketBook]


class Subscribed(Output):
    subscribed: list[str]


class Unsubscribed(Output):
    """`kept` are those that the configuration or a page wants still."""

    unsubscribed: list[str]
    kept: list[str]


class QuoteRequested(Output):
    quote_req_id: str


class Quote(Output):
    """A refusal has no prices, and says why in `text`. `id` is that of the message."""

    id: int
    quote_req_id: str | None
    quote_id: str | None
    session_name: str
    symbol: str | None
    bid_px: str | None
    bid_size: str | None
    offer_px: str | None
    offer_size: str | None
    valid_until_time: str | None
    at: str
    refused: bool
    text: str | None


class QuoteList(Output):
    quotes: list[Quote]
