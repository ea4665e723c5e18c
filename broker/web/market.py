"""What the market is at, over REST: its phase, and which stocks are halted."""

from __future__ import annotations

from flask import Blueprint, Response

from broker.market.hours import ReadHours, SetHalted
from broker.web import api_input
from broker.web.answers import body, execute, json

routes = Blueprint("market", __name__)


@routes.get("/api/market")
def get_market() -> Response:
    return json(execute(ReadHours()))


@routes.put("/api/market")
def set_phase() -> Response:
    return json(execute(api_input.set_phase(body())))


@routes.post("/api/stocks/<symbol>/halt")
def halt(symbol: str) -> Response:
    api_input.nothing(body(optional=True))
    return json(execute(SetHalted(symbol, True)))


@routes.post("/api/stocks/<symbol>/resume")
def resume(symbol: str) -> Response:
    api_input.nothing(body(optional=True))
    return json(execute(SetHalted(symbol, False)))
