"""What engine and desk say to each other: frozen dataclasses, packed as msgpack arrays.

Each message is an array whose first element is the message's one-letter kind and whose other
elements are the dataclass's fields in order. msgpack is self-delimiting, so a stream of arrays needs
no framing of its own; `Decoder` takes bytes as they arrive and yields whole messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, TypeAlias

import msgpack

PROTOCOL_VERSION = 7
MAX_MESSAGE_BYTES = 32 * 1024 * 1024


class ProtocolError(Exception):
    """The peer sent something that is not a message of this protocol; the link must be closed."""


class Direction(IntEnum):
    """Where a journal entry came from: the counterparty, us, or the session itself. `REFUSED`: from the counterparty
    too, but QuickFIX does not accept it; the payload is that of `fix.refused`."""

    IN = 0
    OUT = 1
    EVENT = 2
    REFUSED = 3


class ReplyCode:
    """Outcome of a request, as `Reply.code`."""

    OK = "ok"
    UNKNOWN_SESSION = "unknown_session"
    NOT_LOGGED_ON = "not_logged_on"
    REFUSED = "refused"
    INVALID = "invalid"
    """The detail is `field: what is wrong with it`."""
    FAILED = "failed"


class NotSent(Exception):
    """A message was not sent; `code` is a `ReplyCode`, the text a sentence for a person."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Hello:
    """Engine to desk, once, on connecting. `sessions` maps a name to `journal_id`, `first_index`,
    `last_index` and `status` (see `Status`)."""

    kind: ClassVar[str] = "h"
    protocol_version: int
    engine_id: str
    sessions: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Entry:
    """Engine to desk: one journal entry. `direction` is a `Direction`; `at_ns` is UTC since the epoch."""

    kind: ClassVar[str] = "e"
    session_name: str
    index: int
    at_ns: int
    direction: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class MarketData:
    """Engine to desk: a market data message (W, X) that has come just now and is in no journal."""

    kind: ClassVar[str] = "m"
    session_name: str
    at_ns: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class MarketDataLost:
    """Engine to desk: market data of that session has been left out here, since the desk did not read in time."""

    kind: ClassVar[str] = "l"
    session_name: str


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """Engine to desk: every entry of that session up to `index` that was there at `Attach` has been sent."""

    kind: ClassVar[str] = "u"
    session_name: str
    index: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Engine to desk: that session's journal can't be read just now; it is tried again, and then goes on."""

    kind: ClassVar[str] = "x"
    session_name: str
    why: str


@dataclass(frozen=True, slots=True)
class Status:
    """Engine to desk: the live part of a session. Keys: state, phase (a `SessionPhase`), logged_on, reason,
    next_attempt_at, tls_expires_at, own_tls_expires_at, pending_reconnect (keys of the configuration that wait for
    one), next_sender_seq_num, next_target_seq_num, connected_at, last_received_at, last_sent_at (times in ns or None),
    ends (how often it ended since the engine started, by `EndKind`)."""

    kind: ClassVar[str] = "s"
    session_name: str
    status: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Configured:
    """Engine to desk, after `Hello` and whenever it changes: the version of the configuration file that the engine goes
    by, and what is wrong with a newer one."""

    kind: ClassVar[str] = "g"
    version: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """Engine to desk: a session has been added; `session` as in `Hello`. The desk attaches to it."""

    kind: ClassVar[str] = "o"
    session_name: str
    session: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Closed:
    """Engine to desk: a session is no longer there."""

    kind: ClassVar[str] = "c"
    session_name: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Engine to desk: the outcome of the request with that id. `detail` is a sentence for a person."""

    kind: ClassVar[str] = "r"
    request_id: int
    code: str
    detail: str


_SENT_AS = "MsgSeqNum(34) "


def sent_as(msg_seq_num: int) -> str:
    """The `detail` of the reply to a `Send` that went."""
    return f"{_SENT_AS}{msg_seq_num}"


def msg_seq_num_of(detail: str) -> int | None:
    """What `sent_as` was given; None of any other detail."""
    number = detail.removeprefix(_SENT_AS)
    return int(number) if number != detail and number.isdigit() else None


@dataclass(frozen=True, slots=True)
class Attach:
    """Desk to engine, once and for each session that is `Opened`: per session the `(journal_id, index)` that the desk
    has folded and stored."""

    kind: ClassVar[str] = "A"
    cursors: Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Stored:
    """Desk to engine, now and then: like `Attach.cursors`, what its database has by now."""

    kind: ClassVar[str] = "T"
    cursors: Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Send:
    """Desk to engine: send one application message. `body` begins with `35=` and has no header or trailer. `origin`,
    here and in other requests, is the id of the request to the desk that it comes from, for the logs."""

    kind: ClassVar[str] = "S"
    request_id: int
    session_name: str
    body: bytes
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Connect:
    """Desk to engine: open the session and keep it open."""

    kind: ClassVar[str] = "C"
    request_id: int
    session_name: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Desk to engine: log out and stay disconnected until `Connect`."""

    kind: ClassVar[str] = "D"
    request_id: int
    session_name: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Ping:
    """Desk to engine: answer at once, so that the desk can tell a silent engine from a quiet one."""

    kind: ClassVar[str] = "P"
    request_id: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Desk to engine: look at a session, or do something rare to it; `question` is one of `SessionTools`. Without a
    session's name it is one of `Configurator`."""

    kind: ClassVar[str] = "Q"
    request_id: int
    session_name: str
    question: str
    arguments: Mapping[str, Any]
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Engine to desk: the outcome of an `Ask`; `data` is empty when the code is not `ok`."""

    kind: ClassVar[str] = "a"
    request_id: int
    code: str
    detail: str
    data: Mapping[str, Any]


Message: TypeAlias = (
    Hello
    | Entry
    | MarketData
    | MarketDataLost
    | CaughtUp
    | Unreadable
    | Status
    | Configured
    | Opened
    | Closed
    | Reply
    | Attach
    | Stored
    | Send
    | Connect
    | Disconnect
    | Ping
    | Ask
    | Answer
)

_TYPES: dict[str, type[Message]] = {
    cls.kind: cls
    for cls in (
        Hello,
        Entry,
        MarketData,
        MarketDataLost,
        CaughtUp,
        Unreadable,
        Status,
        Configured,
        Opened,
        Closed,
        Reply,
        Attach,
        Stored,
        Send,
        Connect,
        Disconnect,
        Ping,
        Ask,
        Answer,
    )
}
_FIELDS: dict[type[Message], tuple[str, ...]] = {cls: tuple(cls.__slots__) for cls in _TYPES.values()}


def encode(message: Message) -> bytes:
    """The bytes of one message, to be written to the socket whole."""
    packed: bytes = msgpack.packb(
        [message.kind, *[getattr(message, name) for name in _FIELDS[type(message)]]],
        use_bin_type=True,
        unicode_errors="replace",
    )
    return packed


class Decoder:
    """Bytes in, messages out. Raises `ProtocolError` on anything that is not one of ours."""

    def __init__(self) -> None:
        self._unpacker = msgpack.Unpacker(raw=False, use_list=False, max_buffer_size=MAX_MESSAGE_BYTES)

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield each message that `data` completes."""
        try:
            self._unpacker.feed(data)
            for item in self._unpacker:
                kind, *values = item
                yield _TYPES[kind](*values)
        except (msgpack.UnpackException, ValueError, TypeError, KeyError) as error:
            raise ProtocolError(f"not a link message: {error!r}") from error
