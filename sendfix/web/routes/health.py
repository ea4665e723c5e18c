"""Whether the desk is well."""

from __future__ import annotations

from typing import Any

from flask import Response

from sendfix.services.health import Health
from sendfix.web import answers
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.metrics import CONTENT_TYPE_LATEST
from sendfix.web.to_json import health_to_json, session_activity_to_json

api = Api("health")


@api.route("GET", "/health", answers={200: answers.health.Health})
def health() -> dict[str, Any]:
    """Liveness, and what is in the way of trading.
    Answers 200 as long as the desk itself is up; `status` is `degraded` and `problems` says why when the engine, the
    database or a session that should be logged on is not there."""
    return _detailed(context().health.health())


@api.route("GET", "/health/ready", answers={200: answers.health.Health, 503: answers.health.Health})
def ready() -> tuple[dict[str, Any], int]:
    """Readiness: whether the desk can do what it is asked.
    503 with the same answer while the engine or the database is not there, or a journal is still being folded. A
    session that is not logged on is told, and is no reason."""
    health = context().health.health()
    return _detailed(health), 200 if health.ready else 503


def _detailed(health: Health) -> dict[str, Any]:
    answer = health_to_json(health)
    for shown, session in zip(answer["sessions"], health.sessions, strict=True):
        shown |= session_activity_to_json(session)
    return answer


@api.blueprint.get("/metrics")
def metrics() -> Response:
    """For Prometheus."""
    return Response(context().metrics.text(), content_type=CONTENT_TYPE_LATEST)
