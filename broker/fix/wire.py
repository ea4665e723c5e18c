"""FIX tag=value on the wire: cutting a stream into messages, reading their fields, building new ones.

`simplefix.FixParser` walks a stream byte by byte (84 µs for an order). The frame of a message is found here by its
BodyLength(9) and CheckSum(10) first; its fields then go straight into a `simplefix.FixMessage` (5 µs).
"""

from __future__ import annotations

import calendar
import time
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from typing import Final, NamedTuple

import simplefix

SOH: Final = b"\x01"
MAX_MESSAGE: Final = 1 << 20
"""Bytes. A longer BodyLength(9) can only be garbage."""

Pair = tuple[bytes, bytes]

_START: Final = b"8=FIX"
_DATA_OF: Final = {
    b"90": b"91",
    b"93": b"89",
    b"95": b"96",
    b"212": b"213",
    b"348": b"349",
    b"350": b"351",
    b"352": b"353",
    b"354": b"355",
    b"356": b"357",
    b"358": b"359",
    b"360": b"361",
    b"362": b"363",
    b"364": b"365",
    b"445": b"446",
    b"618": b"619",
    b"621": b"622",
}
"""The data field, which may hold SOH, by the field that gives its length and stands right before it."""

_LENGTH_OF: Final = {data: length for length, data in _DATA_OF.items()}
_WITH_CARE: Final = frozenset([*_DATA_OF, *_LENGTH_OF])
_LONGEST_HEAD: Final = 32

SECRET: Final = frozenset({b"96", b"554", b"925"})
"""RawData, Password, NewPassword: their values are shown to nobody, in no text, log or answer."""


class Garbled(Exception):
    """Bytes that are no FIX message. They are ignored, as the session protocol demands."""


class Entry(NamedTuple):
    """One entry of a repeating group: its fields by tag, and the groups within it by the tag of their counter."""

    fields: dict[bytes, bytes]
    groups: dict[bytes, list[Entry]]


class FlawKind(Enum):
    SOH_IN_VALUE = auto()
    """Behind the field is one without `=`."""
    WRONG_LENGTH = auto()
    """The field is a length, and its data does not end there."""
    NO_DATA = auto()
    """The data field does not follow its length."""
    NO_LENGTH = auto()
    """The length does not stand before its data."""


class Flaw(NamedTuple):
    """Why the fields of a message can't all be told apart; `tag` is the field at fault."""

    kind: FlawKind
    tag: bytes


class Message(simplefix.FixMessage):  # type: ignore[misc]
    """A received message: simplefix's `pairs` in order of the wire, and `fields` by tag (the first of each tag).

    Validation fills `groups`: the entries of each repeating group, by the tag of its counter.
    """

    pairs: list[Pair]
    fields: dict[bytes, bytes]
    msg_type: bytes
    raw: bytes
    groups: dict[bytes, list[Entry]]
    flaw: Flaw | None

    def text(self, tag: bytes) -> str | None:
        """The value as text, None when the field is absent."""
        value = self.fields.get(tag)
        return None if value is None else value.decode("latin-1")

    def redacted(self) -> str:
        """For a log: without passwords and data."""
        return "|".join(
            f"{tag.decode('latin-1')}={'***' if tag in SECRET else value.decode('latin-1')}"
            for tag, value in self.pairs
        )

    def number(self, tag: bytes) -> int | None:
        """The value as an unsigned integer, None when it is absent or is not one."""
        value = self.fields.get(tag)
        return int(value) if value is not None and value.isdigit() and len(value) < 19 else None


def parse(frame: bytes) -> Message:
    """The fields of one frame; `flaw` says what keeps them from being told apart.

    Raises Garbled when MsgType(35) is not third.
    """
    pairs: list[Pair] = []
    message = Message()
    message.flaw = None
    for field in frame[:-1].split(SOH):
        tag, equals, value = field.partition(b"=")
        if not equals or tag in _WITH_CARE:
            pairs, message.flaw = _parse_with_care(frame)
            break
        pairs.append((tag, value))
    if len(pairs) < 4 or pairs[2][0] != b"35":
        raise Garbled("MsgType(35) is not the third field")
    message.pairs = pairs
    message.fields = dict(reversed(pairs))
    message.begin_string = pairs[0][1]
    message.message_type = message.msg_type = pairs[2][1]
    message.raw = frame
    message.groups = {}
    return message


def _parse_with_care(frame: bytes) -> tuple[list[Pair], Flaw | None]:
    """With data fields, which are as long as the field before them says, and with what has no `=`."""
    pairs: list[Pair] = []
    flaws: list[Flaw] = []
    last = len(frame) - 8  # where the SOH before CheckSum(10) is
    at = 0
    while at < len(frame):
        end = frame.index(SOH, at)
        tag, equals, value = frame[at:end].partition(b"=")
        length_tag = _LENGTH_OF.get(tag)
        if not equals:
            flaws.append(Flaw(FlawKind.SOH_IN_VALUE, pairs[-1][0] if pairs else b"8"))
        elif length_tag is None:
            pairs.append((tag, value))
        elif not pairs or pairs[-1][0] != length_tag:
            flaws.append(Flaw(FlawKind.NO_LENGTH, length_tag))
            pairs.append((tag, value))
        else:
            start, said = at + len(tag) + 1, pairs[-1][1]
            data_end = start + int(said) if said.isdigit() and len(said) < 9 else -1
            if start <= data_end <= last and frame[data_end] == 1:
                end = data_end
            elif said.isdigit():
                flaws.append(Flaw(FlawKind.WRONG_LENGTH, length_tag))
            pairs.append((tag, frame[start:end]))
        data_tag = _DATA_OF.get(tag)
        at = end + 1
        if data_tag is not None and equals and not frame.startswith(data_tag + b"=", at):
            flaws.append(Flaw(FlawKind.NO_DATA, data_tag))
    return pairs, flaws[0] if flaws else None


