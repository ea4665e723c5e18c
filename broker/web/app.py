"""The HTTP side: REST and a page for the person at the broker. In its own thread, beside the core.

What changes something goes to the core as a command and is answered when it is on disk; what is read comes from the
database. Every error is a problem (RFC 9457) that names the field.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, Final

import orjson
from flask import Blueprint, Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from broker.acceptor import Core
from broker.models import Database, DatabaseError
from broker.trading.by_hand import Command, Refused, SetBehaviours
from broker.web import api_input
from broker.web.views import client_to_json, execution_to_json, order_to_json, stock_to_json, time_to_json

MAX_BODY: Final = 1 << 20
TIMEOUT: Final = 5.0
DEFAULT_LIMIT: Final = 500
MAX_LIMIT: Final = 100_000
_POLICY: Final = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

api = Blueprint("api", __name__)
page = Blueprint("page", __name__)


def create_app(core: Core, database: Database) -> Flask:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.extensions["core"] = core
    app.extensions["database"] = database
    app.register_blueprint(api)
    app.register_blueprint(page)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Refused, _refusal)
    app.register_error_handler(DatabaseError, _database_problem)
    app.register_error_handler(Exception, _fault)
    app.before_request(_refuse_other_sites)
    app.after_request(_secure)
    return app


def _core() -> Core:
    core: Core = current_app.extensions["core"]
    return core


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database


def _json(body: object, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, mimetype="application/json")


def _refuse_other_sites() -> None:
    """A page of another site in the person's browser must not trade here."""
    origin = request.headers.get("Origin")
    if (
        request.method not in ("GET", "HEAD", "OPTIONS")
        and origin
        and origin.split("://")[-1] != request.host
    ):
        raise Refused(403, f"Pages of {origin} may not change anything here.")


def _secure(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


# -- errors ------------------------------------------------------------------------------------------------------


def _problem(status: int, title: str, detail: str, errors: list[tuple[str, str]] | None = None) -> Response:
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = [{"field": field, "message": message} for field, message in errors]
    response = _json(body, status)
    response.mimetype = "application/problem+json"
    return response


_TITLES: Final = {
    400: "Bad request",
    404: "Not found",
    409: "Conflict",
    422: "Invalid input",
    503: "Unavailable",
}


def _http_problem(error: HTTPException) -> Response:
    problem = _problem(error.code or 500, error.name, error.description or error.name)
    for name, value in error.get_headers():
        if name == "Allow":
            problem.headers[name] = value
    return problem


def _refusal(error: Refused) -> Response:
    return _problem(error.status, _TITLES.get(error.status, "Refused"), error.detail, error.errors)


def _database_problem(error: DatabaseError) -> Response:
    return _problem(503, _TITLES[503], f"The database can't be read: {error}")


def _fault(error: Exception) -> Response:
    current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return _problem(500, "Internal error", "The broker failed to process this request; its log says why.")


# -- what comes in -----------------------------------------------------------------------------------------------


def _body(optional: bool = False) -> Any:
    data = request.get_data()
    if not data and optional:
        return {}
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"The body is not JSON: {error}") from error


def _execute(command: Command) -> Any:
    core = _core()
    problem = core.storage_problem
    if problem is not None:
        raise Refused(503, f"The database can't be written: {problem}. Nothing was done; try again.")
    try:
        return core.submit(command).result(TIMEOUT)
    except FutureTimeout:
        reason = core.storage_problem or "the broker is busy"
        raise Refused(503, f"No answer in {TIMEOUT:.0f} s: {reason}. It may still be carried out.") from None


def _number_argument(name: str, default: int | None, highest: int) -> int | None:
    text = request.args.get(name)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 15 or not 0 < int(text) <= highest:
        message = f"must be a whole number from 1 to {highest}"
        raise Refused(422, f"{name} {message}", [(name, message)])
    return int(text)


def _list_arguments(filters: Mapping[str, str]) -> tuple[int, int | None, dict[str, Any]]:
    known = {"limit", "before", *filters}
    unknown = [name for name in request.args if name not in known]
    if unknown:
        raise Refused(422, f"{unknown[0]} is unknown", [(name, "is unknown") for name in unknown])
    limit = _number_argument("limit", DEFAULT_LIMIT, MAX_LIMIT)
    before = _number_argument("before", None, 10**15)
    equal: dict[str, Any] = {filters[name]: request.args[name] for name in filters if name in request.args}
    if "side" in equal:
        equal["side"] = api_input.SIDES.get(equal["side"].upper(), equal["side"])
    return limit or DEFAULT_LIMIT, before, equal


