"""Kill switches."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    StringConstraints,
)

from sendfix.web.schemas.base import Input


class LetGoOfKillSwitch(Input):
    """Without a `session_name`: the switch of all sessions. `reason` is logged."""

    session_name: str | None = None
    reason: Annotated[str, StringConstraints(max_length=500)]


class KillSwitch(LetGoOfKillSwitch):
    """Without a `session_name`: all sessions. `reason` is shown while it is on."""

    cancel_open: bool = False
