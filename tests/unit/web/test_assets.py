"""The page's own files: one path for all that belong together, kept for ever, and never longer than they are right."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from sendfix.web.assets import FOR_EVER, Assets, serve

MAIN = 'import { a } from "./ui/a.js";\nimport "../vendor/lib.js";\nconst text = "from somewhere";\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "js/main.js": MAIN,
        "js/ui/a.js": "export { b } from '../fix/b.js';\nimport '../../vendor/lib.js';\n",
        "js/fix/b.js": "import '../main.js';\nexport const b = 1;\n",
        "vendor/lib.js": "export {};\n",
        "icons/a.png": "not text",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def app(folder: Path) -> Flask:
    app = Flask("test", static_folder=None)
    app.extensions["assets"] = serve(app, folder)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def path_of(app: Flask, name: str) -> str:
    with app.test_request_context():
        return url_for("static", filename=name)


def change(path: Path, text: str) -> None:
    path.write_text(text)
    os.utime(path, ns=(1, 1))


def test_every_module_that_the_first_one_leads_to_the_largest_first(folder: Path) -> None:
    assert Assets(folder).modules("js/main.js") == [
        "js/main.js",
        "js/ui/a.js",
        "js/fix/b.js",
        "vendor/lib.js",
    ]


def test_a_file_is_compressed_and_kept_for_ever(app: Flask, client: FlaskClient) -> None:
    path = path_of(app, "js/main.js")
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.data).decode() == MAIN
    assert answer.headers["Cache-Control"] == FOR_EVER
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.mimetype == "text/javascript"
    plain = client.get(path)
    assert plain.text == MAIN
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["ETag"] != answer.headers["ETag"]


def test_what_does_not_get_smaller_goes_as_it_is(app: Flask, client: FlaskClient) -> None:
    answer = client.get(path_of(app, "icons/a.png"), headers={"Accept-Encoding": "gzip"})
    assert (answer.data, answer.mimetype) == (b"not text", "image/png")
    assert "Content-Encoding" not in answer.headers


def test_a_browser_that_has_it_gets_nothing_again(app: Flask, client: FlaskClient) -> None:
    path = path_of(app, "js/main.js")
    etag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_change_of_one_file_changes_the_path_of_all(app: Flask, client: FlaskClient, folder: Path) -> None:
    assets: Assets = app.extensions["assets"]
    before = path_of(app, "js/main.js")
    assets.refresh()
    assert path_of(app, "js/main.js") == before
    change(folder / "js/fix/b.js", "export const b = 2;\n")
    assets.refresh()
    after = path_of(app, "js/main.js")
    assert after != before
    old = client.get(before.replace("main", "fix/b"))
    assert old.text == "export const b = 2;\n"
    assert old.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["js/none.js", "../secret", "js/%2e%2e/%2e%2e/secret", "js", ""])
def test_nothing_else_is_served(app: Flask, client: FlaskClient, folder: Path, name: str) -> None:
    (folder.parent / "secret").write_text("secret")
    assets: Assets = app.extensions["assets"]
    assert client.get(f"/static/{assets.version}/{name}").status_code == 404
