"""Any message of a session's dictionary: which there are, what they hold; check one, send it, see what answers it."""

from __future__ import annotations

from typing import Any

from sendfix.domain.errors import FieldError, InvalidRequest, StorageUnavailable, UnknownMessage
from sendfix.fix.compose import SESSION_MESSAGES, Draft
from sendfix.fix.dictionary import Dictionary, Group
from sendfix.services.composer import SentMessage
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.order_fields import ALIASES, custom_tags_of
from sendfix.web.to_json import SOH, errors_to_json, message_to_json, order_to_json

api = Api("messages of the dictionary")


@api.route(
    "GET",
    "/api/sessions/<session_name>/dictionary",
    query=schemas.messages.DictionaryQuery,
    answers={200: answers.messages.MessageDictionary},
)
def dictionary(session_name: str, query: schemas.messages.DictionaryQuery) -> dict[str, Any]:
    """The fields of a message in the session's FIX version, with their allowed values.
    A repeating group is the field of its counter, with the `fields` of its entries."""
    found = context().dictionary(session_name)
    message = found.messages.get(query.msg_type)
    if message is None:
        raise InvalidRequest([FieldError("msg_type", f"{found.version} has no message {query.msg_type!r}")])
    fields = [
        _field_to_json(found, tag, required, message.groups.get(tag))
        for tag, required in message.fields.items()
    ]
    return {"msg_type": query.msg_type, "name": message.name, "fields": fields}


@api.route(
    "GET",
    "/api/sessions/<session_name>/dictionary/messages",
    answers={200: answers.composer.MessageNames},
)
def message_names(session_name: str) -> dict[str, Any]:
    """The messages of the session's FIX version."""
    found = context().dictionary(session_name).messages
    why = "a message of the session, which the engine sends"
    return {
        "messages": [
            {
                "msg_type": msg_type,
                "name": message.name,
                "sendable": msg_type not in SESSION_MESSAGES,
                "reason": why if msg_type in SESSION_MESSAGES else None,
            }
            for msg_type, message in sorted(found.items(), key=lambda item: item[1].name)
        ]
    }


@api.route(
    "POST",
    "/api/check_message",
    body=schemas.composer.ComposedMessage,
    answers={200: answers.composer.CheckedMessage},
)
def check_message(body: schemas.composer.ComposedMessage) -> dict[str, Any]:
    """How a message would be written, or what is wrong with it. Nothing is sent.
    Ids that are left out are made anew each time."""
    composed, reason = context().composer.check(body.session_name, _draft(body))
    return {
        "ok": composed.body is not None,
        "msg_type": composed.msg_type,
        "raw": None if composed.body is None else _shown(composed.body),
        "reason": reason,
        "fields": composed.fields,
        "custom_tags": {str(tag): value for tag, value in composed.custom_tags.items()},
        "errors": errors_to_json(composed.errors),
    }


@api.route(
    "POST",
    "/api/send_message",
    body=schemas.composer.ComposedMessage,
    answers={201: answers.composer.SentMessage},
)
def send_message(body: schemas.composer.ComposedMessage) -> tuple[dict[str, Any], int]:
    """Send any message but those of the session itself.
    Orders, replaces and lists of orders go through the limits as everywhere, and are orders of the desk. What is
    required and nobody needs to choose is filled in: a new ClOrdID or request id, TransactTime; in a NewOrderList
    ListID, BidType and the numbers of its orders."""
    sent = context().composer.send(body.session_name, _draft(body))
    return {
        "message_id": _message_id(body.session_name, sent),
        "msg_seq_num": sent.msg_seq_num,
        "raw": _shown(sent.body),
        "cl_ord_id": sent.cl_ord_ids[0] if sent.cl_ord_ids else None,
        "orders": [order_to_json(order) for order in sent.orders],
    }, 201


@api.route("GET", "/api/messages/<int:message_id>/answers", answers={200: answers.composer.MessageAnswers})
def message_answers(message_id: int) -> dict[str, Any]:
    """What the counterparty has said to a message of ours, oldest first.
    By the ids that it gives back, or by the MsgSeqNum that a reject names."""
    context().settle()
    found = context().archive.message(message_id) if message_id < 2**63 else None
    if found is None:
        raise UnknownMessage(message_id)
    if found.direction != "OUT":
        raise InvalidRequest([FieldError("message_id", "must be that of a message of ours")])
    given = context().composer.answers(found)
    session = context().sessions.find(found.session_name)
    known = context().any_dictionary(found.session_name)
    return {
        "messages": [message_to_json(message, known, context().mask) for message in given],
        "waiting": not given and session is not None and session.logged_on,
    }


def _field_to_json(found: Dictionary, tag: int, required: bool, group: Group | None) -> dict[str, Any]:
    field = found.fields[tag]
    return {
        "tag": tag,
        "name": field.name,
        "key": field.key,
        "type": field.type,
        "required": required,
        "values": [{"value": value, "name": name} for value, name in field.values.items()],
        "fields": None
        if group is None
        else [
            _field_to_json(found, inner, needed, group.groups.get(inner))
            for inner, needed in group.fields.items()
        ],
    }


def _draft(body: schemas.composer.ComposedMessage) -> Draft:
    """Raises `InvalidRequest`."""
    errors = []
    if (body.msg_type is None) == (body.raw is None):
        errors.append(FieldError("msg_type", "give either msg_type with fields, or raw"))
    elif body.raw is not None and (body.fields or body.custom_tags):
        errors.append(FieldError("raw", "holds all fields: leave out fields and custom_tags"))
    elif body.raw is None and not body.validated:
        errors.append(FieldError("validate", "can be false for raw only"))
    if errors:
        raise InvalidRequest(errors)
    fields = {ALIASES.get(name, name): value for name, value in body.fields.items()}
    return Draft(body.msg_type, fields, custom_tags_of(body.custom_tags), body.raw, body.validated)


def _message_id(session_name: str, sent: SentMessage) -> int | None:
    try:
        context().settle()
        found = context().composer.find(session_name, sent)
    except StorageUnavailable:
        return None
    return None if found is None else found.id


def _shown(body: bytes) -> str:
    return context().mask(body.decode().strip(SOH)).replace(SOH, "|")
