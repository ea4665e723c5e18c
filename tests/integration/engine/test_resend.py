"""A counterparty asks for messages again: a conversation."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.integration.engine.conftest import EngineProcess
from tests.integration.engine.orders import order
from tests.support.scripted_acceptor import ScriptedAcceptor, tag


def age_stored_messages(store: Path, seconds: int) -> None:
    """Set the SendingTime(52) of every message in QuickFIX's store back, and make the CheckSum(10) right again."""
    (body,) = store.glob("*.body")
    aged = b""
    for message in re.findall(rb"8=FIX.*?\x0110=\d\d\d\x01", body.read_bytes()):
        time = re.search(rb"\x0152=([^\x01]*)", message)
        assert time is not None
        then = datetime.strptime(time[1].decode(), "%Y%m%d-%H:%M:%S.%f") - timedelta(seconds=seconds)
        older = then.strftime("%Y%m%d-%H:%M:%S.%f")[:-3].encode()
        message = message[:-7].replace(time[1], older)
        aged += message + b"10=%03d\x01" % (sum(message) % 256)
    assert len(aged) == body.stat().st_size
    body.write_bytes(aged)


def test_a_fresh_order_is_sent_again(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    engine.session("S", acceptor.port)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        desk.send("S", order("A1"))
        acceptor.wait_for("D")
        acceptor.send("2", [(7, 2), (16, 0)])
        again = acceptor.wait_for("D", 2)
        assert (tag(again, 34), tag(again, 43), tag(again, 11)) == ("2", "Y", "A1")


def test_a_stale_order_is_gap_filled_and_the_desk_is_told(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    engine.session("S", acceptor.port)
    process = engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        desk.send("S", order("OLD"))
        acceptor.wait_for("D")
    process.stop()
    age_stored_messages(engine.folder / "store" / "quickfix" / "S", 3600)
    acceptor.next_out = 3
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        acceptor.send("2", [(7, 2), (16, 0)])
        fill = acceptor.wait_for("4")
        assert [tag(fill, number) for number in (34, 43, 123)] == ["2", "Y", "Y"]
        event = json.loads(desk.wait_entry("S", b'"not_resent"').raw)
        assert event["event"] == "not_resent"
        assert (event["cl_ord_id"], event["msg_seq_num"]) == ("OLD", 2)
        assert "it was not sent again, because it was 36" in event["text"]
        desk.send("S", order("NEW"))
        assert tag(acceptor.wait_for("D", 2), 11) == "NEW"
        # What QuickFIX keeps of a refused resend must not get in the way of the next connection.
        acceptor.drop()
        desk.wait_state("S", "disconnected")
        desk.wait_state("S", "connected")
        desk.send("S", order("NEWER"))
        assert tag(acceptor.wait_for("D", 3), 11) == "NEWER"


def test_what_was_missed_is_asked_for_and_counted_once(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    engine.session("S", acceptor.port)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        acceptor.send("8", [(17, "third")], seq_num=4)
        request = acceptor.wait_for("2")
        assert (tag(request, 7), tag(request, 16)) == ("2", "0")
        sent = datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S")
        acceptor.send("8", [(43, "Y"), (122, sent), (17, "first")], seq_num=2)
        acceptor.send("8", [(43, "Y"), (122, sent), (17, "second")], seq_num=3)
        desk.wait(lambda: desk.status["S"]["next_target_seq_num"] == 5)
        for name in (b"first", b"second", b"third"):
            assert sum(b"\x0117=" + name in entry.raw for entry in desk.entries["S"]) == 1


def test_what_the_journal_does_not_have_is_not_sent_again(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    """As after a kill between QuickFIX's store and the journal: nobody was told that it was sent."""
    engine.session("S", acceptor.port)
    process = engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        desk.send("S", order("LOST"))
        acceptor.wait_for("D")
    process.kill()
    shutil.rmtree(engine.folder / "store" / "journal")
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        acceptor.send("2", [(7, 2), (16, 0)])
        event = json.loads(desk.wait_entry("S", b'"not_resent"').raw)
        assert event["cl_ord_id"] == "LOST"
        assert "it had never been reported as sent" in event["text"]
        assert tag(acceptor.wait_for("4"), 123) == "Y"
