"""Market data: subscribing, books, and quotes."""

from __future__ import annotations

from typing import Any

from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.market_json import book_to_json, quote_to_json

api = Api("market")


@api.route(
    "POST", "/api/market/subscribe", body=schemas.market.Subscribe, answers={202: answers.market.Subscribed}
)
def subscribe(body: schemas.market.Subscribe) -> tuple[dict[str, Any], int]:
    """Subscribe to the market data of symbols, until unsubscribed or the desk ends.
    While the session is not logged on they wait for it; after each logon they are asked for again."""
    return {
        "subscribed": context().market.subscribe(body.session_name, body.symbols, body.depth),
    }, 202


@api.route(
    "POST",
    "/api/market/unsubscribe",
    body=schemas.market.Unsubscribe,
    answers={202: answers.market.Unsubscribed},
)
def unsubscribe(body: schemas.market.Unsubscribe) -> tuple[dict[str, Any], int]:
    """Take back what was subscribed to by REST.
    What the configuration or a page wants goes on."""
    kept = context().market.unsubscribe(body.session_name, body.symbols)
    symbols = [symbol for symbol in dict.fromkeys(body.symbols) if symbol not in kept]
    return {"unsubscribed": symbols, "kept": kept}, 202


@api.route("GET", "/api/market", query=schemas.market.MarketQuery, answers={200: answers.market.MarketBooks})
def market(query: schemas.market.MarketQuery) -> dict[str, Any]:
    """The top of each book that somebody has subscribed to, with the last trade."""
    if query.session_name is not None:
        context().sessions.get(query.session_name)
    views = context().market.views(query.session_name)
    return {"books": [book_to_json(view, depth=1, trades=1) for view in views]}


@api.route(
    "GET",
    "/api/market/books/<session_name>/<path:symbol>",
    answers={200: answers.market.MarketBook},
)
def market_book(session_name: str, symbol: str) -> dict[str, Any]:
    """One book, whole."""
    return book_to_json(context().market.view(session_name, symbol))


@api.route(
    "POST",
    "/api/market/quote_request",
    body=schemas.market.QuoteRequest,
    answers={202: answers.market.QuoteRequested},
)
def quote_request(body: schemas.market.QuoteRequest) -> tuple[dict[str, Any], int]:
    """Ask for a quote.
    It arrives as the Socket.IO event `quote_received`, as does a refusal."""
    quote_req_id = context().quotes.request(body.session_name, body.symbol, body.side, body.order_qty)
    return {"quote_req_id": quote_req_id}, 202


@api.route(
    "GET", "/api/market/quotes", query=schemas.market.MarketQuery, answers={200: answers.market.QuoteList}
)
def quotes(query: schemas.market.MarketQuery) -> dict[str, Any]:
    """Quotes and refusals of quotes since the desk started, newest first, 500 at most."""
    if query.session_name is not None:
        context().sessions.get(query.session_name)
    return {"quotes": [quote_to_json(quote) for quote in context().quotes.newest(query.session_name)]}
