"""Starting and stopping the engine: what a person at a terminal sees."""

from __future__ import annotations

import json
import socket
import stat

import pytest

from tests.integration.engine.conftest import EngineProcess
from tests.integration.engine.orders import order
from tests.support.scripted_acceptor import ScriptedAcceptor


def test_help_names_the_options(engine: EngineProcess) -> None:
    process = engine.spawn("--help")
    assert process.wait() == 0
    for option in ("--config", "--store", "--log-dir", "--log-level", "--socket", "--check"):
        assert option in process.output


def test_check_reads_the_configuration_and_touches_nothing(engine: EngineProcess) -> None:
    engine.session("S", 1)
    process = engine.spawn("--check")
    assert process.wait() == 0
    assert process.output == f"engine: {engine.folder / 'sessions.json'} is good: 1 sessions"
    assert sorted(path.name for path in engine.folder.iterdir()) == ["sessions.json"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"prot": 1}, 'session S: unknown key "prot"; did you mean "port"?'),
        ({"account": "${NO_SUCH}"}, "session S: account: the environment variable NO_SUCH is not set"),
    ],
)
def test_a_bad_configuration_is_one_line(
    engine: EngineProcess, keys: dict[str, object], message: str
) -> None:
    engine.session("S", 1, **keys)
    process = engine.spawn()
    assert process.wait() == 2
    assert len(process.lines) == 1
    assert process.output.startswith(f"engine: {engine.folder / 'sessions.json'}: {message}")


def test_a_bad_setting_is_one_line(engine: EngineProcess) -> None:
    process = engine.spawn(SENDFIX_LOG_LEVEL="LOUD")
    assert process.wait() == 2
    assert process.lines == ["engine: SENDFIX_LOG_LEVEL is 'LOUD'; give one of DEBUG, INFO, WARNING, ERROR"]


def test_a_second_engine_on_the_same_store_is_refused(engine: EngineProcess) -> None:
    first = engine.start()
    second = engine.spawn()
    assert second.wait() == 2
    assert second.lines == [
        f"engine: another engine (process {first.pid}) uses the store {engine.folder / 'store'}; "
        "stop it, or set SENDFIX_STORE_DIR to another folder"
    ]
    with engine.desk() as desk:
        assert desk.hello.sessions == {}


def test_a_second_engine_on_the_same_socket_is_refused(engine: EngineProcess) -> None:
    engine.start()
    second = engine.spawn("--store", str(engine.folder / "other"), "--socket", str(engine.socket))
    assert second.wait() == 2
    assert second.lines[-1].startswith(f"engine: another engine serves {engine.socket} (with another store)")


def test_the_socket_of_a_dead_engine_is_taken_over_and_is_private(engine: EngineProcess) -> None:
    engine.start().kill()
    assert engine.socket.exists()
    engine.start()
    assert stat.S_IMODE(engine.socket.stat().st_mode) == 0o600
    with engine.desk() as desk:
        assert desk.hello.sessions == {}


def test_a_file_in_the_sockets_place_is_not_removed(engine: EngineProcess) -> None:
    engine.socket.parent.mkdir()
    engine.socket.write_text("precious")
    process = engine.spawn()
    assert process.wait() == 2
    assert process.lines[-1].startswith(f"engine: {engine.socket} is there and is not a socket")
    assert engine.socket.read_text() == "precious"


def test_a_socket_path_that_is_too_long_is_named(engine: EngineProcess) -> None:
    process = engine.spawn("--socket", "/tmp/" + "x" * 120)
    assert process.wait() == 2
    assert "is longer than 107 bytes; set SENDFIX_ENGINE_SOCKET" in process.lines[-1]


def test_a_store_that_can_not_be_made(engine: EngineProcess) -> None:
    (engine.folder / "file").write_text("")
    process = engine.spawn("--store", str(engine.folder / "file" / "store"))
    assert process.wait() == 2
    assert (
        process.lines[-1]
        == f"engine: the store {engine.folder / 'file' / 'store'} can't be used: Not a directory"
    )


def test_a_session_whose_journal_is_damaged_is_left_out_and_the_others_go_on(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    folder = engine.folder / "store" / "journal" / "BAD"
    folder.mkdir(parents=True)
    (folder / "0000000000000001.journal").write_bytes(b"not a journal, but long enough for one")
    engine.session("BAD", 1)
    engine.session("S", acceptor.port)
    process = engine.spawn()
    process.wait_for(r"session BAD is left out: .*0000000000000001\.journal is not a segment of a journal")
    process.wait_for(r"^engine: ready on .* with 1 sessions$")
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
    process.stop()


def test_the_logs_that_people_read(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    engine.session("S", acceptor.port, password="hidden-word")
    process = engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        desk.send("S", order("A1"))
    assert process.stop() == 0
    log = engine.folder / "log"
    messages = (log / "S.messages.log").read_text()
    assert "Z OUT 8=FIX.4.4|" in messages
    assert "Z IN  8=FIX.4.4|" in messages
    assert "|11=A1|" in messages
    assert "|554=***|" in messages
    assert "connected: Logged on at" in (log / "S.event.log").read_text()
    assert "engine: stopped" in (log / "engine.log").read_text()
    assert not any("hidden-word" in path.read_text() for path in log.iterdir())


def test_a_thousand_desks_that_only_knock_cost_nothing(engine: EngineProcess) -> None:
    engine.start()
    for _ in range(1000):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
            knock.connect(str(engine.socket))
    with engine.desk() as desk:
        assert desk.send("X", b"35=D\x01").code == "unknown_session"


def test_an_event_of_a_stop_is_in_the_journal_for_the_next_start(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    engine.session("S", acceptor.port, auto_connect=False)
    process = engine.start()
    with engine.desk() as desk:
        desk.connect("S")
        desk.wait_state("S", "connected")
    process.stop()
    engine.start()
    with engine.desk() as desk:
        assert desk.hello.sessions["S"]["status"]["next_sender_seq_num"] == 3
        stopped = desk.wait_entry("S", b'"not_connected"', b"The engine was stopped")
        assert json.loads(stopped.raw) == {
            "event": "state",
            "state": "not_connected",
            "phase": "not_connected",
            "text": "The engine was stopped",
        }
