"""Sequence numbers set by a person, and gaps filled: what it would lose, repeat or overwrite is shown first, and must
be confirmed.

A preview gives a token. Confirming with it does exactly what the preview showed, as long as the numbers have not moved
on since; then nothing is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sendfix.domain.errors import FieldError, InvalidRequest, StateForbids
from sendfix.services.blotter import Blotter
from sendfix.services.ports import Archive, Engine, MessageQuery, MessageRow, OrderQuery
from sendfix.services.sessions import Session, Sessions

MAX_SEQ_NUM = 2**31 - 1
SHOWN_MESSAGES = 200
SHOWN_ORDERS = 200
GOOD_FOR = timedelta(minutes=5)
MOST_PREVIEWS = 100
NO_REASON = "no reason given"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Next MsgSeqNum(34): `sender` the one we send, `target` the one we expect."""

    sender: int
    target: int


@dataclass(frozen=True, slots=True)
class Effect:
    """`kind` is one of lost, replayed, overwritten, gap_filled, refused, never_delivered. `begin` to `end` are the
    numbers it is about, as far as they are known; `messages` those of them that the desk has, newest first, at most
    `SHOWN_MESSAGES`."""

    kind: str
    text: str
    begin: int
    end: int
    messages: Sequence[MessageRow] = ()


