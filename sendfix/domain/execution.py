"""One ExecutionReport of an order, counted once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sendfix.domain.enums import ExecType, OrdStatus, Side
from sendfix.domain.records import code_in, code_out, decimal_in, decimal_out, time_in, time_out


@dataclass(frozen=True, slots=True)
class Execution:
    """A report that the counterparty gave an ExecID(17); a fill when `last_qty` is above zero.

    `exec_type` is ExecType(150) as reported, except for FIX 4.2's busts and corrections (ExecTransType(20) 1 and 2),
    which are TRADE_CANCEL and TRADE_CORRECT here as they are in FIX 4.4; `exec_ref_id` names the fill they change.
    `commission` is an amount of money, that of this fill. Those that an earlier version stored have no account.
    `multi_leg_reporting_type` is MultiLegReportingType(442) where the report has it; `user` is that of the order.
    """

    exec_id: str
    exec_ref_id: str | None
    cl_ord_id: str
    order_id: str | None
    session_name: str
    symbol: str | None
    side: Side | str | None
    exec_type: ExecType | str
    ord_status: OrdStatus
    last_qty: Decimal | None
    last_px: Decimal | None
    cum_qty: Decimal
    leaves_qty: Decimal
    avg_px: Decimal
    text: str | None
    transact_time: datetime | None
    received_at: datetime
    account: str | None = None
    commission: Decimal | None = None
    multi_leg_reporting_type: str | None = None
    user: str | None = None

    def to_record(self) -> dict[str, Any]:
        """JSON-able; `from_record` gives the same execution back."""
        record = {name: getattr(self, name) for name in _NAMES}
        record.update((name, code_out(record[name])) for name in _CODES)
        record.update((name, decimal_out(record[name])) for name in _DECIMALS)
        record.update((name, time_out(record[name])) for name in _TIMES)
        return record

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Execution:
        values = dict(record)
        values["side"] = code_in(Side, values["side"])
        values["exec_type"] = code_in(ExecType, values["exec_type"])
        values["ord_status"] = OrdStatus(values["ord_status"])
        values.update((name, decimal_in(values.get(name))) for name in _DECIMALS)
        values.update((name, time_in(values[name])) for name in _TIMES)
        return cls(**values)


_NAMES = tuple(field.name for field in fields(Execution))
_CODES = ("side", "exec_type", "ord_status")
_DECIMALS = ("last_qty", "last_px", "cum_qty", "leaves_qty", "avg_px", "commission")
_TIMES = ("transact_time", "received_at")
