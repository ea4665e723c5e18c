"""The HTTP side, put together. In its own threads, beside the core.

What changes something goes to the core as a command and is answered when it is on disk; what is read comes from the
database. Every error is a problem (RFC 9457) that names the field.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Flask, Response, request

from broker.acceptor import Core
from broker.models import Database
from broker.trading.by_hand import Refused
from broker.web import acts, answers, clients, depth, faults, market, orders, page, stocks
from broker.web.live import Live

MAX_BODY: Final = 1 << 20
_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # the grid makes style elements of its theme
        "img-src 'self' data:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

BLUEPRINTS: Final[list[Blueprint]] = [
    orders.routes,
    stocks.routes,
    depth.routes,
    clients.routes,
    acts.routes,
    market.routes,
    faults.routes,
    page.routes,
]


def create_app(core: Core, database: Database) -> Flask:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.extensions["core"] = core
    app.extensions["database"] = database
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    answers.register_problems(app)
    app.before_request(_refuse_other_sites)
    app.after_request(_secure)
    app.extensions["live"] = Live(app, core)
    return app


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
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response
