"""Answers about composed messages."""

from __future__ import annotations

from typing import Any

from sendfix.web.answers.base import FieldError, Output
from sendfix.web.answers.messages import Message
from sendfix.web.answers.orders import Order


class CheckedMessage(Output):
    """`ok`: it can be written, and `raw` is how. `reason` says why it could not be sent just now. `fields` and
    `custom_tags` are what was given, or what a given `raw` holds."""

    ok: bool
    msg_type: str
    raw: str | None
    reason: str | None
    fields: dict[str, Any]
    custom_tags: dict[str, str]
    errors: list[FieldError]


class SentMessage(Output):
    """`message_id` is null where the database could not be asked at that moment; the message went all the same.
    `orders` are those that it brought or changes."""

    message_id: int | None
    msg_seq_num: int | None
    raw: str
    cl_ord_id: str | None
    orders: list[Order]


class MessageAnswers(Output):
    """`waiting`: nothing has come yet, and something may."""

    messages: list[Message]
    waiting: bool


class MessageName(Output):
    """`reason` says why one is not `sendable`."""

    msg_type: str
    name: str
    sendable: bool
    reason: str | None


class MessageNames(Output):
    messages: list[MessageName]
