"""Frames from transactions: the latest state of each row, bounded, and honest about what they leave out."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.acceptor import Core
from broker.models import Batch, Database
from broker.settings import Settings
from broker.web.frames import MOST_BATCHES, MOST_ROWS, Changes, Frames
from broker.web.live import Json


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    """One that does not run."""
    database = Database(f"sqlite:///{tmp_path / 'broker.db'}")
    database.create([{"symbol": "AAPL", "last_price": "230.1", "updated_at": 0.0}])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Core(database, listener, Settings())
        made.stop()
        yield made
        made.run()
    database.close()


def watched() -> Changes:
    changes = Changes(lambda: None)
    changes.watched = True
    return changes


def order_row(order_id: int, status: str = "NEW") -> dict[str, Any]:
    decimals = {"quantity": "100", "filled_quantity": "0", "remaining_quantity": "100", "notional": "0"}
    texts = dict.fromkeys(
        (
            "fix_version",
            "target_comp_id",
            "limit_price",
            "stop_price",
            "account",
            "text",
            "max_floor",
            "expire_at",
            "list_id",
            "details",
        ),
        None,
    )
    return {
        "id": order_id,
        "cl_ord_id": f"c{order_id}",
        "cl_ord_ids": f"c{order_id}",
        "sender_comp_id": "HOUSE",
        "symbol": "AAPL",
        "side": "1",
        "order_type": "1",
        "time_in_force": "0",
        "status": status,
        "is_open": 1,
        "behaviour": '{"mode": "manual"}',
        "created_at": 1.0,
        "updated_at": 2.0,
        **decimals,
        **texts,
    }


def changed(order_id: int, status: str) -> dict[str, Any]:
    return {**order_row(order_id, status), "b_id": order_id}


def test_the_latest_state_of_an_order_is_shown_once(core: Core) -> None:
    changes = watched()
    built = Frames(core, changes, dict)
    changes(Batch(new_orders=[order_row(1), order_row(2)]))
    changes(Batch(changed_orders=[changed(1, "PARTIALLY_FILLED")]))
    changes(Batch(changed_orders=[changed(1, "FILLED")]))
    frame = built.next(10.0)
    assert [(one["id"], one["status"]) for one in frame["orders"]] == [(2, "NEW"), (1, "FILLED")]
    assert (frame["number"], frame["skipped"]) == (1, 0)
    after = built.next(10.2)
    assert (after["number"], after["orders"], after["executions"], after["stocks"]) == (2, [], [], [])
    assert Json.loads(Json.dumps(frame)) == frame


def test_the_newest_rows_are_shown_and_the_others_counted(core: Core) -> None:
    changes = watched()
    for number in range(MOST_ROWS + 30):
        changes(Batch(new_orders=[order_row(number)]))
    frame = Frames(core, changes, dict).next(10.0)
    assert [one["id"] for one in frame["orders"]] == list(range(30, MOST_ROWS + 30))
    assert frame["skipped"] == 30


def test_a_price_is_the_last_one_and_slow_things_come_once_a_second(core: Core) -> None:
    changes = watched()
    built = Frames(core, changes, dict)
    built.begin()
    for price in ("230.2", "230.3"):
        changes(Batch(prices=[{"b_symbol": "AAPL", "last_price": price, "updated_at": 5.0}]))
    frame = built.next(10.0)
    assert frame["stocks"] == [
        {"symbol": "AAPL", "last_price": "230.3", "updated_at": "1970-01-01T00:00:05.000Z"}
    ]
    assert frame["clients"] == []
    assert "clients" not in built.next(10.5)
    assert "clients" in built.next(11.0)
    assert "clients" in built.next(3.0)  # the clock was set back


def test_a_stock_is_shown_with_its_day_and_its_best_prices_when_they_change(core: Core) -> None:
    changes = watched()
    tops = {"AAPL": (Decimal("230.00"), None), "V": (None, None)}
    built = Frames(core, changes, lambda: tops)
    built.begin()
    day = {"trading_date": "20260102", "previous_close": "229", "open_price": "230", "high_price": "231"}
    changes(Batch(days=[{"b_symbol": "AAPL", **day, "low_price": None, "volume": "300"}]))
    frame = built.next(10.0)
    assert frame["stocks"][0] == {
        "symbol": "AAPL",
        "trading_date": "20260102",
        "previous_close": "229",
        "open": "230",
        "high": "231",
        "low": None,
        "volume": "300",
        "bid": "230",
        "ask": None,
    }
    assert built.next(11.0)["stocks"] == []
    tops["V"] = (None, Decimal("274.1"))
    assert built.next(11.5)["stocks"] == []
    assert built.next(12.0)["stocks"] == [{"symbol": "V", "bid": None, "ask": "274.1"}]


def test_nothing_is_kept_while_nobody_watches(core: Core) -> None:
    changes = Changes(lambda: pytest.fail("nobody is to be woken"))
    changes(Batch(new_orders=[order_row(1)]))
    changes.watched = True
    frame = Frames(core, changes, dict).next(10.0)
    assert (frame["orders"], frame["skipped"]) == ([], 0)


def test_what_is_forgotten_is_counted(core: Core) -> None:
    changes = watched()
    for number in range(MOST_BATCHES + 7):
        changes(Batch(new_orders=[order_row(number % 5)]))
    frame = Frames(core, changes, dict).next(10.0)
    assert (len(frame["orders"]), frame["skipped"]) == (5, 7)


@given(st.lists(st.integers(0, 60), max_size=20))
def test_each_transaction_is_taken_or_counted_as_lost(amounts: list[int]) -> None:
    limit = 40
    changes = Changes(lambda: None, limit)
    changes.watched = True
    for amount in amounts:
        for _ in range(amount):
            changes(Batch())
        taken, lost = changes.take()
        assert (len(taken), lost) == (min(amount, limit), max(0, amount - limit))
