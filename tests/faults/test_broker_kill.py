"""The broker is killed at random instants under load and started again: what it said holds, and it says it again."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.broker.client import Fields, FixClient
from tests.integration.broker.conftest import Broker
from tests.support.stack import eventually

ROUNDS = int(os.environ.get("KILL_ROUNDS", "8"))
CLIENTS = {"K0": "FIX.4.4", "K1": "FIX.4.2", "K2": "FIX.4.4", "K3": "FIX.4.2"}
BEHAVIOURS = {
    "AAPL": "fill",
    "MSFT": {"mode": "partial", "steps": 3, "interval": 0.05},
    "GOOGL": {"mode": "manual", "pending": True, "delay": 0.05},
    "AMZN": {"mode": "match", "market": False},
}
HEADER = {9, 10, 43, 52, 122}
"""What may differ when a message is sent again."""
TRADES = {"FIX.4.2": ("1", "2"), "FIX.4.4": ("F",)}


class Trader:
    """One client over all its connections: what it was told, by MsgSeqNum(34)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.told: dict[int, Fields] = {}
        self.heard = threading.Semaphore(0)
        self.error: BaseException | None = None
        self._random = random.Random(name)
        self._next_out = 1
        self._last = 0
        self._orders = 0
        self._client: FixClient

    def connect(self, broker: Broker) -> None:
        """Logs on with the numbers as they are; what the broker did not take of the last connection is given up."""
        self._client = client = broker.client(CLIENTS[self.name], self.name, self._next_out)
        client.send("A", t98=0, t108=30)
        answer = client.expect("A")
        assert int(answer[34]) > self._last, "the broker's numbers went back"
        self._last = int(answer[34])
        self._sync()

    def trade(self) -> None:
        """Until the broker is gone. What goes wrong is kept in `error`."""
        try:
            self._market_data()
            while True:
                for _ in range(5):
                    self._request()
                self._sync()
        except (EOFError, ConnectionError):
            pass
        except BaseException as error:
            self.error = error
        finally:
            self._next_out = self._client.next_out
            self._client._socket.close()

    def again(self) -> dict[int, Fields]:
        """Everything that the broker has to send again."""
        client, found = self._client, {}
        client.send("2", t7=1, t16=0)
        client.send("1", t112="again")
        # The Heartbeat's number says where the resend ends; a long one may still be under way when it comes.
        reached, end = 0, None
        while end is None or reached < end:
            got = client.receive()
            if got[35] == "0":
                assert got[112] == "again"
                end = int(got[34]) - 1
                continue
            assert got[43] == "Y"
            assert int(got[34]) == reached + 1, "the resend left out a number"
            if got[35] == "4":
                reached = int(got[36]) - 1
            else:
                reached = int(got[34])
                found[reached] = got
        client._socket.close()
        return found

    def _sync(self) -> None:
        client = self._client
        client.send("1", t112="sync")
        while (got := client.receive())[35] != "0":
            if got[35] == "2":
                client.send("4", t34=got[7], t43="Y", t122=got[52], t123="Y", t36=client.next_out + 1)
                client.send("1", t112="sync")
                continue
            number = int(got[34])
            assert number > self._last, got
            self._last = number
            assert got[35] not in "3j", got
            if got[35] not in "WXY5":
                self.told[number] = got
                self.heard.release()
        self._last = max(self._last, int(got[34]))

    def _request(self) -> None:
        kind = self._random.random()
        if self._orders and kind < 0.3:
            known = f"{self.name}-{self._random.randint(max(1, self._orders - 20), self._orders)}"
            self._orders += 1
            more = {"t38": 120, "t40": 2, "t44": "150.00"} if kind < 0.15 else {"t38": 100}
            message = "G" if kind < 0.15 else "F"
            self._client.change(message, f"{self.name}-{self._orders}", known, **more)
            return
        self._orders += 1
        symbol = self._random.choice(list(BEHAVIOURS))
        side = self._random.choice("12")
        self._client.order(f"{self.name}-{self._orders}", t55=symbol, t54=side, t40=2, t44="150.00")

    def _market_data(self) -> None:
        self._client.send(
            "V", t262=f"{self.name}{self._last}", t263=1, t264=1, t265=1, t267=1, t269=0, t146=1, t55="AMZN"
        )


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path)
    yield running
    running.process.stop()


def test_what_the_broker_said_holds_after_kill_9_at_any_instant(broker: Broker) -> None:
    instants = random.Random(1)
    traders = [Trader(name) for name in CLIENTS]
    for _ in range(ROUNDS):
        broker.behave(symbols=BEHAVIOURS)
        for trader in traders:
            trader.connect(broker)
        threads = [threading.Thread(target=trader.trade) for trader in traders]
        for thread in threads:
            thread.start()
        for _ in range(instants.randint(1, 60)):
            traders[0].heard.acquire(timeout=20)
        broker.process.kill()
        for thread in threads:
            thread.join()
        for trader in traders:
            assert trader.error is None, trader.error
        broker.start()
    eventually(lambda: not broker.orders(symbol="MSFT", open="true"), "what is filled in steps is filled")
    for trader in traders:
        trader.connect(broker)
        check(broker, trader, trader.again())


def check(broker: Broker, trader: Trader, again: dict[int, Fields]) -> None:
    for number, told in trader.told.items():
        assert body(again[number]) == body(told)
    reports = [message for message in again.values() if message[35] == "8" and message[17] != "0"]
    exec_ids = [message[17] for message in reports]
    assert len(exec_ids) == len(set(exec_ids))

    version = CLIENTS[trader.name]
    fills = {
        message[17]: (message[37], message[32]) for message in reports if message[150] in TRADES[version]
    }
    query = f"/api/executions?sender_comp_id={trader.name}&limit=100000"
    stored = broker.rest("GET", query)["executions"]
    assert fills
    assert fills == {one["exec_id"]: (f"O{one['order_id']}", one["exec_quantity"]) for one in stored}

    orders = broker.orders(sender_comp_id=trader.name)
    assert len({order["cl_ord_id"] for order in orders}) == len(orders)
    filled = {f"O{order['id']}": order["filled_quantity"] for order in orders}
    last = {message[37]: message for message in reports}
    assert {order_id: message[14] for order_id, message in last.items()} == filled


def body(message: Fields) -> Fields:
    return {tag: value for tag, value in message.items() if tag not in HEADER}
