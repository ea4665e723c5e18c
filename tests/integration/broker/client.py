"""A plain FIX client on simplefix, that shares no code with the broker."""

from __future__ import annotations

import re
import socket
from datetime import UTC, datetime

import simplefix

Fields = dict[int, str]


def now() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S.%f")[:-3]


def framed(data: bytes) -> list[bytes]:
    """Its messages by their BodyLength(9), each with the right CheckSum(10), and nothing between or behind them."""
    found = []
    at = 0
    while at < len(data):
        start = re.compile(rb"8=FIX\.4\.[24]\x019=(\d+)\x01").match(data, at)
        assert start, data[at : at + 200]
        end = start.end() + int(start[1])
        assert data[end : end + 7] == b"10=%03d\x01" % (sum(data[at:end]) % 256), data[at : end + 7]
        found.append(data[at : end + 7])
        at = end + 7
    return found


class FixClient:
    """Blocking. Answers TestRequests; keeps everything else that comes in order."""

    def __init__(
        self, port: int, version: str = "FIX.4.4", sender: str = "CLIENT", next_out: int = 1
    ) -> None:
        self.version = version
        self.sender = sender
        self.next_out = next_out
        self._parser = simplefix.FixParser()
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def __enter__(self) -> FixClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def message(self, msg_type: str, **more: object) -> bytes:
        """Keywords are `t<tag>`."""
        built = simplefix.FixMessage()
        header = {"t49": self.sender, "t56": "BROKER", "t34": self.next_out, "t52": now()}
        header |= {key: more[key] for key in ("t43", "t97", "t122") if key in more}
        built.append_pair(8, self.version)
        built.append_pair(35, msg_type)
        for key, value in {**header, **more}.items():
            built.append_pair(int(key[1:]), value)
        self.next_out += 1
        return bytes(built.encode())

    def send(self, msg_type: str, **more: object) -> None:
        self.send_bytes(self.message(msg_type, **more))

    def send_bytes(self, data: bytes) -> None:
        self._socket.sendall(data)

    def receive(self) -> Fields:
        """The next message. Raises EOFError when the broker has closed."""
        while (parsed := self._parser.get_message()) is None:
            data = self._socket.recv(1 << 16)
            if not data:
                raise EOFError("the broker closed the connection")
            self._parser.append_buffer(data)
        got = {int(tag): value.decode("latin-1") for tag, value in parsed.pairs}
        if got[35] == "1":
            self.send("0", t112=got[112])
            return self.receive()
        return got

    def expect(self, msg_type: str, **fields: object) -> Fields:
        got = self.receive()
        expected = {35: msg_type, **{int(key[1:]): str(value) for key, value in fields.items()}}
        assert {tag: got.get(tag) for tag in expected} == expected, got
        return got

    def drain(self) -> list[bytes]:
        """All messages up to the end of the connection, each as its bytes."""
        pieces = []
        while data := self._socket.recv(1 << 20):
            pieces.append(data)
        return framed(b"".join(pieces))

    def expect_end(self) -> None:
        """The broker closes, having said nothing more."""
        try:
            got = self.receive()
        except (EOFError, ConnectionResetError):
            return
        raise AssertionError(f"the broker also sent {got}")

    def logon(self, **more: object) -> FixClient:
        self.send("A", t98=0, t108=30, **more)
        self.expect("A", t98=0, t108=30)
        return self

    def order(self, cl_ord_id: str, **more: object) -> None:
        fields = {"t55": "AAPL", "t54": 1, "t38": 100, "t40": 1, **more}
        self.send("D", t11=cl_ord_id, t21=1, **fields, t60=now())

    def change(self, msg_type: str, cl_ord_id: str, orig_cl_ord_id: str, **more: object) -> None:
        """F or G."""
        inst = {"t21": 1} if msg_type == "G" else {}
        self.send(msg_type, t11=cl_ord_id, t41=orig_cl_ord_id, **inst, t55="AAPL", t54=1, **more, t60=now())
