"""Executions over all orders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response
from pydantic import BaseModel

from sendfix.services.columns import EXECUTIONS
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.csv_export import csv_response
from sendfix.web.searches import json_of, list_answer, read_search
from sendfix.web.to_json import execution_to_json

api = Api("executions")


@api.route(
    "GET",
    "/api/executions",
    query=schemas.search.ExecutionsQuery,
    answers={200: answers.orders.ExecutionList},
)
def executions(query: BaseModel) -> dict[str, Any]:
    """Executions of all orders, newest first.
    Filters on every column, and `sort`: docs/search.md."""
    desk = context()
    search = read_search(EXECUTIONS, query, desk)
    desk.settle()
    found = desk.search.search(search, json_of(execution_to_json))
    return list_answer("executions", search, found.next, found.made)


@api.route("GET", "/api/executions.csv", query=schemas.search.ExecutionsExport, answers={200: "text/csv"})
def executions_csv(query: BaseModel) -> Response:
    """All executions that pass the filters, oldest first, as CSV.
    Without a limit; the header names the keys of the JSON form."""
    desk = context()
    search = read_search(EXECUTIONS, query, desk)
    desk.settle()
    columns = list(answers.orders.Execution.model_fields)
    return csv_response(desk.search, search, execution_to_json, columns, datetime.now(UTC))
