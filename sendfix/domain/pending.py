"""A cancel or replace that the counterparty has not answered yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sendfix.domain.enums import OrdType, TimeInForce
from sendfix.domain.records import code_in, code_out, decimal_in, decimal_out, tags_in, tags_out, time_out
from sendfix.domain.values import FieldValue


@dataclass(frozen=True, slots=True)
class Pending:
    """`type` is "cancel" or "replace". A replace says how the order shall be; a cancel leaves that empty.
    `dropped` are fields of the order that it takes away."""

    type: Literal["cancel", "replace"]
    cl_ord_id: str
    orig_cl_ord_id: str
    msg_seq_num: int | None
    requested_at: datetime
    order_qty: Decimal | None = None
    price: Decimal | None = None
    stop_px: Decimal | None = None
    ord_type: OrdType | str | None = None
    time_in_force: TimeInForce | str | None = None
    account: str | None = None
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    custom_tags: Mapping[int, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()

    def to_record(self) -> dict[str, Any]:
        return {
            "type": self.type,
            "cl_ord_id": self.cl_ord_id,
            "orig_cl_ord_id": self.orig_cl_ord_id,
            "msg_seq_num": self.msg_seq_num,
            "requested_at": time_out(self.requested_at),
            "order_qty": decimal_out(self.order_qty),
            "price": decimal_out(self.price),
            "stop_px": decimal_out(self.stop_px),
            "ord_type": code_out(self.ord_type),
            "time_in_force": code_out(self.time_in_force),
            "account": self.account,
            "fields": dict(self.fields),
            "custom_tags": tags_out(dict(self.custom_tags)),
            "dropped": list(self.dropped),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Pending:
        values = dict(record)
        values["requested_at"] = datetime.fromisoformat(values["requested_at"])
        for name in ("order_qty", "price", "stop_px"):
            values[name] = decimal_in(values[name])
        values["ord_type"] = code_in(OrdType, values["ord_type"])
        values["time_in_force"] = code_in(TimeInForce, values["time_in_force"])
        values["custom_tags"] = tags_in(values["custom_tags"])
        values["dropped"] = tuple(values.get("dropped", ()))
        return cls(**values)
