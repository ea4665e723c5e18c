"""The page of the person at the broker. It shares its look and its libraries with the desk's page."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Blueprint, Response, render_template, send_from_directory

SHARED: Final = Path(__file__).resolve().parents[2] / "static"

routes = Blueprint("page", __name__)


@routes.get("/")
def index() -> str:
    return render_template("index.html")


@routes.get("/shared/<path:name>")
def shared(name: str) -> Response:
    """Design tokens, components and libraries."""
    return send_from_directory(SHARED, name)
