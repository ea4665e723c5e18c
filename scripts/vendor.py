"""Refresh the page's libraries in `static/vendor/` (`make vendor`).

Each package is fetched in the pinned version with `npm pack`, checked against the integrity that stands here,
and only the files the page loads are taken out of it, with the licences. The page has no build step and its
Content-Security-Policy allows no inline import map, so imports by package name (`from"preact"`) are rewritten to
the file beside them (`from"./preact.js"`): the only change made to them, besides leaving out the pointers to
source maps.

To take a new version: change `version`, put `integrity=""`, run it, and copy the integrity it prints after
looking at the package. Needs `npm` on the PATH; nothing else in the project does.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DESTINATION = Path(__file__).resolve().parent.parent / "static" / "vendor"


class VendorError(Exception):
    """A package could not be fetched, or is not what was pinned."""


@dataclass(frozen=True, slots=True)
class Package:
    """`files` and `licences` map a path inside the package to the file it becomes."""

    name: str
    version: str
    licence: str
    integrity: str
    files: Mapping[str, str]
    licences: Mapping[str, str]


PACKAGES = (
    Package(
        "preact",
        "11.2.0",
        "MIT",
        "sha512-/HfHI/7N84e6GrWBJ3J280z3mLaRJiDcSvj/A+y/4AbLnND/1UlGHe1sR6oYuTGwId0nP7dqDU9OnLxMPZ7xBg==",
        {"dist/preact.mjs": "preact.js", "hooks/dist/hooks.mjs": "preact-hooks.js"},
        {"LICENSE": "preact.txt"},
    ),
    Package(
        "htm",
        "3.1.1",
        "Apache-2.0",
        "sha512-983Vyg8NwUE7JkZ6NmOqpCZ+sh1bKv2iYTlUkzlWmA5JD2acKoxd4KVxbMmxX/85mtfdnDmTFoNKcg5DGAvxNQ==",
        {"dist/htm.mjs": "htm.js"},
        {"LICENSE": "htm.txt"},
    ),
    Package(
        "@preact/signals-core",
        "1.14.5",
        "MIT",
        "sha512-vcRv7Ityz5JVmeiVqIluLFzT/PDS/AlhHUpw3/aUWqcVUs6bDGIPXE/6RSC4evBNWYvnniozg5Syfj33al3gkg==",
        {"dist/signals-core.mjs": "signals-core.js"},
        {"LICENSE": "signals-core.txt"},
    ),
    Package(
        "@preact/signals",
        "2.11.4",
        "MIT",
        "sha512-Rb+5RPo9gWSaHtzJeauhHxiC8KP/IF2DEPkHPEOGOnuy2wnJzRqyeLRankUCYd6ADqtxS6GnWGv6Ie343d8aYw==",
        {"dist/signals.mjs": "signals.js"},
        {"LICENSE": "signals.txt"},
    ),
    Package(
        "ag-grid-community",
        "36.2.0",
        "MIT",
        "sha512-tK0Toj7t0fV/OMLPnDc0xlYKAqDbnCT3iJodYSn2TJ541caU8jPdYwWhMdW+AP2+pUNwFiJVgc04eJNfvBPsWw==",
        {"dist/package/main.esm.min.mjs": "ag-grid.js"},
        {"LICENSE.txt": "ag-grid-community.txt"},
    ),
    Package(
        "ag-stack",
        "36.2.0",
        "MIT",
        "sha512-f3XT2htFs9dUPcHni2z9ak69QNta5ODEpooHuuNvbjN98JkokpEqRQ9YLQHQJFdCcgi9Ybs/j3zkkvmNRamIPg==",
        {"dist/package/main.esm.min.mjs": "ag-stack.js"},
        {"LICENSE.txt": "ag-stack.txt"},
    ),
    Package(
        "uplot",
        "1.6.32",
        "MIT",
        "sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==",
        {"dist/uPlot.esm.js": "uplot.js", "dist/uPlot.min.css": "uplot.css"},
        {"LICENSE": "uplot.txt"},
    ),
    Package(
        "socket.io-client",
        "4.8.4",
        "MIT",
        "sha512-7wjKAvVXYOJsbmUgkWbnhPD4bFpkqrUR0++XOjpGFmqDqsqV1CI93VTraeExLxpjxEqrWgFoSRZu1ihjLWfkAA==",
        {"dist/socket.io.esm.min.js": "socket.io.js"},
        {"LICENSE": "socket.io-client.txt"},
    ),
    Package(
        "swagger-ui-dist",
        "5.35.0",
        "Apache-2.0",
        "sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==",
        {"swagger-ui-bundle.js": "swagger-ui-bundle.js", "swagger-ui.css": "swagger-ui.css"},
        {
            "LICENSE": "swagger-ui-dist.txt",
            "NOTICE": "swagger-ui-dist.NOTICE.txt",
            "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle.txt",
        },
    ),
)

NEIGHBOURS = {
    "preact": "./preact.js",
    "preact/hooks": "./preact-hooks.js",
    "@preact/signals-core": "./signals-core.js",
    "ag-stack": "./ag-stack.js",
}

_IMPORT = re.compile(rf'\bfrom\s*"({"|".join(map(re.escape, NEIGHBOURS))})"')
_SOURCE_MAP = re.compile(r"(?m)(?://[#@] sourceMappingURL=\S+|/\*# sourceMappingURL=\S+?\s*\*/)\s*$")


def integrity_of(data: bytes) -> str:
    """As package lock files write it: sha512, base64."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def localise(text: str) -> str:
    """Imports by package name become imports of the file beside; pointers to source maps go."""
    return _SOURCE_MAP.sub("", _IMPORT.sub(lambda found: f'from"{NEIGHBOURS[found[1]]}"', text))


