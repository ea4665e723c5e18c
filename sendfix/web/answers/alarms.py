"""Answers about alarms."""

from __future__ import annotations

from typing import Literal

from sendfix.web.answers.base import Output
from sendfix.web.answers.messages import DecodedField


class Alarm(Output):
    """A report that is not in the orders. `id` is that of its message; `why` is the reason in words."""

    id: int
    session_name: str
    at: str
    kind: Literal["refused", "not_understood"]
    why: str
    msg_type: str
    msg_type_name: str | None
    cl_ord_id: str | None
    exec_id: str | None
    raw: str
    state: Literal["open", "booked", "dismissed"]
    settled_at: str | None
    reason: str | None
    corrections: dict[str, str]


class AlarmList(Output):
    alarms: list[Alarm]
    next_before: int | None


class Assumption(Output):
    """`value` is null where what the message says was left out."""

    tag: int
    name: str
    value: str | None
    why: str


class Standing(Output):
    """How the order stands."""

    cl_ord_id: str
    status: str
    order_qty: str | None
    cum_qty: str
    leaves_qty: str
    avg_px: str


class BookedFill(Output):
    exec_id: str
    exec_type: str
    last_qty: str | None
    last_px: str | None


class Booking(Output):
    """What booking the alarm would do; `problem` says why it can't be done."""

    problem: str | None
    assumed: list[Assumption]
    before: Standing | None
    after: Standing | None
    execution: BookedFill | None


class AlarmDetail(Alarm):
    """`booking` is null once it is settled."""

    fields: list[DecodedField]
    booking: Booking | None
