"""The one JSON form of a book, and of a quote."""

from __future__ import annotations

from typing import Any

from sendfix.domain.market import Side, Trade
from sendfix.domain.values import format_decimal
from sendfix.services.market_view import View
from sendfix.services.quotes import Quote
from sendfix.web.to_json import decimal_to_json, time_to_json


def book_to_json(view: View, depth: int = 0, trades: int | None = None) -> dict[str, Any]:
    """At most `depth` prices of a side (0 is all), and `trades` trades (None is all)."""
    book = view.book
    return {
        "session_name": view.session_name,
        "symbol": view.symbol,
        "bids": _side(book.bids, depth),
        "offers": _side(book.offers, depth),
        "trades": [_trade(trade) for trade in list(book.trades)[:trades]],
        "last_px": decimal_to_json(book.last_px),
        "last_size": decimal_to_json(book.last_size),
        "open_px": decimal_to_json(book.open_px),
        "high_px": decimal_to_json(book.high_px),
        "low_px": decimal_to_json(book.low_px),
        "close_px": decimal_to_json(book.close_px),
        "volume": decimal_to_json(book.volume),
        "updated_at": time_to_json(book.updated_at),
        "stale": view.stale_reason is not None,
        "stale_reason": view.stale_reason,
        "warning": view.warning,
    }


def quote_to_json(quote: Quote) -> dict[str, Any]:
    message = quote.message
    return {
        "id": quote.id,
        "quote_req_id": message.quote_req_id,
        "quote_id": message.quote_id,
        "session_name": quote.session_name,
        "symbol": message.symbol,
        "bid_px": decimal_to_json(message.bid_px),
        "bid_size": decimal_to_json(message.bid_size),
        "offer_px": decimal_to_json(message.offer_px),
        "offer_size": decimal_to_json(message.offer_size),
        "valid_until_time": time_to_json(message.valid_until_time),
        "at": time_to_json(quote.at),
        "refused": message.refused,
        "text": message.text,
    }


def _side(side: Side, depth: int) -> list[dict[str, Any]]:
    return [
        {"price": format_decimal(level.px), "size": format_decimal(level.size), "orders": level.orders}
        for level in side.levels(depth)
    ]


def _trade(trade: Trade) -> dict[str, Any]:
    return {
        "price": format_decimal(trade.px),
        "size": decimal_to_json(trade.size),
        "at": time_to_json(trade.at),
    }
