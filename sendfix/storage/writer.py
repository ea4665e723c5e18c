"""Stores what was folded: in batches, one transaction each, in a thread of its own, off the gevent hub.

A batch that the database refuses stays, grows, and is tried again until it is stored; meanwhile `problem` says
why, and the journals keep everything in any case.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gevent
import orjson
from gevent.event import Event
from gevent.threadpool import ThreadPool
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from sendfix.domain.alarm import Alarm
from sendfix.domain.errors import StorageUnavailable
from sendfix.domain.order import Order
from sendfix.services.columns import LONGEST, execution_keys, order_keys
from sendfix.services.ports import BookedExecution, Folded, MessageRow
from sendfix.storage.database import reason
from sendfix.storage.inserts import Statements

log = logging.getLogger(__name__)

FIRST_RETRY_SECONDS = 0.25
LAST_RETRY_SECONDS = 2.0
# Long enough for a batch to gather under load, short enough that a reader who waits does not notice.
PAUSE_BETWEEN_BATCHES_SECONDS = 0.02
# What these columns can hold. A counterparty may send more, which PostgreSQL would refuse together with its whole
# batch; the raw message has it all.
MSG_TYPE_LENGTH = 8
MAX_SEQ_NUM = 2**31 - 1


@dataclass(slots=True)
class Batch:
    """What was folded since the last one. Orders are held by reference: a batch takes their latest state."""

    messages: list[MessageRow] = field(default_factory=list)
    # Rows already: they don't change any more, and `rows` must not take long.
    executions: list[dict[str, Any]] = field(default_factory=list)
    orders: dict[int, Order] = field(default_factory=dict)
    cursors: dict[str, tuple[str, int]] = field(default_factory=dict)
    alarms: dict[int, Alarm] = field(default_factory=dict)

    def add(self, folded: Folded) -> None:
        self.messages.extend(folded.messages)
        self.cursors[folded.session_name] = (folded.journal_id, folded.index)
        if folded.order is not None:
            self.orders[folded.order.order_no] = folded.order
            if folded.execution is not None:
                self.executions.append(_execution_row(folded.execution))
        for order in folded.others:
            self.orders[order.order_no] = order
        if folded.alarm is not None:
            self.alarms[folded.alarm.id] = folded.alarm

    def rows(self) -> Rows:
        """As rows, on the hub, without a switch in between: orders and cursors are of the same instant."""
        return Rows(
            orders=[_order_row(order) for order in self.orders.values()],
            order_ids=[
                {"cl_ord_id": cl_ord_id[: LONGEST["cl_ord_id"]], "order_no": order.order_no}
                for order in self.orders.values()
                for cl_ord_id in order.cl_ord_ids
            ],
            executions=self.executions,
            messages=[_message_row(message) for message in self.messages],
            cursors=[
                {"session_name": name, "journal_id": journal_id, "journal_index": index}
                for name, (journal_id, index) in self.cursors.items()
            ],
            alarms=[_alarm_row(alarm) for alarm in self.alarms.values()],
        )


@dataclass(frozen=True, slots=True)
class Rows:
    """A batch as the tables take it."""

    orders: list[dict[str, Any]]
    order_ids: list[dict[str, Any]]
    executions: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    cursors: list[dict[str, Any]]
    alarms: list[dict[str, Any]]


class Writer:
    """Owns the writing end of the database. `record` and `flush` are called from greenlets of one hub."""

    def __init__(self, engine: Engine, on_problem: Callable[[str | None], None]) -> None:
        """`on_problem` is told when storing begins to fail (with the reason) and when it works again (None)."""
        self._engine = engine
        self._statements = Statements(engine.dialect)
        self._on_problem = on_problem
        self._pool = ThreadPool(1)
        self._batch = Batch()
        self._writing: Batch | None = None
        self._wake = Event()
        self._stored = Event()
        self._closing = False
        self._greenlet: gevent.Greenlet[..., None] | None = None
        self.problem: str | None = None
        self.stored: dict[str, tuple[str, int]] = {}

    def start(self) -> None:
        self._greenlet = gevent.spawn(self._run)

    @property
    def backlog(self) -> int:
        """How many messages wait to be stored."""
        return len(self._batch.messages) + (len(self._writing.messages) if self._writing else 0)

    @property
    def waiting_since_ns(self) -> int | None:
        """When the oldest message that waits to be stored came, as the engine wrote it down."""
        messages = self._writing.messages if self._writing else self._batch.messages
        return messages[0].at_ns if messages else None

    def record(self, folded: Folded) -> None:
        self._batch.add(folded)
        self._wake.set()

    def unstored_order_nos(self) -> set[int]:
        """Orders whose latest state is not stored yet; they must stay in memory."""
        numbers = set(self._batch.orders)
        if self._writing:
            numbers |= self._writing.orders.keys()
        return numbers

    def flush(self, timeout: float) -> None:
        """Wait until everything recorded so far is stored. Raises `StorageUnavailable` after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        waiting_for = [batch for batch in (self._writing, self._batch) if batch and batch.messages]
        while any(batch is self._writing or batch is self._batch for batch in waiting_for):
            self._stored.clear()
            if not self._stored.wait(max(0.0, deadline - time.monotonic())):
                raise StorageUnavailable(
                    self.problem or f"{self.backlog} messages are still waiting to be stored; try again."
                )

    def close(self, timeout: float = 5.0) -> None:
        """Store what is left, as far as the database lets us, and let go of it."""
        self._closing = True
        self._wake.set()
        if self._greenlet is not None:
            self._greenlet.join(timeout)
            self._greenlet.kill()
        self._pool.kill()
        self._engine.dispose()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._batch.messages:
                if not self._store(self._take()):
                    return  # a batch behind one that is not stored must not be stored either: its cursor is newer
                if not self._closing:
                    gevent.sleep(PAUSE_BETWEEN_BATCHES_SECONDS)
            if self._closing and not self._batch.messages:
                return

    def _take(self) -> Batch:
        self._writing, self._batch = self._batch, Batch()
        return self._writing

    def _store(self, batch: Batch) -> bool:
        """Whether it is stored; it is not only when the desk stops and the database refuses."""
        rows = batch.rows()
        delay = FIRST_RETRY_SECONDS
        while (failure := self._pool.apply(self._write, (rows,))) is not None:
            self._tell(f"The database can't be written: {failure}")
            if self._closing:
                return False
            gevent.sleep(delay)
            delay = min(delay * 2, LAST_RETRY_SECONDS)
        self._writing = None
        self.stored.update(batch.cursors)
        self._stored.set()
        self._tell(None)
        return True

    def _tell(self, problem: str | None) -> None:
        if problem != self.problem:
            log.warning("%s", problem or "The database can be written again.")
            self.problem = problem
            self._on_problem(problem)

    def _write(self, rows: Rows) -> str | None:
        """In the writer's thread: no logging and no gevent here. Returns the reason of a failure."""
        statements = self._statements
        try:
            with self._engine.begin() as connection:
                for statement, parameters in (
                    (statements.orders, rows.orders),
                    (statements.order_ids, rows.order_ids),
                    (statements.executions, rows.executions),
                    (statements.messages, rows.messages),
                    (statements.alarms, rows.alarms),
                    (statements.cursors, rows.cursors),
                ):
                    if parameters:
                        statement.execute(connection, parameters)
        except Exception as error:
            # Also what SQLAlchemy does not wrap: the batch stays, and the writer must live to try it again.
            with contextlib.suppress(SQLAlchemyError):
                self._engine.dispose()  # a connection that failed half-way is not used again
            return reason(error)
        return None


def _order_row(order: Order) -> dict[str, Any]:
    return {**order_keys(order), "record": orjson.dumps(order.to_record()).decode()}


def _execution_row(booked: BookedExecution) -> dict[str, Any]:
    return {**execution_keys(booked), "record": orjson.dumps(booked.execution.to_record()).decode()}


def _message_row(message: MessageRow) -> dict[str, Any]:
    number = message.msg_seq_num
    return {
        "id": message.id,
        "session_name": message.session_name,
        "direction": message.direction,
        "at_ns": message.at_ns,
        "msg_seq_num": number if number is not None and number <= MAX_SEQ_NUM else None,
        "msg_type": message.msg_type and message.msg_type[:MSG_TYPE_LENGTH],
        "order_no": message.order_no,
        "raw": message.raw,
        "refused": message.refused,
    }


def _alarm_row(alarm: Alarm) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "session_name": alarm.session_name,
        "state": alarm.state,
        "record": orjson.dumps(alarm.to_record()).decode(),
    }
