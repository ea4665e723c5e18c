"""One transaction writes all or nothing, and says in words when it can't."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.models import Batch, Database, DatabaseError
from tests.unit.broker.kit import NEWER, OLD, Counterparty


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/broker.db")
    opened.create([{"symbol": "AAPL", "last_price": "230.10", "updated_at": 1.0}])
    yield opened
    opened.close()


def session_row(number: int) -> dict[str, object]:
    return {
        "id": number,
        "fix_version": "FIX.4.4",
        "sender_comp_id": f"C{number}",
        "target_comp_id": "B",
        "next_in": 1,
        "next_out": 1,
    }


def sent(number: int) -> dict[str, object]:
    return {"session_id": 1, "msg_seq_num": number, "raw": b"m%d" % number}


def test_sent_messages_are_read_by_number(database: Database) -> None:
    database.write(Batch(new_sessions=[session_row(1)], sent_messages=[sent(n) for n in (2, 3, 5, 8)]))
    assert database.read_sent(1, 3, 8, 10) == [(3, b"m3"), (5, b"m5"), (8, b"m8")]
    assert database.read_sent(1, 1, 8, 2) == [(2, b"m2"), (3, b"m3")]
    database.write(Batch(cleared_sessions=[1], sent_messages=[sent(2)]))
    assert database.read_sent(1, 1, 9, 10) == [(2, b"m2")]


def test_a_transaction_that_fails_writes_nothing(database: Database) -> None:
    database.write(Batch(new_sessions=[session_row(1)], sent_messages=[sent(2)]))
    with pytest.raises(DatabaseError):
        database.write(
            Batch(session_numbers=[{"b_id": 1, "next_in": 9, "next_out": 9}], sent_messages=[sent(2)])
        )
    assert [row["next_in"] for row in database.load_sessions()] == [1]


def test_prices_and_stocks_that_are_known_are_kept(database: Database) -> None:
    database.write(Batch(prices=[{"b_symbol": "AAPL", "last_price": "1.5", "updated_at": 2.0}]))
    database.create(
        [
            {"symbol": "AAPL", "last_price": "9", "updated_at": 3.0},
            {"symbol": "BAC", "last_price": "39.25", "updated_at": 3.0},
        ]
    )
    assert [(row["symbol"], row["last_price"]) for row in database.load_stocks()] == [
        ("AAPL", "1.5"),
        ("BAC", "39.25"),
    ]


def test_a_locked_database_is_an_error_in_words_and_can_be_read(database: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "broker.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(DatabaseError, match="locked"):
            database.write(Batch(new_sessions=[session_row(1)]))
        assert len(database.load_stocks()) == 1
    finally:
        other.execute("ROLLBACK")
        other.close()
    database.write(Batch(new_sessions=[session_row(1)]))
    assert len(database.load_sessions()) == 1


def test_the_orders_of_a_list_are_found_by_its_session(database: Database, tmp_path: Path) -> None:
    client, other = Counterparty(NEWER), Counterparty(OLD)
    client.new("a")
    entries = "|".join(f"11=l{n}|67={n}|21=1|55=AAPL|54=1|38=100|40=2|44=200" for n in (1, 2))
    client.ask(f"E|66=L|394=3|433=1|68=2|73=2|{entries}")
    for order in ("8|11=l1|150=0", "8|11=l2|150=0", "N|66=L"):
        client.expect(order)
    client.expect_nothing()
    other.new("a")
    other.commit()
    database.write(Batch(new_orders=[*client.rows.values(), {**other.rows[1], "id": 9, "list_id": "L"}]))
    assert database.find_list(NEWER, "CLIENT", "BROKER", "L") == [2, 3]
    assert database.find_list(OLD, "CLIENT", "BROKER", "L") == [9]
    assert database.find_list(NEWER, "CLIENT", "BROKER", "M") == []
    connection = sqlite3.connect(tmp_path / "broker.db")
    plan = connection.execute("EXPLAIN QUERY PLAN SELECT id FROM orders WHERE list_id = ?", ("L",)).fetchall()
    connection.close()
    assert "ix_orders_list_id" in str(plan)