def _order(order_id: int) -> dict[str, Any]:
    row = _database().load_order(order_id) if order_id < 1 << 62 else None
    if row is None:
        raise Refused(404, f"There is no order {order_id}.")
    executions = _database().list_executions(MAX_LIMIT, order_id=order_id)
    return {**order_to_json(row), "executions": [execution_to_json(one) for one in executions]}


# -- routes ------------------------------------------------------------------------------------------------------

_ORDER_FILTERS: Final = {
    name: name for name in ("symbol", "side", "status", "sender_comp_id", "cl_ord_id", "fix_version")
}
_EXECUTION_FILTERS: Final = {
    name: name for name in ("symbol", "side", "sender_comp_id", "cl_ord_id", "order_id")
}


@api.get("/api/orders")
def list_orders() -> Response:
    limit, before, equal = _list_arguments(_ORDER_FILTERS)
    rows = _database().list_orders(limit, before, **equal)
    return _json({"orders": [order_to_json(row) for row in rows], "next_before": _next_before(rows, limit)})


@api.post("/api/orders")
def enter_order() -> Response:
    return _json(_order(_execute(api_input.enter_order(_body()))), 201)


@api.get("/api/orders/<int:order_id>")
def get_order(order_id: int) -> Response:
    return _json(_order(order_id))


@api.put("/api/orders/<int:order_id>")
def amend_order(order_id: int) -> Response:
    return _json(_order(_execute(api_input.amend_order(order_id, _body()))))


@api.delete("/api/orders/<int:order_id>")
def cancel_order(order_id: int) -> Response:
    return _json(_order(_execute(api_input.cancel_order(order_id, _body(optional=True)))))


@api.post("/api/orders/<int:order_id>/reject")
def reject_order(order_id: int) -> Response:
    return _json(_order(_execute(api_input.reject_order(order_id, _body(optional=True)))))


@api.get("/api/executions")
def list_executions() -> Response:
    limit, before, equal = _list_arguments(_EXECUTION_FILTERS)
    rows = _database().list_executions(limit, before, **equal)
    return _json(
        {"executions": [execution_to_json(row) for row in rows], "next_before": _next_before(rows, limit)}
    )


@api.post("/api/executions")
def fill_order() -> Response:
    order_id = _execute(api_input.fill_order(_body()))
    (row,) = _database().list_executions(1, order_id=order_id)
    return _json(execution_to_json(row), 201)


@api.get("/api/stocks")
def list_stocks() -> Response:
    return _json({"stocks": [stock_to_json(row) for row in _database().load_stocks()]})


@api.get("/api/stocks/<symbol>")
def get_stock(symbol: str) -> Response:
    for row in _database().load_stocks():
        if row["symbol"] == symbol:
            return _json(stock_to_json(row))
    raise Refused(404, f"There is no stock {symbol}.")


@api.put("/api/stocks/<symbol>")
def set_price(symbol: str) -> Response:
    _execute(api_input.set_price(symbol, _body()))
    return get_stock(symbol)


@api.get("/api/clients")
def list_clients() -> Response:
    core = _core()
    sessions = list(core.ledger.sessions.values())
    return _json({"clients": [client_to_json(one, core.connections.get(one.key)) for one in sessions]})


@api.get("/api/behaviours")
def get_behaviours() -> Response:
    return _json(_core().application.orders.behaviours.to_json())


@api.put("/api/behaviours")
def set_behaviours() -> Response:
    return _json(_execute(SetBehaviours(_body())))


@api.get("/api/stats")
def get_statistics() -> Response:
    core = _core()
    statistics, counters = core.statistics, core.application.orders.counters
    return _json(
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
            "orders_by_status": _database().count_orders(),
        }
    )


@page.get("/health")
def health() -> Response:
    core = _core()
    problem = core.storage_problem
    problems = [] if problem is None else [f"The database can't be written: {problem}"]
    body = {
        "status": "degraded" if problems else "ok",
        "problems": problems,
        "clients": len(core.connections),
    }
    return _json(body, 503 if problems else 200)


@page.get("/")
def index() -> str:
    return render_template("index.html")


def _next_before(rows: list[dict[str, Any]], limit: int) -> int | None:
    return rows[-1]["id"] if len(rows) == limit else None
