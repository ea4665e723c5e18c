"""Answers about orders and executions."""

from __future__ import annotations

from typing import Any, Literal

from sendfix.web.answers.base import FieldError, Output


class Pending(Output):
    type: Literal["cancel", "replace"]
    cl_ord_id: str
    order_qty: str | None
    price: str | None
    stop_px: str | None
    ord_type: str | None
    time_in_force: str | None


class OrderWarning(Output):
    """What contradicts itself in an order's reports; `code` is the rule that is broken."""

    code: str
    text: str
    at: str


class Order(Output):
    """One for each chain of replaces. Decimals are strings."""

    order_no: int
    cl_ord_id: str
    orig_cl_ord_id: str | None
    cl_ord_ids: list[str]
    order_id: str | None
    session_name: str
    account: str | None
    user: str | None
    symbol: str | None
    side: str | None
    order_qty: str | None
    ord_type: str | None
    price: str | None
    stop_px: str | None
    time_in_force: str | None
    status: str
    is_open: bool
    pending: Pending | None
    cum_qty: str | None
    leaves_qty: str | None
    avg_px: str | None
    last_qty: str | None
    last_px: str | None
    text: str | None
    arrival_px: str | None
    adopted: bool
    warnings: list[OrderWarning]
    fields: dict[str, str | list[dict[str, Any]]]
    custom_tags: dict[str, str]
    created_at: str
    updated_at: str


class Execution(Output):
    id: int
    order_no: int
    exec_id: str
    exec_ref_id: str | None
    cl_ord_id: str
    order_id: str | None
    session_name: str
    symbol: str | None
    side: str | None
    exec_type: str | None
    ord_status: str | None
    last_qty: str | None
    last_px: str | None
    cum_qty: str | None
    leaves_qty: str | None
    avg_px: str | None
    text: str | None
    transact_time: str | None
    received_at: str
    account: str | None
    commission: str | None
    multi_leg_reporting_type: str | None


class SentOrder(Output):
    cl_ord_id: str
    order: Order


class SentRequest(Output):
    cl_ord_id: str
    orig_cl_ord_id: str
    order: Order


class RequestOutcome(Output):
    """`order` is there once it is `sent`."""

    cl_ord_id: str
    outcome: Literal["sent", "on_its_way", "absent", "unknown"]
    order: Order | None


class OrderList(Output):
    orders: list[Order]
    next_before: int | None
    next_cursor: str | None


class OrderDetail(Order):
    executions: list[Execution]


class ExecutionList(Output):
    executions: list[Execution]
    next_before: int | None
    next_cursor: str | None = None


class CancelResult(Output):
    cl_ord_id: str
    sent: bool
    reason: str | None


class CanceledOrders(Output):
    """`mass_cancels` are the ClOrdIDs of the OrderMassCancelRequests that stand for several of them."""

    canceled: list[CancelResult]
    mass_cancels: list[str]


class MassStatusRequested(Output):
    """`mass_status_req_id` is null where each of the `asked` orders was asked for by itself."""

    session_name: str
    mass_status_req_id: str | None
    asked: int


class OrderResult(Output):
    """`reason` says why not when it is not `ok`, `errors` which fields; `cl_ord_id` is of an order that was sent."""

    ok: bool
    cl_ord_id: str | None
    reason: str | None
    errors: list[FieldError]


class SentOrders(Output):
    """A result for each order, in the order in which they were given; how many went, and how many did not."""

    results: list[OrderResult]
    ok: int
    refused: int


class CheckedOrders(SentOrders):
    """`orders` are what the CSV holds, `lines` where each begins in it (from 1), `notes` what was understood
    otherwise than it is written."""

    orders: list[dict[str, Any]]
    lines: list[int]
    notes: list[list[str]]


class StatusRequested(Output):
    cl_ord_id: str
    session_name: str
