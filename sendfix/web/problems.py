"""Every error as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from sendfix.domain.errors import (
    EngineUnavailable,
    FieldError,
    InvalidRequest,
    RiskRefused,
    SearchTooSlow,
    SendFixError,
    StateForbids,
    StorageUnavailable,
    TooManySearches,
    UnknownAlarm,
    UnknownBook,
    UnknownMessage,
    UnknownOrder,
    UnknownSession,
)
from sendfix.web.to_json import errors_to_json

log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[SendFixError], int, str], ...] = (
    (UnknownSession, 404, "Unknown session"),
    (UnknownOrder, 404, "Unknown order"),
    (UnknownMessage, 404, "Unknown message"),
    (UnknownAlarm, 404, "Unknown alarm"),
    (UnknownBook, 404, "Not subscribed"),
    (RiskRefused, 409, "Refused by a limit"),
    (StateForbids, 409, "Not possible now"),
    (InvalidRequest, 422, "Invalid input"),
    (EngineUnavailable, 503, "No engine"),
    (StorageUnavailable, 503, "Database not available"),
    (SearchTooSlow, 503, "Search stopped"),
    (TooManySearches, 503, "Too many searches"),
)


class MalformedRequest(Exception):
    """The body or the query can't be read at all: answered with 400."""


class WrongMediaType(Exception):
    """The body is not declared to be JSON: answered with 415."""


def problem(status: int, title: str, detail: str, errors: Sequence[FieldError] = ()) -> Response:
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = errors_to_json(errors)
    # By the standard library, which can also write the half of a surrogate pair that somebody sent.
    return Response(json.dumps(body), status, content_type="application/problem+json")


def register(app: Flask) -> None:
    """Errors of every kind and of every path, also of those that no route serves."""
    app.register_error_handler(SendFixError, _sendfix_error)
    app.register_error_handler(MalformedRequest, lambda error: problem(400, "Malformed request", str(error)))
    app.register_error_handler(
        WrongMediaType, lambda error: problem(415, "Unsupported media type", str(error))
    )
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _sendfix_error(error: SendFixError) -> Response:
    status, title = next(
        ((code, text) for kind, code, text in _STATUS if isinstance(error, kind)), (500, "Internal error")
    )
    errors = error.errors if isinstance(error, InvalidRequest | RiskRefused) else ()
    return problem(status, title, str(error), errors)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    response = problem(status, HTTPStatus(status).phrase, _detail(error, status))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _detail(error: HTTPException, status: int) -> str:
    if isinstance(error, RequestEntityTooLarge):
        return "The body is too large: SENDFIX_MAX_BODY_BYTES sets the limit."
    if status == 404:
        return f"There is nothing at {request.path}; /api/docs lists what there is."
    if status == 405:
        allowed = ", ".join(sorted(set(getattr(error, "valid_methods", None) or ()) - {"HEAD", "OPTIONS"}))
        return f"{request.method} is not allowed for {request.path}; use {allowed}."
    return error.description or HTTPStatus(status).description


def _unexpected(error: Exception) -> Response:
    log.exception("%s %s failed", request.method, request.path)
    return problem(
        500,
        "Internal error",
        "The desk made a mistake; nothing more is known here. Its error log has the details.",
    )
