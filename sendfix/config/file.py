"""`multi_session_config.json` from the disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sendfix.config.reader import ConfigError, RepeatedKeyError, no_repeated_keys
from sendfix.config.sessions import config_of
from sendfix.config.types import Config


def load_config(path: Path, environ: Mapping[str, str]) -> Config:
    """Read the file; relative paths in it are relative to its folder. Raises `ConfigError`."""
    data, document = read_document(path)
    return config_of(path, document, environ, version_of(data))


def version_of(data: bytes) -> str:
    """Tells one text of the file from another."""
    return hashlib.sha256(data).hexdigest()[:16]


def read_document(path: Path) -> tuple[bytes, Any]:
    """The file as it is, and the JSON in it. Raises `ConfigError`."""
    try:
        data = path.read_bytes()
        return data, json.loads(data.decode("utf-8"), object_pairs_hook=no_repeated_keys)
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RepeatedKeyError as error:
        raise ConfigError(f"{path}: the key {error} stands twice in one object; keep one of them") from error
