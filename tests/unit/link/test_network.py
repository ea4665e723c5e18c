from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sendfix.config import Endpoint, Tls
from sendfix.link.checks import Verdict
from sendfix.link.network import BadFileError, connect, look_up, name_is_checked, own_expiry
from sendfix.link.network_checks import ask_network, own_certificate
from tests.support.certificates import Authority


@pytest.mark.parametrize(
    ("tls", "host", "checked"),
    [
        (Tls(), "fix.example.com", True),
        (Tls(), "192.0.2.7", False),
        (Tls(), "2001:db8::1", False),
        (Tls(server_name="fix.example.com"), "192.0.2.7", True),
        (Tls(verify=False, server_name="fix.example.com"), "fix.example.com", False),
    ],
)
def test_the_name_counts_where_there_is_one(tls: Tls, host: str, checked: bool) -> None:
    assert name_is_checked(tls, host) is checked


def test_the_next_address_is_tried() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound, and not listening
        port = bound.getsockname()[1]
        with socket.create_server(("127.0.0.2", port)):
            address, connection = connect(["127.0.0.1", "127.0.0.2"], port, 5)
            connection.close()
            assert address == "127.0.0.2"
        with pytest.raises(ConnectionRefusedError):
            connect(["127.0.0.1", "127.0.0.2"], port, 5)
    assert look_up(Endpoint("127.0.0.1", port)) == ["127.0.0.1"]


def test_our_own_certificate_is_looked_at_before_they_do(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).sign("desk.example.com", days=40)
    tls = Tls(cert_file=certificate, key_file=key)
    expires = own_expiry(tls)
    assert expires is not None
    assert timedelta(days=39) < expires - datetime.now(UTC) <= timedelta(days=40)
    verdicts = []
    for days_before in (31, 30, 0):
        check = own_certificate(tls, expires - timedelta(days=days_before))
        assert check is not None
        verdicts.append(check.verdict)
    assert verdicts == [Verdict.OK, Verdict.WARN, Verdict.FAIL]
    assert own_certificate(Tls(), expires) is None


def test_a_file_that_holds_no_certificate_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.pem"
    tls = Tls(cert_file=path, key_file=path)
    with pytest.raises(BadFileError, match="can't be read: No such file"):
        own_expiry(tls)
    path.write_text("no certificate")
    with pytest.raises(BadFileError, match="holds no certificate"):
        own_expiry(tls)
    check = own_certificate(tls, datetime.now(UTC))
    assert check is not None
    assert check.verdict is Verdict.FAIL


def test_what_the_network_says_is_checked_up_to_what_fails() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = Endpoint("localhost", listener.getsockname()[1])
        found = [(check.name, check.verdict) for check in ask_network(endpoint, None)]
        assert found == [("name lookup", Verdict.OK), ("TCP", Verdict.OK)]
    refused = ask_network(endpoint, None)[-1]
    assert (refused.verdict, "Nothing listens there" in refused.action) == (Verdict.FAIL, True)
    nowhere = ask_network(Endpoint("a..b", 1), None)
    assert [check.verdict for check in nowhere] == [Verdict.FAIL, Verdict.SKIPPED]
