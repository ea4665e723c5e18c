"""Socket.IO as scripts and pages use it, against the real gunicorn worker."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

import pytest
import socketio

from tests.support.stack import FIX42, FIX44, Stack

EVENTS = (
    "connected",
    "connection_result",
    "session_updated",
    "order_updated",
    "execution_booked",
    "position_updated",
    "log_message",
    "health_updated",
    "frame",
)


class Client:
    """A Socket.IO client that keeps every event in order."""

    def __init__(self, url: str) -> None:
        self.events: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.sio = socketio.Client(reconnection=False)
        for name in EVENTS:
            self.sio.on(name, lambda payload, name=name: self.events.put((name, payload)))
        self.sio.connect(url, transports=["websocket"])

    def next(self, event: str, /, timeout: float = 15.0, **expected: Any) -> Any:
        """The next event of that name with these values; others before it are passed over."""
        seen = []
        while True:
            try:
                got, payload = self.events.get(timeout=timeout)
            except queue.Empty:
                raise AssertionError(f"no {event} with {expected} in {timeout} s after {seen}") from None
            seen.append((got, payload))
            if got == event and all(payload.get(key) == value for key, value in expected.items()):
                return payload

    def until(self, cl_ord_id: str, status: str) -> list[tuple[str, Any]]:
        """All events up to the one in which the order has that status."""
        found = []
        while True:
            event = self.events.get(timeout=15)
            found.append(event)
            name, payload = event
            if name == "order_updated" and payload["cl_ord_id"] == cl_ord_id and payload["status"] == status:
                return found

    def close(self) -> None:
        self.sio.disconnect()


@pytest.fixture
def clients(stack: Stack) -> Iterator[list[Client]]:
    found = [Client(stack.desk_url), Client(stack.desk_url)]
    yield found
    for client in found:
        client.close()


def test_the_transport_is_really_websocket(clients: list[Client]) -> None:
    assert clients[0].sio.transport() == "websocket"


def test_a_client_that_joins_is_told_where_things_stand(stack: Stack, clients: list[Client]) -> None:
    payload = clients[0].next("connected")
    assert [session["name"] for session in payload["sessions"]] == [FIX42, FIX44]
    assert (
        payload["sessions"] == stack.get("/api/sessions")["sessions"] or payload["sessions"][0]["logged_on"]
    )
    assert payload["engine"] == {"available": True, "reason": None}
    assert payload["health"]["status"] == "ok"
    assert payload["server_time"].endswith("Z")
    assert payload["version"]


@pytest.mark.parametrize("session", [FIX42, FIX44])
def test_two_clients_see_the_same_changes_of_an_order_in_order(
    stack: Stack, clients: list[Client], session: str
) -> None:
    stack.behave(default="fill")
    for client in clients:
        client.next("connected")
    sent = stack.send(session, ord_type="MARKET")
    seen = [client.until(sent, "FILLED") for client in clients]

    def of_order(events: list[tuple[str, Any]]) -> list[Any]:
        return [
            payload
            for name, payload in events
            if (name == "order_updated" and payload["cl_ord_id"] == sent)
            or (name == "log_message" and payload["raw"] and sent in payload["raw"])
        ]

    assert of_order(seen[0]) == of_order(seen[1])
    statuses = [p["status"] for n, p in seen[0] if n == "order_updated" and p["cl_ord_id"] == sent]
    assert statuses[:2] == ["PENDING_NEW", "NEW"]
    assert statuses[-1] == "FILLED"
    logged = [p for n, p in seen[0] if n == "log_message" and p["raw"] and sent in p["raw"]]
    assert [message["direction"] for message in logged[:2]] == ["OUT", "IN"]
    assert logged[0]["msg_type"] == "D"
    assert "\x01" not in logged[0]["raw"]


def test_a_position_is_told_as_rest_has_it(stack: Stack, clients: list[Client]) -> None:
    stack.behave(default="fill")
    sent = stack.send(FIX42, ord_type="MARKET", account="LIVE-POS", order_qty=30)
    stack.wait_order(sent, status="FILLED")

    told = clients[0].next("position_updated", account="LIVE-POS", net_qty="30")
    assert stack.get("/api/positions", account="LIVE-POS")["positions"] == [told]


def test_frames_hold_the_same_events_in_the_same_order(stack: Stack, clients: list[Client]) -> None:
    single, framed = clients
    assert framed.sio.call("subscribe", {"frames": True})["frames"] is True
    stack.behave(default="fill")
    sent = [stack.send(FIX44, ord_type="MARKET") for _ in range(20)]
    for cl_ord_id in sent:
        stack.wait_order(cl_ord_id, status="FILLED")

    def orders(client: Client) -> list[tuple[str, str]]:
        """ClOrdID and status of every change up to the last fill."""
        found: list[tuple[str, str]] = []
        while (sent[-1], "FILLED") not in found:
            name, payload = client.events.get(timeout=15)
            events = payload if name == "frame" else [(name, payload)]
            found += [(p["cl_ord_id"], p["status"]) for n, p in events if n == "order_updated"]
        return [change for change in found if change[0] in sent]

    assert orders(framed) == orders(single)


def test_nonsense_from_a_client_is_survived(stack: Stack, clients: list[Client]) -> None:
    for payload in ("x", 7, None, [], {"frames": "yes"}, {"frames": {"a": [1] * 1000}}):
        assert clients[0].sio.call("subscribe", payload)["frames"] is False
    clients[0].sio.emit("no_such_event", {"a": 1})
    clients[1].next("connected")
    assert stack.get("/health")["status"] == "ok"


def test_connection_results_and_session_updates(own_stack: Stack) -> None:
    client = Client(own_stack.desk_url)
    try:
        own_stack.post("/api/disconnect", {"session_name": FIX42}, 202)
        result = client.next("connection_result", session_name=FIX42)
        assert result["state"] == "not_connected"
        assert result["message"]
        own_stack.post("/api/connect", {"session_name": FIX42}, 202)
        assert client.next("session_updated", name=FIX42, state="connected")["logged_on"] is True
        assert client.next("connection_result", session_name=FIX42)["state"] == "connected"
        assert own_stack.broker is not None
        own_stack.broker.kill()
        results = {client.next("connection_result")["session_name"] for _ in range(2)}
        assert results == {FIX42, FIX44}
    finally:
        client.close()
