"""The answer of `/health`."""

from __future__ import annotations

from typing import Literal

from sendfix.web.answers.base import Output
from sendfix.web.answers.risk import KillSwitch


class EngineHealth(Output):
    available: bool
    reason: str | None


class StorageHealth(EngineHealth):
    backlog: int


class SessionHealth(Output):
    name: str
    state: str
    phase: str
    logged_on: bool
    reason: str | None
    next_sender_seq_num: int | None
    next_target_seq_num: int | None
    last_received_at: str | None
    last_sent_at: str | None


class Health(Output):
    """`degraded` names its `problems`; the desk itself is up in either case. `ready`: engine and database are there and
    every journal is folded to its end. `limits_problem` says why no order is sent: the limits are not known."""

    status: Literal["ok", "degraded"]
    ready: bool
    problems: list[str]
    version: str
    engine: EngineHealth
    storage: StorageHealth
    alarms: int
    configuration_problem: str | None
    kill_switches: list[KillSwitch]
    limits_problem: str | None
    sessions: list[SessionHealth]
