"""Answers about sessions: how they are, what was done to them, their numbers."""

from __future__ import annotations

from typing import Any, Literal

from sendfix.web.answers.base import Output
from sendfix.web.answers.messages import DecodedField, Message


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
