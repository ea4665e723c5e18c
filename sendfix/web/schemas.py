"""What comes in over REST, as pydantic models: they parse it, and describe it in OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from sendfix.domain.enums import OrdStatus, OrdType, Side, TimeInForce
from sendfix.domain.errors import FieldError, InvalidRequest
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
    side: Annotated[str, _enum_name(Side)] | None = None
    all: bool = False


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


SeqNum = Annotated[int, Field(ge=1, le=2**31 - 1)]


_NUMBERS = {
    "next_sender_seq_num": False,
    "next_target_seq_num": False,
    "msg_seq_num": True,
    "new_seq_no": True,
}
"""Each number that a preview can be given, and whether it is one of a gap fill."""


class SequencePreview(Input):
    """`set` needs one of the next numbers or both, `reset` none of the numbers, `gap_fill` MsgSeqNum(34) and
    NewSeqNo(36)."""

    action: Literal["set", "reset", "gap_fill"]
    next_sender_seq_num: SeqNum | None = None
    next_target_seq_num: SeqNum | None = None
    msg_seq_num: SeqNum | None = None
    new_seq_no: SeqNum | None = None

    @model_validator(mode="after")
    def _numbers_suit_action(self) -> Self:
        fills = self.action == "gap_fill"
        errors = []
        for name, is_of_fill in _NUMBERS.items():
            given = getattr(self, name) is not None
            if fills and is_of_fill and not given:
                errors.append(FieldError(name, "is required for gap_fill"))
            elif fills != is_of_fill and given:
                errors.append(FieldError(name, f"must be left out for {self.action}"))
        if errors:
            raise InvalidRequest(errors)
        return self


class SequenceConfirm(Input):
    """The token of a preview. `reason` goes into the session's journal."""

    token: Name
    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class Reason(Input):
    """It goes into the session's journal."""

    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class ConfigReason(Input):
    """`reason` goes into the session's journal; `version`: only if the configuration is still that one."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    version: Annotated[str, StringConstraints(max_length=64)] | None = None


class SessionEdit(ConfigReason):
    """`session` is an object of `sessions` in the configuration file, whole. `***` keeps a secret as it is."""

    session: Annotated[
        dict[str, Any],
        Field(
            examples=[
                {
                    "name": "BROKER-A",
                    "server_ip": "fix.example.com",
                    "port": 9880,
                    "fix_version": "FIX.4.4",
                    "sender_comp_id": "MYDESK",
                    "target_comp_id": "BROKERA",
                    "password": "${BROKER_A_PASSWORD}",
                }
            ]
        ),
    ]


class LetGoOfKillSwitch(Input):
    """Without a `session_name`: the switch of all sessions. `reason` is logged."""

    session_name: str | None = None
    reason: Annotated[str, StringConstraints(max_length=500)]


class KillSwitch(LetGoOfKillSwitch):
    """Without a `session_name`: all sessions. `reason` is shown while it is on."""

    cancel_open: bool = False


class AlarmFields(Input):
    """`fields` are in place of what the message says, by tag."""

    fields: Annotated[dict[str, str], Field(max_length=20, examples=[{"14": "300"}])] = Field(
        default_factory=dict
    )


class BookAlarm(AlarmFields):
    """`reason` goes into the session's journal."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class DismissAlarm(Input):
    """`reason` goes into the session's journal."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Logout(Input):
    """Text(58) of the Logout(5)."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class ResendRange(Input):
    """MsgSeqNum(34) from and to; 0 is everything up to now."""

    begin_seq_no: SeqNum
    end_seq_no: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class StoreQuery(Input):
    """At most 1,000 messages, from `begin` on."""

    begin: SeqNum = 1
    end: SeqNum = 2**31 - 1


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


class AlarmsQuery(Page):
    session_name: Name | None = None
    state: Literal["open", "booked", "dismissed"] | None = None


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


class PositionsQuery(Input):
    session_name: Name | None = None
    account: Name | None = None
    symbol: Name | None = None
    open: bool = False


class MessagesQuery(TimeRange):
    msg_type: Annotated[list[str], BeforeValidator(_words)] = Field(default_factory=list)
    direction: Annotated[list[str], BeforeValidator(_directions)] = Field(
        default_factory=lambda: ["IN", "OUT"]
    )


class DictionaryQuery(Input):
    msg_type: Annotated[str, StringConstraints(min_length=1, max_length=4)] = "D"
