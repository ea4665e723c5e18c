"""Which message answers which, from both sides: what one of theirs speaks of, and what refuses one of ours."""

from __future__ import annotations

from dataclasses import dataclass

from sendfix.fix.answers import ids_of, references
from sendfix.fix.parse import parse_values
from sendfix.services.ports import MessageArchive, MessageQuery, MessageRow

LOOKED_THROUGH = 500
_HEARTBEAT, _TEST_REQUEST = "0", "1"
_REJECTS = ("3", "j")
_REF_SEQ_NUM, _REF_TAG_ID = 45, 371


@dataclass(frozen=True, slots=True)
class Reply:
    """`message` is the other one of the two, `theirs` the counterparty's. `ref_tag_id` is RefTagID(371), the field that
    it refuses; `after_ns` the time from ours to theirs."""

    message: MessageRow
    theirs: MessageRow
    after_ns: int
    ref_tag_id: int | None


def question_of(archive: MessageArchive, message: MessageRow) -> Reply | None:
    """The message of ours that this one of the counterparty answers; None where it answers none, or one of long ago.
    All that was folded must be stored. Raises `StorageUnavailable`."""
    if message.direction != "IN":
        return None
    raw = _bytes(message)
    number = parse_values(raw).get(_REF_SEQ_NUM) if message.msg_type in _REJECTS else None
    names = ids_of(raw)
    if number is None and not names:
        return None
    query = MessageQuery(message.session_name, directions=("OUT",), before=message.id, limit=LOOKED_THROUGH)
    for row in archive.messages(query):
        if number is not None:
            found = str(row.msg_seq_num) == number
        else:
            found = any(name in row.raw for name in names) and references(_bytes(row))(message.raw)
        if found:
            return _reply(row, row, message)
    return None


def reply_to(archive: MessageArchive, message: MessageRow) -> Reply | None:
    """What refuses this message of ours by its MsgSeqNum(34), or the Heartbeat that answers a TestRequest. The ladder
    has what else is said of an order. All that was folded must be stored. Raises `StorageUnavailable`."""
    if message.direction != "OUT":
        return None
    refers = references(_bytes(message))
    query = MessageQuery(
        message.session_name,
        msg_types=(_HEARTBEAT,) if message.msg_type == _TEST_REQUEST else _REJECTS,
        directions=("IN",),
        after=message.id,
        limit=LOOKED_THROUGH,
    )
    row = next((row for row in archive.messages(query) if refers(row.raw)), None)
    if row is None:
        return None
    # Numbers begin at 1 again with a new session: the reject may be of a later message.
    question = question_of(archive, row)
    return _reply(row, message, row) if question is not None and question.message.id == message.id else None


def _reply(other: MessageRow, ours: MessageRow, theirs: MessageRow) -> Reply:
    tag = parse_values(_bytes(theirs)).get(_REF_TAG_ID, "")
    ref_tag_id = int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else None
    return Reply(other, theirs, theirs.at_ns - ours.at_ns, ref_tag_id)


def _bytes(message: MessageRow) -> bytes:
    return message.raw.encode("utf-8", "replace")
