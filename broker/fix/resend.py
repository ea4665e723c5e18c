"""Both sides of a gap: answering a ResendRequest(2) from stored messages, and holding what came behind a gap.

Without I/O, like the session that uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from broker.fix import wire
from broker.fix.wire import Message, Pair

CHUNK: Final = 500
"""Messages of a replay that are put out before the caller is asked whether the client keeps up."""

MAX_HELD: Final = 10_000
MAX_HELD_BYTES: Final = 4 << 20
"""Of messages held behind a gap; those beyond either limit come again with the resend."""


class MessageStore(Protocol):
    """Application messages that were sent, by MsgSeqNum(34)."""

    def append(self, number: int, raw: bytes) -> None: ...

    def read(self, begin: int, end: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """Those numbered begin to end inclusive, in order, at most `limit`."""

    def clear(self) -> None: ...


class Replay:
    """Answers ResendRequests: application messages again with PossDupFlag(43)=Y, all else as gap fills."""

    def __init__(self, store: MessageStore, put: Callable[[bytes, Sequence[Pair], int, bytes], None]) -> None:
        """`put(msg_type, body, number, sent)` sends one under a number used before; `sent` is empty for a gap fill."""
        self._store = store
        self._put = put
        self._next = 0
        self._end = -1

    @property
    def active(self) -> bool:
        return self._next <= self._end

    def start(self, begin: int, end: int) -> None:
        """Also while another is being answered: what either asked for is sent, from the lower number on."""
        if self.active:
            begin, end = min(begin, self._next), max(end, self._end)
        self._next, self._end = begin, end

    def stop(self) -> None:
        self._next, self._end = 0, -1

    def step(self) -> None:
        """Put out the next CHUNK messages of what was asked for."""
        if not self.active:
            return
        rows = self._store.read(self._next, self._end, CHUNK)
        for number, raw in rows:
            self._fill_to(number)
            message = wire.parse(raw)
            body = message.pairs[7:-1]
            self._put(message.msg_type, body, number, message.fields[b"52"])
            self._next = number + 1
        if len(rows) < CHUNK:
            self._fill_to(self._end + 1)
            self.stop()

    def _fill_to(self, number: int) -> None:
        if number > self._next:
            self._put(b"4", [(b"123", b"Y"), (b"36", b"%d" % number)], self._next, b"")


class Held:
    """Messages that came ahead of their turn, and up to where a resend was asked for."""

    def __init__(self) -> None:
        self._messages: dict[int, Message] = {}
        self._bytes = 0
        self._asked_to = 0

    def hold(self, number: int, message: Message) -> None:
        size = len(message.raw)
        if (
            number not in self._messages
            and len(self._messages) < MAX_HELD
            and self._bytes + size <= MAX_HELD_BYTES
        ):
            self._messages[number] = message
            self._bytes += size

    def expect_to(self, number: int) -> None:
        """What is missing up to there comes without being asked for."""
        self._asked_to = number

    def must_ask(self, next_in: int, number: int) -> bool:
        """Whether a resend must be asked for now that `number` came while `next_in` is expected. Once for each gap."""
        if next_in <= self._asked_to or number <= next_in:
            return False
        self._asked_to = number - 1
        return True

    def take(self, next_in: int) -> Message | None:
        """The message whose turn it is."""
        message = self._messages.pop(next_in, None)
        if message is not None:
            self._bytes -= len(message.raw)
        return message

    def first_behind_gap(self, next_in: int) -> int | None:
        """The first held message, when no resend is under way that leads to it."""
        return min(self._messages) if self._messages and next_in > self._asked_to else None

    def forget_before(self, next_in: int) -> None:
        """The numbers jumped: a gap fill says not to act on what it passes over."""
        self._messages = {number: message for number, message in self._messages.items() if number >= next_in}
        self._bytes = sum(len(message.raw) for message in self._messages.values())

    def clear(self) -> None:
        self._messages.clear()
        self._bytes = 0
        self._asked_to = 0
