"""The page's own files: compressed, and kept by browsers until one of them changes.

All of them lie under one path that holds the hash of their contents, `/static/<hash>/js/main.js`. Modules import each
other by relative paths, so that they stay under the path that the page began with, and a browser never mixes two
releases.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.http import parse_accept_header
from werkzeug.utils import get_content_type

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ENDPOINT = "static"
PATH = "/static/"
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.{1,2}/[^"']+\.js)["']""")
_COMPRESSED = frozenset({".js", ".css", ".svg", ".txt", ".json"})
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(slots=True)
class Asset:
    content: bytes
    content_type: str
    compresses: bool
    compressed: bytes | None = None

    def gzipped(self) -> bytes:
        if self.compressed is None:
            self.compressed = gzip.compress(self.content, 6, mtime=0)
        return self.compressed


class Assets:
    """What lies in a folder, read again when a file has changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[Path, tuple[int, int]] = {}
        self._assets: dict[str, Asset] = {}
        self._modules: dict[str, list[str]] = {}
        self.version = ""
        self.refresh()

    def refresh(self) -> None:
        """Look whether a file has changed; takes about a millisecond."""
        seen = {}
        for path in self._folder.rglob("*"):
            if path.is_file():
                state = path.stat()
                seen[path] = (state.st_mtime_ns, state.st_size)
        if seen == self._seen:
            return
        self._seen = seen
        self._assets = {}
        self._modules = {}
        digest = hashlib.blake2b(digest_size=8)
        for path in sorted(seen):
            name = path.relative_to(self._folder).as_posix()
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
            mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
            content_type = get_content_type(mimetype, "utf-8")
            self._assets[name] = Asset(content, content_type, path.suffix in _COMPRESSED)
        self.version = digest.hexdigest()

    def find(self, name: str) -> Asset | None:
        return self._assets.get(name)

    def modules(self, entry: str) -> list[str]:
        """The names of a module and of all that it imports, so that a page can ask for them at once instead of finding
        them one behind the other. The largest are first, for they take longest to compile."""
        if entry not in self._modules:
            found = [entry]
            for name in found:
                asset = self._assets.get(name)
                if asset is None:
                    continue
                for target in _IMPORT.findall(asset.content.decode("utf-8", "replace")):
                    module = _joined(name, target)
                    if module not in found:
                        found.append(module)
            self._modules[entry] = sorted(found, key=self._size, reverse=True)
        return self._modules[entry]

    def _size(self, name: str) -> int:
        asset = self._assets.get(name)
        return 0 if asset is None else len(asset.content)


def serve(app: Flask, folder: Path, headers: Mapping[str, str] | None = None) -> Assets:
    """Serve the folder as `static`, for `url_for("static", filename=...)`, each file with these headers."""
    assets = Assets(folder)

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == ENDPOINT:
            values.setdefault("version", assets.version)

    app.add_url_rule(f"{PATH}<version>/<path:filename>", ENDPOINT, build_only=True)
    app.wsgi_app = _Front(assets, app.wsgi_app, headers or {})  # type: ignore[method-assign]
    return assets


class _Front:
    """Stands before the application: a page asks for some 170 files at once, and needs nothing of what Flask does
    around each request."""

    def __init__(self, assets: Assets, behind: WSGIApplication, headers: Mapping[str, str]) -> None:
        self._assets = assets
        self._behind = behind
        self._headers = list(headers.items())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(PATH) and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            version, _, name = path[len(PATH) :].partition("/")
            asset = self._assets.find(name)
            if asset is not None:
                return self._answer(asset, version, environ, start_response)
        return self._behind(environ, start_response)

    def _answer(
        self, asset: Asset, version: str, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        now = self._assets.version
        zipped = asset.compresses and _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        etag = f'"{now}{"z" if zipped else ""}"'
        headers = [
            *self._headers,
            ("Vary", "Accept-Encoding"),
            # A page of an older release gets what there is, and does not keep it.
            ("Cache-Control", FOR_EVER if version == now else "no-cache"),
            ("ETag", etag),
        ]
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        if etag in [one.strip().removeprefix("W/") for one in known.split(",")]:
            start_response("304 NOT MODIFIED", headers)
            return []
        body = asset.gzipped() if zipped else asset.content
        headers += [("Content-Type", asset.content_type), ("Content-Length", str(len(body)))]
        if zipped:
            headers.append(("Content-Encoding", "gzip"))
        start_response("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@lru_cache(maxsize=64)
def _takes_gzip(accept_encoding: str) -> bool:
    return parse_accept_header(accept_encoding).quality("gzip") > 0


def _joined(name: str, target: str) -> str:
    parts = name.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
