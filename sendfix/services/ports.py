"""What the desk needs from outside, as protocols that `storage` and `link` implement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sendfix.domain.alarm import Alarm
from sendfix.domain.order import Execution, Order

if TYPE_CHECKING:
    from sendfix.services.sessions import Session


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One line of the message log: a FIX message, or an event of the session (`direction` EVENT).

    `id` rises in the order in which the desk took messages in; `raw` is the message with SOH, or the event's text.
    `refused` is why QuickFIX did not accept an incoming one.
    """

    id: int
    session_name: str
    direction: str
    at_ns: int
    msg_seq_num: int | None
    msg_type: str | None
    raw: str
    order_no: int | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class BookedExecution:
    """An execution of the order with that `order_no`, under the `id` of the message that brought it, by which lists of
    them are paged."""

    id: int
    execution: Execution
    order_no: int


@dataclass(frozen=True, slots=True)
class Folded:
    """Everything one journal entry led to; it is stored whole or not at all, together with its index."""

    session_name: str
    journal_id: str
    index: int
    messages: Sequence[MessageRow]
    order: Order | None = None
    execution: BookedExecution | None = None
    alarm: Alarm | None = None
    others: Sequence[Order] = ()
    """Orders besides: those of a list are changed together."""


@dataclass(frozen=True, slots=True)
class AlarmQuery:
    """Filters of a list of alarms. `before` is the `id` of an alarm: only older ones."""

    session_name: str | None = None
    state: str | None = None
    limit: int = 500
    before: int | None = None


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Filters of a list of orders; None means any. `before` is an `order_no`: only older ones."""

    session_name: str | None = None
    symbol: str | None = None
    side: str | None = None
    status: str | None = None
    limit: int = 500
    before: int | None = None


@dataclass(frozen=True, slots=True)
class ExecutionQuery:
    """Filters of a list of executions. `before` is the `id` of an execution: only older ones."""

    session_name: str | None = None
    symbol: str | None = None
    order_no: int | None = None
    limit: int = 500
    before: int | None = None
    after: int | None = None
    """Oldest first then, and only those behind this `id`."""
    fills_only: bool = False
    """Those with a quantity, and what busts or corrects them."""


@dataclass(frozen=True, slots=True)
class MessageQuery:
    """Filters of a list of messages. `text` is looked for anywhere in the raw message; `seq_nums` are the lowest and
    highest MsgSeqNum(34)."""

    session_name: str | None = None
    msg_types: Sequence[str] = ()
    directions: Sequence[str] = ("IN", "OUT")
    text: str | None = None
    order_no: int | None = None
    seq_nums: tuple[int, int] | None = None
    limit: int = 500
    before: int | None = None
    after: int | None = None
    """Oldest first then, and only those behind this `id`."""


class Recorder(Protocol):
    """Takes what was folded, to be stored soon; never blocks and never fails."""

    def record(self, folded: Folded) -> None: ...


class OrderArchive(Protocol):
    """Orders that are no longer in memory."""

    def find_order(self, cl_ord_id: str) -> Order | None:
        """The order that has this ClOrdID anywhere in its chain. Raises `StorageUnavailable`."""

    def orders(self, query: OrderQuery) -> list[Order]:
        """Newest first. Raises `StorageUnavailable`."""


class ExecutionArchive(Protocol):
    """Executions that are stored."""

    def executions(self, query: ExecutionQuery) -> list[BookedExecution]:
        """Newest first, unless the query says otherwise. Raises `StorageUnavailable`."""


class MessageArchive(Protocol):
    """Messages that are stored."""

    def messages(self, query: MessageQuery) -> list[MessageRow]:
        """Newest first, unless the query says otherwise. Raises `StorageUnavailable`."""


class Archive(OrderArchive, ExecutionArchive, MessageArchive, Protocol):
    """Everything that is stored, newest first. Each method raises `StorageUnavailable`."""

    def message(self, message_id: int) -> MessageRow | None: ...

    def alarms(self, query: AlarmQuery) -> list[Alarm]: ...

    def alarm(self, alarm_id: int) -> Alarm | None: ...


class Engine(Protocol):
    """The engine process, seen from the desk."""

    @property
    def unavailable_reason(self) -> str | None:
        """None while the engine answers; else why not, in words."""

    def refusal(self, session_name: str) -> str | None:
        """None when a message can be sent on what is known of the session's orders; else why not just now: no
        engine, or the desk has not folded all that the engine has."""

    def is_on_its_way(self, cl_ord_id: str) -> bool:
        """A message with this ClOrdID was handed to the engine, and what became of it is not known yet."""

    def send(self, session_name: str, cl_ord_id: str, body: bytes) -> int | None:
        """Return when the engine has stored and sent the message, and its journal entry has been folded: its
        MsgSeqNum(34), or None where the link broke before the engine could say it.

        Raises `NotLoggedOn`, `StateForbids` (the engine refused it: the detail says why) or `EngineUnavailable`; after
        the last of these it may still be on its way.
        """

    def connect(self, session_name: str) -> None:
        """Open the session and keep it open. Raises `EngineUnavailable`."""

    def disconnect(self, session_name: str) -> None:
        """Log out and stay out. Raises `EngineUnavailable`."""

    def ask(self, session_name: str, question: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Look into a session, or do something rare to it: the questions are those of `link.session_tools`, or without
        a session's name of `link.configurator`. Raises `StateForbids`, `NotLoggedOn`, `InvalidRequest` and
        `EngineUnavailable`."""


@dataclass(frozen=True, slots=True)
class MassCancelFailed:
    """The counterparty did not take an OrderMassCancelRequest, and the cancels that went one by one in its place could
    not all be sent: `cl_ord_ids` are the orders that are still open for it, `reason` why the first of them is."""

    session_name: str
    mass_cancel: str
    cl_ord_ids: Sequence[str]
    reason: str


class Listener(Protocol):
    """Is told of every change, in the order in which they happened. Must return quickly."""

    def order_changed(self, order: Order) -> None: ...

    def execution_booked(self, booked: BookedExecution) -> None: ...

    def session_changed(self, session: Session) -> None: ...

    def session_removed(self, session_name: str) -> None: ...

    def connection_result(self, session_name: str, state: str, message: str) -> None: ...

    def mass_cancel_failed(self, failed: MassCancelFailed) -> None: ...

    def message_logged(self, message: MessageRow) -> None: ...

    def alarm_changed(self, alarm: Alarm) -> None: ...

    def health_changed(self) -> None: ...


class Inattentive(Listener):
    """Hears nothing; for a listener that cares for little of it."""

    def order_changed(self, order: Order) -> None:
        return

    def execution_booked(self, booked: BookedExecution) -> None:
        return

    def session_changed(self, session: Session) -> None:
        return

    def session_removed(self, session_name: str) -> None:
        return

    def connection_result(self, session_name: str, state: str, message: str) -> None:
        return

    def mass_cancel_failed(self, failed: MassCancelFailed) -> None:
        return

    def message_logged(self, message: MessageRow) -> None:
        return

    def alarm_changed(self, alarm: Alarm) -> None:
        return

    def health_changed(self) -> None:
        return
