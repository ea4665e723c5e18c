"""Answers about FIX messages and what the dictionary says of them."""

from __future__ import annotations

from typing import Literal

from sendfix.web.answers.base import Output


class DecodedField(Output):
    tag: int
    name: str | None
    value: str
    value_name: str | None


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


class MessageDetail(Message):
    fields: list[DecodedField]


class MessageList(Output):
    messages: list[Message]
    next_before: int | None


class Decoded(Output):
    msg_type: str | None
    msg_type_name: str | None
    fields: list[DecodedField]


class DictionaryValue(Output):
    value: str
    name: str


class DictionaryField(Output):
    tag: int
    name: str
    key: str
    type: str
    required: bool
    values: list[DictionaryValue]


class MessageDictionary(Output):
    msg_type: str
    name: str
    fields: list[DictionaryField]
