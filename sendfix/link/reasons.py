"""What QuickFIX writes into its event log when a session ends, in words for the person who has to act on it."""

from __future__ import annotations

import re

# In order: the first that matches an event explains the end of the session.
_EXPLAINED = (
    (
        r"Timed out waiting for heartbeat",
        "The counterparty has gone silent: no answer to a test request in time",
    ),
    (r"Timed out waiting for logon response", "The counterparty has not answered the Logon in time"),
    (r"Timed out waiting for logout response", "The counterparty has not answered the Logout in time"),
    (
        r"MsgSeqNum too low, expecting (\d+) but received (\d+)",
        "The counterparty's MsgSeqNum(34) is {1} where {0} was expected: its numbers have been set back, "
        "agree with it on a reset",
    ),
    (r"NextExpectedMsgSeqNum too high.*", "The counterparty expects a higher MsgSeqNum(34) than ours"),
    (
        r"Logon message is not valid|Required field missing from logon",
        "The counterparty's Logon is malformed",
    ),
    (r"Received logon response before sending request", "The counterparty logged on before it was asked"),
    (r"Incorrect BeginString", "The counterparty speaks another FIX version"),
    (
        r".*Rejected: (?:.*)SendingTime accuracy problem.*",
        "The counterparty's SendingTime(52) is more than 120 s off: compare the clocks",
    ),
    (
        r".*Rejected: (?:.*)CompID problem.*",
        "The counterparty's CompIDs are not the ones of this session",
    ),
    (r"SSL (?:send|read) error.*|SSL_connect.*|.*certificate verify failed.*", "TLS failed: {event}"),
)


def explain(event: str) -> str | None:
    """The reason that this event gives for the end of a session, without a full stop; None when it gives none."""
    for pattern, sentence in _EXPLAINED:
        found = re.fullmatch(pattern, event.strip())
        if found:
            return sentence.format(*found.groups(), event=event.strip())
    return None


def logout_reason(text: str, was_logged_on: bool) -> str:
    """The counterparty's Logout(5) as a reason; `text` is its Text(58), possibly empty."""
    what = "The counterparty logged out" if was_logged_on else "The counterparty refused the logon"
    return f"{what}: {text}" if text else f"{what} without giving a reason"


def silent_end(was_logged_on: bool, sender_comp_id: str, target_comp_id: str) -> str:
    """The reason when the connection just ended."""
    if was_logged_on:
        return "The counterparty closed the connection"
    return (
        "The counterparty closed the connection in answer to the Logon: "
        f"it may not know {sender_comp_id} → {target_comp_id}, or not accept the credentials"
    )
