"""What is sent again when a counterparty asks for it with a ResendRequest(2): only what is fresh.

An order that is sent a second time minutes later, at another price of the market and behind the back of the person
who sees it as lost, is worse than one that is not sent (FIX 4.4 Volume 2, "Message Recovery": the sender may fill the
gap instead).
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime

STALE_AFTER_SECONDS = 10.0
_UTC = re.compile(r"(\d{4})(\d\d)(\d\d)-(\d\d):(\d\d):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class NotResent:
    """A message that is replaced by a gap fill."""

    cl_ord_id: str
    msg_seq_num: int
    text: str


def judge(raw: str, sent_lately: Container[tuple[str, str]], now: datetime) -> NotResent | None:
    """`raw` is the message as it would be sent again, with OrigSendingTime(122); None: send it. `sent_lately` are
    MsgSeqNum(34) and SendingTime(52) of the messages that the journal has: the sender of any other has not been told
    that it was sent. Those that a person has given up are taken out of it."""
    number, sent_at = field(raw, 34), field(raw, 122)
    age = _age(sent_at, now)
    if age is None:
        why = "its OrigSendingTime(122) can't be read"
    elif not 0 <= age < STALE_AFTER_SECONDS:
        why = f"it was {age:.0f} s old" if age > 0 else "the clock has been set back since"
    elif (number, sent_at) not in sent_lately:
        why = "it had never been reported as sent, or was filled with a gap fill by hand"
    else:
        return None
    text = f"The counterparty asked for MsgSeqNum(34) {number} again; it was not sent again, because {why}"
    return NotResent(field(raw, 11), int(number), text)


def field(raw: str, tag: int) -> str:
    """The first value of a tag, or nothing."""
    _, found, rest = raw.partition(f"\x01{tag}=")
    return rest.partition("\x01")[0] if found else ""


def _age(timestamp: str, now: datetime) -> float | None:
    try:
        # strptime takes five times as long, and ten thousand orders may be judged at once.
        found = _UTC.match(timestamp)
        if found is None:
            return None
        year, month, day, hour, minute, second = (int(part) for part in found.groups())
        then = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return (now - then).total_seconds()
