"""The messages of an order as a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sendfix.domain.errors import UnknownSession
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.parse import parse_values
from sendfix.services.ladder import Step, ladder
from sendfix.services.ports import ExecutionQuery, MessageQuery
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.to_json import decimal_to_json, message_to_json

api = Api("ladder")

_SHOWN = {"cl_ord_id": 11, "orig_cl_ord_id": 41, "exec_id": 17, "exec_ref_id": 19, "text": 58}


@api.route(
    "GET",
    "/api/orders/<path:cl_ord_id>/ladder",
    query=schemas.base.Page,
    answers={200: answers.ladder.Ladder},
)
def order_ladder(cl_ord_id: str, query: schemas.base.Page) -> dict[str, Any]:
    """The messages behind an order as a conversation.
    The newest `limit` of them, oldest first: who answers which and when, and what each CumQty(14) is made of."""
    found = context().desk.order(cl_ord_id)
    context().settle()
    archive = context().archive
    limit = schemas.base.MAX_LIMIT
    executions = archive.executions(ExecutionQuery(order_no=found.order_no, limit=limit))
    messages = archive.messages(
        MessageQuery(
            order_no=found.order_no,
            directions=("IN", "OUT", "EVENT"),
            limit=query.limit,
            before=query.before,
        )
    )
    whole = len(executions) < limit
    carried = found.tally.carried
    steps = ladder(messages[::-1], executions[::-1], whole=whole, carried=carried)
    us, them = _sides(found.session_name)
    dictionary = context().any_dictionary(found.session_name)
    return {
        "cl_ord_id": found.cl_ord_ids[0],
        "session_name": found.session_name,
        "us": us,
        "them": them,
        "steps": [_step(step, dictionary) for step in steps],
        "whole": whole,
        "carried": decimal_to_json(carried),
        "next_before": messages[-1].id if len(messages) == query.limit else None,
    }


def _sides(session_name: str) -> tuple[str, str]:
    try:
        config = context().sessions.get(session_name).config
    except UnknownSession:
        return "we", "counterparty"
    return config.sender_comp_id, config.target_comp_id


def _step(step: Step, dictionary: Dictionary) -> dict[str, Any]:
    message = message_to_json(step.message, dictionary, context().mask)
    del message["session_name"], message["refused"]
    return {
        **message,
        **_shown(step),
        "exec_type": step.exec_type,
        "status": step.status,
        "last_qty": decimal_to_json(step.last_qty),
        "last_px": decimal_to_json(step.last_px),
        "cum_qty": decimal_to_json(step.cum_qty),
        "marks": step.marks,
        "nothing_new": step.nothing_new,
        "answers": step.answers,
        "after_previous_ms": _ms(step.since_previous),
        "after_request_ms": _ms(step.since_request),
        "counted": None
        if step.counted is None
        else {
            "exec_id": step.counted_as,
            "qty": decimal_to_json(step.counted),
            "px": decimal_to_json(step.counted_px),
        },
        "taken_back": step.taken_back,
        "total": decimal_to_json(step.total),
        "adds_up": step.adds_up,
    }


def _shown(step: Step) -> Mapping[str, str | None]:
    """What of it may be shown: a tag that is to be hidden is hidden here too."""
    if step.message.direction == "EVENT":
        return {name: getattr(step, name) for name in _SHOWN}
    values = parse_values(context().mask(step.message.raw).encode("utf-8", "replace"))
    return {name: values.get(tag) for name, tag in _SHOWN.items()}


def _ms(ns: int | None) -> float | None:
    return None if ns is None else round(ns / 1_000_000, 3)
