"""The kill switches that are on, in a small file of the store: they hold over a kill of the desk."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

from sendfix.services.kill_switches import KillSwitch
from sendfix.storage.small_file import write_json

log = logging.getLogger(__name__)


class KillSwitchFile:
    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> list[KillSwitch]:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if not isinstance(kept, list):
                raise ValueError("it is no list of switches")
            return [_switch(*one) for one in kept]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, RecursionError) as error:
            # Who can't tell what was stopped must not let it go.
            log.error("%s can't be read, so that every session is stopped: %r", self._path, error)
            reason = (
                f"{self._path.name} in the store can't be read, so that nothing is known of what was stopped"
            )
            return [KillSwitch(None, reason, datetime.now(UTC))]

    def save(self, switches: list[KillSwitch]) -> None:
        write_json(
            self._path, [[switch.session_name, switch.reason, switch.at.isoformat()] for switch in switches]
        )


def _switch(session_name: str | None, reason: str, at: str) -> KillSwitch:
    """Raises ValueError and TypeError."""
    since = datetime.fromisoformat(at)
    if not isinstance(session_name, str | None) or not isinstance(reason, str) or since.tzinfo is None:
        raise ValueError("a switch is a session's name or null, a reason, and a time with its zone")
    return KillSwitch(session_name, reason, since)
