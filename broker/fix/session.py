"""The FIX session protocol for one pair of CompIDs, FIX.4.2 or FIX.4.4, without I/O.

Messages and time (seconds since the epoch) come in; bytes collect in `out`, and events are returned. A session lives
as long as its sequence numbers, over any number of connections. Sent messages go to a `MessageStore`; `next_in` and
`next_out` are stored by the caller, in one transaction with what the messages did.
The rules are those of the specification's session layer (FIX 4.2 and 4.4, volumes 1 and 2) and its test cases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from broker.fix.problems import Problem, Reason, shown
from broker.fix.resend import Held, MessageStore
from broker.fix.sending import Sending
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
from broker.fix.validation import FIX44, comp_id_problem, problem_of, time_problem
from broker.fix.wire import Message

LOGON_TIMEOUT: Final = 10.0
LOGOUT_TIMEOUT: Final = 5.0
LINGER: Final = 2.0
"""Seconds that the client has to close the connection after its Logout was answered."""


class Session(Sending):
    """One pair of CompIDs. Every method that takes `now` may add to `out`, which the caller empties."""

    def __init__(self, key: SessionKey, store: MessageStore, next_in: int = 1, next_out: int = 1) -> None:
        super().__init__(key, store, next_out)
        self.next_in = next_in
        self.heart_bt_int = 30
        self._last_in = self._since = 0.0
        self._test_sent = False
        self._held = Held()
        self._early_logout: tuple[int, Message, float] | None = None
        self._events: list[Event] = []

    def connected(self, now: float) -> None:
        self._step(Step.CONNECTED, now)
        self._last_in = self._last_out = now
        self._test_sent = False
        self._held.clear()
        self._replay.stop()
        self._early_logout = None

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
            if self._early_logout is not None:
                self._answer_early_logout(*self._early_logout)
        return self._events

    def disconnect(self, text: str, now: float) -> list[Event]:
        """A Logout that says why, and the end of the connection without waiting for an answer."""
        self._now, self._events = now, []
        if self.state in LIVE:
            self._end(text)
        return self._events

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
        elif self.state is State.LOGGED_ON and self._early_logout is not None:
            self._answer_early_logout(*self._early_logout)
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
            self._give_up(f"its first message was MsgType(35) {shown(message.msg_type)}, not Logon(A)")
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
        elif self.faults is not None and self.faults.ignores_logon():
            self._count(number)
        elif self.faults is not None and (refusal := self.faults.logon_refusal()) is not None:
            self._count(number)
            self._refuse_logon(refusal)
        else:
            self._accept_logon(message, number)

    def _accept_logon(self, message: Message, number: int) -> None:
        fields = message.fields
        reset = fields.get(b"141") == b"Y"
        expected = message.number(b"789") if self.key.begin_string == FIX44 else None
        if reset:
            if number != 1:
                self._refuse_logon("MsgSeqNum(34) must be 1 with ResetSeqNumFlag(141)=Y")
                return
            self.reset()
        elif number < self.next_in and fields.get(b"43") != b"Y":
            self._refuse_logon(self._too_low(number))
            return
        elif expected is not None and expected > self.next_out:
            text = f"NextExpectedMsgSeqNum(789) too high, expecting {self.next_out} but received {expected}"
            self._refuse_logon(text)
            return
        self.heart_bt_int = int(fields[b"108"])
        if self.state is State.AWAITING_LOGON:
            self._step(Step.LOGON_ACCEPTED, self._now)
            self._events.append(LoggedOn(reset))
        is_gap = number > self.next_in
        self._count(number)
        body = [(b"98", b"0"), (b"108", fields[b"108"])]
        if reset:
            body.append((b"141", b"Y"))
        if expected is not None:
            body.append((b"789", b"%d" % self.next_in))
        self._admin(b"A", body)
        if expected is None:
            if is_gap:
                self._ask_for_resend(number)
            return
        # Both know from the Logons what the other lacks, and send it unasked (FIX 4.4, volume 2).
        if is_gap:
            self._held.expect_to(number - 1)
        if not reset and 0 < expected < self.next_out - 1:
            self._replay.start(expected, self.next_out - 1)
            self._replay.step()

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
        problem = comp_id_problem(message, key.sender_comp_id, key.target_comp_id)
        if problem is None:
            problem = time_problem(message, self._now)
        if problem is not None:
            self._reject(message, problem)
            self._count(number)
            if problem.reason in (Reason.COMP_ID_PROBLEM, Reason.SENDING_TIME_ACCURACY):
                self._end(problem.text)
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
            if message.msg_type == b"3":
                # Two sides that reject each other's Rejects would never end.
                self._events.append(Noted(f"its Reject {message.text(b'34')} is wrong: {problem.text}"))
            else:
                self._reject(message, problem)
            return
        handler = _HANDLERS.get(message.msg_type)
        if handler is None:
            self._events.append(ApplicationMessage(message))
        else:
            handler(self, message)

    def _ahead(self, message: Message, number: int) -> None:
        if message.msg_type == b"5":
            self._logout_ahead(message, number)
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
        if begin == 0 or 0 < end < begin:
            tag, name = (b"7", "BeginSeqNo(7)") if begin == 0 else (b"16", "EndSeqNo(16)")
            text = f"{name} is out of range: {begin} to {end} was asked for"
            self._reject(message, Problem(Reason.VALUE_INCORRECT, text, tag))
            return
        last = self.next_out - 1
        if end == 0 or end > last:
            end = last
        refusal = None if self.faults is None or begin > end else self.faults.resend_refusal()
        if refusal == "gap_fill":
            self._put_again(b"4", [(b"123", b"Y"), (b"36", b"%d" % (end + 1))], begin, b"")
        elif refusal is None and begin <= end:
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

    def _logout_ahead(self, message: Message, number: int) -> None:
        """What is missing is asked for before the Logout is answered, as the one who logs out must wait for that."""
        if self.state is State.LOGGED_ON and self._early_logout is None:
            self._ask_for_resend(number)
            self._early_logout = (number, message, self._now)
        else:
            self._on_logout(message)

    def _answer_early_logout(self, number: int, message: Message, since: float) -> None:
        """Once all before it is there, or nothing comes."""
        if self.state is State.LOGGED_ON and (self.next_in >= number or self._now - since > LOGOUT_TIMEOUT):
            self._count(number)
            self._on_logout(message)

    # -- what goes out -------------------------------------------------------------------------------------------

    def _count(self, number: int) -> None:
        if number == self.next_in:
            self.next_in += 1

    def _too_low(self, number: int) -> str:
        return f"MsgSeqNum(34) too low, expecting {self.next_in} but received {number}"

    def _reject(self, message: Message, problem: Problem) -> None:
        self._events.append(Noted(f"message {message.text(b'34')} rejected: {problem.text}"))
        self._send_reject(message, problem)

    def refuse(self, text: str, now: float) -> list[Event]:
        """Answer a Logon that is not to be looked at by a Logout that says why."""
        self._now, self._events = now, []
        self._refuse_logon(text)
        return self._events

    def _refuse_logon(self, text: str) -> None:
        self._send_logout(text)
        self._give_up(text)

    def _end(self, text: str) -> None:
        """A Logout that says why, and the end of the connection without waiting for an answer."""
        if self.state is State.LOGGED_ON:
            self._send_logout(text)
        self._give_up(text)

    def _give_up(self, text: str) -> None:
        self._replay.stop()
        self._step(Step.GIVEN_UP, self._now)
        self._events.append(Ended(text))

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
