"""The messages of an order as a conversation: who answers which, how long it took, and what each CumQty is made of.

The messages say what was said, the booked executions what was counted; nothing is folded anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sendfix.domain.enums import ExecType, FixEnum, OrdStatus
from sendfix.domain.execution import Execution
from sendfix.domain.tally import Tally
from sendfix.domain.values import decimal_of_text
from sendfix.fix.parse import parse_values
from sendfix.services.ports import BookedExecution, MessageRow

ZERO = Decimal(0)
_TAKES_BACK = frozenset({ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})
_REJECTS = frozenset({"3", "j", "9"})
_STATUS_REPORT = ("I", "3")  # ExecType(150) ORDER_STATUS, ExecTransType(20) STATUS


@dataclass(slots=True)
class Step:
    """One message, or an event of the session that concerns the order.

    `status` and `exec_type` are as the message says, by name. `marks` are of `resent`, `possibly_resent`, `reject`,
    `bust`, `correction` and `not_counted` (its ExecID was counted before). `answers` is the id of the message that it
    answers. `nothing_new` is what was said before and came again: it says how the order stood then, and answers nothing
    now. Times are nanoseconds, None where there is nothing before. `counted` is what it added to the fills, under
    `counted_as`; `taken_back` the key of the fill that it busted or corrected. `total` is the sum of the fills after
    it, and `adds_up` whether its CumQty is that; None where it has none, or where that can't be known."""

    message: MessageRow
    cl_ord_id: str | None = None
    orig_cl_ord_id: str | None = None
    exec_id: str | None = None
    exec_ref_id: str | None = None
    exec_type: str | None = None
    status: str | None = None
    last_qty: Decimal | None = None
    last_px: Decimal | None = None
    cum_qty: Decimal | None = None
    text: str | None = None
    marks: list[str] = field(default_factory=list)
    nothing_new: bool = False
    answers: int | None = None
    since_previous: int | None = None
    since_request: int | None = None
    counted: Decimal | None = None
    counted_as: str | None = None
    counted_px: Decimal | None = None
    taken_back: str | None = None
    total: Decimal | None = None
    adds_up: bool | None = None


def ladder(
    messages: Sequence[MessageRow],
    executions: Sequence[BookedExecution],
    *,
    whole: bool,
    carried: Decimal | None = ZERO,
) -> list[Step]:
    """Both oldest first. `executions` are all of the order, unless it is not `whole`: then no sum is known. `carried`
    is the part of CumQty that no execution stands for (`Tally`)."""
    return _Ladder(executions, whole, carried).steps(messages)


class _Ladder:
    def __init__(self, executions: Sequence[BookedExecution], whole: bool, carried: Decimal | None) -> None:
        self._executions = executions
        self._next = 0
        self._whole = whole
        self._carried = carried
        self._tally = Tally()
        self._by_id: dict[str, MessageRow] = {}
        self._status_asked: dict[str, MessageRow] = {}
        self._by_number: dict[str, MessageRow] = {}
        self._heard: set[tuple[str | None, str | None, str | None]] = set()

    def steps(self, messages: Sequence[MessageRow]) -> list[Step]:
        found = []
        previous: MessageRow | None = None
        for message in messages:
            step = self._step(message)
            if message.direction != "EVENT":
                step.since_previous = None if previous is None else message.at_ns - previous.at_ns
                previous = message
            found.append(step)
        return found

    def _step(self, message: MessageRow) -> Step:
        step = Step(message)
        if message.direction == "EVENT":
            step.text = message.raw
        else:
            self._read(step, parse_values(message.raw.encode("utf-8", "replace")))
        self._count(step)
        return step

    def _read(self, step: Step, values: Mapping[int, str]) -> None:
        get = values.get
        step.cl_ord_id, step.orig_cl_ord_id = get(11), get(41)
        step.exec_id, step.exec_ref_id = get(17), get(19)
        step.text = get(58)
        step.status = _name(OrdStatus, get(39))
        step.exec_type = _name(ExecType, get(150))
        step.last_qty, step.last_px, step.cum_qty = _decimal(get(32)), _decimal(get(31)), _decimal(get(14))
        if get(43) == "Y":
            step.marks.append("resent")
        if get(97) == "Y":
            step.marks.append("possibly_resent")
        message = step.message
        if message.direction == "OUT":
            if step.cl_ord_id and "resent" not in step.marks:
                by_id = self._status_asked if message.msg_type == "H" else self._by_id
                by_id[step.cl_ord_id] = message
                self._by_number[get(34, "")] = message
            return
        if message.msg_type in _REJECTS or (step.exec_type or step.status) == ExecType.REJECTED.name:
            step.marks.append("reject")
        is_status = (get(150) == _STATUS_REPORT[0]) or (get(20) == _STATUS_REPORT[1])
        has_id = message.msg_type == "8" and step.exec_id not in (None, "0")
        if has_id and not is_status and not self._is_booked(message):
            step.marks.append("not_counted")
        # A message that fills a gap is marked as sent again too, but nobody has heard it before.
        said = (message.msg_type, get(34), step.cl_ord_id)
        step.nothing_new = "not_counted" in step.marks or ("resent" in step.marks and said in self._heard)
        self._heard.add(said)
        if step.nothing_new:
            return
        name = step.cl_ord_id or get(379, "")
        question = self._status_asked.get(name) if is_status else None
        asked = self._by_number.get(get(45, "-")) or question or self._by_id.get(name)
        if asked is not None:
            step.answers, step.since_request = asked.id, message.at_ns - asked.at_ns

    def _is_booked(self, message: MessageRow) -> bool:
        """Executions come in the order of their messages, and bear their ids."""
        at = self._next
        while at < len(self._executions) and self._executions[at].id < message.id:
            at += 1
        return at < len(self._executions) and self._executions[at].id == message.id

    def _count(self, step: Step) -> None:
        while self._next < len(self._executions) and self._executions[self._next].id <= step.message.id:
            booked = self._executions[self._next]
            self._next += 1
            mine = step if booked.id == step.message.id else Step(step.message)
            self._book(mine, booked.execution)
        if not self._whole:
            return
        step.total = self._tally.qty
        if step.cum_qty is not None and step.message.direction == "IN":
            with_carried = None if self._carried is None else step.total + self._carried
            right = step.cum_qty in (step.total, with_carried)
            step.adds_up = None if not right and "resent" in step.marks else right

    def _book(self, step: Step, execution: Execution) -> None:
        step.exec_type = (
            execution.exec_type if isinstance(execution.exec_type, str) else execution.exec_type.name
        )
        key = execution.exec_id if execution.exec_id != "0" else f"0 at CumQty {execution.cum_qty}"
        tally = self._tally
        fills = execution.last_qty and execution.exec_type is not ExecType.TRADE_CANCEL
        if execution.exec_type in _TAKES_BACK:
            step.marks.append("correction" if fills else "bust")
            if execution.exec_ref_id:
                before = set(tally.fills)
                tally.supersede(execution.exec_ref_id, key if fills else "")
                step.taken_back = next(iter(before - tally.fills.keys()), None)
        if fills and execution.last_qty and key not in tally.fills:
            tally.fill(key, execution.last_qty, execution.last_px)
            if key in tally.fills:
                step.counted, step.counted_as, step.counted_px = execution.last_qty, key, execution.last_px


def _name(enum: type[FixEnum], code: str | None) -> str | None:
    if code is None:
        return None
    member = enum.of_code(code)
    return code if member is None else member.name


def _decimal(text: str | None) -> Decimal | None:
    try:
        return None if not text else decimal_of_text(text)
    except ValueError:
        return None
