"""What QuickFIX writes into its event log when a session ends, in words for the person who has to act on it."""

from __future__ import annotations

import re

from sendfix.domain.enums import EndKind

_K = EndKind
# In order: the first that matches an event explains the end of the session.
_EXPLAINED = (
    (
        _K.HEARTBEAT,
        r"Timed out waiting for heartbeat",
        "The counterparty has gone silent: no answer to a test request in time",
    ),
    (
        _K.NO_ANSWER,
        r"Timed out waiting for logon response",
        "The counterparty has not answered the Logon in time",
    ),
    (
        _K.LOST,
        r"Timed out waiting for logout response",
        "The counterparty has not answered the Logout in time",
    ),
    (
        _K.SEQUENCE,
        r"MsgSeqNum too low, expecting (\d+) but received (\d+)",
        "The counterparty's MsgSeqNum(34) is {1} where {0} was expected: its numbers have been set back, "
        "agree with it on a reset",
    ),
    (
        _K.SEQUENCE,
        r"NextExpectedMsgSeqNum too high.*",
        "The counterparty expects a higher MsgSeqNum(34) than ours",
    ),
    (
        _K.INVALID,
        r"Logon message is not valid|Required field missing from logon",
        "The counterparty's Logon is malformed",
    ),
    (
        _K.INVALID,
        r"Received logon response before sending request",
        "The counterparty logged on before it was asked",
    ),
    (_K.INVALID, r"Incorrect BeginString", "The counterparty speaks another FIX version"),
    (
        _K.INVALID,
        r".*Rejected: (?:.*)SendingTime accuracy problem.*",
        "The counterparty's SendingTime(52) is more than 120 s off: compare the clocks",
    ),
    (
        _K.INVALID,
        r".*Rejected: (?:.*)CompID problem.*",
        "The counterparty's CompIDs are not the ones of this session",
    ),
    (
        _K.TLS,
        r"SSL (?:send|read) error.*|SSL_connect.*|.*certificate verify failed.*",
        "TLS failed: {event}",
    ),
)


def explain(event: str) -> tuple[EndKind, str] | None:
    """The reason that this event gives for the end of a session, in kind and in words without a full stop; None when it
    gives none."""
    for kind, pattern, sentence in _EXPLAINED:
        found = re.fullmatch(pattern, event.strip())
        if found:
            return kind, sentence.format(*found.groups(), event=event.strip())
    return None


class WhyEnded:
    """Gathers the reason for the end of one connection; the first that is given is the one nearest to the cause."""

    def __init__(self, sender_comp_id: str, target_comp_id: str) -> None:
        self.reason: str | None = None
        self.kind = EndKind.NO_ANSWER
        """Of `reason`, once there is one."""
        self.was_logged_on = False
        self.was_refused = False
        """By the counterparty, in answer to our Logon(A)."""
        self._ids = f"{sender_comp_id} → {target_comp_id}"

    def because(self, kind: EndKind, reason: str) -> None:
        if self.reason is None:
            self.kind, self.reason = kind, reason

    def event(self, text: str) -> None:
        """A line of QuickFIX's event log."""
        reason = explain(text)
        if reason is not None:
            self.because(*reason)

    def incoming(self, raw: bytes) -> None:
        """A message from the counterparty: its Logout(5) says why in Text(58), perhaps."""
        if b"\x0135=5\x01" not in raw[:40]:
            return
        self.was_refused = not self.was_logged_on
        what = "The counterparty logged out" if self.was_logged_on else "The counterparty refused the logon"
        text = re.search(rb"\x0158=([^\x01]+)", raw)
        why = f": {text[1].decode('utf-8', 'replace')}" if text else " without giving a reason"
        self.because(EndKind.LOGGED_OUT if self.was_logged_on else EndKind.REFUSED, what + why)

    def end(self) -> None:
        """It is over, with or without a reason so far."""
        self.was_refused = self.was_refused or (self.reason is None and not self.was_logged_on)
        if self.was_logged_on:
            self.because(EndKind.LOST, "The counterparty closed the connection")
        else:
            self.because(
                EndKind.REFUSED,
                "The counterparty closed the connection in answer to the Logon: "
                f"it may not know {self._ids}, or not accept the credentials",
            )