class Framer:
    """Cuts a stream of bytes into messages whose BodyLength(9) and CheckSum(10) are right.

    `garbled` counts what was thrown away, `last_garbled` says why.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._needed = 0
        self.garbled = 0
        self.last_garbled = ""

    @property
    def waiting(self) -> int:
        """Bytes of a message that is not all here yet, at most MAX_MESSAGE and its frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The complete frames, as they become known. Never raises, whatever the bytes."""
        buffer = data
        if self._buffer:
            self._buffer += data
            if len(self._buffer) < self._needed:
                # Looked at again when the message is all here: a client may send it byte by byte.
                return
            buffer = bytes(self._buffer)
            self._buffer.clear()
        self._needed = 0
        at = 0
        try:
            while True:
                if not buffer.startswith(_START, at):
                    at = self._skip(buffer, at)
                    if not buffer.startswith(_START, at):
                        return
                end = self._frame_end(buffer, at)
                if end == 0:
                    return
                if end < 0:
                    at += len(_START)
                    continue
                frame = buffer[at:end]
                at = end
                # A message whose length is right is passed over as a whole: to look for another one within it
                # would take the square of its length.
                if frame[-4:-1] == b"%03d" % (sum(frame[:-7]) & 255):
                    yield frame
                else:
                    self._throw_away("CheckSum(10) is wrong")
        finally:
            if at < len(buffer):
                self._buffer += buffer[at:]

    def _skip(self, buffer: bytes, at: int) -> int:
        """The next place where a message may begin: a start, or an end of the buffer that a start may grow from."""
        found = buffer.find(_START, at)
        if found < 0:
            found = len(buffer)
            for length in range(min(len(_START) - 1, len(buffer) - at), 0, -1):
                if buffer.endswith(_START[:length]):
                    found = len(buffer) - length
                    break
        if found > at:
            self._throw_away("bytes outside of any message")
        return found

    def _frame_end(self, buffer: bytes, at: int) -> int:
        """Where the frame ends; 0: not all here yet; -1: no message starts here."""
        length_at = buffer.find(b"\x019=", at, at + _LONGEST_HEAD)
        length_end = buffer.find(SOH, length_at + 3, at + _LONGEST_HEAD) if length_at >= 0 else -1
        if length_end < 0:
            if len(buffer) - at < _LONGEST_HEAD:
                return 0
            return self._throw_away("no BodyLength(9) behind BeginString(8)")
        digits = buffer[length_at + 3 : length_end]
        if not digits.isdigit() or b"\x01" in buffer[at:length_at] or (length := int(digits)) > MAX_MESSAGE:
            return self._throw_away(f"BodyLength(9) is {digits!r}")
        trailer = length_end + 1 + length
        end = trailer + 7
        if len(buffer) < end:
            self._needed = end - at
            return 0
        if buffer[trailer - 1] != 1 or not buffer.startswith(b"10=", trailer) or buffer[end - 1] != 1:
            return self._throw_away("BodyLength(9) does not lead to CheckSum(10)")
        return end

    def _throw_away(self, reason: str) -> int:
        self.garbled += 1
        self.last_garbled = reason
        return -1


def encode(begin_string: bytes, msg_type: bytes, header: Iterable[Pair], body: Sequence[Pair]) -> bytes:
    """A complete message. `header` is what follows MsgType(35)."""
    content = b"".join([b"%b=%b\x01" % pair for pair in (*header, *body)])
    head = b"8=%b\x019=%d\x01" % (begin_string, len(content) + len(msg_type) + 4)
    message = b"%b35=%b\x01%b" % (head, msg_type, content)
    return b"%b10=%03d\x01" % (message, sum(message) & 255)


_UNPRINTABLE: Final = dict.fromkeys([*range(32), 127], " ")


def value(text: object) -> bytes:
    """A field's value. What latin-1 has no character for becomes `?`; control characters become spaces."""
    return str(text).translate(_UNPRINTABLE).encode("latin-1", "replace")


_second = (-1, "")


def utc_timestamp(now: float) -> bytes:
    """UTCTimestamp with milliseconds."""
    global _second
    millis = int(now * 1000)
    second, millis = divmod(millis, 1000)
    if _second[0] != second:
        _second = (second, time.strftime("%Y%m%d-%H:%M:%S", time.gmtime(second)))
    return b"%b.%03d" % (_second[1].encode(), millis)


_minutes: dict[bytes, int] = {}


def parse_utc_timestamp(text: bytes) -> float | None:
    """Seconds since the epoch; None when it is not `YYYYMMDD-HH:MM:SS` with an optional fraction."""
    minute = _minutes.get(text[:14])
    if minute is None:
        try:
            parsed = time.strptime(text[:14].decode("ascii"), "%Y%m%d-%H:%M")
        except (ValueError, UnicodeDecodeError):
            return None
        minute = calendar.timegm(parsed)
        if len(_minutes) > 64:
            _minutes.clear()
        _minutes[text[:14]] = minute
    seconds, point, fraction = text[15:].partition(b".")
    if text[14:15] != b":" or len(seconds) != 2 or not seconds.isdigit() or int(seconds) > 60:
        return None
    if point and not (fraction.isdigit() and len(fraction) <= 12):
        return None
    return minute + int(seconds) + (int(fraction) / 10 ** len(fraction) if point else 0)
