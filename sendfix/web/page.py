"""The page itself, and the headers under which everything is served."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, render_template

from sendfix import __version__
from sendfix.web.assets import Assets

# AG Grid places its cells with inline style attributes; scripts are never inline.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

ENTRY = "js/main.js"


def register(app: Flask, assets: Assets) -> None:
    page = Blueprint("page", __name__)

    @page.get("/")
    def index() -> Response:
        assets.refresh()
        modules = assets.modules(ENTRY)
        response = Response(
            render_template("multi_session_index.html", version=__version__, modules=modules),
            mimetype="text/html",
        )
        response.headers["Cache-Control"] = "no-cache"
        return response

    app.register_blueprint(page)

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response
