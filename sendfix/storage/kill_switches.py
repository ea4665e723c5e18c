"""The kill switches that are on, in a small file of the store: they hold over a kill of the desk."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

from sendfix.domain.errors import StorageUnavailable
from sendfix.services.risk import KillSwitch

log = logging.getLogger(__name__)


class KillSwitchFile:
    """Written whole to a file beside it, which then takes its place: either all of it is there, or what was before."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> list[KillSwitch]:
        try:
            return [
                KillSwitch(session_name, str(reason), datetime.fromisoformat(at))
                for session_name, reason, at in json.loads(self._path.read_text(encoding="utf-8"))
            ]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            # Who can't tell what was stopped must not let it go.
            log.error("%s can't be read, so that every session is stopped: %r", self._path, error)
            reason = (
                f"{self._path.name} in the store can't be read, so that nothing is known of what was stopped"
            )
            return [KillSwitch(None, reason, datetime.now(UTC))]

    def save(self, switches: list[KillSwitch]) -> None:
        rows = [[switch.session_name, switch.reason, switch.at.isoformat()] for switch in switches]
        beside = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8") as file:
                json.dump(rows, file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise StorageUnavailable(f"{self._path} can't be written: {error.strerror}") from error
