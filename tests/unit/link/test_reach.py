from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sendfix.config import Endpoint, Tls
from sendfix.link.reach import NotReached, Reached, reach


def test_a_listener_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = Endpoint("localhost", listener.getsockname()[1])
        assert reach(endpoint, None, 5) == Reached("127.0.0.1")


def test_a_closed_port_refuses() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound, and not listening
        port = bound.getsockname()[1]
        assert reach(Endpoint("127.0.0.1", port), None, 5) == NotReached(
            f"The connection to 127.0.0.1:{port} was refused: nothing listens there"
        )


def test_a_name_without_an_ipv4_address() -> None:
    found = reach(Endpoint("::1", 1), None, 5)
    assert isinstance(found, NotReached)
    assert found.reason.startswith("The name ::1 can't be resolved")


def test_a_name_that_is_no_name() -> None:
    found = reach(Endpoint("a..b", 1), None, 5)
    assert isinstance(found, NotReached)
    assert found.reason.startswith("The name a..b can't be resolved")


def test_tls_to_a_listener_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        found = reach(Endpoint("127.0.0.1", port), Tls(verify=False), 0.2)
        assert found == NotReached(f"The connection to 127.0.0.1:{port} was not answered in 0.2 s")


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "can't be read: No such file"), ("no certificate", "can't be used")]
)
def test_a_tls_file_that_is_no_use_is_named(tmp_path: Path, content: str | None, reason: str) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    found = reach(Endpoint("127.0.0.1", 1), Tls(ca_file=path), 5)
    assert isinstance(found, NotReached)
    assert reason in found.reason
