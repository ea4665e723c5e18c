"""Every route and every event of the broker's HTTP side stands in docs/broker.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from broker.web.app import BLUEPRINTS

DOCS = Path(__file__).resolve().parents[4] / "docs" / "broker.md"


def routes() -> list[tuple[str, str]]:
    app = Flask("routes", static_folder=None)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    found = {
        (method, re.sub(r"<[^>]*>", "<>", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    return sorted(found - {("GET", "/"), ("GET", "/shared/<>")})


@pytest.mark.parametrize(("method", "path"), routes())
def test_a_route_is_documented(method: str, path: str) -> None:
    lines = [re.sub(r"<[^>]*>", "<>", line) for line in DOCS.read_text().splitlines()]
    whole = re.compile(re.escape(path) + r"(?![\w/<.])")
    assert [line for line in lines if whole.search(line) and method in line], f"{method} {path}"


@pytest.mark.parametrize("name", ["follow", "frame", "got"])
def test_an_event_is_documented(name: str) -> None:
    assert f"`{name}`" in DOCS.read_text()
