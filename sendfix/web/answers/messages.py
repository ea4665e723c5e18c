"""Answers about FIX messages and what the dictionary says of them."""

from __future__ import annotations

from typing import Literal

from sendfix.web.answers.base import Output


class DecodedField(Output):
    tag: int
    name: str | None
    value: str
    value_name: str | None


class TreeField(DecodedField):
    """A field in its place. `presence` is by the dictionary: `custom` is a tag of the users' own, `elsewhere` a field
    that does not belong to this message or group. `entries` are those of the group that the field counts."""

    presence: Literal["required", "optional", "custom", "unknown", "elsewhere"]
    problem: str | None
    entries: list[list[TreeField]] | None


class MissingField(Output):
    """A required field; `place` is a section, or the entry of a group as `NoLegs(555) 2`."""

    tag: int
    name: str
    place: str


class Check(Output):
    """`right` is null when nobody can tell."""

    stated: str | None
    counted: str | None
    right: bool | None


class MessageTree(Output):
    header: list[TreeField]
    body: list[TreeField]
    trailer: list[TreeField]
    missing: list[MissingField]
    body_length: Check
    check_sum: Check


class Message(Output):
    id: int
    session_name: str
    direction: Literal["IN", "OUT", "EVENT"]
    at: str
    msg_seq_num: int | None
    msg_type: str | None
    msg_type_name: str | None
    raw: str
    refused: str | None


class OtherMessage(Output):
    """What a message answers, or what answers it. `after_ms` is the time between the two; `ref_tag_id` the field that a
    reject names, with its `text`."""

    id: int
    direction: Literal["IN", "OUT"]
    msg_type: str | None
    msg_type_name: str | None
    msg_seq_num: int | None
    after_ms: float
    ref_tag_id: int | None
    text: str | None


class MessageDetail(Message):
    """`tree` is null for an event. `cl_ord_id` is of the order that it belongs to, if it is known of one. `answers` is
    the message of ours that one of the counterparty answers; `answered_by` what refuses one of ours by its number, or
    the Heartbeat that answers a TestRequest."""

    fields: list[DecodedField]
    tree: MessageTree | None
    cl_ord_id: str | None
    answers: OtherMessage | None
    answered_by: OtherMessage | None


class MessageList(Output):
    messages: list[Message]
    next_before: int | None
    next_cursor: str | None = None


class Decoded(Output):
    msg_type: str | None
    msg_type_name: str | None
    fields: list[DecodedField]
    tree: MessageTree


class DictionaryValue(Output):
    value: str
    name: str


class DictionaryField(Output):
    """`fields` are those of an entry, where it counts the entries of a repeating group."""

    tag: int
    name: str
    key: str
    type: str
    required: bool
    values: list[DictionaryValue]
    fields: list[DictionaryField] | None


class MessageDictionary(Output):
    msg_type: str
    name: str
    fields: list[DictionaryField]
