"""What was acknowledged is on disk: kill -9, a locked database, a full disk."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psutil
import pytest
import requests

from tests.integration.broker.client import Fields, FixClient
from tests.integration.broker.conftest import Broker
from tests.support.stack import eventually

Fault = Callable[[Broker], AbstractContextManager[None]]


def read_until_the_end(client: FixClient) -> list[Fields]:
    got = []
    try:
        while True:
            got.append(client.receive())
    except (EOFError, ConnectionResetError):
        return got


def test_kill_9_under_load_loses_nothing_that_was_acknowledged(own_broker: Broker) -> None:
    broker = own_broker
    broker.behave(default="fill")
    with broker.client(sender="LOAD") as client:
        client.logon()
        burst = [f"a{number}" for number in range(400)]
        for cl_ord_id in burst:
            client.order(cl_ord_id)
        got = [client.receive() for _ in range(100)]
        broker.process.kill()
        got += read_until_the_end(client)
        sent_numbers = client.next_out
    broker.start()

    orders = {order["cl_ord_id"]: order for order in broker.orders()}
    acknowledged = {message[11] for message in got}
    assert acknowledged <= orders.keys()
    filled = {message[11] for message in got if message[39] == "2"}
    assert all(orders[cl_ord_id]["status"] == "FILLED" for cl_ord_id in filled)

    with broker.client(sender="LOAD", next_out=sent_numbers) as client:
        client.send("A", t98=0, t108=30)
        answer = client.expect("A")
        # One order, one number: what the broker did not store it asks for again.
        missing_from = len(orders) + 2
        if missing_from < sent_numbers:
            client.expect("2", t7=missing_from)
            client.send("4", t43="Y", t122=answer[52], t34=missing_from, t123="Y", t36=client.next_out + 1)
        client.send("2", t7=2, t16=0)
        again = [client.receive() for _ in range(2 * len(orders))]
    assert [message[34] for message in again] == [str(number) for number in range(2, 2 * len(orders) + 2)]
    by_number = {message[34]: message for message in again}
    for message in got:
        assert by_number[message[34]][17] == message[17]


def test_resting_orders_and_numbers_are_there_after_kill_9(own_broker: Broker) -> None:
    broker = own_broker
    broker.behave(default="match")
    with broker.client("FIX.4.2", "REST") as client:
        client.logon()
        client.order("a", t40=2, t44="200.00", t1="ACC")
        client.expect("8", t39=0)
        client.change("G", "b", "a", t40=2, t38=70, t44="201.00")
        client.expect("8", t150=5)
        client.order("stop", t40=3, t99="240.00")
        client.expect("8", t39=0)
    broker.process.kill()
    broker.start()

    broker.rest("PUT", "/api/stocks/AAPL", {"last_price": "240"})
    with broker.client("FIX.4.2", "REST", next_out=client.next_out) as client:
        client.send("A", t98=0, t108=30)
        # The stop has triggered while the client was away: its fill has taken number 5.
        client.expect("A", t34=6)
        client.send("2", t7=5, t16=0)
        client.expect("8", t34=5, t11="stop", t43="Y", t32=100, t31=240)
        client.expect("4", t36=7)
        client.send("H", t11="b", t55="AAPL", t54=1)
        client.expect("8", t39=5, t38=70, t44=201, t1="ACC")
        client.order("b")
        client.expect("8", t39=8, t103=6)
        client.change("F", "c", "b")
        client.expect("8", t39=4, t41="b")


def test_steps_go_on_after_kill_9(own_broker: Broker) -> None:
    broker = own_broker
    broker.behave(default={"mode": "partial", "steps": 4, "interval": 0.2})
    with broker.client(sender="STEPS") as client:
        client.logon()
        client.order("a")
        client.expect("8", t39=0)
        client.expect("8", t39=1, t14=25)
        broker.process.kill()
    broker.start()
    eventually(lambda: broker.orders()[0]["status"] == "FILLED", "the rest is filled")
    executions = broker.rest("GET", "/api/executions")["executions"]
    assert sum(int(one["exec_quantity"]) for one in executions) == 100


@contextmanager
def database_locked(broker: Broker) -> Iterator[None]:
    other = sqlite3.connect(broker.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def disk_full(broker: Broker) -> Iterator[None]:
    """No file of the broker may grow."""
    process = psutil.Process(broker.process.pid)
    soft, hard = process.rlimit(resource.RLIMIT_FSIZE)
    process.rlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        process.rlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("fault", [database_locked, disk_full])
def test_nothing_is_acknowledged_while_it_can_not_be_stored(own_broker: Broker, fault: Fault) -> None:
    broker = own_broker
    broker.behave(default="fill")
    with broker.client() as client:
        client.logon()
        with fault(broker):
            client.order("a")
            broker.process.wait_for(r"ERROR .*database can't be written")
            answer = requests.get(f"{broker.url}/health", timeout=10)
            assert (answer.status_code, answer.json()["status"]) == (503, "degraded")
            assert "database" in answer.json()["problems"][0]
            assert broker.orders() == []
            refused = broker.rest("PUT", "/api/stocks/AAPL", {"last_price": "1"}, expect=503)
            assert "Nothing was done" in refused["detail"]
        client.expect("8", t11="a", t39=0)
        client.expect("8", t11="a", t39=2)
        broker.process.wait_for(r"database can be written again")
        eventually(lambda: broker.rest("GET", "/health")["status"] == "ok", "it is well again")
        assert [order["status"] for order in broker.orders()] == ["FILLED"]
        assert broker.rest("GET", "/api/stocks/AAPL")["last_price"] == "230.10"
