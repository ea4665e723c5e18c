"""Positions and what they earn."""

from __future__ import annotations

from typing import Any

from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.position_events import make_whole
from sendfix.web.to_json import position_to_json

api = Api("positions")


@api.route(
    "GET",
    "/api/positions",
    query=schemas.orders.PositionsQuery,
    answers={200: answers.positions.PositionList},
)
def positions(query: schemas.orders.PositionsQuery) -> dict[str, Any]:
    """Positions and profits by session, account and symbol, from executions alone.
    `open=true` leaves out those that are flat."""
    make_whole(context().positions, context().settle)
    found = context().positions.positions(query.session_name, query.account, query.symbol)
    return {
        "positions": [position_to_json(position) for position in found if position.net_qty or not query.open]
    }
