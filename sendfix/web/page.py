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

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}

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
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
