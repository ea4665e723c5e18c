"""What a session asks before it does its work right: the faults that are set for its client, if any are."""

from __future__ import annotations

from typing import Protocol


class SessionFaults(Protocol):
    """Each question that is answered with a fault counts it."""

    def drops_heartbeat(self, is_answer: bool) -> bool:
        """Whether this Heartbeat(0), perhaps an answer to a TestRequest(1), is not sent."""

    def skips(self, msg_type: bytes) -> int:
        """How many numbers are passed over before this message."""

    def resets(self, msg_type: bytes) -> int:
        """By how much a SequenceReset(4) raises the numbers before this message."""

    def logon_refusal(self) -> str | None:
        """The Text(58) of the Logout(5) that answers this Logon(A)."""

    def ignores_logon(self) -> bool: ...

    def resend_refusal(self) -> str | None:
        """What is done instead of answering this ResendRequest(2): `ignore` or `gap_fill`."""
