"""What is sent again when a counterparty asks for it with a ResendRequest(2): only what is fresh.

An order that is sent a second time minutes later, at another price of the market and behind the back of the person
who sees it as lost, is worse than one that is not sent (FIX 4.4 Volume 2, "Message Recovery": the sender may fill the
gap instead).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

STALE_AFTER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class NotResent:
    """A message that is replaced by a gap fill."""

    cl_ord_id: str
    msg_seq_num: int
    text: str


def judge(raw: str, never_sent: set[int], now: datetime) -> NotResent | None:
    """`raw` is the message as it would be sent again, with OrigSendingTime(122); None: send it. `never_sent` are
    numbers of messages whose sender has been told that they were not sent."""
    number = int(field(raw, 34))
    age = _age(field(raw, 122), now)
    if number in never_sent:
        why = "it had been reported as not sent"
    elif age is None:
        why = "its OrigSendingTime(122) can't be read"
    elif age >= STALE_AFTER_SECONDS:
        why = f"it was {age:.0f} s old"
    else:
        return None
    text = f"The counterparty asked for MsgSeqNum(34) {number} again; it was not sent again, because {why}"
    return NotResent(field(raw, 11), number, text)


def field(raw: str, tag: int) -> str:
    """The first value of a tag, or nothing."""
    found = re.search(rf"\x01{tag}=([^\x01]*)", raw)
    return found[1] if found else ""


def _age(timestamp: str, now: datetime) -> float | None:
    try:
        then = datetime.strptime(timestamp[:17], "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return (now - then).total_seconds()
