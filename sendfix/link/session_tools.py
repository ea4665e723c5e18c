"""What a person may ask of a session beside trading: look into its store, set its numbers, say something on the
session level. The engine's hub calls `ask` in a thread of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from sendfix.domain.enums import SessionPhase
from sendfix.link.breaker import Breaker
from sendfix.link.diagnosis import LOOKED_BACK, Seen, diagnose
from sendfix.link.gap_fill import GapFill
from sendfix.link.keeper import Keeper
from sendfix.link.network_checks import ask_network
from sendfix.link.protocol import NotSent, ReplyCode
from sendfix.link.quickfix_store import QuickFixStore
from sendfix.link.session_record import SessionRecord

MAX_SEQ_NUM = 2**31 - 1
_ADMIN = re.compile(rb"\x0135=[0-5A]\x01")


class Speaker(Protocol):
    """The connection while it is logged on."""

    def send(self, text: str) -> int:
        """Store and send a message; its MsgSeqNum(34). Raises `NotSent`."""

    def gap_fill(self, fill: GapFill) -> int:
        """Likewise."""

    def update_seq_nums(self) -> None:
        """Into the record."""

    def say_at_logout(self, text: str) -> None:
        """As Text(58) of the Logout(5) that ends this connection, unless the counterparty ends it."""


class SessionTools:
    def __init__(
        self,
        record: SessionRecord,
        store: QuickFixStore,
        keeper: Keeper,
        breaker: Breaker,
        speaker: Callable[[], Speaker | None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`speaker` is called while `keeper.using` is held; None while the session is not logged on."""
        self._record = record
        self._store = store
        self._keeper = keeper
        self._breaker = breaker
        self._speaker = speaker
        self._clock = clock
        self._questions: dict[str, Callable[..., dict[str, Any]]] = {
            "diagnose": self._diagnose,
            "stored": self._stored,
            "set_seq_nums": self._set_seq_nums,
            "reset": self._reset,
            "let_go": self._let_go,
            "settle_alarm": self._settle_alarm,
            "test_request": self._test_request,
            "resend_request": self._resend_request,
            "seq_nums": self._seq_nums,
            "gap_fill": self._gap_fill,
            "logout": self._logout,
        }

    def ask(self, question: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Raises `NotSent`, and then nothing has been done."""
        answer = self._questions.get(question)
        if answer is None:
            raise NotSent(ReplyCode.REFUSED, f"The engine does not know the question {question!r}")
        try:
            return answer(**arguments)
        except OSError as error:
            raise NotSent(ReplyCode.FAILED, f"The store can't be used: {error.strerror or error}") from error

    # -- looking -------------------------------------------------------------------------------------------------

    def _diagnose(self) -> dict[str, Any]:
        record, journal = self._record, self._record.journal
        seen = Seen(
            config=self._record.config,
            phase=record.phase,
            reason=record.reason,
            failure=record.failure,
            next_sender_seq_num=record.next_sender_seq_num,
            next_target_seq_num=record.next_target_seq_num,
            last_received_at=record.last_received_at,
            entries=journal.read(max(0, journal.last_index - LOOKED_BACK), LOOKED_BACK),
            now=self._clock(),
        )
        return diagnose(seen, ask_network).to_json()

    def _stored(self, begin: int, end: int) -> dict[str, Any]:
        messages = self._store.messages(begin, end)
        return {"messages": [[number, raw] for number, raw in messages]}

    # -- numbers, while it is not connected ----------------------------------------------------------------------

    def _set_seq_nums(self, expected: tuple[int, int], sender: int, target: int, why: str) -> dict[str, Any]:
        """`expected` are both numbers as the person saw them: if they have moved on, nothing is done."""
        for number in (sender, target):
            if not 1 <= number <= MAX_SEQ_NUM:
                raise NotSent(ReplyCode.REFUSED, f"A sequence number must be from 1 to {MAX_SEQ_NUM}")
        with self._keeper.using:
            self._check(expected)
            self._store.set_seq_nums(sender, target)
            return self._renumbered(expected, why)

    def _reset(self, expected: tuple[int, int], why: str) -> dict[str, Any]:
        with self._keeper.using:
            self._check(expected)
            self._store.forget()
            return self._renumbered(expected, why)

    def _check(self, expected: tuple[int, int]) -> None:
        if not self._keeper.apart:
            raise NotSent(
                ReplyCode.REFUSED,
                f"Session {self._record.config.name} is connected; disconnect it before its numbers are set",
            )
        now = self._store.seq_nums()
        if now != tuple(expected):
            raise NotSent(
                ReplyCode.REFUSED,
                f"The numbers have moved on to {now[0]} (out) and {now[1]} (in); look at a new preview",
            )

    def _renumbered(self, before: tuple[int, int], why: str) -> dict[str, Any]:
        sender, target = self._store.seq_nums()
        record = self._record
        record.next_sender_seq_num, record.next_target_seq_num = sender, target
        record.note(
            f"Sequence numbers set from {before[0]} (out) and {before[1]} (in) to {sender} and {target}: {why}"
        )
        record.announce()
        return {"next_sender_seq_num": sender, "next_target_seq_num": target}

    def _let_go(self, why: str) -> dict[str, Any]:
        """Of the circuit breaker."""
        was_tripped = self._breaker.let_go()
        if was_tripped:
            self._record.note(f"Somebody let go of the circuit breaker: {why}")
            self._record.announce()
        return {"was_tripped": was_tripped}

    def _settle_alarm(
        self, index: int, state: str, reason: str, corrections: Mapping[str, str]
    ) -> dict[str, Any]:
        """The desk judges; here it is written down, so that it holds for every desk."""
        if not self._record.alarm_settled(index, state, reason, corrections):
            raise NotSent(ReplyCode.FAILED, f"It is not done: {self._record.failure}")
        return {}

    # -- saying something, while it is logged on -----------------------------------------------------------------

    def _test_request(self) -> dict[str, Any]:
        return self._say("1", f"112=PERSON-{self._clock():%H%M%S%f}")

    def _resend_request(self, begin: int, end: int) -> dict[str, Any]:
        return self._say("2", f"7={begin}", f"16={end}")

    def _seq_nums(self) -> dict[str, Any]:
        """As they are at this moment."""
        with self._keeper.using:
            self._logged_on().update_seq_nums()
            return {"sender": self._record.next_sender_seq_num, "target": self._record.next_target_seq_num}

    def _gap_fill(self, expected: int, msg_seq_num: int, new_seq_no: int, why: str) -> dict[str, Any]:
        """`expected` is our next number as the person saw it: what has been sent since must not be filled unseen."""
        fill = GapFill(msg_seq_num, new_seq_no)
        with self._keeper.using:
            speaker = self._logged_on()
            refusal = fill.refusal(expected)
            if refusal is not None:
                raise NotSent(ReplyCode.REFUSED, refusal)
            unseen = self._store.messages(expected, new_seq_no - 1)
            if any(not _ADMIN.search(raw, 0, 64) for _, raw in unseen):
                raise NotSent(
                    ReplyCode.REFUSED,
                    f"Messages have been sent under {expected} and above since the preview; look at a new one",
                )
            number = speaker.gap_fill(fill)
        self._record.note(
            f"Gap filled by hand from {msg_seq_num} to {new_seq_no - 1}, "
            f"the counterparty is to expect {new_seq_no}: {why}"
        )
        self._record.announce()
        return {"msg_seq_num": number}

    def _logout(self, text: str) -> dict[str, Any]:
        with self._keeper.using:
            self._logged_on().say_at_logout(text)
        self._keeper.disconnect("Logged out on request, with a Text(58)")
        return {}

    def _say(self, msg_type: str, *fields: str) -> dict[str, Any]:
        body = "".join(f"{field}\x01" for field in (f"35={msg_type}", *fields))
        with self._keeper.using:
            return {"msg_seq_num": self._logged_on().send(body)}

    def _logged_on(self) -> Speaker:
        speaker = self._speaker() if self._record.phase is SessionPhase.CONNECTED else None
        if speaker is None:
            raise NotSent(ReplyCode.NOT_LOGGED_ON, f"Session {self._record.config.name} is not logged on")
        return speaker
