"""What a person asks for. Each command becomes one FIX message; `transact_time` is aware, in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sendfix.domain.order import Order


@dataclass(frozen=True, slots=True)
class NewOrder:
    """NewOrderSingle(D). `fields` has api names (`symbol`, `side`, `order_qty`...) and str, int or Decimal
    values, not yet validated; `custom_tags` is any other tag and its text."""

    session_name: str
    cl_ord_id: str
    transact_time: datetime
    fields: Mapping[str, object]
    custom_tags: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReplaceOrder:
    """OrderCancelReplaceRequest(G). `changes` has only what shall change, by api name."""

    order: Order
    cl_ord_id: str
    transact_time: datetime
    changes: Mapping[str, object]
    custom_tags: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """OrderCancelRequest(F)."""

    order: Order
    cl_ord_id: str
    transact_time: datetime


@dataclass(frozen=True, slots=True)
class RequestStatus:
    """OrderStatusRequest(H)."""

    order: Order
