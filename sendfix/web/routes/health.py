"""Whether the desk is well."""

from __future__ import annotations

from typing import Any

from sendfix.web import answers
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.to_json import health_to_json

api = Api("health")


@api.route("GET", "/health", answers={200: answers.Health})
def health() -> dict[str, Any]:
    """Liveness, and what is in the way of trading.
    Answers 200 as long as the desk itself is up; `status` is `degraded` and `problems` says why when the engine, the
    database or a session that should be logged on is not there."""
    return health_to_json(context().health.health())
