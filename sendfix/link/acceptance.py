"""What QuickFIX will do with a message that has come in, found out before it does it.

A message that is garbled or is no concern of the application (`IGNORED`) is asked for again by its number. One of the
application that QuickFIX answers with a Reject (`REFUSED`) counts as received and never comes again: with an
ExecutionReport that is a fill that the counterparty holds for told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, auto
from functools import lru_cache

MAX_LATENCY_SECONDS = 120
"""QuickFIX's: how far SendingTime(52) may be from its own clock."""
_ADMIN = re.compile(rb"\x0135=[0-5A]\x01")
_DIGITS = re.compile(rb"\d{1,9}\x01")
_SENDING_TIME = re.compile(rb"\x0152=([^\x01]*)\x01")
_TIME = re.compile(r"(\d{8}-\d\d:\d\d:\d\d)(\.\d{1,9})?")
# Other bytes than ASCII, one for one, since QuickFIX's Python takes UTF-8 only and lengths count bytes.
_ASCII = bytes(byte if byte < 128 else ord("?") for byte in range(256))


class Verdict(Enum):
    TAKEN = auto()
    IGNORED = auto()
    REFUSED = auto()


class Garbled(Exception):
    """Raised by `validate` for what can't be taken apart; QuickFIX leaves it out and doesn't count it."""


class Acceptance:
    """Judges the messages of one connection."""

    def __init__(
        self,
        begin_string: str,
        sender_comp_id: str,
        target_comp_id: str,
        validate: Callable[[str], str | None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """The counterparty is `sender_comp_id` and speaks `begin_string`. `validate` does what QuickFIX does with its
        data dictionary: None, or why it refuses; it may raise `Garbled`."""
        self._begin_string = begin_string
        self._begins = b"8=%s\x01" % begin_string.encode()
        self._sender = sender_comp_id
        self._target = target_comp_id
        self._wanted = (
            b"\x0149=%s\x01" % sender_comp_id.encode(),
            b"\x0156=%s\x01" % target_comp_id.encode(),
        )
        self._validate = validate
        self._clock = clock

    def judge(self, raw: bytes) -> tuple[Verdict, str]:
        """The verdict, and its reason where it is not `TAKEN`. The checks are QuickFIX's
        own, which follow FIX 4.4 Volume 2, "Message Integrity" and "Message Recovery"."""
        body, found, digits = raw.rpartition(b"\x0110=")
        # QuickFIX takes any number of digits.
        if not found or _DIGITS.fullmatch(digits) is None or int(digits[:-1]) != (sum(body) + 1) % 256:
            return Verdict.IGNORED, "CheckSum(10) is wrong"
        if _ADMIN.search(raw, 0, 64) is not None:
            wrong = self._of_another_session(raw)
            return (Verdict.TAKEN, "") if wrong is None else (Verdict.IGNORED, wrong)
        try:
            wrong = self._validate(raw.translate(_ASCII).decode("ascii"))
        except Garbled as error:
            return Verdict.IGNORED, str(error)
        wrong = self._of_another_session(raw) or wrong or self._wrong_time(raw)
        return (Verdict.TAKEN, "") if wrong is None else (Verdict.REFUSED, wrong)

    def _wrong_time(self, raw: bytes) -> str | None:
        found = _SENDING_TIME.search(raw)
        text = "" if found is None else found[1].decode("latin-1")
        at = _seconds(text)
        if at is None:
            return f"SendingTime(52) is {text!r}, which is no time"
        off = int(self._clock().timestamp()) - at
        if abs(off) <= MAX_LATENCY_SECONDS:
            return None
        return f"SendingTime(52) is {abs(off)} s {'old' if off > 0 else 'ahead'}: compare the clocks"

    def _of_another_session(self, raw: bytes) -> str | None:
        if not raw.startswith(self._begins):
            return f"BeginString(8) is not {self._begin_string}"
        if self._wanted[0] not in raw:
            return f"SenderCompID(49) is not {self._sender}"
        if self._wanted[1] not in raw:
            return f"TargetCompID(56) is not {self._target}"
        return None


@lru_cache(maxsize=256)
def _seconds(text: str) -> int | None:
    """Whole seconds, since QuickFIX compares no others."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        return int(datetime.strptime(found[1], "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None
