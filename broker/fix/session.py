"""The FIX session protocol for one pair of CompIDs, FIX.4.2 or FIX.4.4, without I/O.

Messages and time (seconds since the epoch) come in; bytes collect in `out`, and events are returned. A session lives
as long as its sequence numbers, over any number of connections. Sent messages go to a `MessageStore`; `next_in` and
`next_out` are stored by the caller, in one transaction with what the messages did.
The rules are those of the specification's session layer (FIX 4.2 and 4.4, volumes 1 and 2) and its test cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from broker.fix import wire
from broker.fix.problems import Problem, Reason
from broker.fix.resend import Held, MessageStore, Replay
from broker.fix.states import (
    LIVE,
    TRANSITIONS,
    ApplicationMessage,
    Ended,
    Event,
    LoggedOn,
    Noted,
    SessionKey,
    State,
    Step,
)
from broker.fix.validation import FIX42, problem_of, time_problem
from broker.fix.wire import Message, Pair

LOGON_TIMEOUT: Final = 10.0
LOGOUT_TIMEOUT: Final = 5.0
LINGER: Final = 2.0
"""Seconds that the client has to close the connection after its Logout was answered."""


class Session:
    """One pair of CompIDs. Every method that takes `now` may add to `out`, which the caller empties."""

    def __init__(self, key: SessionKey, store: MessageStore, next_in: int = 1, next_out: int = 1) -> None:
        self.key = key
        self.state = State.DISCONNECTED
        self.next_in = next_in
        self.next_out = next_out
        self.heart_bt_int = 30
        self.out: list[bytes] = []
        self._store = store
        self._header = (b"49", key.target_comp_id), (b"56", key.sender_comp_id)
        self._now = 0.0
        self._last_in = self._last_out = self._since = 0.0
        self._test_sent = False
        self._held = Held()
        self._replay = Replay(store, self._put_again)
        self._events: list[Event] = []

    @property
    def replaying(self) -> bool:
        """A ResendRequest is not answered to its end yet: call `continue_replay` when the client has taken `out`."""
        return self._replay.active

    def connected(self, now: float) -> None:
        self._step(Step.CONNECTED, now)
        self._last_in = self._last_out = now
        self._test_sent = False
        self._held.clear()
        self._replay.stop()

    def disconnected(self, now: float) -> None:
        self._step(Step.DISCONNECTED, now)
        self.out.clear()
        self._replay.stop()

    def receive(self, message: Message, now: float) -> list[Event]:
        """What a message whose framing is right leads to."""
        self._now = self._last_in = now
        self._test_sent = False
        self._events = []
        if self.state is State.AWAITING_LOGON:
            self._first(message)
        elif self.state in LIVE:
            self._take(message)
            while self.state in LIVE and (held := self._held.take(self.next_in)) is not None:
                self._in_turn(held)
            first = self._held.first_behind_gap(self.next_in)
            if first is not None and self.state in LIVE:
                self._ask_for_resend(first)
        return self._events

    def send_transient(self, msg_type: bytes, body: Sequence[Pair], now: float) -> None:
        """An application message that is worth nothing later. A resend fills it over; who is away does not get it."""
        self._now = now
        if self.state is State.LOGGED_ON:
            self._admin(msg_type, body)

    def disconnect(self, text: str, now: float) -> list[Event]:
        """A Logout that says why, and the end of the connection without waiting for an answer."""
        self._now, self._events = now, []
        if self.state in LIVE:
            self._end(text)
        return self._events

    def send(self, msg_type: bytes, body: Sequence[Pair], now: float) -> None:
        """An application message. While the client is not logged on it is kept, and goes out when it asks for it."""
        self._now = now
        raw = self._encode(msg_type, body, self.next_out)
        self._store.append(self.next_out, raw)
        self.next_out += 1
        if self.state is State.LOGGED_ON:
            self._last_out = now
            self.out.append(raw)

    def logout(self, text: str, now: float) -> None:
        """End the session in good order: the connection closes when the client has answered."""
        self._now = now
        if self.state is State.LOGGED_ON:
            self._send_logout(text)
            self._step(Step.LOGOUT_SENT, now)

    def continue_replay(self, now: float) -> None:
        self._now = now
        if self.state in LIVE:
            self._replay.step()

    def tick(self, now: float) -> list[Event]:
        """Heartbeats and time-outs. Call it a few times a second."""
        self._now = now
        self._events = []
        if self.state is State.AWAITING_LOGON and now - self._since > LOGON_TIMEOUT:
            self._give_up(f"no Logon in {LOGON_TIMEOUT:.0f} s")
        elif self.state is State.LOGOUT_SENT and now - self._since > LOGOUT_TIMEOUT:
            self._give_up(f"its Logout did not come in {LOGOUT_TIMEOUT:.0f} s")
        elif self.state is State.LOGOUT_ANSWERED and now - self._since > LINGER:
            self._step(Step.GIVEN_UP, now)
        elif self.state is State.LOGGED_ON and self.heart_bt_int:
            self._keep_alive(now)
        return self._events

    def _keep_alive(self, now: float) -> None:
        # A clock that was set back must not silence the heartbeats.
        self._last_in, self._last_out = min(self._last_in, now), min(self._last_out, now)
        silence = now - self._last_in
        if silence > 2.4 * self.heart_bt_int:
            self._end(f"nothing was received for {silence:.0f} s, not even an answer to a TestRequest(1)")
        elif silence > 1.2 * self.heart_bt_int and not self._test_sent:
            self._test_sent = True
            self._admin(b"1", [(b"112", b"%d" % now)])
        elif now - self._last_out >= self.heart_bt_int:
            self._admin(b"0", [])

    # -- what comes in -------------------------------------------------------------------------------------------

    def _first(self, message: Message) -> None:
        if message.msg_type != b"A":
            self._give_up(
                f"its first message was MsgType(35) {message.msg_type.decode('latin-1')}, not Logon(A)"
            )
            return
        problem = problem_of(self.key.begin_string, message) or time_problem(message, self._now)
        number = message.number(b"34")
        if problem is None and message.fields[b"98"] != b"0":
            problem = Problem(Reason.VALUE_INCORRECT, "EncryptMethod(98) must be 0", b"98")
        if problem is None and message.fields[b"108"].startswith(b"-"):
            problem = Problem(Reason.VALUE_INCORRECT, "HeartBtInt(108) must not be negative", b"108")
        if number is None:
            self._refuse_logon("MsgSeqNum(34) is missing or no number")
        elif problem is not None:
            self._reject(message, problem)
            self._refuse_logon(problem.text)
        else:
            self._accept_logon(message, number)

    def _accept_logon(self, message: Message, number: int) -> None:
        reset = message.fields.get(b"141") == b"Y"
        if reset:
            if number != 1:
                self._refuse_logon("MsgSeqNum(34) must be 1 with ResetSeqNumFlag(141)=Y")
                return
            self.reset()
        elif number < self.next_in and message.fields.get(b"43") != b"Y":
            self._refuse_logon(self._too_low(number))
            return
        self.heart_bt_int = int(message.fields[b"108"])
        if self.state is State.AWAITING_LOGON:
            self._step(Step.LOGON_ACCEPTED, self._now)
            self._events.append(LoggedOn(reset))
        body = [(b"98", b"0"), (b"108", message.fields[b"108"])]
        self._admin(b"A", [*body, (b"141", b"Y")] if reset else body)
        if number == self.next_in:
            self.next_in += 1
        elif number > self.next_in:
            self._ask_for_resend(number)

    def reset(self) -> None:
        """Both numbers begin again at 1; what was sent before can't be asked for again."""
        self.next_in = self.next_out = 1
        self._store.clear()
        self._held.clear()
        self._replay.stop()

    def _take(self, message: Message) -> None:
        """A message at any number: gaps, duplicates, and what is wrong with its header."""
        fields = message.fields
        key = self.key
        if message.pairs[0][1] != key.begin_string:
            self._end(f"BeginString(8) must be {key.version}")
            return
        number = message.number(b"34")
        if number is None:
            self._end("MsgSeqNum(34) is missing or no number")
            return
        if fields.get(b"49") != key.sender_comp_id or fields.get(b"56") != key.target_comp_id:
            self._refuse(
                message,
                number,
                Problem(Reason.COMP_ID_PROBLEM, "SenderCompID(49) or TargetCompID(56) is wrong"),
            )
            return
        problem = time_problem(message, self._now)
        if problem is not None:
            if problem.reason is Reason.SENDING_TIME_ACCURACY:
                self._refuse(message, number, problem)
            else:
                self._reject(message, problem)
                self._count(number)
            return
        msg_type = message.msg_type
        if msg_type == b"4" and fields.get(b"123") != b"Y":
            self._reset_to(message)
        elif msg_type == b"A":
            self._logon_again(message, number)
        elif number == self.next_in:
            self._in_turn(message)
        elif number > self.next_in:
            self._ahead(message, number)
        elif fields.get(b"43") != b"Y":
            self._end(self._too_low(number))

    def _in_turn(self, message: Message) -> None:
        problem = problem_of(self.key.begin_string, message)
        self.next_in += 1
        if problem is not None:
            self._reject(message, problem)
            return
        handler = _HANDLERS.get(message.msg_type)
        if handler is None:
            self._events.append(ApplicationMessage(message))
        else:
            handler(self, message)

    def _ahead(self, message: Message, number: int) -> None:
        if message.msg_type == b"5":
            self._on_logout(message)
            return
        if message.msg_type == b"2" and problem_of(self.key.begin_string, message) is None:
            # Answered at once: two sides that each wait for the other's resend would wait for ever.
            self._on_resend_request(message)
        else:
            self._held.hold(number, message)
        self._ask_for_resend(number)

    def _ask_for_resend(self, number: int) -> None:
        if self._held.must_ask(self.next_in, number):
            self._events.append(
                Noted(f"messages {self.next_in} to {number - 1} are missing; asked for a resend")
            )
            self._admin(b"2", [(b"7", b"%d" % self.next_in), (b"16", b"0")])

    def _logon_again(self, message: Message, number: int) -> None:
        if message.fields.get(b"43") == b"Y" and number < self.next_in:
            return
        problem = problem_of(self.key.begin_string, message)
        if problem is None and message.fields.get(b"141") != b"Y":
            problem = Problem(Reason.VALUE_INCORRECT, "Logon(A) while logged on", b"35")
        if problem is None:
            self._accept_logon(message, number)
        else:
            self._reject(message, problem)
            self._count(number)

    def _on_heartbeat(self, message: Message) -> None:
        """Any message proves that the client is there; nothing else to do."""

    def _on_test_request(self, message: Message) -> None:
        self._admin(b"0", [(b"112", message.fields[b"112"])])

    def _on_resend_request(self, message: Message) -> None:
        begin, end = int(message.fields[b"7"]), int(message.fields[b"16"])
        last = self.next_out - 1
        if end == 0 or end > last:
            end = last
        if 0 < begin <= end:
            self._events.append(Noted(f"asked for messages {begin} to {end} again"))
            self._replay.start(begin, end)
            self._replay.step()

    def _on_reject(self, message: Message) -> None:
        number, text = message.text(b"45"), message.text(b"58")
        self._events.append(Noted(f"rejected our message {number}: {text or 'without a text'}"))

    def _on_gap_fill(self, message: Message) -> None:
        new = int(message.fields[b"36"])
        if new < self.next_in:
            self._reject(
                message, Problem(Reason.VALUE_INCORRECT, "NewSeqNo(36) is not above MsgSeqNum(34)", b"36")
            )
        else:
            self._jump_to(new)

    def _jump_to(self, number: int) -> None:
        self.next_in = number
        self._held.forget_before(number)

    def _reset_to(self, message: Message) -> None:
        """SequenceReset(4) in reset mode: MsgSeqNum(34) counts for nothing."""
        problem = problem_of(self.key.begin_string, message)
        new = int(message.fields[b"36"]) if problem is None else 0
        if problem is None and new < self.next_in:
            problem = Problem(
                Reason.VALUE_INCORRECT, f"NewSeqNo(36) is below {self.next_in}, which is expected", b"36"
            )
        if problem is not None:
            self._reject(message, problem)
            return
        self._events.append(Noted(f"its sequence number was reset from {self.next_in} to {new}"))
        self._jump_to(new)

    def _on_logout(self, message: Message) -> None:
        text = message.text(b"58")
        if self.state is State.LOGGED_ON:
            self._send_logout(None)
        self._step(Step.LOGOUT_RECEIVED, self._now)
        self._events.append(Ended(f"Logout: {text}" if text else "Logout"))

    # -- what goes out -------------------------------------------------------------------------------------------

    def _count(self, number: int) -> None:
        if number == self.next_in:
            self.next_in += 1

    def _too_low(self, number: int) -> str:
        return f"MsgSeqNum(34) too low, expecting {self.next_in} but received {number}"

    def _reject(self, message: Message, problem: Problem) -> None:
        body = [
            (b"45", message.fields.get(b"34", b"0")),
            (b"372", message.msg_type),
        ]
        if problem.reason <= Reason.INVALID_MSG_TYPE or self.key.begin_string != FIX42:
            body.append((b"373", b"%d" % problem.reason))
        if problem.ref_tag is not None and problem.ref_tag.isdigit():
            body.append((b"371", problem.ref_tag))
        self._events.append(Noted(f"message {message.text(b'34')} rejected: {problem.text}"))
        self._admin(b"3", [*body, (b"58", wire.value(problem.text))])

    def _refuse(self, message: Message, number: int, problem: Problem) -> None:
        self._reject(message, problem)
        self._count(number)
        self._end(problem.text)

    def _refuse_logon(self, text: str) -> None:
        self._send_logout(text)
        self._give_up(text)

    def _end(self, text: str) -> None:
        """A Logout that says why, and the end of the connection without waiting for an answer."""
        if self.state is State.LOGGED_ON:
            self._send_logout(text)
        self._give_up(text)

    def _give_up(self, text: str) -> None:
        self._step(Step.GIVEN_UP, self._now)
        self._events.append(Ended(text))

    def _send_logout(self, text: str | None) -> None:
        self._admin(b"5", [(b"58", wire.value(text))] if text else [])

    def _admin(self, msg_type: bytes, body: Sequence[Pair]) -> None:
        self.out.append(self._encode(msg_type, body, self.next_out))
        self.next_out += 1
        self._last_out = self._now

    def _put_again(self, msg_type: bytes, body: Sequence[Pair], number: int, sent: bytes) -> None:
        """`sent` is the OrigSendingTime(122); a gap fill, which was never sent before, has the present time."""
        original = sent or wire.utc_timestamp(self._now)
        self.out.append(self._encode(msg_type, [(b"43", b"Y"), (b"122", original), *body], number))
        self._last_out = self._now

    def _encode(self, msg_type: bytes, body: Sequence[Pair], number: int) -> bytes:
        header = (*self._header, (b"34", b"%d" % number), (b"52", wire.utc_timestamp(self._now)))
        return wire.encode(self.key.begin_string, msg_type, header, body)

    def _step(self, step: Step, now: float) -> None:
        self.state = TRANSITIONS[self.state, step]
        self._since = now


_HANDLERS: Final[dict[bytes, Callable[[Session, Message], None]]] = {
    b"0": Session._on_heartbeat,
    b"1": Session._on_test_request,
    b"2": Session._on_resend_request,
    b"3": Session._on_reject,
    b"4": Session._on_gap_fill,
    b"5": Session._on_logout,
}
