"""Clients that send garbage, and one beside them that trades and notices nothing."""

from __future__ import annotations

import random
import socket
from concurrent.futures import ThreadPoolExecutor

import psutil

from tests.integration.broker.client import FixClient
from tests.integration.broker.conftest import Broker

ROUNDS = 40
CLIENTS = 4
ORDERS = 60


def framed(version: str, fields: list[bytes]) -> bytes:
    """With the BodyLength(9) and CheckSum(10) of what is in it."""
    content = b"\x01".join(fields) + b"\x01"
    head = b"8=%b\x019=%d\x01%b" % (version.encode(), len(content), content)
    return b"%b10=%03d\x01" % (head, sum(head) & 255)


class Garbage:
    """What one client sends, by a seed."""

    def __init__(self, broker: Broker, number: int, seed: int) -> None:
        self._port = broker.port
        self._chance = random.Random(seed * 100 + number)
        self._sender = f"GARBAGE{number}"
        self._version = ("FIX.4.2", "FIX.4.4")[number % 2]

    def run(self) -> int:
        """Connects again and again; how often the broker ended it."""
        return sum(self._round() for _ in range(ROUNDS))

    def _round(self) -> bool:
        try:
            with FixClient(self._port, self._version, self._sender) as client:
                if self._chance.random() < 0.8:
                    client.send("A", t98=0, t108=30, t141="Y")
                    client.expect("A", t141="Y")
                for _ in range(self._chance.randrange(1, 12)):
                    client.send_bytes(self._mutated(client))
                client.send_bytes(b"\x01")
        except (EOFError, OSError):
            return True
        return False

    def _mutated(self, client: FixClient) -> bytes:
        chance = self._chance
        kind = chance.choice([0, 1, 2, *[3, 4, 5, 6, 7] * 5])
        if kind == 0:
            return chance.randbytes(chance.randrange(1, 5000))
        if kind == 1:
            return b"8=FIX.4.4\x019=900000\x0135=D\x01" + b"58=x\x01" * 20000
        if kind == 2:
            return b"8=FIX.4.4\x019=5\x01" * 2000
        raw = client.message(
            chance.choice("012345ADFGHVEj"),
            t11=f"g{chance.random()}",
            t55=chance.choice(["AAPL", "", "\u00e9"]),
            t54=1,
            t38=chance.choice([1, -1, "many", "9" * 400]),
            t40=chance.choice([1, 2, "?"]),
            t78=chance.choice([1, 2, 10**9]),
            t79="x",
            **chance.choice([{}, {}, {"t95": chance.choice([1, 5, 10**9]), "t96": "a"}]),
        )
        if kind == 3:
            at = chance.randrange(len(raw))
            return raw[:at] + chance.randbytes(1) + raw[at + 1 :]
        if kind == 4:
            return raw[: chance.randrange(len(raw))]
        fields = raw.split(b"\x01")[2:-2]
        if kind == 5:
            chance.shuffle(fields)
        elif kind == 6:
            fields.insert(chance.randrange(len(fields) + 1), chance.choice(fields))
        else:
            fields[chance.randrange(len(fields))] = chance.randbytes(5).replace(b"\x01", b"=")
        return framed(self._version, fields)


def trade(broker: Broker, name: str) -> None:
    """Every order is acknowledged and filled, and nothing else comes."""
    with broker.client(sender=name) as client:
        client.logon()
        for number in range(ORDERS):
            client.order(f"{name}-{number}")
            client.expect("8", t11=f"{name}-{number}", t39=0, t34=2 * number + 2)
            client.expect("8", t11=f"{name}-{number}", t39=2, t34=2 * number + 3)


def resident(broker: Broker) -> int:
    return int(psutil.Process(broker.process.pid).memory_info().rss)


def test_clients_that_send_garbage_hurt_nobody_and_cost_no_memory(own_broker: Broker) -> None:
    broker = own_broker
    broker.behave(default="fill")
    sizes = []
    for run in range(3):
        with ThreadPoolExecutor(CLIENTS) as pool:
            ended = [pool.submit(Garbage(broker, number, run).run) for number in range(CLIENTS)]
            trade(broker, f"TRADER{run}")
            assert sum(one.result() for one in ended) > 0
        sizes.append(resident(broker))

    assert broker.process.running
    assert broker.rest("GET", "/api/stats")["garbled"] > 0
    assert sizes[-1] - sizes[0] < 8 << 20, f"the broker grew: {sizes}"
    with socket.create_connection(("127.0.0.1", broker.port), timeout=10) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\n\r\n")
    trade(broker, "LAST")
