"""The page's libraries: what lies in the repository is what the script pins, and it loads without a build step."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path

import pytest

from scripts import vendor

VENDOR = Path(__file__).resolve().parents[3] / "static" / "vendor"


def archive(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "package.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


PACKAGE = vendor.Package("lib", "1.0.0", "MIT", "sha512-x", {"dist/a.mjs": "a.js"}, {"LICENSE": "lib.txt"})


def test_the_files_in_the_repository_are_those_of_the_pinned_versions() -> None:
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    wanted = {"VERSIONS"}
    for package in vendor.PACKAGES:
        wanted |= set(package.files.values()) | {f"licences/{name}" for name in package.licences.values()}
    assert there == wanted
    assert (VENDOR / "VERSIONS").read_text() == vendor.versions_text(vendor.PACKAGES)


@pytest.mark.parametrize("path", sorted(VENDOR.glob("*.js")), ids=lambda path: path.name)
def test_a_library_imports_only_files_beside_it(path: Path) -> None:
    for name in re.findall(r'\b(?:from|import)\s*"([^"\s;,]+)"', path.read_text()):
        if not name.startswith("./"):
            assert path.name == "swagger-ui-bundle.js", name
            continue
        assert (VENDOR / name).is_file(), name
    assert not re.search(r"(?m)//# sourceMappingURL=\S+$", path.read_text())


def test_imports_by_package_name_become_files_beside() -> None:
    text = 'import{a}from"preact";import{b}from "preact/hooks";import{c}from"./own.js";\n//# sourceMappingURL=x.map\n'
    assert (
        vendor.localise(text).strip()
        == 'import{a}from"./preact.js";import{b}from"./preact-hooks.js";import{c}from"./own.js";'
    )


def test_files_and_licences_are_taken_out_of_the_package(tmp_path: Path) -> None:
    path = archive(tmp_path, {"dist/a.mjs": b'import"x";from"preact"', "LICENSE": b"MIT", "other": b""})
    assert vendor.extract(PACKAGE, path) == {
        "a.js": b'import"x";from"./preact.js"',
        "licences/lib.txt": b"MIT",
    }


def test_a_file_that_the_package_does_not_have_is_named(tmp_path: Path) -> None:
    with pytest.raises(vendor.VendorError, match=re.escape("lib@1.0.0 has no file dist/a.mjs")):
        vendor.extract(PACKAGE, archive(tmp_path, {"LICENSE": b"MIT"}))


def test_integrity_is_written_as_lock_files_write_it() -> None:
    assert vendor.integrity_of(b"").startswith("sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8")
