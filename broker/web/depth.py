"""What is offered and wanted of a stock, over REST. The core reads its books itself: no other thread may."""

from __future__ import annotations

from flask import Blueprint, Response

from broker.market.market import ReadDepth
from broker.market.request import MOST_LEVELS
from broker.web.answers import execute, json, number_argument, refuse_unknown_arguments
from broker.web.views import level_to_json

routes = Blueprint("depth", __name__)

DEFAULT_LEVELS = 10


@routes.get("/api/stocks/<symbol>/depth")
def get_depth(symbol: str) -> Response:
    refuse_unknown_arguments({"levels"})
    levels = number_argument("levels", DEFAULT_LEVELS, MOST_LEVELS)
    bids, offers = execute(ReadDepth(symbol, levels or DEFAULT_LEVELS))
    return json(
        {
            "symbol": symbol,
            "bids": [level_to_json(level) for level in bids],
            "offers": [level_to_json(level) for level in offers],
        }
    )
