"""Clients, statistics and health over REST."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response

from broker.acceptor import Core
from broker.client_commands import ResetClient
from broker.trading.by_hand import Refused
from broker.traffic import total_by_type
from broker.web import api_input
from broker.web.answers import body, execute, json, the_core, the_database
from broker.web.views import client_to_json, time_to_json

routes = Blueprint("clients", __name__)


def clients_body(core: Core) -> list[dict[str, Any]]:
    """All that there ever were, in the order in which they came first."""
    ledger = core.ledger
    return [
        client_to_json(ledger.id_of(key), session, core.connections.get(key), core.traffic.get(key))
        for key, session in list(ledger.sessions.items())
    ]


def statistics_body(core: Core) -> dict[str, Any]:
    """The counters that cost nothing to read."""
    statistics, counters = core.statistics, core.application.orders.counters
    return {
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
    }


def health_body(core: Core) -> dict[str, Any]:
    problem = core.storage_problem
    problems = [] if problem is None else [f"The database can't be written: {problem}"]
    return {
        "status": "degraded" if problems else "ok",
        "problems": problems,
        "clients": len(core.connections),
    }


@routes.get("/api/clients")
def list_clients() -> Response:
    return json({"clients": clients_body(the_core())})


@routes.get("/api/clients/<int:client_id>")
def get_client(client_id: int) -> Response:
    for client in clients_body(the_core()):
        if client["id"] == client_id:
            return json(client)
    raise Refused(404, f"There is no client {client_id}.")


@routes.post("/api/clients/<int:client_id>/disconnect")
def disconnect_client(client_id: int) -> Response:
    return get_client(execute(api_input.disconnect_client(client_id, body(optional=True))))


@routes.post("/api/clients/<int:client_id>/reset")
def reset_client(client_id: int) -> Response:
    api_input.nothing(body(optional=True))
    return get_client(execute(ResetClient(client_id)))


@routes.get("/api/stats")
def get_statistics() -> Response:
    core = the_core()
    traffic = list(core.traffic.values())
    return json(
        {
            **statistics_body(core),
            "messages_in_by_type": total_by_type(one.in_by_type for one in traffic),
            "messages_out_by_type": total_by_type(one.out_by_type for one in traffic),
            "bytes_in": sum(one.bytes_in for one in traffic),
            "bytes_out": sum(one.bytes_out for one in traffic),
            "orders_by_status": the_database().count_orders(),
        }
    )


@routes.get("/health")
def health() -> Response:
    found = health_body(the_core())
    return json(found, 503 if found["problems"] else 200)
