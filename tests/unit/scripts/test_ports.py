"""Which ports are free, and who holds the others."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.ports import Holder, holder_of, problem_with


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_port_that_someone_listens_on_is_taken(server: socket.socket) -> None:
    assert problem_with("127.0.0.1", server.getsockname()[1]) == "it is taken"


def test_a_port_is_free_again_at_once(server: socket.socket) -> None:
    port = server.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port)), server.accept()[0]:
        pass
    server.close()
    assert problem_with("127.0.0.1", port) is None


def test_any_free_port_can_be_had() -> None:
    assert problem_with("127.0.0.1", 0) is None


def test_an_address_of_another_machine_is_named() -> None:
    assert "assign requested address" in (problem_with("192.0.2.1", 0) or "")


def test_the_holder_is_found_by_its_listening_socket(server: socket.socket) -> None:
    holder = holder_of(server.getsockname()[1])
    assert holder is not None
    assert holder.pid == os.getpid()
    assert "python" in holder.command


def test_nobody_holds_a_free_port(server: socket.socket) -> None:
    port = server.getsockname()[1]
    server.close()
    assert holder_of(port) is None


class FakeProc:
    """A /proc with one listening socket (port 5001, IPv6) that two processes have open."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "net").mkdir()
        (root / "net" / "tcp").write_text("  sl  local_address rem_address   st\n")
        (root / "net" / "tcp6").write_text(
            "  sl  local_address rem_address   st\n"
            "   0: 00000000000000000000000001000000:1389 00000000000000000000000000000000:0000 0A 00000000:00000000"
            " 00:00000000 00000000  1000        0 777 1 0 100 0 0 10 0\n"
        )
        self.add(220, "gunicorn: worker")
        self.add(31, "python\0-m\0gunicorn\0")

    def add(self, pid: int, command: str) -> None:
        (self.root / str(pid) / "fd").mkdir(parents=True)
        (self.root / str(pid) / "fd" / "5").symlink_to("socket:[777]")
        (self.root / str(pid) / "cmdline").write_text(command)


def test_the_server_is_named_rather_than_its_worker(tmp_path: Path) -> None:
    assert holder_of(5001, FakeProc(tmp_path).root) == Holder(31, "python -m gunicorn")


def test_a_long_command_line_is_cut(tmp_path: Path) -> None:
    proc = FakeProc(tmp_path)
    proc.add(7, "java\0" + "x" * 300)
    holder = holder_of(5001, proc.root)
    assert holder is not None
    assert str(holder).startswith("process 7 (java xxx")
    assert len(holder.command) == 80


def test_a_socket_that_no_process_shows_has_no_known_holder(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text("header\n 0: 0100007F:1389 00000000:0000 0A 0 0 0 1000 0 9 1\n")
    assert holder_of(5001, tmp_path) is None
