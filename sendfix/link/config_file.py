"""The configuration file, read, watched and written. What is written back is the JSON as it was read, with its
`${VARIABLES}`: their values never get into the file nor out of the process.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from sendfix.config import Config, ConfigError, config_of, read_document, version_of

Signature = tuple[int, int, int] | None


class Found(NamedTuple):
    config: Config
    document: dict[str, Any]


class ConfigFile:
    """`document` and `config` are the last that were good, `version` tells that text of the file from others."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        """Raises `ConfigError`."""
        self.path = path
        self._environ = environ
        self._seen: Signature = None
        self.in_use = True
        """Whether the file on the disk, as it was last looked at, is the one that is gone by."""
        self.use(self.look())

    @property
    def version(self) -> str:
        return self.config.version

    def has_changed(self) -> bool:
        """Whether the file on the disk is another than the one that was last read or written; cheap."""
        return self._signature() != self._seen

    def look(self) -> Found:
        """What the file is now; nothing is used yet. Raises `ConfigError`."""
        self._seen = self._signature()
        self.in_use = False
        data, document = read_document(self.path)
        return Found(config_of(self.path, document, self._environ, version_of(data)), document)

    def use(self, found: Found) -> None:
        """From now on."""
        self.config, self.document, self.in_use = found.config, found.document, True

    def forget(self) -> None:
        """Read again at the next look."""
        self._seen = None

    def checked(self, document: Mapping[str, Any]) -> Config:
        """What this document would be. Raises `ConfigError`."""
        config = config_of(self.path, document, self._environ)
        return replace(config, version=version_of(_bytes(document)))

    def write(self, document: Mapping[str, Any]) -> Config:
        """In place of the file, whole or not at all; the one before is kept as `<file>.previous`. Raises `ConfigError`
        and OSError, and then nothing has changed."""
        config = self.checked(document)
        target = Path(os.path.realpath(self.path))
        fresh, kept = target.with_name(f"{target.name}.new"), target.with_name(f"{target.name}.previous.new")
        try:
            with fresh.open("wb") as file:
                shutil.copymode(target, fresh)
                file.write(_bytes(document))
                file.flush()
                os.fsync(file.fileno())
            shutil.copy2(target, kept)
            kept.replace(target.with_name(f"{target.name}.previous"))
            fresh.replace(target)
        except OSError:
            fresh.unlink(missing_ok=True)
            kept.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        self._seen = self._signature()
        self.use(Found(config, dict(document)))
        return config

    def _signature(self) -> Signature:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def _bytes(document: Mapping[str, Any]) -> bytes:
    try:
        return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
    except UnicodeEncodeError as error:
        problem = "has half of a character in it, which can't be written"
        raise ConfigError(f"the configuration {problem}", "session", problem) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
