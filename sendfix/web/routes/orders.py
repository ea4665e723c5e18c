"""Orders: send, replace, cancel, look up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Response
from pydantic import BaseModel

from sendfix.domain.order import Order
from sendfix.services.columns import ORDERS
from sendfix.services.desk import Outcome
from sendfix.services.ports import ExecutionQuery, MessageQuery
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.csv_export import csv_response
from sendfix.web.order_fields import custom_tags_of, fields_of
from sendfix.web.searches import json_of, list_answer, make_all, read_search
from sendfix.web.to_json import SOH, execution_to_json, message_to_json, order_to_json

api = Api("orders")

LIST_MESSAGES = ("E", "K", "L", "M", "N")
"""MsgType(35) of what is about a list of orders as a whole."""

# A busy order can change while its executions are read; after so many readings it is answered as it is.
READINGS = 5


@api.route("POST", "/api/send_order", body=schemas.orders.SendOrder, answers={201: answers.orders.SentOrder})
def send_order(body: schemas.orders.SendOrder) -> tuple[dict[str, Any], int]:
    """Send a new order.
    Answered when the engine has stored and sent it. An own `cl_ord_id` makes a repeated request harmless: the second
    one is refused with 409."""
    order = context().desk.send_order(
        body.session_name, fields_of(body), custom_tags_of(body.custom_tags), body.cl_ord_id
    )
    return {"cl_ord_id": body.cl_ord_id or order.cl_ord_ids[0], "order": order_to_json(order)}, 201


@api.route(
    "POST", "/api/replace_order", body=schemas.orders.ReplaceOrder, answers={202: answers.orders.SentRequest}
)
def replace_order(body: schemas.orders.ReplaceOrder) -> tuple[dict[str, Any], int]:
    """Ask to replace an order's quantity, price or other fields.
    The order changes when the counterparty confirms it; until then the request is its `pending`."""
    desk = context().desk
    orig_cl_ord_id = desk.order(body.cl_ord_id).cl_ord_id
    cl_ord_id, order = desk.replace_order(
        body.cl_ord_id, fields_of(body), custom_tags_of(body.custom_tags), body.new_cl_ord_id
    )
    return {"cl_ord_id": cl_ord_id, "orig_cl_ord_id": orig_cl_ord_id, "order": order_to_json(order)}, 202


@api.route(
    "POST", "/api/cancel_order", body=schemas.orders.CancelOrder, answers={202: answers.orders.SentRequest}
)
def cancel_order(body: schemas.orders.CancelOrder) -> tuple[dict[str, Any], int]:
    """Ask to cancel an order.
    It is canceled when the counterparty says so; until then the request is its `pending`."""
    desk = context().desk
    orig_cl_ord_id = desk.order(body.cl_ord_id).cl_ord_id
    cl_ord_id, order = desk.cancel_order(body.cl_ord_id, body.new_cl_ord_id)
    return {"cl_ord_id": cl_ord_id, "orig_cl_ord_id": orig_cl_ord_id, "order": order_to_json(order)}, 202


@api.route(
    "GET",
    "/api/requests/<path:cl_ord_id>",
    query=schemas.base.SessionName,
    answers={200: answers.orders.RequestOutcome},
)
def request_outcome(cl_ord_id: str, query: schemas.base.SessionName) -> dict[str, Any]:
    """What became of an order, replace or cancel, by the ClOrdID that the caller gave it, when its answer was lost.
    Each of them is `sent`, `on_its_way`, `absent` (not sent, unless the request itself is still to arrive) or
    `unknown` for as long as the engine is away."""
    desk = context().desk
    outcome = desk.outcome(query.session_name, cl_ord_id)
    order = desk.order(cl_ord_id) if outcome is Outcome.SENT else None
    return {
        "cl_ord_id": cl_ord_id,
        "outcome": outcome.value,
        "order": None if order is None else order_to_json(order),
    }


@api.route("GET", "/api/orders", query=schemas.search.OrdersQuery, answers={200: answers.orders.OrderList})
def orders(query: BaseModel) -> dict[str, Any]:
    """Orders of all sessions, newest first.
    Filters on every column, and `sort`: docs/search.md."""
    search = read_search(ORDERS, query, context())
    make = json_of(order_to_json)
    found = context().order_search.search(search, make)
    return list_answer("orders", search, found.next, make_all(make, found.made))


@api.route("GET", "/api/orders.csv", query=schemas.search.OrdersExport, answers={200: "text/csv"})
def orders_csv(query: BaseModel) -> Response:
    """All orders that pass the filters, oldest first, as CSV.
    Without a limit; the header names the keys of the JSON form. Each order is as it was when its line was read."""
    desk = context()
    search = read_search(ORDERS, query, desk)
    desk.settle()
    columns = list(answers.orders.Order.model_fields)
    return csv_response(desk.search, search, order_to_json, columns, datetime.now(UTC))


@api.route("GET", "/api/orders/<path:cl_ord_id>", answers={200: answers.orders.OrderDetail})
def order(cl_ord_id: str) -> dict[str, Any]:
    """One order with its executions, by any ClOrdID of its chain.
    Of very many executions the newest 5,000."""
    found = context().desk.order(cl_ord_id)
    for _ in range(READINGS):
        state = order_to_json(found)
        executions, _next = _executions(found, schemas.base.Page(limit=schemas.base.MAX_LIMIT))
        if order_to_json(found) == state:
            break
    return {**state, "executions": executions}


@api.route(
    "GET",
    "/api/orders/<path:cl_ord_id>/executions",
    query=schemas.base.Page,
    answers={200: answers.orders.ExecutionList},
)
def order_executions(cl_ord_id: str, query: schemas.base.Page) -> dict[str, Any]:
    """The executions of an order: the newest `limit` of them, oldest first."""
    executions, next_before = _executions(context().desk.order(cl_ord_id), query)
    return {"executions": executions, "next_before": next_before}


@api.route(
    "GET",
    "/api/orders/<path:cl_ord_id>/messages",
    query=schemas.base.Page,
    answers={200: answers.messages.MessageList},
)
def order_messages(cl_ord_id: str, query: schemas.base.Page) -> dict[str, Any]:
    """The FIX messages behind an order: the newest `limit` of them, oldest first.
    Those about the list that it is of, too."""
    found = context().desk.order(cl_ord_id)
    context().settle()
    own = MessageQuery(
        order_no=found.order_no, directions=("IN", "OUT", "EVENT"), limit=query.limit, before=query.before
    )
    messages = context().archive.messages(own)
    list_id = found.fields.get("list_id")
    if list_id is not None:
        of_list = replace(own, session_name=found.session_name, order_no=None, msg_types=LIST_MESSAGES)
        known = {message.id for message in messages}
        messages += [
            message
            for message in context().archive.messages(replace(of_list, text=f"{SOH}66={list_id}{SOH}"))
            if message.id not in known
        ]
        messages = sorted(messages, key=lambda message: -message.id)[: query.limit]
    dictionary = context().any_dictionary(found.session_name)
    return {
        "messages": [message_to_json(message, dictionary, context().mask) for message in reversed(messages)],
        "next_before": messages[-1].id if len(messages) == query.limit else None,
    }


def _executions(found: Order, page: schemas.base.Page) -> tuple[list[dict[str, Any]], int | None]:
    context().settle()
    booked = context().archive.executions(
        ExecutionQuery(order_no=found.order_no, limit=page.limit, before=page.before)
    )
    next_before = booked[-1].id if len(booked) == page.limit else None
    return [execution_to_json(item) for item in reversed(booked)], next_before
