"""QuickFixClient as a library, in this process, with a scripted counterparty."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import quickfix_client
from quickfix_client import NotSent, QuickFixClient
from sendfix.config import Reconnection, SessionConfig
from sendfix.link.journal import Journal
from sendfix.link.journal_entries import Entry
from sendfix.link.protocol import Direction
from tests.integration.engine.disk import Disk
from tests.integration.engine.orders import order
from tests.support.process import ROOT, Process
from tests.support.scripted_acceptor import ScriptedAcceptor, tag


def config(port: int) -> SessionConfig:
    return SessionConfig(
        "LIB",
        "127.0.0.1",
        port,
        "FIX.4.4",
        "ME",
        "BROKER",
        30,
        reconnection=Reconnection(initial_delay=1, jitter=0),
    )


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Process]:
    environ = {
        **os.environ,
        "BROKER_FIX_PORT": "0",
        "BROKER_HTTP_PORT": "0",
        "BROKER_DATABASE_URL": f"sqlite:///{tmp_path / 'broker.db'}",
    }
    made = Process("broker", [sys.executable, "-m", "broker"], environ)
    yield made
    made.stop()


def example() -> str:
    """The lines of the module's docstring that are a program."""
    text = quickfix_client.__doc__ or ""
    lines = text.split("itself:\n\n")[1].split("\n\nEvery message")[0].splitlines()
    return "\n".join(line[4:] for line in lines)


def test_the_example_of_the_docstring_sends_an_order_to_the_broker(broker: Process, tmp_path: Path) -> None:
    port = broker.wait_for(r"^broker: FIX on .*:(\d+)$")[1]
    program = example().replace("15001", port)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("sent with MsgSeqNum(34) 2\n", "", 0)
    journal = Journal(tmp_path / "store" / "journal" / "DEMO")
    directions = [entry.direction for entry in journal.read(0, 100) if b"\x0135=D\x01" in entry.payload]
    journal.close()
    assert directions == [Direction.OUT]


def test_the_example_is_in_the_guide_too() -> None:
    guide = (ROOT / "docs" / "engine.md").read_text()
    assert f"```python\n{example()}\n```" in guide


def test_importing_leaves_ctrl_c_as_it_was() -> None:
    program = """if True:
        import signal
        before = signal.getsignal(signal.SIGINT)
        import quickfix_client
        print(signal.getsignal(signal.SIGINT) is before)
    """
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\n"


def test_wait_until_connected_says_why_not(acceptor: ScriptedAcceptor, tmp_path: Path) -> None:
    acceptor.close()
    with QuickFixClient(config(acceptor.port), tmp_path) as client:
        with pytest.raises(TimeoutError, match="not asked to connect"):
            client.wait_until_connected(0.01)
        client.connect()
        with pytest.raises(TimeoutError, match="was refused"):
            client.wait_until_connected(1)


def test_a_second_client_for_the_same_session_is_refused(tmp_path: Path) -> None:
    with (
        QuickFixClient(config(1), tmp_path / "one"),
        pytest.raises(ValueError, match=r"a client for FIX\.4\.4 ME BROKER already"),
    ):
        QuickFixClient(config(1), tmp_path / "two")
    QuickFixClient(config(1), tmp_path / "two").close()


def test_a_listener_that_raises_does_not_hang_the_session(acceptor: ScriptedAcceptor, tmp_path: Path) -> None:
    def fail(entry: Entry) -> None:
        raise ValueError(f"entry {entry.number}")

    with QuickFixClient(config(acceptor.port), tmp_path) as client:
        client.journal.on_append = fail
        client.connect()
        client.wait_until_connected(10)
        assert client.send(order("1")) == 2
        acceptor.wait_for("D")
        acceptor.send("1", [(112, "still there?")])
        assert tag(acceptor.wait_for("0"), 112) == "still there?"


def test_a_callback_that_raises_does_not_hang_the_session(
    acceptor: ScriptedAcceptor,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # QuickFIX's binding takes no number for a text: toAdmin raises at the Logon.
    broken = dataclasses.replace(config(acceptor.port), username=7)  # type: ignore[arg-type]
    with QuickFixClient(broken, tmp_path) as client:
        client.connect()
        client.wait_until_connected(10)
        assert client.send(order("1")) == 2
        acceptor.wait_for("D")
    assert "session LIB: toAdmin failed" in caplog.text


def test_what_can_not_be_journaled_is_not_counted_as_received(
    acceptor: ScriptedAcceptor, tmp_path: Path
) -> None:
    disk = Disk()
    journal = Journal(tmp_path / "journal" / "LIB", write=disk.write)
    with QuickFixClient(config(acceptor.port), tmp_path, journal) as client:
        client.connect()
        client.wait_until_connected(10)
        disk.full = True
        acceptor.send("8", [(17, "lost?")])
        with client._record.changed:
            assert client._record.changed.wait_for(lambda: client._record.state == "disconnected", 10)
        assert client.status()["reason"] == (
            "The journal can't be written (No space left on device); trying again in 1 s"
        )
        with pytest.raises(NotSent, match="The journal can't be written") as refused:
            client.send(order("1"))
        assert refused.value.code == "not_logged_on"
        disk.full = False
        client.wait_until_connected(10)
        # The counterparty is asked for what was not counted, and nothing else.
        request = acceptor.wait_for("2")
        assert tag(request, 7) == "2"
        assert client.send(order("2")) > 2
    kept = Journal(tmp_path / "journal" / "LIB")
    texts = [entry.payload for entry in kept.read(0, 1000)]
    kept.close()
    assert not any(b"lost?" in text for text in texts)
    assert any(b"can be written again" in text for text in texts)


def test_the_store_of_quickfix_is_private(acceptor: ScriptedAcceptor, tmp_path: Path) -> None:
    with QuickFixClient(config(acceptor.port), tmp_path):
        assert (tmp_path / "quickfix" / "LIB").stat().st_mode & 0o077 == 0
