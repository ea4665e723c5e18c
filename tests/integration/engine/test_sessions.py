"""States and reasons of sessions, as a desk sees them."""

from __future__ import annotations

import calendar
import signal
import socket
from datetime import UTC, datetime

import pytest

from tests.integration.engine.conftest import EngineProcess
from tests.integration.engine.orders import order
from tests.support.scripted_acceptor import OnLogon, ScriptedAcceptor, tag


def test_a_session_connects_by_itself_and_says_each_step(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    engine.session("S", acceptor.port, username="user", password="hidden-word")
    engine.start()
    with engine.desk() as desk:
        status = desk.wait_state("S", "connected", f"Logged on at 127.0.0.1:{acceptor.port} as ME-S → BROKER")
        assert status["logged_on"] is True
        assert (status["next_sender_seq_num"], status["next_target_seq_num"]) == (2, 2)
        assert status["connected_at"] is not None
        logon = acceptor.wait_for("A")
        assert (tag(logon, 553), tag(logon, 554), tag(logon, 108)) == ("user", "hidden-word", "30")
        desk.wait_entry("S", b'"state": "connecting"')
        desk.wait_entry("S", b'"state": "connected"')
        assert b"\x01554=***\x01" in desk.wait_entry("S", b"\x0135=A\x01", b"\x0149=ME-S").raw
        assert not any(b"hidden-word" in entry.raw for entry in desk.entries["S"])


def test_a_session_without_auto_connect_waits_for_connect(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    engine.session("S", acceptor.port, auto_connect=False)
    engine.session("OFF", acceptor.port, enabled=False)
    engine.start()
    with engine.desk() as desk:
        assert desk.hello.sessions["S"]["status"]["state"] == "not_connected"
        refused = desk.connect("OFF")
        assert (refused.code, "switched off" in refused.detail) == ("refused", True)
        assert desk.connect("S").code == "ok"
        desk.wait_state("S", "connected")
        assert desk.disconnect("S").code == "ok"
        desk.wait_state("S", "not_connected", "Disconnected on request")
        acceptor.wait_for("5")
        assert desk.connect("S").code == "ok"
        desk.wait_state("S", "connected")


@pytest.mark.parametrize(
    ("on_logon", "text", "reason"),
    [
        (
            OnLogon.REFUSE,
            "unknown password",
            "The counterparty refused the logon: unknown password; trying again in 2 s",
        ),
        (OnLogon.HANG_UP, "", "closed the connection in answer to the Logon: it may not know ME-S → BROKER"),
    ],
)
def test_a_logon_that_is_not_accepted(
    engine: EngineProcess, acceptor: ScriptedAcceptor, on_logon: OnLogon, text: str, reason: str
) -> None:
    acceptor.on_logon, acceptor.text = on_logon, text
    engine.session("S", acceptor.port)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "disconnected", reason)
        acceptor.on_logon = OnLogon.ACCEPT
        desk.wait_state("S", "connected")


def test_troubles_of_one_session_do_not_touch_another(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    bad = engine.folder / "bad.xml"
    bad.write_text("<fix><fields>")
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        engine.session("GOOD", acceptor.port)
        engine.session("REFUSED", port)
        engine.session("UNKNOWN", 1, server_ip="::1")
        engine.session("BAD-DICTIONARY", acceptor.port, data_dictionary=str(bad))
        engine.session("NO-CA", acceptor.port, tls={"ca_file": str(engine.folder / "none.pem")})
        engine.start()
        with engine.desk() as desk:
            desk.wait_state(
                "REFUSED",
                "disconnected",
                f"127.0.0.1:{port} was refused: nothing listens there; trying again in 1 s",
            )
            desk.wait_state("UNKNOWN", "disconnected", "The name ::1 can't be resolved")
            desk.wait_state("BAD-DICTIONARY", "disconnected", "bad.xml is not XML")
            desk.wait_state("NO-CA", "disconnected", "none.pem")
            desk.wait_state("GOOD", "connected")
            assert desk.send("GOOD", order("1")).code == "ok"
            acceptor.wait_for("D")


def test_a_refused_port_says_it_once_however_often_it_is_tried(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    port = acceptor.port
    engine.session("S", port)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        acceptor.close()
        desk.wait_state("S", "disconnected", "was refused")
        with ScriptedAcceptor(port) as again:
            again.next_out = desk.status["S"]["next_target_seq_num"]
            desk.wait_state("S", "connected")
            states = [entry.raw for entry in desk.entries["S"] if b'"event": "state"' in entry.raw]
            assert len([text for text in states if b"was refused" in text]) == 1
            logon = again.wait_for("A")
            # No number was used up for attempts that could not succeed.
            assert tag(logon, 34) == "2"


def test_a_logout_of_the_counterparty_is_quoted_and_the_session_comes_back(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    engine.session("S", acceptor.port)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        acceptor.send("5", [(58, "end of day")])
        desk.wait_state("S", "disconnected", "The counterparty logged out: end of day; trying again in 1 s")
        desk.wait_state("S", "connected")


def test_a_counterparty_that_goes_silent(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    engine.session("S", acceptor.port, heartbeat_interval=1)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        acceptor.mute = True
        desk.wait_state("S", "disconnected", "The counterparty has gone silent")


def test_numbers_that_were_set_back_are_explained(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    engine.session("S", acceptor.port)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        acceptor.send("0")
        acceptor.send("0", seq_num=1)
        desk.wait_state(
            "S", "disconnected", "MsgSeqNum(34) is 1 where 3 was expected: its numbers have been set back"
        )


def test_reset_on_logon(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    engine.session("S", acceptor.port, reset_on_logon=True)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        assert desk.send("S", order("1")).code == "ok"
        acceptor.wait_for("D")
        acceptor.drop()
        logon = acceptor.wait_for("A", 2)
        assert (tag(logon, 34), tag(logon, 141)) == ("1", "Y")
        desk.wait_state("S", "connected")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_logs_out_of_every_session(
    engine: EngineProcess, acceptor: ScriptedAcceptor, number: signal.Signals
) -> None:
    engine.session("S", acceptor.port)
    with ScriptedAcceptor() as other:
        engine.session("T", other.port, fix_version="FIX.4.2")
        process = engine.start()
        with engine.desk() as desk:
            desk.wait_state("S", "connected")
            desk.wait_state("T", "connected")
            process.send_signal(number)
            desk.wait_state("S", "not_connected", "The engine was stopped")
            desk.wait_state("T", "not_connected", "The engine was stopped")
            desk.wait_closed()
        assert process.wait() == 0
        acceptor.wait_for("5")
        other.wait_for("5")
        assert not engine.socket.exists()


def test_a_second_signal_ends_at_once(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    acceptor.mute = True
    engine.session("S", acceptor.port)
    process = engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
    process.send_signal(signal.SIGTERM)
    process.wait_for("logging out of all sessions")
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 1


def test_numbers_begin_at_1_once_in_a_session_of_the_schedule(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    every_day = [day.lower() for day in calendar.day_name]
    schedule = {
        "timezone": "UTC",
        "open_time": "00:00",
        "close_time": "00:00",
        "days_of_week": every_day,
        "reset_seq_nums": True,
    }
    engine.session("S", acceptor.port, schedule=schedule)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        first = acceptor.wait_for("A")
        assert (tag(first, 34), tag(first, 141)) == ("1", "Y")
        desk.disconnect("S")
        desk.wait_state("S", "not_connected")
        desk.connect("S")
        desk.wait_state("S", "connected")
        again = acceptor.wait_for("A", 2)
        assert (tag(again, 34), tag(again, 141)) == ("3", None)


def test_a_session_outside_its_hours_does_not_connect(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    engine.session(
        "S",
        acceptor.port,
        schedule={"timezone": "Europe/London", "open_time": "09:00", "close_time": "17:00", "holidays": []}
        | {"days_of_week": [calendar.day_name[(datetime.now(UTC).weekday() + 3) % 7]]},
    )
    engine.start()
    with engine.desk() as desk:
        status = desk.wait_state("S", "not_connected", "Outside its hours; opens")
        assert status["phase"] == "waiting_for_open"
        assert "Europe/London" in status["reason"]
