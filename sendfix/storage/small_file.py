"""A small file of the store, written whole to a file beside it, which then takes its place: either all of it is there,
or what was before."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from sendfix.domain.errors import StorageUnavailable


def write_json(path: Path, value: Any) -> None:
    """Returns when it is on the disk. Raises `StorageUnavailable`."""
    beside = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as file:
            json.dump(value, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise StorageUnavailable(f"{path} can't be written: {error.strerror}") from error
