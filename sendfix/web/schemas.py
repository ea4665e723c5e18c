"""What comes in and goes out over REST, as pydantic models: they parse the input, and describe both in OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from sendfix.domain.enums import OrdStatus, OrdType, Side, TimeInForce
from sendfix.services.intake import DIRECTIONS

MAX_LIMIT = 5_000
DEFAULT_LIMIT = 500

Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]


def _enum_name(enum: Any) -> Any:
    def parse(value: Any) -> Any:
        return enum.parse(value).name if isinstance(value, str) else value

    return BeforeValidator(parse)


def _words(value: Any) -> Any:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


def _directions(value: Any) -> Any:
    words = _words(value)
    if not set(words) <= set(DIRECTIONS):
        raise ValueError(f"must be {', '.join(DIRECTIONS)}, or several of them with commas between")
    return words


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SessionName(Input):
    """Which session."""

    session_name: Name


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


class ReplaceOrder(BaseModel):
    """The order, and the fields to change: `order_qty`, `price`, `stop_px`, or any other field of
    OrderCancelReplaceRequest(G)."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "properties": {
                "cl_ord_id": {"type": "string", "description": "Any ClOrdID of the order's chain."},
                "order_qty": _ORDER_PROPERTIES["order_qty"],
                "price": _ORDER_PROPERTIES["price"],
                "stop_px": _ORDER_PROPERTIES["stop_px"],
                "custom_tags": {"type": "object"},
            },
            "required": ["cl_ord_id"],
        },
    )

    cl_ord_id: Name
    custom_tags: dict[str, Any] = Field(default_factory=dict)


class CancelOrder(Input):
    """Which order, by any ClOrdID of its chain."""

    cl_ord_id: Name


class Decode(Input):
    """A raw message, with SOH or `|` between its fields."""

    raw: Annotated[str, StringConstraints(min_length=1)]
    session_name: Name | None = None


class CanSendQuery(Input):
    session_name: Name | None = None


class Page(Input):
    """`before` is the `next_before` of the page before this one."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT
    before: Annotated[int, Field(ge=0, lt=2**63)] | None = None


class OrdersQuery(Page):
    session_name: Name | None = None
    symbol: Name | None = None
    side: Annotated[str, _enum_name(Side)] | None = None
    status: Annotated[str, _enum_name(OrdStatus)] | None = None


class TimeRange(Page):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    session_name: Name | None = None
    symbol: Name | None = None
    text: Annotated[str, StringConstraints(max_length=200)] | None = None
    since: Annotated[AwareDatetime | None, Field(alias="from")] = None
    until: Annotated[AwareDatetime | None, Field(alias="to")] = None


class ExecutionsQuery(TimeRange):
    pass


class MessagesQuery(TimeRange):
    msg_type: Annotated[list[str], BeforeValidator(_words)] = Field(default_factory=list)
    direction: Annotated[list[str], BeforeValidator(_directions)] = Field(
        default_factory=lambda: ["IN", "OUT"]
    )


class DictionaryQuery(Input):
    msg_type: Annotated[str, StringConstraints(min_length=1, max_length=4)] = "D"


class Session(Output):
    name: str
    fix_version: str
    sender_comp_id: str
    target_comp_id: str
    server_ip: str
    port: int
    heartbeat_interval: int
    state: Literal["not_connected", "connecting", "connected", "disconnected"]
    logged_on: bool
    reason: str | None
    next_sender_seq_num: int | None
    next_target_seq_num: int | None
    connected_at: str | None
    last_received_at: str | None
    last_sent_at: str | None


class SessionList(Output):
    sessions: list[Session]


class Accepted(Output):
    """Taken; how it ends, the Socket.IO event `connection_result` tells."""

    session_name: str
    message: str


class CanSend(Output):
    can_send: bool
    reason: str | None


class CanSendAnswer(Output):
    can_send_orders: bool
    sessions: dict[str, CanSend]


class Pending(Output):
    type: Literal["cancel", "replace"]
    cl_ord_id: str
    order_qty: str | None
    price: str | None
    stop_px: str | None
    ord_type: str | None
    time_in_force: str | None


class Order(Output):
    """One for each chain of replaces. Decimals are strings."""

    order_no: int
    cl_ord_id: str
    orig_cl_ord_id: str | None
    cl_ord_ids: list[str]
    order_id: str | None
    session_name: str
    account: str | None
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
    fields: dict[str, str]
    custom_tags: dict[str, str]
    created_at: str
    updated_at: str


class Execution(Output):
    id: int
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


class SentOrder(Output):
    cl_ord_id: str
    order: Order


class SentRequest(Output):
    cl_ord_id: str
    orig_cl_ord_id: str
    order: Order


class OrderList(Output):
    orders: list[Order]
    next_before: int | None


class OrderDetail(Order):
    executions: list[Execution]


class ExecutionList(Output):
    executions: list[Execution]
    next_before: int | None


class DecodedField(Output):
    tag: int
    name: str | None
    value: str
    value_name: str | None


class Message(Output):
    id: int
    session_name: str
    direction: Literal["IN", "OUT", "EVENT"]
    at: str
    msg_seq_num: int | None
    msg_type: str | None
    msg_type_name: str | None
    raw: str


class MessageDetail(Message):
    fields: list[DecodedField]


class MessageList(Output):
    messages: list[Message]
    next_before: int | None


class Decoded(Output):
    msg_type: str | None
    msg_type_name: str | None
    fields: list[DecodedField]


class DictionaryValue(Output):
    value: str
    name: str


class DictionaryField(Output):
    tag: int
    name: str
    key: str
    type: str
    required: bool
    values: list[DictionaryValue]


class MessageDictionary(Output):
    msg_type: str
    name: str
    fields: list[DictionaryField]


class EngineHealth(Output):
    available: bool
    reason: str | None


class StorageHealth(EngineHealth):
    backlog: int


class SessionHealth(Output):
    name: str
    state: str
    logged_on: bool
    reason: str | None


class Health(Output):
    """`degraded` names its `problems`; the desk itself is up in either case."""

    status: Literal["ok", "degraded"]
    problems: list[str]
    version: str
    engine: EngineHealth
    storage: StorageHealth
    sessions: list[SessionHealth]


class FieldError(Output):
    field: str
    message: str


class Problem(Output):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = Field(default_factory=list)
