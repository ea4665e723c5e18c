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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request

ENDPOINT = "static"
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.{1,2}/[^"']+\.js)["']""")
_COMPRESSED = frozenset({".js", ".css", ".svg", ".txt", ".json"})
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(slots=True)
class Asset:
    content: bytes
    mimetype: str
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
            self._assets[name] = Asset(content, mimetype, path.suffix in _COMPRESSED)
        self.version = digest.hexdigest()

    def find(self, name: str) -> Asset | None:
        return self._assets.get(name)

    def modules(self, entry: str) -> list[str]:
        """The names of a module and of all that it imports, so that a page can ask for them at once instead of finding
        them one behind the other."""
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
            self._modules[entry] = found
        return self._modules[entry]


def serve(app: Flask, folder: Path) -> Assets:
    """Serve the folder as `static`, for `url_for("static", filename=...)`."""
    assets = Assets(folder)

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == ENDPOINT:
            values.setdefault("version", assets.version)

    def send(version: str, filename: str) -> Response:
        asset = assets.find(filename)
        if asset is None:
            abort(404)
        zipped = asset.compresses and request.accept_encodings.quality("gzip") > 0
        response = Response(asset.gzipped() if zipped else asset.content, mimetype=asset.mimetype)
        response.headers["Vary"] = "Accept-Encoding"
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        # A page of an older release gets what there is, and does not keep it.
        response.headers["Cache-Control"] = FOR_EVER if version == assets.version else "no-cache"
        response.set_etag(f"{assets.version}{'z' if zipped else ''}")
        response.make_conditional(request)
        return response

    app.add_url_rule("/static/<version>/<path:filename>", ENDPOINT, send)
    return assets


def _joined(name: str, target: str) -> str:
    parts = name.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
