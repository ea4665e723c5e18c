"""The line does what its tests rely on."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.support.proxy import Proxy, Way


class Line:
    """Both ends of one connection through a proxy."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.proxy = Proxy(self.listener.getsockname()[1])
        self.near, self.far = self.connect()

    def connect(self) -> tuple[socket.socket, socket.socket]:
        near = socket.create_connection(("127.0.0.1", self.proxy.port), timeout=10)
        far, _ = self.listener.accept()
        far.settimeout(10)
        return near, far

    def close(self) -> None:
        for one in (self.near, self.far, self.listener):
            one.close()
        self.proxy.close()


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.close()


def read(end: socket.socket, count: int) -> bytes:
    """So many bytes, or those up to the end."""
    data = b""
    while len(data) < count and (more := end.recv(count - len(data))):
        data += more
    return data


def test_bytes_go_both_ways_unchanged_and_in_order(line: Line) -> None:
    sent = bytes(range(256)) * 1000
    line.proxy.delay = 0.001
    line.near.sendall(sent)
    line.far.sendall(sent[::-1])
    assert read(line.far, len(sent)) == sent
    assert read(line.near, len(sent)) == sent[::-1]
    line.near.shutdown(socket.SHUT_WR)
    assert read(line.far, 1) == b""
    line.far.sendall(b"still")
    assert read(line.near, 5) == b"still"


@pytest.mark.parametrize("reset", [False, True])
def test_it_breaks_off_after_exactly_so_many_bytes(line: Line, reset: bool) -> None:
    line.proxy.cut_after(700, Way.OUT, reset)
    line.near.sendall(bytes(1000))
    assert len(read(line.far, 700)) == 700
    line.proxy.wait_for_cuts(1)
    if reset:
        with pytest.raises(ConnectionResetError):
            read(line.far, 1)
    else:
        assert read(line.far, 1) == b""
    assert line.proxy.connections == 0


def test_each_so_manieth_byte_of_one_way_has_a_bit_flipped(line: Line) -> None:
    line.proxy.garble(10, Way.BACK)
    for _ in range(5):
        line.far.sendall(bytes(7))
    assert read(line.near, 35) == b"".join([bytes(9) + b"\x01"] * 3) + bytes(5)
    line.near.sendall(bytes(35))
    assert read(line.far, 35) == bytes(35)
    assert line.proxy.garbled == 3


def test_half_open_swallows_everything_and_keeps_the_sockets(line: Line) -> None:
    line.proxy.hold()
    line.near.sendall(b"lost")
    line.near.shutdown(socket.SHUT_WR)
    line.far.settimeout(0.2)
    with pytest.raises(TimeoutError):
        line.far.recv(1)
    line.far.settimeout(10)
    line.proxy.let_go()
    assert read(line.far, 1) == b""
    near, far = line.connect()
    with near, far:
        near.sendall(b"anew")
        assert read(far, 4) == b"anew"


def test_nobody_behind_it_is_a_reset() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    # The kernel takes the connection for the proxy, which may end it before the other side has noticed that.
    with (
        Proxy(port) as proxy,
        pytest.raises(ConnectionResetError),
        socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as near,
    ):
        near.recv(1)
