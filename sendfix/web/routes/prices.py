"""Last prices: what the desk knows, and what somebody knows better."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sendfix.domain.price import GivenPrice
from sendfix.services.prices import KnownPrice
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.schemas.base import MAX_LIMIT
from sendfix.web.to_json import decimal_to_json, time_to_json

api = Api("prices")


@api.route("GET", "/api/prices", query=schemas.prices.PricesQuery, answers={200: answers.prices.PriceList})
def prices(query: schemas.prices.PricesQuery) -> dict[str, Any]:
    """Last prices by symbol and session, from market data, REST, the price file and our own fills.
    At most 5,000; `left_out` are as many more."""
    now = datetime.now(UTC)
    found, count = context().prices.known(query.session_name, query.symbol, MAX_LIMIT)
    return {
        "prices": [_to_json(one, now) for one in found],
        "left_out": count - len(found),
        "file_problems": list(context().prices.file_problems),
    }


@api.route("PUT", "/api/prices", body=schemas.prices.GivenPrices, answers={200: answers.prices.PricesTaken})
def put_prices(body: schemas.prices.GivenPrices) -> dict[str, Any]:
    """Say what symbols are worth, on one session or on all.
    Counts until something fresher is known, for limits and for unrealised profits; it is forgotten with the desk."""
    for name in {one.session_name for one in body.prices if one.session_name is not None}:
        context().sessions.get(name)
    given = [GivenPrice(one.symbol, one.price, one.at, one.session_name) for one in body.prices]
    context().prices.give(given)
    return {"taken": len(given)}


def _to_json(one: KnownPrice, now: datetime) -> dict[str, Any]:
    return {
        "session_name": one.session_name,
        "symbol": one.symbol,
        "price": decimal_to_json(one.price.px),
        "at": time_to_json(one.price.at),
        "age_seconds": round(max(0.0, (now - one.price.at).total_seconds()), 3),
        "source": one.price.source,
    }
