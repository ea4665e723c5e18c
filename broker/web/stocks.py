"""Stocks, their prices and how their orders are filled, over REST."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from broker.market.market import ReadTops
from broker.trading.by_hand import Refused, SetBehaviours
from broker.web import api_input
from broker.web.answers import body, execute, json, the_core, the_database
from broker.web.views import Top, stock_to_json

routes = Blueprint("stocks", __name__)


_NO_TOP: Final[Top] = None, None


def _tops() -> dict[str, Top]:
    """None are known while the core stands still: what is stored can be read all the same."""
    try:
        tops: dict[str, Top] = execute(ReadTops())
    except Refused:
        return {}
    return tops


@routes.get("/api/stocks")
def list_stocks() -> Response:
    tops = _tops()
    rows = the_database().load_stocks()
    return json({"stocks": [stock_to_json(row, tops.get(row["symbol"], _NO_TOP)) for row in rows]})


@routes.get("/api/stocks/<symbol>")
def get_stock(symbol: str) -> Response:
    for row in the_database().load_stocks():
        if row["symbol"] == symbol:
            return json(stock_to_json(row, _tops().get(symbol, _NO_TOP)))
    raise Refused(404, f"There is no stock {symbol}.")


@routes.put("/api/stocks/<symbol>")
def set_price(symbol: str) -> Response:
    execute(api_input.set_price(symbol, body(exact=True)))
    return get_stock(symbol)


@routes.get("/api/behaviours")
def get_behaviours() -> Response:
    return json(the_core().application.orders.behaviours.to_json())


@routes.put("/api/behaviours")
def set_behaviours() -> Response:
    return json(execute(SetBehaviours(body())))
