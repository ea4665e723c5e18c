"""Which authorities vouch for a counterparty whose session names none: the system's.

QuickFIX trusts the system's authorities beside those of `ca_file` too, since it asks OpenSSL for its defaults in any
case. The engine takes those defaults away from OpenSSL and gives them by name to the sessions that want them.
"""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Authorities:
    """Of the system, as far as they are there: a PEM file, and a folder of them."""

    file: str | None
    folder: str | None


_kept: list[Authorities] = []


def of_system() -> Authorities:
    return _kept[0] if _kept else _read()


def trust_only_what_is_named() -> None:
    """For the whole process, once, before the first connection: a session with a `ca_file` trusts nobody else."""
    if not _kept:
        _kept.append(_read())
        os.environ["SSL_CERT_FILE"] = os.environ["SSL_CERT_DIR"] = os.devnull


def _read() -> Authorities:
    paths = ssl.get_default_verify_paths()
    return Authorities(paths.cafile, paths.capath)
