"""The page of the person at the broker."""

from __future__ import annotations

from flask import Blueprint, render_template

routes = Blueprint("page", __name__)


@routes.get("/")
def index() -> str:
    return render_template("index.html")
