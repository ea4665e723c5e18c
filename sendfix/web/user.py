"""Who asks, as the request says in its header: for limits by user. Nobody proves it; it keeps honest people apart."""

from __future__ import annotations

from flask import has_request_context, request

from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.domain.limits import USER

HEADER = "X-SendFix-User"


def current() -> str | None:
    """None where nothing is said, and outside of a request. Raises `InvalidRequest`."""
    given = request.headers.get(HEADER) if has_request_context() else None
    if not given:
        return None
    if not USER.fullmatch(given):
        raise InvalidRequest([FieldError(HEADER, "must be 1 to 64 of the characters A-Z a-z 0-9 . _ @ -")])
    return given
