"""The message log: search it, and decode messages."""

from __future__ import annotations

from typing import Any

from sendfix.domain.errors import FieldError, InvalidRequest, UnknownMessage
from sendfix.fix.decode import decode
from sendfix.fix.parse import header, text_of
from sendfix.fix.redact import redact
from sendfix.fix.tree import tree
from sendfix.services.ports import MessageQuery, MessageRow, OrderQuery
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.to_json import SOH, field_to_json, message_to_json
from sendfix.web.tree_to_json import tree_to_json

api = Api("messages")


@api.route(
    "GET", "/api/messages", query=schemas.messages.MessagesQuery, answers={200: answers.messages.MessageList}
)
def messages(query: schemas.messages.MessagesQuery) -> dict[str, Any]:
    """FIX messages of all sessions, newest first.
    `direction` and `msg_type` take several values with commas; `direction=EVENT` gives the sessions' events."""
    context().settle()
    found = context().archive.messages(
        MessageQuery(
            session_name=query.session_name,
            symbol=query.symbol,
            msg_types=query.msg_type,
            directions=query.direction,
            text=query.text.replace("|", SOH) if query.text else None,
            since=query.since,
            until=query.until,
            limit=query.limit,
            before=query.before,
        )
    )
    return {
        "messages": [_to_json(message) for message in found],
        "next_before": found[-1].id if len(found) == query.limit else None,
    }


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


def _to_json(found: MessageRow, decoded: bool = False) -> dict[str, Any]:
    dictionary = context().any_dictionary(found.session_name)
    fields = None
    if decoded:
        fields = [] if found.direction == "EVENT" else decode(context().mask(found.raw).encode(), dictionary)
    return message_to_json(found, dictionary, context().mask, fields)
