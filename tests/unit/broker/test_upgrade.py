"""A database of an older broker is brought up to date at the start, and nothing in it is lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from broker.models import Database, DatabaseError
from broker.tables import metadata
from broker.upgrade import HEAD, MIGRATIONS

OLD = """
CREATE TABLE stocks (symbol VARCHAR NOT NULL PRIMARY KEY, last_price VARCHAR NOT NULL, updated_at FLOAT NOT NULL);
CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, fix_version VARCHAR, sender_comp_id VARCHAR NOT NULL,
    target_comp_id VARCHAR, cl_ord_id VARCHAR NOT NULL, cl_ord_ids VARCHAR NOT NULL, symbol VARCHAR NOT NULL,
    side VARCHAR NOT NULL, order_type VARCHAR NOT NULL, quantity VARCHAR NOT NULL, limit_price VARCHAR,
    stop_price VARCHAR, time_in_force VARCHAR NOT NULL, account VARCHAR, status VARCHAR NOT NULL,
    is_open INTEGER NOT NULL, replaced INTEGER NOT NULL, triggered INTEGER NOT NULL, behaviour VARCHAR NOT NULL,
    filled_quantity VARCHAR NOT NULL, remaining_quantity VARCHAR NOT NULL, notional VARCHAR NOT NULL,
    reports INTEGER NOT NULL, text VARCHAR, created_at FLOAT NOT NULL, updated_at FLOAT NOT NULL,
    CONSTRAINT uq_orders_cl_ord_id UNIQUE (fix_version, sender_comp_id, target_comp_id, cl_ord_id));
CREATE INDEX ix_orders_open ON orders (is_open);
CREATE TABLE executions (id INTEGER NOT NULL PRIMARY KEY, exec_id VARCHAR NOT NULL UNIQUE, order_id INTEGER NOT NULL,
    cl_ord_id VARCHAR NOT NULL, sender_comp_id VARCHAR NOT NULL, symbol VARCHAR NOT NULL, side VARCHAR NOT NULL,
    exec_quantity VARCHAR NOT NULL, exec_price VARCHAR NOT NULL, cum_quantity VARCHAR NOT NULL,
    leaves_quantity VARCHAR NOT NULL, created_at FLOAT NOT NULL);
CREATE INDEX ix_executions_order_id ON executions (order_id);
CREATE TABLE sessions (id INTEGER NOT NULL PRIMARY KEY, fix_version VARCHAR NOT NULL, sender_comp_id VARCHAR NOT NULL,
    target_comp_id VARCHAR NOT NULL, next_in INTEGER NOT NULL, next_out INTEGER NOT NULL,
    UNIQUE (fix_version, sender_comp_id, target_comp_id));
CREATE TABLE sent_messages (session_id INTEGER NOT NULL, msg_seq_num INTEGER NOT NULL, raw BLOB NOT NULL,
    PRIMARY KEY (session_id, msg_seq_num)) WITHOUT ROWID;
"""
BEHAVIOUR = '{"mode": "manual", "steps": 1, "interval": 0.0, "size": null, "spread": "0", "market": true}'


def old_database(path: Path, created_at: float = 1_800_000_000.0) -> None:
    """Order 1 is open, was replaced and has a fill; order 2 is the house's."""
    connection = sqlite3.connect(path)
    connection.executescript(OLD)
    common: tuple[Any, ...] = ("AAPL", "1", "2", "100", "200", None)
    connection.executemany(
        f"INSERT INTO orders VALUES ({','.join('?' * 26)})",
        [
            (
                *(
                    1,
                    "FIX.4.4",
                    "OLD",
                    "BROKER",
                    "b",
                    "a\x01b",
                    *common,
                    "1",
                    None,
                    "PARTIALLY_FILLED",
                    1,
                    1,
                    0,
                ),
                *(BEHAVIOUR, "40", "60", "8000", 3, None, created_at, created_at),
            ),
            (
                *(2, None, "HOUSE", None, "HOUSE-2", "HOUSE-2", *common, "1", None, "CANCELED", 0, 0, 0),
                *(BEHAVIOUR, "0", "0", "0", 1, None, created_at, created_at),
            ),
        ],
    )
    connection.execute(
        "INSERT INTO executions VALUES (1,'1-2',1,'a','OLD','AAPL','1','40','200','40','60',?)", (created_at,)
    )
    connection.execute("INSERT INTO stocks VALUES ('AAPL', '231.50', ?)", (created_at,))
    connection.execute("INSERT INTO sessions VALUES (1, 'FIX.4.4', 'OLD', 'BROKER', 4, 5)")
    connection.execute("INSERT INTO sent_messages VALUES (1, 4, ?)", (b"raw",))
    connection.commit()
    connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "broker.db"


def opened(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    try:
        database.create([{"symbol": "BAC", "last_price": "39.25", "updated_at": 1.0}])
    except DatabaseError:
        database.close()
        raise
    return database


def test_an_old_database_keeps_its_rows(path: Path) -> None:
    old_database(path)
    database = opened(path)
    (order,) = database.load_open_orders()
    assert (order["cl_ord_ids"], order["filled_quantity"], order["rank"]) == ("a\x01b", "40", 0)
    owner = "FIX.4.4\x01OLD\x01BROKER"
    assert sorted(database.load_cl_ord_ids()) == [("", "HOUSE-2"), (owner, "a"), (owner, "b")]
    assert database.find_cl_ord_id(owner, "a") == 1
    assert (database.load_execution("1-2") or {})["status"] == "NEW"
    assert {row["symbol"]: row["last_price"] for row in database.load_stocks()} == {
        "AAPL": "231.50",
        "BAC": "39.25",
    }
    assert database.read_sent(1, 1, 9, 9) == [(4, b"raw")]
    database.close()
    opened(path).close()


@pytest.mark.parametrize("old", [True, False])
def test_the_tables_are_those_of_a_new_database(path: Path, old: bool) -> None:
    """Fails for whoever changes the tables and forgets the migration."""
    if old:
        old_database(path)
    opened(path).close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_last_migration_is_the_present_version() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_newer_database_is_left_alone(path: Path) -> None:
    opened(path).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    before = list(connection.iterdump())
    with pytest.raises(DatabaseError, match="a newer broker has written it"):
        opened(path)
    assert list(connection.iterdump()) == before
    connection.close()


def test_an_upgrade_that_fails_changes_nothing(path: Path) -> None:
    old_database(path)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE cl_ord_ids (in_the_way INTEGER)")
    connection.commit()
    before = list(connection.iterdump())
    with pytest.raises(DatabaseError, match="cl_ord_ids already exists"):
        opened(path)
    assert list(connection.iterdump()) == before
    connection.close()
