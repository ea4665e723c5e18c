"""What is known and written down about one session: its journal, its state, and what goes wrong in writing.

QuickFIX's threads and the one that keeps the session open call this; none of it calls QuickFIX.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sendfix.config import SessionConfig
from sendfix.domain.enums import STATE_OF, EndKind, SessionPhase, SessionState
from sendfix.fix.market_requests import is_live_market_data
from sendfix.fix.redact import redact
from sendfix.fix.refused import with_reason
from sendfix.link.journal import Journal
from sendfix.link.printable import printable
from sendfix.link.protocol import Direction
from sendfix.link.resend import STALE_AFTER_SECONDS, field

log = logging.getLogger("sendfix.engine")

REMEMBERED_NS = int(STALE_AFTER_SECONDS * 1.5 * 1e9)
REMEMBERED_MESSAGES = 5_000
"""At least; those that may be sent again are remembered however many there are."""
EXPIRY_WARNINGS = (30, 7, 1)
"""Days."""
_ADMIN = re.compile(rb"\x0135=[0-5A]\x01")
_GAP_FILL = re.compile(rb"\x0135=4\x01")
_LOGON = b"\x0135=A\x01"

_P = SessionPhase
_IDLE = {_P.NOT_CONNECTED, _P.WAITING_FOR_OPEN}
_FAILED = {_P.WAITING_TO_RECONNECT, _P.GIVEN_UP}
# From a phase to those that may follow it; what is not here is a mistake in the engine.
TRANSITIONS = {
    _P.NOT_CONNECTED: {_P.CONNECTING, _P.WAITING_FOR_OPEN, _P.WAITING_TO_RECONNECT},
    _P.WAITING_FOR_OPEN: {_P.CONNECTING, _P.NOT_CONNECTED, _P.WAITING_TO_RECONNECT},
    _P.CONNECTING: {_P.LOGGING_ON, *_FAILED, *_IDLE},
    _P.LOGGING_ON: {_P.CONNECTED, _P.LOGGING_OUT, *_FAILED, *_IDLE},
    _P.CONNECTED: {_P.LOGGING_OUT, *_FAILED, *_IDLE},
    _P.LOGGING_OUT: {_P.CONNECTING, *_FAILED, *_IDLE},
    _P.WAITING_TO_RECONNECT: {_P.CONNECTING, _P.GIVEN_UP, *_IDLE},
    _P.GIVEN_UP: {_P.CONNECTING, *_IDLE},
}


class SessionRecord:
    """`failure` says why the journal can't be written, from the first write that failed until `recover` worked."""

    def __init__(
        self,
        config: SessionConfig,
        journal: Journal,
        on_status: Callable[[], None],
        clock: Callable[[], int] = time.time_ns,
        on_market_data: Callable[[int, bytes], None] | None = None,
    ) -> None:
        """`on_market_data` hears live market data (W, X) with its time, in place of the journal; without it, or with
        `market_data_log` in the configuration, the journal has it as all else."""
        self.journal = journal
        self._clock = clock
        self.phase = SessionPhase.NOT_CONNECTED
        self.reason: str | None = None
        self.next_attempt_at: int | None = None
        self.tls_expires_at: datetime | None = None
        self.own_tls_expires_at: datetime | None = None
        self._warned_days: dict[str, int | None] = {}
        self.failure: str | None = None
        self.ends = dict.fromkeys(EndKind, 0)
        """How often the session or an attempt at it ended, by kind, since the engine started."""
        self.connected_at: int | None = None
        self.last_received_at: int | None = None
        self.last_sent_at: int | None = None
        self.next_sender_seq_num = 1
        self.next_target_seq_num = 1
        self.changed = threading.Condition()
        self._on_status = on_status
        self._on_market_data = on_market_data
        self._unwritten: list[bytes] = []
        self._secret_tags: set[int] = set()
        self._logon_secret: re.Pattern[bytes] | None = None
        self.reconfigure(config)
        # MsgSeqNum(34) and SendingTime(52) of the application messages that the journal has: what may be sent again.
        self.sent_lately: dict[tuple[str, str], int] = {}
        self._forget_at = REMEMBERED_MESSAGES
        self._recall_what_was_sent()

    def reconfigure(self, config: SessionConfig) -> None:
        """`config` is read at the moment of use, but for what a connection was made with."""
        self.config = config
        # What a counterparty wants in its Logon beside the password may be as secret; what it wanted before, too.
        self._secret_tags |= {tag for tag, _ in config.logon_fields}
        if self._secret_tags:
            tags = "|".join(map(str, sorted(self._secret_tags)))
            self._logon_secret = re.compile(rf"\x01({tags})=[^\x01]*".encode())

    def received(self, raw: bytes) -> None:
        at_ns = self.last_received_at = self._clock()
        live = self._on_market_data if is_live_market_data(raw) else None
        if (live is None or self.config.market_data_log) and not self._write(Direction.IN, raw):
            return
        if live is not None:
            live(at_ns, raw)

    def refused(self, raw: bytes, reason: str) -> None:
        """Received, and QuickFIX will not accept it."""
        self.last_received_at = self._clock()
        log.error("session %s: a message was received and not accepted: %s", self.config.name, reason)
        self._write(Direction.REFUSED, with_reason(reason, raw))

    def ignored(self, text: str, raw: bytes) -> None:
        """Received, and QuickFIX leaves it out as if it had not come: all that is kept of it is this event."""
        self.note(f"{text}. Its bytes: {printable(self._hidden(raw))}")

    def sent(self, raw: bytes) -> None:
        self.last_sent_at = self._clock()
        if self._write(Direction.OUT, raw):
            self._remember(raw, self.last_sent_at)

    def note(self, text: str) -> None:
        """A line of the session's event log."""
        self._event({"event": "text", "text": text})

    def not_resent(self, cl_ord_id: str, msg_seq_num: int, text: str) -> None:
        self._event({"event": "not_resent", "cl_ord_id": cl_ord_id, "msg_seq_num": msg_seq_num, "text": text})

    def alarm_settled(self, index: int, state: str, reason: str, corrections: Mapping[str, str]) -> bool:
        """Whether it is written down: a person's word on a message that was received and not taken into account."""
        text = f"{state.capitalize()} by hand, entry {index} of the journal: {reason}"
        settled = {"index": index, "state": state, "reason": reason, "corrections": dict(corrections)}
        return self._event({"event": "alarm", "text": text, **settled})

    def never_again(self, begin: int, end: int, filled_at_ns: int | None = None) -> None:
        """What was sent under the numbers from `begin` to `end` - 1 until then, or until now, is not sent again,
        whoever asks for it."""
        until = self._clock() if filled_at_ns is None else filled_at_ns
        self.sent_lately = {
            key: at
            for key, at in self.sent_lately.items()
            if not (begin <= int(key[0] or 0) < end and at <= until)
        }

    @property
    def state(self) -> SessionState:
        return STATE_OF[self.phase]

    def set_phase(self, phase: SessionPhase, reason: str, next_attempt_at: int | None = None) -> None:
        """Change phase or reason, write the change down and tell the listener. The same again is not written down.
        `next_attempt_at` is in nanoseconds since the epoch."""
        with self.changed:
            is_later = next_attempt_at != self.next_attempt_at
            self.next_attempt_at = next_attempt_at
            is_news = (phase, reason) != (self.phase, self.reason)
            if is_news:
                self._change_phase(phase, reason)
        if is_news:
            log.info("session %s: %s: %s", self.config.name, phase.value, reason)
            self._event(
                {"event": "state", "state": STATE_OF[phase].value, "phase": phase.value, "text": reason}
            )
        if is_news or is_later:
            self._on_status()

    def _change_phase(self, phase: SessionPhase, reason: str) -> None:
        if phase != self.phase and phase not in TRANSITIONS[self.phase]:
            log.error("session %s: impossible change %s to %s", self.config.name, self.phase, phase)
        if phase is SessionPhase.CONNECTED and self.phase is not SessionPhase.CONNECTED:
            self.connected_at = self._clock()
        elif STATE_OF[phase] is not SessionState.CONNECTED:
            self.connected_at = None
        self.phase, self.reason = phase, reason
        self.changed.notify_all()

    def certificates(self, theirs: datetime | None, own: datetime | None) -> None:
        """Until when they are good, as the last connection showed it; None: there is none, or it is not checked."""
        self.tls_expires_at, self.own_tls_expires_at = theirs, own

    def warn_of_expiry(self, now: datetime) -> None:
        """30, 7 and 1 days before a certificate expires, each once."""
        self._warn("The counterparty's TLS certificate", self.tls_expires_at, now)
        self._warn(
            f"Our TLS certificate {self.config.tls and self.config.tls.cert_file}",
            self.own_tls_expires_at,
            now,
        )

    def _warn(self, what: str, expires_at: datetime | None, now: datetime) -> None:
        if expires_at is None:
            return
        days = (expires_at - now).total_seconds() / 86400
        due = min((limit for limit in EXPIRY_WARNINGS if days <= limit), default=None)
        before = self._warned_days.get(what)
        if due is not None and (before is None or due < before):
            when = f"on {expires_at:%Y-%m-%d %H:%M} UTC"
            text = f"{what} expires {when}, in {days:.1f} days" if days > 0 else f"{what} has expired {when}"
            log.warning("session %s: %s", self.config.name, text)
            self.note(text)
        self._warned_days[what] = due

    def ended(self, kind: EndKind) -> None:
        """Once for each attempt, however far it got."""
        self.ends = {**self.ends, kind: self.ends[kind] + 1}

    def announce(self) -> None:
        """Tell the listener: something of `status` has changed."""
        self._on_status()

    def wait_for(self, phase: SessionPhase, timeout: float) -> bool:
        """Whether that phase has been reached within `timeout` seconds."""
        with self.changed:
            return self.changed.wait_for(lambda: self.phase is phase, timeout)

    def not_written(self, direction: Direction, payload: bytes, error: Exception) -> None:
        """Something could not be written down, whatever it was: the session must not go on uncounted."""
        if direction is Direction.OUT:
            self._unwritten.append(payload)
        if self.failure is None:
            why = error.strerror if isinstance(error, OSError) else repr(error)
            self.failure = f"The journal can't be written ({why})"
            log.error("session %s: %s", self.config.name, self.failure)
            with self.changed:
                self.changed.notify_all()

    def recover(self) -> bool:
        """After a failure: whether the journal can be written again; what was sent meanwhile is made up for."""
        if self.failure is None:
            return True
        if not self.journal.writable():
            return False
        try:
            while self._unwritten:
                self.journal.append(Direction.OUT, self._hidden(self._unwritten[0]))
                self._remember(self._unwritten[0], self._clock())
                del self._unwritten[0]
        except OSError:
            return False
        self.failure = None
        self.note("The journal can be written again")
        return True

    def status(self) -> dict[str, Any]:
        """The live keys of a session; times in nanoseconds since the epoch."""
        return {
            "state": self.state.value,
            "phase": self.phase.value,
            "logged_on": self.phase is SessionPhase.CONNECTED,
            "reason": self.reason,
            "next_attempt_at": self.next_attempt_at,
            "tls_expires_at": _ns(self.tls_expires_at),
            "own_tls_expires_at": _ns(self.own_tls_expires_at),
            "next_sender_seq_num": self.next_sender_seq_num,
            "next_target_seq_num": self.next_target_seq_num,
            "connected_at": self.connected_at,
            "last_received_at": self.last_received_at,
            "last_sent_at": self.last_sent_at,
            "ends": {kind.value: count for kind, count in self.ends.items()},
        }

    def _event(self, event: dict[str, object]) -> bool:
        """Whether it is written."""
        return self._write(Direction.EVENT, json.dumps(event, ensure_ascii=False).encode("utf-8", "replace"))

    def _remember(self, raw: bytes, at_ns: int) -> None:
        if _ADMIN.search(raw, 0, 64) or b"\x0143=Y\x01" in raw:
            return
        text = raw.decode("utf-8", "replace")
        self.sent_lately[field(text, 34), field(text, 52)] = at_ns
        if len(self.sent_lately) > self._forget_at:
            oldest = at_ns - REMEMBERED_NS
            self.sent_lately = {key: at for key, at in self.sent_lately.items() if at >= oldest}
            # Not again at each message while many of them are young.
            self._forget_at = max(REMEMBERED_MESSAGES, 2 * len(self.sent_lately))

    def _recall_what_was_sent(self) -> None:
        """From the end of the journal, as far back as a message can still be sent again."""
        oldest, end = self._clock() - REMEMBERED_NS, self.journal.last_index
        fills = []
        while end > 0:
            begin = max(0, end - 1000)
            entries = [entry for entry in self.journal.read(begin, end - begin) if entry.at_ns >= oldest]
            for entry in entries:
                if entry.direction == Direction.OUT:
                    self._remember(entry.payload, entry.at_ns)
                    if _GAP_FILL.search(entry.payload, 0, 64) is not None:
                        fills.append(entry)
            end = begin if len(entries) == end - begin else 0
        for fill in fills:
            text = fill.payload.decode("utf-8", "replace")
            if field(text, 123) == "Y":
                self.never_again(int(field(text, 34)), int(field(text, 36)), fill.at_ns)

    def _hidden(self, raw: bytes) -> bytes:
        """Without its secrets."""
        raw = redact(raw)
        if self._logon_secret is not None and _LOGON in raw[:40]:
            raw = self._logon_secret.sub(b"\x01\\1=***", raw)
        return raw

    def _write(self, direction: Direction, payload: bytes) -> bool:
        try:
            self.journal.append(direction, payload if direction is Direction.EVENT else self._hidden(payload))
            return True
        except Exception as error:
            self.not_written(direction, payload, error)
            return False


def _ns(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp() * 1e9)
