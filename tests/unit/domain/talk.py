"""A conversation about one order: what we send and what the counterparty answers, in either FIX dialect."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sendfix.domain.enums import ExecTransType, ExecType, OrdStatus, OrdType, Side, TimeInForce
from sendfix.domain.events import (
    CancelRejected,
    CancelSent,
    ExecutionReported,
    MessageRejected,
    NewOrderSent,
    NotResent,
    ReplaceSent,
)
from sendfix.domain.order import Execution, Order

SESSION = "SIM"
START = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
FIX42, FIX44 = "FIX.4.2", "FIX.4.4"


def new_order(**changes: Any) -> NewOrderSent:
    """A limit order for 100 at 10.50, as sent."""
    event = NewOrderSent(
        SESSION,
        START,
        2,
        "A",
        "AAPL",
        Side.BUY,
        Decimal(100),
        OrdType.LIMIT,
        Decimal("10.50"),
        time_in_force=TimeInForce.DAY,
        account="ACC",
        fields={"handl_inst": "1"},
        custom_tags={9001: "x"},
    )
    return replace(event, **changes)


class Talk:
    """Each method is one message. `gap` takes the numbers of messages that arrive only when resent."""

    def __init__(self, dialect: str = FIX44, **changes: Any) -> None:
        self.dialect = dialect
        self.order = Order.from_new(new_order(**changes), 1)
        self.theirs = 0
        self.ours = 2
        self.execs = 0

    # What we send

    def cancel(self, cl_ord_id: str, orig_cl_ord_id: str | None = None) -> None:
        self.ours += 1
        orig = orig_cl_ord_id or self.order.cl_ord_id
        self.order.apply(CancelSent(SESSION, self._now(), self.ours, cl_ord_id, orig))

    def replace(
        self,
        cl_ord_id: str,
        order_qty: int,
        price: str | None = "10.50",
        orig_cl_ord_id: str | None = None,
        **more: Any,
    ) -> None:
        self.ours += 1
        orig = orig_cl_ord_id or self.order.cl_ord_id
        event = ReplaceSent(
            SESSION,
            self._now(),
            self.ours,
            cl_ord_id,
            orig,
            Decimal(order_qty),
            None if price is None else Decimal(price),
            ord_type=OrdType.LIMIT,
            time_in_force=TimeInForce.DAY,
            account="ACC",
        )
        self.order.apply(replace(event, **more))

    # What they answer

    def report(
        self, exec_type: ExecType, status: OrdStatus, cum: int = 0, leaves: int = 100, **more: Any
    ) -> Execution | None:
        return self.order.apply(self.report_event(exec_type, status, cum, leaves, **more))

    def report_event(
        self, exec_type: ExecType, status: OrdStatus, cum: int = 0, leaves: int = 100, **more: Any
    ) -> ExecutionReported:
        self.theirs += 1
        self.execs += 1
        event = ExecutionReported(
            session_name=SESSION,
            at=self._now(),
            exec_id=f"E{self.execs}",
            exec_type=exec_type,
            ord_status=status,
            cl_ord_id=self.order.cl_ord_id,
            order_id="O1",
            exec_trans_type=ExecTransType.NEW if self.dialect == FIX42 else None,
            symbol="AAPL",
            side=Side.BUY,
            cum_qty=Decimal(cum),
            leaves_qty=Decimal(leaves),
            avg_px=Decimal("10.50") if cum else Decimal(0),
            sent=self._stamp(),
        )
        return replace(event, **more)

    def accepted(self) -> Execution | None:
        return self.report(ExecType.NEW, OrdStatus.NEW)

    def fill_event(self, last: int, cum: int, leaves: int, **more: Any) -> ExecutionReported:
        status = more.pop("status", OrdStatus.PARTIALLY_FILLED if leaves else OrdStatus.FILLED)
        kind_42 = ExecType.PARTIAL_FILL if leaves else ExecType.FILL
        exec_type = kind_42 if self.dialect == FIX42 else ExecType.TRADE
        fill = {"last_qty": Decimal(last), "last_px": Decimal("10.50"), **more}
        return self.report_event(exec_type, status, cum, leaves, **fill)

    def fill(self, last: int, cum: int, leaves: int, **more: Any) -> Execution | None:
        return self.order.apply(self.fill_event(last, cum, leaves, **more))

    def bust(
        self, exec_ref_id: str, status: OrdStatus, cum: int, leaves: int, **more: Any
    ) -> Execution | None:
        if self.dialect == FIX42:
            fields = {"exec_trans_type": ExecTransType.CANCEL, **more}
            return self.report(ExecType.PARTIAL_FILL, status, cum, leaves, exec_ref_id=exec_ref_id, **fields)
        return self.report(ExecType.TRADE_CANCEL, status, cum, leaves, exec_ref_id=exec_ref_id, **more)

    def correct(
        self, exec_ref_id: str, status: OrdStatus, cum: int, leaves: int, **more: Any
    ) -> Execution | None:
        if self.dialect == FIX42:
            fields = {"exec_trans_type": ExecTransType.CORRECT, **more}
            return self.report(ExecType.PARTIAL_FILL, status, cum, leaves, exec_ref_id=exec_ref_id, **fields)
        return self.report(ExecType.TRADE_CORRECT, status, cum, leaves, exec_ref_id=exec_ref_id, **more)

    def status_report(self, status: OrdStatus, cum: int, leaves: int, **more: Any) -> Execution | None:
        fields = {"exec_id": "0", **more}
        if self.dialect == FIX42:
            same = ExecType.NEW
            return self.report(same, status, cum, leaves, exec_trans_type=ExecTransType.STATUS, **fields)
        return self.report(ExecType.ORDER_STATUS, status, cum, leaves, **fields)

    def cancel_reject(self, cl_ord_id: str, status: OrdStatus, **more: Any) -> None:
        self.theirs += 1
        event = CancelRejected(SESSION, self._now(), cl_ord_id, "A", "O1", status, sent=self._stamp())
        self.order.apply(replace(event, **more))

    def session_reject(self, ref_seq_num: int | None, text: str | None = "bad tag", **more: Any) -> None:
        event = MessageRejected(SESSION, self._now(), ref_seq_num, None, None, text=text)
        self.order.apply(replace(event, **more))

    def not_resent(self, cl_ord_id: str, text: str | None = "90 s old") -> None:
        self.order.apply(NotResent(SESSION, self._now(), cl_ord_id, text=text))

    # What is so then

    def shows(self, **expected: Any) -> None:
        """Assert that the order has these attributes; decimals may be given as int or str."""
        for name, value in expected.items():
            actual = getattr(self.order, name)
            if isinstance(actual, Decimal):
                value = Decimal(value)
            assert actual == value, f"{name} is {actual!r}, not {value!r}"

    def warnings(self) -> dict[str, str]:
        return {code: one.text for code, one in self.order.warnings.items()}

    def _now(self) -> datetime:
        return START + timedelta(milliseconds=self.theirs + self.ours)

    def _stamp(self) -> tuple[str, int]:
        return f"20261120-14:30:{self.theirs:02}", self.theirs
