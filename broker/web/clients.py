"""Clients, statistics and health over REST."""

from __future__ import annotations

import time

from flask import Blueprint, Response

from broker.web.answers import json, the_core, the_database
from broker.web.views import client_to_json, time_to_json

routes = Blueprint("clients", __name__)


@routes.get("/api/clients")
def list_clients() -> Response:
    core = the_core()
    sessions = list(core.ledger.sessions.values())
    return json({"clients": [client_to_json(one, core.connections.get(one.key)) for one in sessions]})


@routes.get("/api/stats")
def get_statistics() -> Response:
    core = the_core()
    statistics, counters = core.statistics, core.application.orders.counters
    return json(
        {
            "started_at": time_to_json(statistics.started_at),
            "uptime_seconds": round(time.time() - statistics.started_at, 1),
            "messages_in": statistics.messages_in,
            "messages_out": statistics.messages_out,
            "garbled": statistics.garbled,
            "transactions": statistics.commits,
            "orders": counters.orders,
            "executions": counters.executions,
            "rejected": counters.rejected,
            "clients_connected": len(core.connections),
            "orders_by_status": the_database().count_orders(),
        }
    )


@routes.get("/health")
def health() -> Response:
    core = the_core()
    problem = core.storage_problem
    problems = [] if problem is None else [f"The database can't be written: {problem}"]
    body = {
        "status": "degraded" if problems else "ok",
        "problems": problems,
        "clients": len(core.connections),
    }
    return json(body, 503 if problems else 200)