@dataclass(frozen=True, slots=True)
class GapFill:
    """SequenceReset-GapFill(4): the counterparty takes `msg_seq_num` to `new_seq_no` - 1 as received."""

    msg_seq_num: int
    new_seq_no: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`open_orders` are ClOrdIDs of the session's orders of which a report may be on its way. `gap_fill` is there when
    that is the `action`."""

    token: str
    session_name: str
    action: str
    now: Numbers
    wanted: Numbers
    effects: Sequence[Effect]
    open_orders: Sequence[str]
    good_until: datetime
    gap_fill: GapFill | None = None


def effects_of(
    action: str, now: Numbers, wanted: Numbers, messages: Callable[[str, int, int], Sequence[MessageRow]]
) -> list[Effect]:
    """What becomes of which numbers (FIX 4.4 Volume 2, "Sequence numbers" and "Resend Request"). `messages` gives those
    that the desk has, by direction and numbers."""
    found: list[Effect] = []
    if action == "reset":
        if now.sender > 1:
            found.append(
                Effect(
                    "overwritten",
                    "What we have sent can't be sent again: if the counterparty has not got all of it, it never will",
                    1,
                    now.sender - 1,
                    messages("OUT", 1, now.sender - 1),
                )
            )
        found.append(
            Effect(
                "lost",
                f"What the counterparty has sent from {now.target} on and we have not got is never asked "
                "for: it may hold fills",
                now.target,
                MAX_SEQ_NUM,
            )
        )
        found.append(
            Effect(
                "refused",
                "The counterparty must begin at 1 too, in the same Logon or before it; else it ends the session "
                "because our MsgSeqNum(34) is too low",
                1,
                1,
            )
        )
        return found
    if wanted.sender < now.sender:
        found.append(
            Effect(
                "overwritten",
                f"Our next messages take numbers that were used; those up to {now.sender - 1} can't be sent again",
                wanted.sender,
                now.sender - 1,
                messages("OUT", wanted.sender, now.sender - 1),
            )
        )
        found.append(
            Effect(
                "refused",
                f"The counterparty ends the session because MsgSeqNum(34) {wanted.sender} is too low, unless that is "
                "what it expects",
                wanted.sender,
                wanted.sender,
            )
        )
    elif wanted.sender > now.sender:
        found.append(
            Effect(
                "gap_filled",
                "The counterparty misses these numbers and asks for them; it gets a gap fill, since there is nothing "
                "behind them",
                now.sender,
                wanted.sender - 1,
            )
        )
    if wanted.target < now.target:
        found.append(
            Effect(
                "replayed",
                "We ask for these messages again; the desk counts each ExecID(17) once",
                wanted.target,
                now.target - 1,
                messages("IN", wanted.target, now.target - 1),
            )
        )
    elif wanted.target > now.target:
        found.append(
            Effect(
                "lost",
                "What the counterparty has sent under these numbers is never asked for: it may hold fills",
                now.target,
                wanted.target - 1,
            )
        )
    return found


def effects_of_gap_fill(
    fill: GapFill, next_number: int, messages: Callable[[str, int, int], Sequence[MessageRow]]
) -> list[Effect]:
    """What becomes of our messages (FIX 4.4 Volume 2, "Sequence Reset (Gap Fill)"); `next_number` is the one that our
    next message would have."""
    found: list[Effect] = []
    if fill.msg_seq_num < next_number:
        last = min(fill.new_seq_no, next_number) - 1
        found.append(
            Effect(
                "never_delivered",
                "What the counterparty has not got of these it never gets: it takes them as received, and they are not "
                "sent again. What it has got stays as it is",
                fill.msg_seq_num,
                last,
                messages("OUT", fill.msg_seq_num, last),
            )
        )
    if fill.new_seq_no > next_number:
        found.append(
            Effect(
                "gap_filled",
                f"No message gets these numbers: our next one is {fill.new_seq_no}",
                max(fill.msg_seq_num, next_number),
                fill.new_seq_no - 1,
            )
        )
    return found


class SequenceDesk:
    def __init__(
        self,
        engine: Engine,
        sessions: Sessions,
        blotter: Blotter,
        archive: Archive,
        clock: Callable[[], datetime],
        new_token: Callable[[], str],
    ) -> None:
        self._engine = engine
        self._sessions = sessions
        self._blotter = blotter
        self._archive = archive
        self._clock = clock
        self._new_token = new_token
        self._previews: dict[str, Preview] = {}

    def preview(self, session_name: str, action: str, sender: int | None, target: int | None) -> Preview:
        """What setting the numbers (`set`; None leaves one as it is) or beginning anew (`reset`) would do. Raises
        `UnknownSession`, `InvalidRequest`, `StateForbids`, `StorageUnavailable`."""
        session = self._sessions.get(session_name)
        now = self._numbers(session)
        wanted = _wanted(action, now, sender, target)
        self._allow(session)
        open_orders = [
            order.cl_ord_id
            for order in self._blotter.orders(OrderQuery(session_name=session_name, limit=5000))
            if order.is_open
        ]
        made = Preview(
            self._new_token(),
            session_name,
            action,
            now,
            wanted,
            effects_of(action, now, wanted, self._messages_of(session_name)),
            open_orders[:SHOWN_ORDERS],
            self._clock() + GOOD_FOR,
        )
        return self._keep(made)

    def preview_gap_fill(self, session_name: str, fill: GapFill) -> Preview:
        """What a gap fill on a session that is logged on would keep from the counterparty. Raises `UnknownSession`,
        `NotLoggedOn`, `InvalidRequest`, `StateForbids`, `EngineUnavailable`, `StorageUnavailable`."""
        self._sessions.logged_on(session_name)
        # The desk hears of the numbers of a busy session once a second only.
        now = Numbers(**self._engine.ask(session_name, "seq_nums", {}))
        if fill.msg_seq_num > now.sender:
            what = f"must be {now.sender}, our next MsgSeqNum(34), or one that was used"
            raise InvalidRequest([FieldError("msg_seq_num", f"{what}; got {fill.msg_seq_num}")])
        if fill.new_seq_no <= fill.msg_seq_num:
            what = f"must be above msg_seq_num {fill.msg_seq_num}; got {fill.new_seq_no}"
            raise InvalidRequest([FieldError("new_seq_no", what)])
        made = Preview(
            self._new_token(),
            session_name,
            "gap_fill",
            now,
            Numbers(max(now.sender, fill.new_seq_no), now.target),
            effects_of_gap_fill(fill, now.sender, self._messages_of(session_name)),
            (),
            self._clock() + GOOD_FOR,
            fill,
        )
        return self._keep(made)

    def confirm(self, session_name: str, token: str, reason: str) -> Numbers:
        """Do what the preview of this token showed; the numbers afterwards. A token is good once. Raises
        `UnknownSession`, `StateForbids`, `NotLoggedOn`, `EngineUnavailable`."""
        session = self._sessions.get(session_name)
        self._forget_old()
        made = self._previews.get(token)
        if made is None or made.session_name != session_name:
            raise StateForbids(
                "There is no preview with this token, or it is older than five minutes: make a new one."
            )
        if made.gap_fill is not None:
            del self._previews[token]
            return self._fill(made, made.gap_fill, reason)
        if self._numbers(session) != made.now:
            del self._previews[token]
            raise StateForbids("The sequence numbers have moved on since the preview: make a new one.")
        self._allow(session)
        del self._previews[token]
        why = reason or NO_REASON
        expected = (made.now.sender, made.now.target)
        if made.action == "reset":
            self._engine.ask(session_name, "reset", {"expected": expected, "why": why})
        else:
            arguments = {
                "expected": expected,
                "sender": made.wanted.sender,
                "target": made.wanted.target,
                "why": why,
            }
            self._engine.ask(session_name, "set_seq_nums", arguments)
        return made.wanted

    def _fill(self, made: Preview, fill: GapFill, reason: str) -> Numbers:
        """The numbers go on while a session is logged on; the engine sees to it that only what was shown is filled."""
        arguments = {
            "expected": made.now.sender,
            "msg_seq_num": fill.msg_seq_num,
            "new_seq_no": fill.new_seq_no,
            "why": reason or NO_REASON,
        }
        self._engine.ask(made.session_name, "gap_fill", arguments)
        return Numbers(**self._engine.ask(made.session_name, "seq_nums", {}))

    def _keep(self, made: Preview) -> Preview:
        self._forget_old()
        self._previews[made.token] = made
        return made

    def _messages_of(self, session_name: str) -> Callable[[str, int, int], Sequence[MessageRow]]:
        def messages(direction: str, begin: int, end: int) -> Sequence[MessageRow]:
            return self._archive.messages(
                MessageQuery(
                    session_name=session_name,
                    directions=(direction,),
                    seq_nums=(begin, end),
                    limit=SHOWN_MESSAGES,
                )
            )

        return messages

    def _numbers(self, session: Session) -> Numbers:
        if session.next_sender_seq_num is None or session.next_target_seq_num is None:
            raise StateForbids(
                f"The numbers of session {session.config.name} are not known: {session.reason}"
            )
        return Numbers(session.next_sender_seq_num, session.next_target_seq_num)

    def _allow(self, session: Session) -> None:
        if session.state in ("connected", "connecting"):
            raise StateForbids(
                f"Session {session.config.name} is {session.state}; disconnect it before its numbers are set."
            )

    def _forget_old(self) -> None:
        now = self._clock()
        kept = [made for made in self._previews.values() if made.good_until > now][-MOST_PREVIEWS:]
        self._previews = {made.token: made for made in kept}


def _wanted(action: str, now: Numbers, sender: int | None, target: int | None) -> Numbers:
    if action == "reset":
        errors = [
            FieldError(name, "must be left out: a reset sets both numbers to 1")
            for name, value in (("next_sender_seq_num", sender), ("next_target_seq_num", target))
            if value not in (None, 1)
        ]
        if errors:
            raise InvalidRequest(errors)
        return Numbers(1, 1)
    if sender is None and target is None:
        raise InvalidRequest([FieldError("next_sender_seq_num", "is required, or next_target_seq_num")])
    wanted = Numbers(now.sender if sender is None else sender, now.target if target is None else target)
    if wanted == now:
        what = "and next_target_seq_num are what they are already"
        raise InvalidRequest([FieldError("next_sender_seq_num", what)])
    return wanted
