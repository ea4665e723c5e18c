"""What stands in a segment of a journal: its header, its entries, and how to find the next whole one behind damage."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

MAX_PAYLOAD_BYTES = 16 * 1024 * 1024

MAGIC = b"SFJ1"
SEGMENT_HEADER = struct.Struct("<4s16sQ")  # magic, journal id, first index
ENTRY_HEADER = struct.Struct("<IIQB")  # payload length, CRC32, at_ns, direction
_CHECKED = struct.Struct("<QB")  # what the CRC covers before the payload
EVENT = 2
DAMAGED = json.dumps(
    {
        "event": "text",
        "text": "An entry of the journal is damaged on disk and can't be read; what the counterparty sent can be asked"
        " for again with a ResendRequest",
    }
).encode()
# Where an entry could begin: its length is below 16 MiB, its time of this century, its direction one of four.
_HEADER_LIKE = re.compile(rb"(?s)(?=...[\x00\x01].{11}[\x00\x0d-\x2b][\x00-\x03])")
MOST_DAMAGED = 1_000
ON_REQUEST = "what the counterparty sent can be asked for again with a ResendRequest"


class Entry(NamedTuple):
    """`number` is the running index; `at_ns` wall-clock time since the epoch; `direction` a `protocol.Direction`."""

    number: int
    at_ns: int
    direction: int
    payload: bytes


def missing(first: int, last: int) -> Entry:
    if first == last:
        return Entry(last, 0, EVENT, DAMAGED)
    text = f"The entries {first} to {last} of the journal are missing, damaged or left out; {ON_REQUEST}"
    return Entry(last, 0, EVENT, json.dumps({"event": "text", "text": text}).encode())


def deleted(first: int, last: int) -> Entry:
    """What a desk that begins before the oldest entry is told."""
    text = f"The entries {first} to {last} of the journal have been deleted for their age: a desk had stored them"
    return Entry(last, 0, EVENT, json.dumps({"event": "text", "text": text}).encode())


def checksum(index: int, at_ns: int, direction: int, payload: bytes) -> int:
    return crc32(payload, crc32(_CHECKED.pack(at_ns, direction), index & 0xFFFFFFFF))


def behind_damage(path: Path, index: int, offset: int) -> tuple[int, int] | None:
    """Index and offset of the first whole entry behind the damaged one that begins at `offset` and has `index`. Its
    CRC covers its index, so that how many are lost is known."""
    data = path.read_bytes()
    for candidate in _HEADER_LIKE.finditer(data, offset + 1):
        start = candidate.start()
        length, check, at_ns, direction = ENTRY_HEADER.unpack_from(data, start)
        end = start + ENTRY_HEADER.size + length
        if end > len(data):
            continue
        payload = data[start + ENTRY_HEADER.size : end]
        most = index + 1 + (start - offset) // ENTRY_HEADER.size
        for number in range(index + 1, min(most, index + MOST_DAMAGED) + 1):
            if check == checksum(number, at_ns, direction, payload):
                return number, start
    return None
