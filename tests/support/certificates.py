"""Certificates for a test, made by openssl in its own folder."""

from __future__ import annotations

import subprocess
from pathlib import Path


class Authority:
    """Signs certificates; `ca_file` is its own."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self._folder = folder
        self.ca_file, self._key = folder / f"{name}.pem", folder / f"{name}.key"
        _openssl(
            "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-subj", f"/CN={name}", "-days", "90", "-keyout", self._key, "-out", self.ca_file,
        )  # fmt: skip

    def sign(self, name: str, days: int = 90) -> tuple[Path, Path]:
        """Certificate and key of a host or client of that name."""
        certificate, key, request, extensions = (
            self._folder / f"{name}.{suffix}" for suffix in ("pem", "key", "csr", "ext")
        )
        _openssl(
            "req", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-subj", f"/CN={name}", "-keyout", key, "-out", request,
        )  # fmt: skip
        extensions.write_text(f"subjectAltName=DNS:{name}")
        _openssl(
            "x509", "-req", "-in", request, "-CA", self.ca_file, "-CAkey", self._key, "-CAcreateserial",
            "-days", str(days), "-extfile", extensions, "-out", certificate,
        )  # fmt: skip
        return certificate, key


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
