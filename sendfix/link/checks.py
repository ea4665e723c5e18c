"""What a diagnosis is made of: checks, each with a verdict, evidence and the next safe action."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`FAIL` is in the way of a logon; `SKIPPED` could not be asked, or need not be."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """`action` is what is safe to do next, and empty when there is nothing to do."""

    name: str
    verdict: Verdict
    evidence: str
    action: str = ""
