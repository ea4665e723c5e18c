"""The id that follows a request: its `X-Request-ID`, or made here; in the answer and in each line logged for it."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g, has_request_context, request

HEADER = "X-Request-ID"

# What a client sends comes back in a header and stands in the logs, so it is short and harmless or not taken.
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def register(app: Flask) -> None:
    """Give every request its id; one that is not 1 to 64 of the characters A-Z a-z 0-9 . _ : - is replaced."""
    app.after_request(_tell)


def current() -> str | None:
    """Of the request that is being served; None outside of one."""
    if not has_request_context():
        return None
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
    return str(g.request_id)


def _tell(response: Response) -> Response:
    response.headers[HEADER] = current() or ""
    return response
