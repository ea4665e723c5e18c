"""What a diagnosis is made of: checks, each with a verdict, evidence and the next safe action."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckName(StrEnum):
    """Each has its section in docs/troubleshooting.md."""

    CONFIGURATION = "configuration"
    ENABLED = "enabled"
    SCHEDULE = "schedule"
    CONNECTION_WANTED = "connection wanted"
    JOURNAL = "journal"
    NAME_LOOKUP = "name lookup"
    TCP = "TCP"
    TLS = "TLS"
    OWN_CERTIFICATE = "own certificate"
    LOGON_SENT = "logon sent"
    ANSWER = "answer"
    LOGOUT = "Logout"
    COMP_IDS = "CompIDs"
    SEQUENCE_NUMBERS = "sequence numbers"
    HEARTBEATS = "heartbeats"


class Verdict(StrEnum):
    """`FAIL` is in the way of a logon; `SKIPPED` could not be asked, or need not be."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """`action` is what is safe to do next, and empty when there is nothing to do."""

    name: CheckName
    verdict: Verdict
    evidence: str
    action: str = ""
