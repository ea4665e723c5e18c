"""The writer and the reader on a real database file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Integer

from sendfix.domain.errors import StorageUnavailable
from sendfix.fix.refused import with_reason
from sendfix.services.intake import EVENT, REFUSED
from sendfix.services.ports import AlarmQuery, ExecutionQuery, MessageQuery, OrderQuery
from sendfix.storage import tables
from sendfix.storage.database import DeskLock, migrate, open_engine
from sendfix.storage.reader import Reader
from sendfix.storage.tables import metadata
from sendfix.storage.writer import Batch, Writer
from tests.unit.services.desk_kit import DeskKit, fix


class Storage:
    """Writer and reader of one file, as a desk opens them."""

    def __init__(self, path: Path) -> None:
        self.url = f"sqlite:///{path}"
        self.problems: list[str | None] = []
        engine = open_engine(self.url)
        migrate(engine)
        self.writer = Writer(engine, self.problems.append)
        self.reader = Reader(open_engine(self.url))
        self.writer.start()

    def close(self) -> None:
        self.writer.close()
        self.reader.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
def storage(path: Path) -> Iterator[Storage]:
    opened = Storage(path)
    yield opened
    opened.close()


def traded(storage: Storage) -> tuple[DeskKit, str, str]:
    """A kit whose folds were stored: one filled order, one that rests."""
    kit = DeskKit()
    filled, resting = kit.send(symbol="AAPL").cl_ord_id, kit.send(symbol="MSFT").cl_ord_id
    kit.acknowledge(filled)
    kit.fill(filled)
    for folded in kit.store.folded:
        storage.writer.record(folded)
    storage.writer.flush(5)
    return kit, filled, resting


def test_the_migrations_make_the_schema_that_the_code_has(path: Path) -> None:
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_what_was_stored_is_there_for_the_next_desk(storage: Storage, path: Path) -> None:
    kit, filled, resting = traded(storage)
    storage.close()
    again = Storage(path)
    resume = again.reader.resume(recent_orders=0)
    assert [order.cl_ord_id for order in resume.orders] == [resting]
    assert resume.next_order_no == 3
    assert resume.next_message_id == len(kit.heard.messages) + 1
    assert resume.cursors == {"S44": ("journal", 4)}
    assert [order.cl_ord_id for order in again.reader.resume(recent_orders=10).orders] == [filled, resting]
    found = again.reader.find_order(filled)
    assert found is not None
    assert found.to_record() == kit.desk.order(filled).to_record()
    again.close()


def test_queries(storage: Storage) -> None:
    _, filled, resting = traded(storage)
    reader = storage.reader
    assert reader.find_order("NOPE") is None
    assert [order.cl_ord_id for order in reader.orders(OrderQuery())] == [resting, filled]
    assert [order.cl_ord_id for order in reader.orders(OrderQuery(status="FILLED"))] == [filled]
    assert [order.cl_ord_id for order in reader.orders(OrderQuery(before=2))] == [filled]
    assert reader.orders(OrderQuery(session_name="S42")) == []

    booked = reader.executions(ExecutionQuery(symbol="AAPL"))
    assert [item.execution.exec_id for item in booked] == ["E1", f"N{filled}"]
    assert reader.executions(ExecutionQuery(before=booked[0].id)) == booked[1:]
    assert reader.executions(ExecutionQuery(after=-1)) == booked[::-1]
    assert reader.executions(ExecutionQuery(after=booked[1].id, limit=1)) == booked[:1]
    assert reader.executions(ExecutionQuery(after=-1, fills_only=True)) == booked[:1]

    messages = reader.messages(MessageQuery())
    assert [message.msg_type for message in messages] == ["8", "8", "D", "D"]
    assert [message.id for message in reader.messages(MessageQuery(before=messages[1].id))] == [2, 1]
    assert [m.order_no for m in reader.messages(MessageQuery(order_no=1))] == [1, 1, 1]
    assert len(reader.messages(MessageQuery(text="150=F"))) == 1
    assert reader.messages(MessageQuery(text="100%")) == []
    assert reader.message(1) == messages[-1]
    assert reader.message(10**6) is None


def test_a_batch_that_was_stored_without_our_knowing_is_stored_once(storage: Storage) -> None:
    """As when the answer to a commit is lost."""
    kit, _, _ = traded(storage)
    for folded in kit.store.folded:
        storage.writer.record(folded)
    storage.writer.flush(5)
    assert len(storage.reader.messages(MessageQuery())) == 4
    assert len(storage.reader.executions(ExecutionQuery())) == 2


def test_a_writer_that_stops_behind_a_locked_database_leaves_no_hole(path: Path) -> None:
    first = Storage(path)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    kit = DeskKit()
    kit.send()
    kit.send()
    first.writer.record(kit.store.folded[0])
    with pytest.raises(StorageUnavailable):
        first.writer.flush(1.5)
    first.writer.record(kit.store.folded[1])
    first.writer.close(timeout=1.2)
    blocker.execute("ROLLBACK")
    blocker.close()
    first.reader.close()
    again = Storage(path)
    assert again.reader.resume(10).cursors == {}
    assert again.reader.messages(MessageQuery()) == []
    again.close()


def test_a_locked_database_keeps_the_batch_and_says_so(storage: Storage, path: Path) -> None:
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    kit = DeskKit()
    sent = kit.send().cl_ord_id
    storage.writer.record(kit.store.folded[-1])
    with pytest.raises(StorageUnavailable, match="locked"):
        storage.writer.flush(2.5)
    assert storage.writer.backlog == 1
    assert storage.writer.unstored_order_nos() == {1}
    blocker.execute("ROLLBACK")
    blocker.close()
    storage.writer.flush(10)
    assert storage.problems == ["The database can't be written: database is locked", None]
    assert storage.reader.find_order(sent) is not None


def test_a_second_desk_is_refused_while_the_first_runs(path: Path) -> None:
    url = f"sqlite:///{path}"
    first = DeskLock(url)
    with pytest.raises(StorageUnavailable, match="Another desk is using"):
        DeskLock(url, wait_seconds=0)
    first.release()
    DeskLock(url, wait_seconds=0).release()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite:////proc/nowhere/desk.db"])
def test_a_database_url_that_can_not_be_used(url: str) -> None:
    with pytest.raises(StorageUnavailable, match="SENDFIX_DATABASE_URL"):
        open_engine(url)


def test_alarms_are_stored_and_the_open_ones_are_taken_up_again(storage: Storage, path: Path) -> None:
    kit, filled, resting = traded(storage)
    for number, cl_ord_id in enumerate((resting, resting, filled)):
        report = f"8=FIX.4.4|35=8|34={number}|11={cl_ord_id}|17=R{number}|150=F|39=1|32=1|31=1|14=1|"
        kit.entry("S44", REFUSED, with_reason("Repeated tag", fix(report)))
    event = {
        "event": "alarm",
        "index": kit.index["S44"],
        "state": "dismissed",
        "reason": "a test",
        "corrections": {},
    }
    kit.entry("S44", EVENT, orjson.dumps({**event, "text": "dismissed"}))
    for folded in kit.store.folded:
        storage.writer.record(folded)
    storage.writer.flush(5)
    storage.close()
    again = Storage(path)
    try:
        taken_up = again.reader.resume(recent_orders=0).alarms
        assert [alarm.exec_id for alarm in taken_up] == ["R0", "R1"]
        assert [alarm.to_record() for alarm in taken_up] == [alarm.to_record() for alarm in kit.alarms]
        newest_first = again.reader.alarms(AlarmQuery())
        assert [(alarm.exec_id, alarm.state) for alarm in newest_first] == [
            ("R2", "dismissed"), ("R1", "open"), ("R0", "open"),
        ]  # fmt: skip
        older = again.reader.alarms(AlarmQuery(state="open", before=taken_up[1].id))
        assert [alarm.id for alarm in older] == [taken_up[0].id]
        assert again.reader.alarms(AlarmQuery(session_name="S42")) == []
        message = again.reader.message(taken_up[0].id)
        assert message is not None
        assert (message.direction, message.refused) == ("IN", "Repeated tag")
        assert again.reader.alarm(999_999) is None
    finally:
        again.close()


def test_what_is_longer_than_its_column_is_cut_there_and_whole_in_its_record() -> None:
    """SQLite takes any length, PostgreSQL refuses the whole batch."""
    kit = DeskKit()
    sent = kit.send(symbol="S" * 100).cl_ord_id
    long = "X" * 100
    kit.entry("S44", 0, fix(f"8=FIX.4.4|9=1|35={long}|34=999999999999999999|10=0|"))
    kit.report(long, f"41={sent}|17=R|150=5|39=0|55={long}|54={long}|38=1|14=0|151=1|6=0")
    batch = Batch()
    for folded in kit.store.folded:
        batch.add(folded)
    rows = batch.rows()
    for table in (tables.orders, tables.order_ids, tables.executions, tables.messages):
        for row in getattr(rows, table.name):
            for column in table.columns:
                value = row[column.name]
                length = getattr(column.type, "length", None)
                assert length is None or value is None or len(value) <= length, (
                    table.name,
                    column.name,
                    value,
                )
                is_integer = type(column.type) is Integer and value is not None
                assert not is_integer or value <= 2**31 - 1, (table.name, column.name, value)
    assert long in rows.orders[0]["record"]
