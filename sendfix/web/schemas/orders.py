"""Orders, and questions about them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from sendfix.domain.enums import OrdType, Side, TimeInForce
from sendfix.web.schemas.base import Input, Name, enum_name

_ORDER_PROPERTIES: dict[str, Any] = {
    "symbol": {"type": "string", "examples": ["AAPL"]},
    "side": {"type": "string", "enum": [member.name for member in Side], "description": "Or the FIX code."},
    "order_qty": {"type": ["string", "number"], "examples": ["100"]},
    "ord_type": {
        "type": "string",
        "enum": [member.name for member in OrdType],
        "description": "Or the FIX code.",
    },
    "price": {
        "type": ["string", "number"],
        "description": "For LIMIT and STOP_LIMIT.",
        "examples": ["230.10"],
    },
    "stop_px": {"type": ["string", "number"], "description": "For STOP and STOP_LIMIT."},
    "time_in_force": {"type": "string", "enum": [member.name for member in TimeInForce]},
    "account": {"type": "string"},
}


class SendOrder(BaseModel):
    """Any field of NewOrderSingle(D) by its name in snake_case; which ones there are, the dictionary of the session's
    FIX version says (`GET /api/sessions/{session_name}/dictionary`). Aliases: `quantity`, `qty`, `order_type`, `tif`,
    `session`."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "properties": {
                "session_name": {"type": "string"},
                "cl_ord_id": {
                    "type": "string",
                    "description": "Your own ClOrdID(11); made by the desk if absent.",
                },
                **_ORDER_PROPERTIES,
                "custom_tags": {"type": "object", "examples": [{"9001": "x"}]},
            },
            "required": ["session_name", "symbol", "side", "order_qty", "ord_type"],
        },
    )

    session_name: Annotated[Name, Field(validation_alias=AliasChoices("session_name", "session"))]
    cl_ord_id: Name | None = None
    custom_tags: dict[str, Any] = Field(default_factory=dict)


class ManyOrders(Input):
    """`orders`, each as for `POST /api/send_order`; or `csv`, a line of field names and an order on each line below,
    whose orders are of `session_name` unless they name another."""

    orders: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=1_000)] | None = None
    csv: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        default=None, examples=["symbol,side,order_qty,ord_type,price\nAAPL,BUY,100,LIMIT,180"]
    )
    session_name: Name | None = None


class CancelOrders(Input):
    """Which open orders; `all` is for every one of them."""

    session_name: Name | None = None
    symbol: Name | None = None
    side: Annotated[str, enum_name(Side)] | None = None
    all: bool = False


class MassStatus(Input):
    """Of which open orders."""

    session_name: Name
    symbol: Name | None = None
    side: Annotated[str, enum_name(Side)] | None = None


class ReplaceOrder(BaseModel):
    """The order, and the fields to change: `order_qty`, `price`, `stop_px`, or any other field of
    OrderCancelReplaceRequest(G)."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "properties": {
                "cl_ord_id": {"type": "string", "description": "Any ClOrdID of the order's chain."},
                "new_cl_ord_id": {
                    "type": "string",
                    "description": "Your own ClOrdID(11) of the request; made by the desk if absent.",
                },
                "order_qty": _ORDER_PROPERTIES["order_qty"],
                "price": _ORDER_PROPERTIES["price"],
                "stop_px": _ORDER_PROPERTIES["stop_px"],
                "custom_tags": {"type": "object"},
            },
            "required": ["cl_ord_id"],
        },
    )

    cl_ord_id: Name
    new_cl_ord_id: Name | None = None
    custom_tags: dict[str, Any] = Field(default_factory=dict)


class CancelOrder(Input):
    """Which order, by any ClOrdID of its chain; `new_cl_ord_id` is that of the request."""

    cl_ord_id: Name
    new_cl_ord_id: Name | None = None


class PositionsQuery(Input):
    session_name: Name | None = None
    account: Name | None = None
    symbol: Name | None = None
    open: bool = False
