"""Limits and kill switches."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from sendfix.web.schemas.base import Input


class LetGoOfKillSwitch(Input):
    """Without a `session_name`: the switch of all sessions. `reason` is logged."""

    session_name: str | None = None
    reason: Annotated[str, StringConstraints(max_length=500)]


class KillSwitch(LetGoOfKillSwitch):
    """Without a `session_name`: all sessions. `reason` is shown while it is on."""

    cancel_open: bool = False


class PutLimits(Input):
    """All rules, each `{"scope": {"session_name"?, "account"?, "user"?}, "limits": {...}}` with limits as the
    configuration has them; `version` is that of the document which they replace. `reason` is logged and kept."""

    version: Annotated[int, Field(ge=0, lt=2**53)]
    rules: list[dict[str, Any]]
    reason: Annotated[str, StringConstraints(max_length=500)]
