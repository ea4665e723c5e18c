"""What every module of routes uses: bodies and arguments in, JSON and problems out, commands to the core."""

from __future__ import annotations

import json as stdlib_json
from concurrent.futures import TimeoutError as FutureTimeout
from decimal import Decimal
from typing import Any, Final

import orjson
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from broker.acceptor import Core
from broker.client_commands import AnyCommand
from broker.models import Database, DatabaseError
from broker.trading.by_hand import Refused

TIMEOUT: Final = 5.0
"""Seconds that a command may take."""

DEFAULT_LIMIT: Final = 500
MAX_LIMIT: Final = 100_000
MAX_ID: Final = 10**15
_TITLES: Final = {
    400: "Bad request",
    404: "Not found",
    409: "Conflict",
    422: "Invalid input",
    503: "Unavailable",
}


def the_core() -> Core:
    core: Core = current_app.extensions["core"]
    return core


def the_database() -> Database:
    database: Database = current_app.extensions["database"]
    return database


def json(body: object, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, mimetype="application/json")


def body(optional: bool = False, exact: bool = False) -> Any:
    """The request's JSON; with `exact`, numbers with a fraction are Decimals, digit by digit. Raises Refused."""
    data = request.get_data()
    if not data and optional:
        return {}
    try:
        orjson.loads(data)  # stricter: no NaN, no lone surrogates, no endless nesting
        return stdlib_json.loads(
            data, parse_float=Decimal if exact else float, object_pairs_hook=_each_key_once
        )
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"The body is not JSON: {error}") from error


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise bad(twice, "is given twice")
    return found


def execute(command: AnyCommand) -> Any:
    """What the core answered, once it is on disk. Raises Refused."""
    core = the_core()
    problem = core.storage_problem
    if problem is not None:
        raise Refused(503, f"The database can't be written: {problem}. Nothing was done; try again.")
    try:
        return core.submit(command).result(TIMEOUT)
    except FutureTimeout:
        reason = core.storage_problem or "the broker is busy"
        raise Refused(503, f"No answer in {TIMEOUT:.0f} s: {reason}. It may still be carried out.") from None


def refuse_unknown_arguments(known: set[str]) -> None:
    unknown = [name for name in request.args if name not in known]
    if unknown:
        raise Refused(422, f"{unknown[0]} is unknown", [(name, "is unknown") for name in unknown])


def number_argument(name: str, default: int | None, highest: int) -> int | None:
    text = request.args.get(name)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 15 or not 0 < int(text) <= highest:
        raise bad(name, f"must be a whole number from 1 to {highest}")
    return int(text)


def bad(name: str, message: str) -> Refused:
    """What is wrong with one argument or field, to be raised."""
    return Refused(422, f"{name} {message}", [(name, message)])


# -- problems ------------------------------------------------------------------------------------------------------


def problem(status: int, title: str, detail: str, errors: list[tuple[str, str]] | None = None) -> Response:
    """RFC 9457."""
    content: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if errors:
        content["errors"] = [{"field": field, "message": message} for field, message in errors]
    response = json(content, status)
    response.mimetype = "application/problem+json"
    return response


def register_problems(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Refused, _refusal)
    app.register_error_handler(DatabaseError, _database_problem)
    app.register_error_handler(Exception, _fault)


def _http_problem(error: HTTPException) -> Response:
    answer = problem(error.code or 500, error.name, error.description or error.name)
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def _refusal(error: Refused) -> Response:
    return problem(error.status, _TITLES.get(error.status, "Refused"), error.detail, error.errors)


def _database_problem(error: DatabaseError) -> Response:
    return problem(503, _TITLES[503], f"The database can't be read: {error}")


def _fault(error: Exception) -> Response:
    current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(500, "Internal error", "The broker failed to process this request; its log says why.")
