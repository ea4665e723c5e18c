"""What a session sends: its numbers, its header, and what of it is stored for a resend. Without I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from broker.fix import wire
from broker.fix.faults import SessionFaults
from broker.fix.plans import MAX_TAG_DIGITS
from broker.fix.problems import Problem, Reason
from broker.fix.resend import MessageStore, Replay
from broker.fix.states import SessionKey, State
from broker.fix.validation import FIX42
from broker.fix.wire import Message, Pair

LONGEST_MSG_TYPE: Final = 20
"""Bytes of a client's MsgType(35) that are repeated to it."""


class Sending:
    """The half of a session that speaks. Messages collect in `out`, which the caller empties."""

    def __init__(self, key: SessionKey, store: MessageStore, next_out: int) -> None:
        self.key = key
        self.state = State.DISCONNECTED
        self.next_out = next_out
        self.out: list[bytes] = []
        self.faults: SessionFaults | None = None
        self._store = store
        self._header = (b"49", key.target_comp_id), (b"56", key.sender_comp_id)
        self._now = 0.0
        self._last_out = 0.0
        self._replay = Replay(store, self._put_again)

    @property
    def replaying(self) -> bool:
        """A ResendRequest is not answered to its end yet: call `continue_replay` when the client has taken `out`."""
        return self._replay.active

    def send(self, msg_type: bytes, body: Sequence[Pair], now: float) -> None:
        """An application message. While the client is not logged on it is kept, and goes out when it asks for it."""
        self._now = now
        if self.faults is not None and self.state is State.LOGGED_ON:
            self._lose_numbers(self.faults, msg_type)
        raw = self._encode(msg_type, body, self.next_out)
        self._store.append(self.next_out, raw)
        self.next_out += 1
        if self.state is State.LOGGED_ON:
            self._last_out = now
            self.out.append(raw)

    def send_transient(self, msg_type: bytes, body: Sequence[Pair], now: float) -> None:
        """An application message that is worth nothing later. A resend fills it over; who is away does not get it."""
        self._now = now
        if self.state is State.LOGGED_ON:
            self._admin(msg_type, body)

    def _admin(self, msg_type: bytes, body: Sequence[Pair]) -> None:
        if self.faults is not None:
            if msg_type == b"0" and self.faults.drops_heartbeat(bool(body)):
                self._last_out = self._now
                return
            self._lose_numbers(self.faults, msg_type)
        self.out.append(self._encode(msg_type, body, self.next_out))
        self.next_out += 1
        self._last_out = self._now

    def _lose_numbers(self, faults: SessionFaults, msg_type: bytes) -> None:
        """What is passed over was never sent, so that a resend fills it over."""
        self.next_out += faults.skips(msg_type)
        count = faults.resets(msg_type)
        if count:
            new = self.next_out + count
            self.out.append(self._encode(b"4", [(b"36", b"%d" % new)], self.next_out))
            self.next_out = new

    def _send_reject(self, message: Message, problem: Problem) -> None:
        """FIX.4.2 has no SessionRejectReason(373) above 11: there the Text(58) alone says what is wrong."""
        body = [(b"45", message.fields[b"34"])]
        if message.msg_type:
            body.append((b"372", message.msg_type[:LONGEST_MSG_TYPE]))
        if problem.reason <= Reason.INVALID_MSG_TYPE or self.key.begin_string != FIX42:
            body.append((b"373", b"%d" % problem.reason))
        tag = problem.ref_tag
        if tag is not None and tag.isdigit() and len(tag) <= MAX_TAG_DIGITS:
            body.append((b"371", tag))
        self._admin(b"3", [*body, (b"58", wire.value(problem.text))])

    def _send_logout(self, text: str | None) -> None:
        self._admin(b"5", [(b"58", wire.value(text))] if text else [])

    def _put_again(self, msg_type: bytes, body: Sequence[Pair], number: int, sent: bytes) -> None:
        """`sent` is the OrigSendingTime(122); a gap fill, which was never sent before, has the present time."""
        now = wire.utc_timestamp(self._now)
        original = sent or now
        # What was sent in this very turn, or before the clock was set back, was not sent later than it is sent again.
        again = max(now, original)
        self.out.append(self._encode(msg_type, [(b"43", b"Y"), (b"122", original), *body], number, again))
        self._last_out = self._now

    def _encode(self, msg_type: bytes, body: Sequence[Pair], number: int, at: bytes | None = None) -> bytes:
        header = (*self._header, (b"34", b"%d" % number), (b"52", at or wire.utc_timestamp(self._now)))
        return wire.encode(self.key.begin_string, msg_type, header, body)
