"""Sessions over TLS, to a counterparty that has certificates of the test's own making."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.engine.conftest import EngineProcess
from tests.support.certificates import Authority
from tests.support.scripted_acceptor import ScriptedAcceptor, tag


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def counterparty(
    authority: Authority, name: str = "localhost", days: int = 90, own: bool = False
) -> ScriptedAcceptor:
    """`own`: it wants a certificate of the client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.sign(name, days))
    if own:
        context.load_verify_locations(authority.ca_file)
        context.verify_mode = ssl.CERT_REQUIRED
    return ScriptedAcceptor(tls=context)


@pytest.fixture
def acceptor(authority: Authority) -> Iterator[ScriptedAcceptor]:
    with counterparty(authority, own=True) as made:
        yield made


def test_a_session_logs_on_with_its_own_certificate_and_shows_no_secret(
    engine: EngineProcess, acceptor: ScriptedAcceptor, authority: Authority
) -> None:
    certificate, key = authority.sign("desk.example.com", days=91)
    (engine.folder / "password.txt").write_text("from-a-file\n")
    engine.session(
        "S",
        acceptor.port,
        server_ip="localhost",
        username="desk",
        password_file="password.txt",
        logon_fields={"9100": "hidden-token"},
        tls={"ca_file": str(authority.ca_file), "cert_file": str(certificate), "key_file": str(key)},
    )
    process = engine.start()
    with engine.desk() as desk:
        status = desk.wait_state("S", "connected")
        assert status["tls_expires_at"] < status["own_tls_expires_at"]
        logon = acceptor.wait_for("A")
        assert (tag(logon, 553), tag(logon, 554), tag(logon, 9100)) == ("desk", "from-a-file", "hidden-token")
        sent = desk.wait_entry("S", b"\x0135=A\x01", b"\x0149=ME-S")
        assert b"\x019100=***\x01" in sent.raw
    process.stop()
    written = [path.read_bytes() for path in (engine.folder / "log").rglob("*") if path.is_file()]
    written += [
        path.read_bytes() for path in (engine.folder / "store" / "journal").rglob("*") if path.is_file()
    ]
    assert not any(
        secret in text
        for text in [*written, process.output.encode()]
        for secret in (b"hidden-token", b"from-a-file")
    )


def test_a_certificate_of_another_authority_is_refused_before_anything_is_said(
    engine: EngineProcess, authority: Authority, tmp_path: Path
) -> None:
    other = Authority(tmp_path, "other")
    with counterparty(authority) as acceptor:
        engine.session("S", acceptor.port, server_ip="localhost", tls={"ca_file": str(other.ca_file)})
        engine.start()
        with engine.desk() as desk:
            desk.wait_state("S", "disconnected", "is not accepted: unable to get local issuer certificate")
        assert acceptor.received == []


def test_the_name_in_the_certificate_must_be_the_one_that_is_expected(
    engine: EngineProcess, authority: Authority
) -> None:
    with counterparty(authority, "fix.example.com") as acceptor:
        tls = {"ca_file": str(authority.ca_file), "server_name": "other.example.com"}
        engine.session("WRONG", acceptor.port, tls=tls)
        engine.session("RIGHT", acceptor.port, tls={**tls, "server_name": "fix.example.com"})
        # Without a server_name it is the host's name that counts.
        engine.session("HOST", acceptor.port, server_ip="localhost", tls={"ca_file": str(authority.ca_file)})
        engine.start()
        with engine.desk() as desk:
            desk.wait_state("WRONG", "disconnected", "Hostname mismatch")
            desk.wait_state("HOST", "disconnected", "Hostname mismatch")
            desk.wait_state("RIGHT", "connected")


def test_the_real_connection_trusts_the_named_authority_alone(
    engine: EngineProcess, authority: Authority, tmp_path: Path
) -> None:
    """Somebody who steps in between the first connection and the real one, with a certificate of an authority that
    the system trusts."""
    public = Authority(tmp_path, "public")
    theirs, other = (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for _ in range(2))
    theirs.load_cert_chain(*authority.sign("localhost"))
    other.load_cert_chain(*public.sign("localhost"))
    connections: list[str] = []

    def step_in(connection: ssl.SSLObject, name: str, _context: ssl.SSLContext) -> None:
        connections.append(name)
        if len(connections) > 1:
            connection.context = other

    theirs.sni_callback = step_in
    with ScriptedAcceptor(tls=theirs) as acceptor:
        engine.session("S", acceptor.port, server_ip="localhost", tls={"ca_file": str(authority.ca_file)})
        engine.start(SSL_CERT_FILE=str(public.ca_file))
        with engine.desk() as desk:
            desk.wait_state("S", "disconnected", "TLS")
        assert len(connections) >= 2
        assert acceptor.received == []


def test_a_certificate_that_is_about_to_expire_is_said_once(
    engine: EngineProcess, authority: Authority
) -> None:
    ours, key = authority.sign("soon.example.com", days=1)
    with counterparty(authority, days=5) as acceptor:
        tls = {"ca_file": str(authority.ca_file), "cert_file": str(ours), "key_file": str(key)}
        engine.session("S", acceptor.port, server_ip="localhost", tls=tls)
        engine.start()
        with engine.desk() as desk:
            desk.wait_entry("S", b"TLS certificate expires on")
            desk.wait_state("S", "connected")
            acceptor.drop()
            desk.wait_state("S", "disconnected")
            desk.wait_state("S", "connected")
            (own,) = [entry for entry in desk.entries["S"] if b"Our TLS certificate" in entry.raw]
            assert b"soon.example.com.pem expires on" in own.raw
            said = [entry for entry in desk.entries["S"] if b"y's TLS certificate expires" in entry.raw]
            assert len(said) == 1
            assert b"in 5.0 days" in said[0].raw or b"in 4.9 days" in said[0].raw