def fetch(package: Package, folder: Path) -> Path:
    """The package's archive. Raises `VendorError` if npm can't get it or it is not the pinned one."""
    try:
        answer = subprocess.run(
            ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise VendorError(
            "npm is not on the PATH; it is what fetches the packages. Install Node.js."
        ) from error
    if answer.returncode:
        raise VendorError(f"npm pack {package.name}@{package.version} failed:\n{answer.stderr.strip()}")
    archive = folder / answer.stdout.split()[-1]
    found = integrity_of(archive.read_bytes())
    if found != package.integrity:
        raise VendorError(
            f"{package.name}@{package.version} has the integrity\n  {found}\nwhich is not the pinned one:\n"
            f"  {package.integrity or '(none)'}\nNothing was changed."
        )
    return archive


def extract(package: Package, archive: Path) -> dict[str, bytes]:
    """The files to write, by their path in the destination."""
    found: dict[str, bytes] = {}
    with tarfile.open(archive) as tar:
        wanted = [(path, name, False) for path, name in package.files.items()]
        wanted += [(path, f"licences/{name}", True) for path, name in package.licences.items()]
        for path, name, verbatim in wanted:
            try:
                stream = tar.extractfile(f"package/{path}")
            except KeyError:
                stream = None
            if stream is None:
                raise VendorError(
                    f"{package.name}@{package.version} has no file {path}. Nothing was changed."
                )
            data = stream.read()
            found[name] = data if verbatim else localise(data.decode()).encode()
    return found


def versions_text(packages: Sequence[Package]) -> str:
    """What stands in VERSIONS: package, version, licence, the files that came from it, integrity."""
    lines = ["Fetched by scripts/vendor.py, which pins them. Do not edit files here by hand.", ""]
    for package in packages:
        files = ", ".join(package.files.values())
        licences = ", ".join(f"licences/{name}" for name in package.licences.values())
        lines += [
            f"{package.name} {package.version} ({package.licence})",
            f"  files: {files}",
            f"  licences: {licences}",
            f"  integrity: {package.integrity}",
        ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Refresh the page's libraries in static/vendor/.")
    parser.add_argument("--destination", type=Path, default=DESTINATION, help="default: %(default)s")
    destination: Path = parser.parse_args(arguments).destination
    try:
        with tempfile.TemporaryDirectory() as folder:
            files: dict[str, bytes] = {}
            for package in PACKAGES:
                print(f"{package.name} {package.version}", flush=True)
                files |= extract(package, fetch(package, Path(folder)))
    except VendorError as error:
        print(f"vendor: {error}", file=sys.stderr)
        return 1
    files["VERSIONS"] = versions_text(PACKAGES).encode()
    for old in destination.rglob("*"):
        if old.is_file() and str(old.relative_to(destination)) not in files:
            old.unlink()
    for name, data in files.items():
        (destination / name).parent.mkdir(parents=True, exist_ok=True)
        (destination / name).write_bytes(data)
    print(f"vendor: {len(files)} files in {destination}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
