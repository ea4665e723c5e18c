"""Executions over all orders."""

from __future__ import annotations

from typing import Any

from sendfix.services.ports import ExecutionQuery
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.to_json import execution_to_json

api = Api("executions")


@api.route(
    "GET",
    "/api/executions",
    query=schemas.orders.ExecutionsQuery,
    answers={200: answers.orders.ExecutionList},
)
def executions(query: schemas.orders.ExecutionsQuery) -> dict[str, Any]:
    """Executions of all orders, newest first."""
    context().settle()
    stored = context().archive.executions(
        ExecutionQuery(
            session_name=query.session_name,
            symbol=query.symbol,
            text=query.text,
            since=query.since,
            until=query.until,
            limit=query.limit,
            before=query.before,
        )
    )
    return {
        "executions": [execution_to_json(item) for item in stored],
        "next_before": stored[-1].id if len(stored) == query.limit else None,
    }
