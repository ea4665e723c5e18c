"""What goes out over REST, as pydantic models: they describe it in OpenAPI, and tests hold real answers against them.

The answers themselves are made by `to_json`, which is faster.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Output(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Schedule(Output):
    """`opens_at` and `closes_at` are of the session that is open, else of the next one; null when there is none within
    a year. The local times have the offset of `timezone`."""

    timezone: str
    is_open: bool
    opens_at: str | None
    closes_at: str | None
    opens_at_local: str | None
    closes_at_local: str | None
    days_of_week: list[str]
    holidays: list[str]
    reset_seq_nums: bool


class Session(Output):
    name: str
    fix_version: str
    sender_comp_id: str
    target_comp_id: str
    server_ip: str
    port: int
    heartbeat_interval: int
    state: Literal["not_connected", "connecting", "connected", "disconnected"]
    phase: Literal[
        "not_connected",
        "waiting_for_open",
        "connecting",
        "logging_on",
        "connected",
        "logging_out",
        "waiting_to_reconnect",
        "given_up",
    ]
    logged_on: bool
    reason: str | None
    next_attempt_at: str | None
    tls_expires_at: str | None
    own_tls_expires_at: str | None
    enabled: bool
    auto_connect: bool
    pending_reconnect: list[str]
    breaker: str | None
    schedule: Schedule | None
    next_sender_seq_num: int | None
    next_target_seq_num: int | None
    connected_at: str | None
    last_received_at: str | None
    last_sent_at: str | None


class SessionConfiguration(Output):
    """`session` is the session's object of the configuration file, secrets as `***`; `version` is that of the file."""

    session_name: str
    version: str
    session: dict[str, Any]


class SessionChanged(Output):
    """Keys that took effect at once, and keys that wait for the next connection."""

    session_name: str
    version: str
    applied: list[str]
    needs_reconnect: list[str]


class Check(Output):
    """`action` is what is safe to do next; empty when there is nothing to do."""

    name: str
    verdict: Literal["ok", "warn", "fail", "skipped"]
    evidence: str
    action: str


class Diagnosis(Output):
    """Why a session is not logged on. `checks` are in the order in which a connection comes about."""

    session_name: str
    summary: str
    taken_ms: int
    checks: list[Check]


class SequenceNumbers(Output):
    session_name: str
    next_sender_seq_num: int | None
    next_target_seq_num: int | None


class StoredMessage(Output):
    msg_seq_num: int
    msg_type: str | None
    msg_type_name: str | None
    raw: str
    fields: list[DecodedField]


class StoreContents(Output):
    """What the engine has kept to send again; the numbers between are of session messages, or were skipped."""

    session_name: str
    messages: list[StoredMessage]


class Effect(Output):
    """`begin` to `end` are the MsgSeqNum(34)s it is about; `orders` the ClOrdIDs(11) in the messages, of which the desk
    may have some only."""

    kind: Literal["lost", "replayed", "overwritten", "gap_filled", "refused", "never_delivered"]
    text: str
    begin: int
    end: int
    orders: list[str]
    messages: list[Message]


class SequencePreview(Output):
    """Confirm with `token` before `good_until`. `open_orders` may have reports on their way; `msg_seq_num` and
    `new_seq_no` are of a gap fill."""

    token: str
    session_name: str
    action: str
    now: dict[str, int]
    wanted: dict[str, int]
    effects: list[Effect]
    open_orders: list[str]
    good_until: str
    msg_seq_num: int | None
    new_seq_no: int | None


class LetGo(Output):
    session_name: str
    was_tripped: bool


class SentAdmin(Output):
    session_name: str
    msg_seq_num: int


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


class OrderWarning(Output):
    """What contradicts itself in an order's reports; `code` is the rule that is broken."""

    code: str
    text: str
    at: str


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
    warnings: list[OrderWarning]
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
    account: str | None
    commission: str | None


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


class Position(Output):
    """Quantities are below zero when short; profits are amounts of the price's currency before commission, null when a
    fill came without a price. `fifo_` is first in first out, `average_` at average cost. `profit` is realised and
    unrealised together since the first execution, `day_profit` since `day` began, with what was held then at
    `close_px`. `whole` false: an old execution was busted or came late, and is not in the figures until the database
    can be read."""

    session_name: str
    account: str | None
    symbol: str
    day: str
    net_qty: str
    open_qty: str
    day_buy_qty: str
    day_sell_qty: str
    fifo_px: str | None
    fifo_realised: str | None
    fifo_unrealised: str | None
    fifo_day_realised: str | None
    average_px: str | None
    average_realised: str | None
    average_unrealised: str | None
    average_day_realised: str | None
    last_px: str | None
    last_at: str | None
    close_px: str | None
    profit: str | None
    day_profit: str | None
    commission: str
    day_commission: str
    whole: bool


class PositionList(Output):
    positions: list[Position]


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
    refused: str | None


class MessageDetail(Message):
    fields: list[DecodedField]


class MessageList(Output):
    messages: list[Message]
    next_before: int | None


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
    phase: str
    logged_on: bool
    reason: str | None
    next_sender_seq_num: int | None
    next_target_seq_num: int | None
    last_received_at: str | None
    last_sent_at: str | None


class KillSwitch(Output):
    """`session_name` null stops every session; `text` is the whole sentence."""

    session_name: str | None
    reason: str
    at: str
    text: str


class Health(Output):
    """`degraded` names its `problems`; the desk itself is up in either case. `ready`: engine and database are there and
    every journal is folded to its end."""

    status: Literal["ok", "degraded"]
    ready: bool
    problems: list[str]
    version: str
    engine: EngineHealth
    storage: StorageHealth
    alarms: int
    configuration_problem: str | None
    kill_switches: list[KillSwitch]
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


class SessionLimits(Output):
    """As configured; null is no limit."""

    session_name: str
    max_orders_per_second: int | None
    max_order_qty: str | None
    max_notional: str | None
    symbols: list[str] | None
    blocked_symbols: list[str]
    duplicate_seconds: float | None


class Risk(Output):
    kill_switches: list[KillSwitch]
    limits: list[SessionLimits]


class CancelResult(Output):
    cl_ord_id: str
    sent: bool
    reason: str | None


class CanceledOrders(Output):
    canceled: list[CancelResult]


class OrderResult(Output):
    """`reason` says why not when it is not `ok`, `errors` which fields; `cl_ord_id` is of an order that was sent."""

    ok: bool
    cl_ord_id: str | None
    reason: str | None
    errors: list[FieldError]


class SentOrders(Output):
    """A result for each order, in the order in which they were given; how many went, and how many did not."""

    results: list[OrderResult]
    ok: int
    refused: int


class CheckedOrders(SentOrders):
    """`orders` are what the CSV holds."""

    orders: list[dict[str, Any]]


class StatusRequested(Output):
    cl_ord_id: str
    session_name: str


class Killed(Output):
    kill_switch: KillSwitch
    canceled: list[CancelResult]


class KillLetGo(Output):
    session_name: str | None
    was_on: bool
