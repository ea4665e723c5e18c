"""A database of an earlier version keeps what it has, and can be searched like a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from sendfix.domain.order import Execution
from sendfix.services.columns import EXECUTIONS, ORDERS, execution_keys, order_keys
from sendfix.services.search import Search, itself
from sendfix.storage.database import MIGRATIONS, migrate, open_engine
from sendfix.storage.lanes import Lanes
from sendfix.storage.searcher import Searcher
from sendfix.storage.writer import Batch
from tests.unit.services.desk_kit import DeskKit


def upgrade(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def as_stored_by_0002(kit: DeskKit) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows without the columns that came later."""
    batch = Batch()
    for folded in kit.store.folded:
        batch.add(folded)
    rows = batch.rows()
    orders = ("order_no", "session_name", "cl_ord_id", "symbol", "side", "status", "is_open", "record")
    executions = ("id", "order_no", "session_name", "symbol", "received_at_ns", "record")
    return (
        [{name: row[name] for name in orders} for row in rows.orders],
        [{name: row[name] for name in executions} for row in rows.executions],
    )


def insert(engine: Engine, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    values = ", ".join(f":{name}" for name in names)
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"), rows)


def columns_of(engine: Engine, table: str, names: list[str]) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1"))
        return [dict(row._mapping) for row in found]


def test_orders_and_executions_of_an_earlier_version_are_found(tmp_path: Path) -> None:
    kit = DeskKit()
    for number in range(5):
        cl_ord_id = kit.send(symbol=f"S{number}", account="A1" if number % 2 else None).cl_ord_id
        kit.acknowledge(cl_ord_id)
        if number % 2:
            kit.fill(cl_ord_id)
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    engine = open_engine(url)
    upgrade(engine, "0002")
    orders, executions = as_stored_by_0002(kit)
    insert(engine, "orders", orders)
    insert(engine, "executions", executions)
    migrate(engine)
    booked = [one.execution for one in kit.store.folded if one.execution is not None]
    assert columns_of(engine, "orders", [column.stored for column in ORDERS.columns.values()]) == [
        order_keys(order) for order in kit.blotter
    ]
    assert columns_of(engine, "executions", [column.stored for column in EXECUTIONS.columns.values()]) == [
        execution_keys(one) for one in booked
    ]
    engine.dispose()
    lanes = Lanes([open_engine(url)], seconds=20)
    found = Searcher(lanes).search(Search(EXECUTIONS, EXECUTIONS.columns["last_px"]), itself).made
    assert {one.execution.exec_id for one in found} == {one.execution.exec_id for one in booked}
    assert isinstance(found[0].execution, Execution)
    lanes.close()


def test_an_upgrade_that_stops_half_way_can_be_done_again(tmp_path: Path) -> None:
    """As by a kill: what can't be read stands for it."""
    engine = open_engine(f"sqlite:///{tmp_path / 'desk.db'}")
    upgrade(engine, "0002")
    kit = DeskKit()
    kit.send()
    orders, _executions = as_stored_by_0002(kit)
    insert(engine, "orders", [{**orders[0], "record": "{}"}])
    with pytest.raises(KeyError):
        migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM orders"))
    insert(engine, "orders", orders)
    migrate(engine)
    assert [row["account"] for row in columns_of(engine, "orders", ["order_no", "account"])] == [""]
    engine.dispose()
