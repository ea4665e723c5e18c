"""Answers about an order's messages as a conversation."""

from __future__ import annotations

from typing import Literal

from sendfix.web.answers.base import Output


class Counted(Output):
    """A fill that counts, under its ExecID(17)."""

    exec_id: str
    qty: str
    px: str | None


class LadderStep(Output):
    """`answers` is the `id` of the message that it answers, `after_request_ms` how long that took. `counted` is the
    fill that it added, `taken_back` the ExecID of the one that it busted or corrected, `total` the sum of the fills
    after it. `nothing_new` is what was said before and came again: its `status` is of then. `adds_up` says whether
    `cum_qty` is that sum; null where nobody can tell."""

    id: int
    at: str
    direction: Literal["IN", "OUT", "EVENT"]
    msg_type: str | None
    msg_type_name: str | None
    msg_seq_num: int | None
    cl_ord_id: str | None
    orig_cl_ord_id: str | None
    exec_id: str | None
    exec_ref_id: str | None
    exec_type: str | None
    status: str | None
    last_qty: str | None
    last_px: str | None
    cum_qty: str | None
    text: str | None
    marks: list[Literal["resent", "possibly_resent", "reject", "bust", "correction", "not_counted"]]
    nothing_new: bool
    answers: int | None
    after_previous_ms: float | None
    after_request_ms: float | None
    counted: Counted | None
    taken_back: str | None
    total: str | None
    adds_up: bool | None
    raw: str


class Ladder(Output):
    """`whole` is false when older executions than could be read are missing from the sums; `carried` is the part of
    CumQty(14) that no execution stands for, as of an order that others sent."""

    cl_ord_id: str
    session_name: str
    us: str
    them: str
    steps: list[LadderStep]
    whole: bool
    carried: str | None
    next_before: int | None
