"""Clients that send garbage, and one beside them that trades and notices nothing. `make fuzz` does it for longer."""

from __future__ import annotations

import os
import random
import socket
from concurrent.futures import ThreadPoolExecutor

import psutil

from tests.integration.broker.client import FixClient, now
from tests.integration.broker.conftest import Broker

RUNS = 3 * int(os.environ.get("FUZZ_TIMES", "1"))
ROUNDS = 40
CLIENTS = 4
ORDERS = 60
FIELDS = {
    **dict.fromkeys("0A3", ""),
    "1": "112",
    "2": "7 16",
    "4": "123 36",
    "5": "58",
    "B": "148 33 58",
    "D": "11 21 55 54 38 40 44 60",
    "E": "66 394 68 73 11 67 55 54 38 40 44",
    "F": "41 11 55 54 38 60",
    "G": "41 11 21 55 54 38 40 44 60",
    "H": "11 55 54",
    "K": "66 60",
    "L": "66 60",
    "M": "66",
    "Q": "37 17 127 55 54",
    "R": "131 146 55",
    "V": "262 263 264 265 267 269 146 55",
    "AF": "584 585",
    "BE": "923 924 553 554 925",
    "U1": "58",
    "c": "320 321",
    "e": "324 55 263",
    "g": "335 263",
    "j": "372 380",
    "q": "11 530 60",
    "x": "320 559",
}
"""What the standard asks for, by MsgType(35); with VALUES as they are it leads into the broker's handlers."""
VALUES = {
    **{tag: ["1"] for tag in ["7", "21", "36", "54", "67", "146", "263", "267", "924"]},
    **{tag: ["0", "1"] for tag in ["16", "264", "265", "269", "321", "559", "380"]},
    **{tag: list("abcdefgh") for tag in ["11", "41"]},
    "33": [1, 10**9],
    "37": ["O1", "O999999999"],
    "38": [100, 7, 10**8, "9" * 400],
    "40": [1, 2, 3, "P"],
    "44": ["230", "0.0001", "9" * 20],
    "55": ["AAPL", "MSFT", "NOPE"],
    "68": [1, 2],
    "73": [1],
    "123": ["Y", "N"],
    "127": ["A", "Z"],
    "372": ["8"],
    "394": [3],
    "530": [1, 7],
    "585": [1, 7],
}
MORE = {
    "t18": ["1 G", "5 X", "!"],
    "t59": [0, 1, 3, 4, 6, "?"],
    "t78": [1, 2, 10**9],
    "t99": ["229", "0"],
    "t111": [1, 0, "x"],
    "t126": ["20270115-08:00:00", "soon"],
    "t432": ["20270115", "x"],
}


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
        kind = chance.choice([0, 1, 2, *[3, 4, 5, 6, 7, 8, 8, 8, 8] * 5])
        if kind == 0:
            return chance.randbytes(chance.randrange(1, 5000))
        if kind == 1:
            return b"8=FIX.4.4\x019=900000\x0135=D\x01" + b"58=x\x01" * 20000
        if kind == 2:
            return b"8=FIX.4.4\x019=5\x01" * 2000
        msg_type = chance.choice(list(FIELDS))
        raw = client.message(
            msg_type,
            **{f"t{tag}": self._value(tag) for tag in FIELDS[msg_type].split()},
            **{
                tag: chance.choice(MORE[tag])
                for tag in chance.sample(list(MORE), chance.choice([0, 0, 0, 1, 2]))
            },
            **chance.choice([{}, {}, {}, {"t95": chance.choice([1, 5, 10**9]), "t96": "a"}]),
        )
        if kind == 8:
            return raw
        if kind in (3, 4):
            client.next_out -= 1  # what is garbled uses up no number: what follows must not wait for it
        if kind == 3:
            at = chance.randrange(len(raw))
            return raw[:at] + chance.randbytes(1) + raw[at + 1 :]
        if kind == 4:
            return raw[: chance.randrange(len(raw))]
        fields = raw.split(b"\x01")[2:-2]
        if kind == 5:
            fields[1:] = chance.sample(fields[1:], len(fields) - 1)
        elif kind == 6:
            fields.insert(chance.randrange(len(fields) + 1), chance.choice(fields))
        else:
            fields[chance.randrange(len(fields))] = chance.randbytes(5).replace(b"\x01", b"=")
        return framed(self._version, fields)

    def _value(self, tag: str) -> object:
        return now() if tag == "60" else self._chance.choice(VALUES.get(tag, ["x"]))


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
    for run in range(RUNS):
        with ThreadPoolExecutor(CLIENTS) as pool:
            ended = [pool.submit(Garbage(broker, number, run).run) for number in range(CLIENTS)]
            trade(broker, f"TRADER{run}")
            assert sum(one.result() for one in ended) > 0
        sizes.append(resident(broker))
    counted = broker.rest("GET", "/api/stats")

    assert broker.process.running
    assert "Traceback" not in broker.process.output
    assert counted["garbled"] > 0
    assert counted["orders"] > RUNS * ORDERS, "no garbage came as far as an order"
    # The latest orders are kept in memory, garbage is not.
    kept = 4096 * counted["orders"]
    assert sizes[-1] - sizes[0] < kept + (8 << 20), f"the broker grew: {sizes}"
    with socket.create_connection(("127.0.0.1", broker.port), timeout=10) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\n\r\n")
    trade(broker, "LAST")
