"""A report of the counterparty that has not been taken into account, until a person says what is to become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

OPEN, BOOKED, DISMISSED = "open", "booked", "dismissed"
REFUSED, NOT_UNDERSTOOD = "refused", "not_understood"


@dataclass(slots=True)
class Alarm:
    """`id` is that of its message, `journal_index` that of the entry of the session's journal. `kind` says whether
    QuickFIX refused the message or the desk could not make sense of it, `why` is the reason in words. Times are
    nanoseconds UTC; `corrections` are what the person put in place of what the message says, by tag."""

    id: int
    session_name: str
    journal_index: int
    at_ns: int
    kind: str
    why: str
    msg_type: str
    cl_ord_id: str | None
    exec_id: str | None
    raw: str
    state: str = OPEN
    settled_at_ns: int | None = None
    reason: str | None = None
    corrections: Mapping[str, str] = field(default_factory=dict)

    def settle(self, state: str, at_ns: int, reason: str, corrections: Mapping[str, str]) -> None:
        self.state, self.settled_at_ns, self.reason = state, at_ns, reason
        self.corrections = dict(corrections)

    def to_record(self) -> dict[str, Any]:
        """JSON-able; `from_record` gives the same alarm back."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Alarm:
        return cls(**record)
