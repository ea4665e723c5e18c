"""The message log: search it, and decode messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Response
from pydantic import BaseModel

from sendfix.domain.errors import FieldError, InvalidRequest, UnknownMessage
from sendfix.fix.decode import decode
from sendfix.fix.parse import header, parse_values, text_of
from sendfix.fix.redact import redact
from sendfix.fix.tree import tree
from sendfix.services.columns import MESSAGES
from sendfix.services.ports import MessageRow, OrderQuery
from sendfix.services.replies import Reply, question_of, reply_to
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import Context, context
from sendfix.web.csv_export import csv_response
from sendfix.web.searches import json_of, list_answer, read_search
from sendfix.web.to_json import SOH, field_to_json, message_to_json
from sendfix.web.tree_to_json import tree_to_json

api = Api("messages")


@api.route(
    "GET", "/api/messages", query=schemas.search.MessagesQuery, answers={200: answers.messages.MessageList}
)
def messages(query: BaseModel) -> dict[str, Any]:
    """FIX messages of all sessions, newest first.
    `tag=55:AAPL` by tag and value, and other filters: docs/search.md. `direction=EVENT` gives the sessions' events."""
    desk = context()
    search = read_search(MESSAGES, query, desk)
    desk.settle()
    found = desk.search.search(search, json_of(_row_to_json(desk)))
    return list_answer("messages", search, found.next, found.made)


@api.route("GET", "/api/messages.csv", query=schemas.search.MessagesExport, answers={200: "text/csv"})
def messages_csv(query: BaseModel) -> Response:
    """All messages that pass the filters, oldest first, as CSV.
    Without a limit; the header names the keys of the JSON form."""
    desk = context()
    search = read_search(MESSAGES, query, desk)
    desk.settle()
    columns = list(answers.messages.Message.model_fields)
    return csv_response(desk.search, search, _row_to_json(desk), columns, datetime.now(UTC))


@api.route("GET", "/api/messages/<int:message_id>", answers={200: answers.messages.MessageDetail})
def message(message_id: int) -> dict[str, Any]:
    """One message, decoded: its fields as they came, and as a tree of header, body with groups, and trailer."""
    context().settle()
    found = context().archive.message(message_id) if message_id < 2**63 else None
    if found is None:
        raise UnknownMessage(message_id)
    raw = context().mask(found.raw).encode()
    built = None if found.direction == "EVENT" else tree(raw, context().any_dictionary(found.session_name))
    return {
        **_to_json(found, decoded=True),
        "tree": None if built is None else tree_to_json(built),
        "cl_ord_id": _order_of(found),
        "answers": _other(question_of(context().archive, found), found),
        "answered_by": _other(reply_to(context().archive, found), found),
    }


@api.route("POST", "/api/decode", body=schemas.messages.Decode, answers={200: answers.messages.Decoded})
def decode_message(body: schemas.messages.Decode) -> dict[str, Any]:
    """Decode a message.
    By the dictionary of the session if one is named, else of the message's BeginString(8)."""
    sessions = context().sessions
    raw = context().mask(text_of(redact(body.raw.replace("|", SOH).encode()))).encode()
    if body.session_name is not None:
        dictionary = context().dictionary(body.session_name)
    else:
        version = raw[2:].split(b"\x01", 1)[0].decode("latin-1")
        session = next((item for item in sessions if item.config.fix_version == version), None)
        dictionary = context().any_dictionary("" if session is None else session.config.name)
    fields = decode(raw, dictionary)
    if not fields:
        raise InvalidRequest([FieldError("raw", "has no tag=value in it")])
    msg_type, _ = header(raw)
    return {
        "msg_type": msg_type,
        "msg_type_name": dictionary.msg_type_name(msg_type) if msg_type else None,
        "fields": [field_to_json(field) for field in fields],
        "tree": tree_to_json(tree(raw, dictionary)),
    }


def _order_of(found: MessageRow) -> str | None:
    if found.order_no is None:
        return None
    orders = context().blotter.orders(OrderQuery(before=found.order_no + 1, limit=1))
    return orders[0].cl_ord_ids[0] if orders and orders[0].order_no == found.order_no else None


def _other(reply: Reply | None, of: MessageRow) -> dict[str, Any] | None:
    if reply is None:
        return None
    dictionary = context().any_dictionary(of.session_name)
    other = message_to_json(reply.message, dictionary, context().mask)
    shown = ("id", "direction", "msg_type", "msg_type_name", "msg_seq_num")
    return {
        **{name: other[name] for name in shown},
        "after_ms": round(reply.after_ns / 1_000_000, 3),
        "ref_tag_id": reply.ref_tag_id,
        "text": parse_values(context().mask(reply.theirs.raw).encode()).get(58),
    }


def _row_to_json(desk: Context) -> Callable[[MessageRow], dict[str, Any]]:
    """For another thread, where there is no context."""
    return lambda found: message_to_json(found, desk.any_dictionary(found.session_name), desk.mask)


def _to_json(found: MessageRow, decoded: bool = False) -> dict[str, Any]:
    dictionary = context().any_dictionary(found.session_name)
    fields = None
    if decoded:
        fields = [] if found.direction == "EVENT" else decode(context().mask(found.raw).encode(), dictionary)
    return message_to_json(found, dictionary, context().mask, fields)
