"""Live updates over Socket.IO, beside a FIX client whose orders they show."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import socketio
import websocket

from tests.integration.broker.conftest import Broker


class Follower:
    """A page's end of the wire."""

    def __init__(self, url: str, confirms: bool = True) -> None:
        self.frames: queue.Queue[dict[str, Any]] = queue.Queue()
        self._client = socketio.Client(reconnection=False)

        def on_frame(frame: dict[str, Any]) -> None:
            self.frames.put(frame)
            if confirms:
                self._client.emit("got", frame["number"])

        self._client.on("frame", on_frame)
        self._client.connect(url, transports=["websocket"])
        assert self._client.transport() == "websocket"
        self.begun: int = self._client.call("follow")["number"]

    def until(self, wanted: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        for _ in range(30):  # frames come once a second when nothing happens
            frame = self.frames.get(timeout=10)
            if wanted(frame):
                return frame
        raise AssertionError("thirty frames without what was waited for")

    def emit(self, name: str, value: object) -> None:
        self._client.emit(name, value)

    def close(self) -> None:
        self._client.disconnect()


@pytest.fixture
def follow(broker: Broker) -> Iterator[Callable[..., Follower]]:
    opened: list[Follower] = []

    def connect(**options: Any) -> Follower:
        opened.append(Follower(broker.url, **options))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def test_an_order_is_shown_as_rest_shows_it(
    broker: Broker, name: str, follow: Callable[..., Follower]
) -> None:
    page = follow()
    broker.behave(clients={name: {"mode": "partial", "steps": 2, "interval": 0}})
    with broker.client(sender=name) as client:
        client.logon()
        client.order("a <b>", t38=10)
        for _ in range(3):
            client.expect("8")
        frame = page.until(lambda frame: any(one["status"] == "FILLED" for one in frame["orders"]))
    (order,) = broker.orders(sender_comp_id=name)
    assert frame["orders"][-1:] == [order]
    assert {one["exec_id"] for one in frame["executions"]} <= {
        one["exec_id"] for one in broker.rest("GET", f"/api/orders/{order['id']}")["executions"]
    }
    numbers = [frame["number"], *(page.frames.get(timeout=10)["number"] for _ in range(2))]
    assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_prices_behaviours_and_clients_are_shown(
    broker: Broker, name: str, follow: Callable[..., Follower]
) -> None:
    page = follow()
    broker.rest("PUT", "/api/stocks/INTC", {"last_price": "24.50"})
    stock = page.until(lambda frame: frame["stocks"])["stocks"][0]
    assert (stock["symbol"], stock["last_price"]) == ("INTC", "24.5")
    broker.behave(symbols={"INTC": "ignore"})
    frame = page.until(lambda frame: "behaviours" in frame)
    assert frame["behaviours"] == broker.rest("GET", "/api/behaviours")
    broker.behave(symbols={})
    with broker.client(sender=name) as client:
        client.logon()
        page.until(lambda frame: name in [one["sender_comp_id"] for one in frame.get("clients", [])])
        assert page.until(lambda frame: frame["statistics"])["health"]["status"] == "ok"


def test_a_page_that_confirms_nothing_is_left_out_until_it_does(
    broker: Broker, follow: Callable[..., Follower]
) -> None:
    slow, quick = follow(confirms=False), follow()
    last = 0
    for number in range(30):
        broker.rest("PUT", "/api/stocks/V", {"last_price": str(270 + number)})
        last = quick.until(lambda frame: frame["stocks"])["number"]
    seen = slow.frames.qsize()
    assert 20 <= seen <= 25 < last - slow.begun
    while not slow.frames.empty():
        before = slow.frames.get()["number"]
    slow.emit("got", last)
    assert slow.frames.get(timeout=10)["number"] > before + 1


@pytest.mark.parametrize("value", [None, "x", {"a": 1}, [], -1, 10**400, "\x00" * 100])
def test_odd_confirmations_do_no_harm(broker: Broker, value: object, follow: Callable[..., Follower]) -> None:
    page = follow(confirms=False)
    for event in ("got", "follow", "nothing"):
        page.emit(event, value)
    page.frames.get(timeout=10)
    assert broker.rest("GET", "/health")["status"] == "ok"


def test_another_sites_page_can_not_follow(broker: Broker) -> None:
    answer = requests.get(
        f"{broker.url}/socket.io/?EIO=4&transport=polling",
        headers={"Origin": "http://evil.example"},
        timeout=10,
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "packet", ["42[", "4", "zzz", "42{}", "4" * 20_000, '42["got",', '451-["got",1]', "\x00"]
)
def test_odd_packets_end_at_most_their_own_connection(broker: Broker, packet: str) -> None:
    url = broker.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    line = websocket.create_connection(url, timeout=10)
    assert line.recv().startswith("0{")
    line.send("40")
    assert line.recv().startswith("40")
    line.send(packet)
    line.send_binary(b"\xff" * 10)
    line.close()
    assert broker.rest("GET", "/health")["status"] == "ok"
    assert broker.rest("GET", "/api/stocks")["stocks"]
