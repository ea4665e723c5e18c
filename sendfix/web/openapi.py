"""The OpenAPI 3.1 document, made from the declarations of the routes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, render_template
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sendfix import __version__
from sendfix.web import answers
from sendfix.web.api import Api, Operation

_REF = "#/components/schemas/{model}"
_PROBLEMS_OF_ALL = (500,)
_PROBLEMS_WITH_INPUT = (400, 422)
_PROBLEMS_WITH_BODY = (413, 415)
_DESCRIPTION = (
    "A FIX trading desk. Keys are the FIX standard's names in snake_case; decimals leave as strings and come in "
    "as strings or numbers; times are UTC. Errors are application/problem+json (RFC 9457). Changes arrive over "
    "Socket.IO: `connected`, `connection_result`, `session_updated`, `order_updated`, `execution_booked`, "
    "`mass_cancel_failed`, `log_message`, `health_updated`, `quote_received`, and `book_updated` after `watch`."
)


def document(apis: Iterable[Api]) -> dict[str, Any]:
    """The whole document, ready for JSON."""
    apis = list(apis)
    operations = [(api.name, operation) for api in apis for operation in api.operations]
    models: dict[type[BaseModel], None] = {answers.base.Problem: None}
    for _, operation in operations:
        for model in (operation.body, operation.query, *operation.answers.values()):
            if model is not None and not isinstance(model, str):
                models[model] = None
    refs, definitions = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for tag, operation in operations:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(tag, operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "SendFix", "version": __version__, "description": _DESCRIPTION},
        "paths": paths,
        "components": {"schemas": definitions["$defs"]},
    }


def blueprint(apis: Iterable[Api]) -> Blueprint:
    """`/api/openapi.json` and the page `/api/docs`."""
    docs = Blueprint("docs", __name__)
    text = document(apis)

    @docs.get("/api/openapi.json")
    def openapi() -> dict[str, Any]:
        return text

    @docs.get("/api/docs")
    def api_docs() -> str:
        return render_template("api_docs.html")

    return docs


def _operation(tag: str, operation: Operation, refs: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [tag],
        "summary": operation.summary,
        "responses": _answers(operation, refs),
    }
    if operation.description:
        found["description"] = operation.description
    parameters = _parameters(operation)
    if parameters:
        found["parameters"] = parameters
    if operation.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": refs[operation.body, "validation"]}},
        }
    return found


def _answers(operation: Operation, refs: Any) -> dict[str, Any]:
    responses = {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": {model: {"schema": {"type": "string"}}}
            if isinstance(model, str)
            else {"application/json": {"schema": refs[model, "validation"]}},
        }
        for status, model in operation.answers.items()
    }
    problems = set(_PROBLEMS_OF_ALL)
    if operation.body is not None or operation.query is not None:
        problems.update(_PROBLEMS_WITH_INPUT)
    if operation.body is not None:
        problems.update(_PROBLEMS_WITH_BODY)
        problems.update((404, 409, 503))
    if "<" in operation.path:
        problems.add(404)
    for status in sorted(problems):
        responses[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": refs[answers.base.Problem, "validation"]}},
        }
    return responses


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    in_path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if kind == "int:" else "string"},
        }
        for kind, name in re.findall(r"<(int:|path:)?(\w+)>", operation.path)
    ]
    if operation.query is None:
        return in_path
    schema = operation.query.model_json_schema()
    return in_path + [
        {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": described}
        for name, described in schema["properties"].items()
    ]
