"""What is done to the bytes of one message. Each function takes a whole message and gives one back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

from broker.fix import wire
from broker.fix.wire import SOH, Pair


def type_of(raw: bytes) -> bytes:
    begin = raw.index(b"\x0135=") + 4
    return raw[begin : raw.index(SOH, begin)]


def is_poss_dup(raw: bytes) -> bool:
    return b"\x0143=Y\x01" in raw


def with_poss_dup(raw: bytes) -> bytes:
    """With PossDupFlag(43)=Y and OrigSendingTime(122) behind SendingTime(52), where a resend has them."""
    pairs: list[Pair] = []
    for pair in _content(raw):
        pairs.append(pair)
        if pair[0] == b"52":
            pairs += [(b"43", b"Y"), (b"122", pair[1])]
    return _built(raw, pairs)


def with_fields(raw: bytes, fields: Mapping[int, str]) -> bytes:
    """With more fields at the end of its body."""
    return _built(
        raw, [*_content(raw), *((b"%d" % tag, text.encode("latin-1")) for tag, text in fields.items())]
    )


def without_fields(raw: bytes, tags: Iterable[int]) -> bytes:
    left_out = {b"%d" % tag for tag in tags}
    return _built(raw, [pair for pair in _content(raw) if pair[0] not in left_out])


def with_values(raw: bytes, fields: Mapping[int, str]) -> bytes:
    """With other values where the fields are there."""
    others = {b"%d" % tag: text.encode("latin-1") for tag, text in fields.items()}
    return _built(raw, [(tag, others.get(tag, value)) for tag, value in _content(raw)])


def with_lower_number(raw: bytes, by: int) -> bytes:
    """With a MsgSeqNum(34) that was used before, 1 at least."""
    pairs = _content(raw)
    number = next(int(value) for tag, value in pairs if tag == b"34")
    return with_values(raw, {34: str(max(1, number - by))})


def with_wrong_checksum(raw: bytes) -> bytes:
    return b"%b10=%03d\x01" % (raw[:-7], (int(raw[-4:-1]) + 1) & 255)


def with_wrong_body_length(raw: bytes, by: int) -> bytes:
    """CheckSum(10) is right for what is sent."""
    start = raw.index(b"\x019=") + 3
    end = raw.index(SOH, start)
    changed = b"%b%d%b" % (raw[:start], max(0, int(raw[start:end]) + by), raw[end:-7])
    return b"%b10=%03d\x01" % (changed, sum(changed) & 255)


def garbled(raw: bytes, count: int, random: Random) -> bytes:
    """With other bytes from MsgType(35) to before CheckSum(10), which does not fit them."""
    first, last = raw.index(b"\x0135=") + 1, len(raw) - 8
    while True:
        changed = bytearray(raw)
        for at in random.sample(range(first, last), min(count, last - first)):
            changed[at] ^= random.randrange(1, 256)
        if sum(changed[:-7]) & 255 != int(raw[-4:-1]):
            return bytes(changed)


def pieces(raw: bytes, size: int) -> list[bytes]:
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def _content(raw: bytes) -> list[Pair]:
    """What is between MsgType(35) and CheckSum(10)."""
    return wire.parse(raw).pairs[3:-1]


def _built(raw: bytes, content: list[Pair]) -> bytes:
    begin_string = raw[2 : raw.index(SOH)]
    return wire.encode(begin_string, type_of(raw), content, [])
