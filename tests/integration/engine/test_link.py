"""What a desk gets: replies after entries, the rest after a cursor, and all of it after a crash."""

from __future__ import annotations

from sendfix.link import protocol
from sendfix.link.protocol import Direction
from tests.integration.engine.conftest import EngineProcess
from tests.integration.engine.orders import order
from tests.support.scripted_acceptor import OnLogon, ScriptedAcceptor, tag


def test_a_sent_order_is_an_entry_and_then_a_reply(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    engine.session("S", acceptor.port)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        reply = desk.send("S", order("A1", "9001=x|"))
        assert (reply.code, reply.detail) == ("ok", "MsgSeqNum(34) 2")
        entry = desk.wait_entry("S", b"\x0111=A1\x01")
        assert entry.direction == Direction.OUT
        assert desk.heard.index(entry) < desk.heard.index(reply)
        received = acceptor.wait_for("D")
        assert received.encode(raw=True) in entry.raw
        assert [tag(received, number) for number in (49, 56, 34, 11, 55, 54, 38, 40, 44, 9001)] == [
            "ME-S", "BROKER", "2", "A1", "AAPL", "1", "100", "2", "230.10", "x"
        ]  # fmt: skip


def test_repeating_groups_keep_their_order(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    engine.session("S", acceptor.port)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        parties = "453=2|448=ONE|447=D|452=1|448=TWO|447=D|452=3|"
        assert desk.send("S", order("A1", parties)).code == "ok"
        raw = desk.wait_entry("S", b"\x0111=A1\x01").raw
        assert parties.replace("|", "\x01").encode() in raw


def test_refusals(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    acceptor.on_logon = OnLogon.IGNORE
    engine.session("S", acceptor.port, auto_connect=False)
    engine.start()
    with engine.desk() as desk:
        never = desk.send("S", order("1"))
        assert (never.code, never.detail) == (
            "not_logged_on",
            "Session S is not logged on: it has not been connected",
        )
        desk.connect("S")
        acceptor.wait_for("A")
        assert desk.send("S", order("1")).code == "not_logged_on"
        assert desk.send("X", order("1")).code == "unknown_session"
        for body in (b"", b"35=5\x01", b"11=1\x0135=D\x01", order("1")[:-1], b"35=D\x0158=caf\xe9\x01"):
            assert desk.send("S", body).code == "refused"
        acceptor.send("A", [(98, 0), (108, 30)])
        desk.wait_state("S", "connected")
        assert desk.send("S", b"35=D\x01no tag\x01").code == "refused"
        # None of the refused has used up a number.
        assert desk.send("S", order("1")).detail == "MsgSeqNum(34) 2"
        assert tag(acceptor.wait_for("D"), 11) == "1"


def test_text_that_is_not_ascii_arrives_as_it_was_sent(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    engine.session("S", acceptor.port)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        assert desk.send("S", order("1", "58=Zürich €|")).code == "ok"
        assert tag(acceptor.wait_for("D"), 58) == "Zürich €"
        acceptor.send("B", [(148, "news"), (33, 1), (58, b"caf\xe9")])
        assert b"\x0158=caf\xe9\x01" in desk.wait_entry("S", b"\x01148=news\x01").raw


def test_a_desk_that_comes_back_gets_exactly_the_rest(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    engine.session("S", acceptor.port)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        desk.send("S", order("1"))
        cursor = desk.cursor("S")
    for number in range(200):
        acceptor.send("8", [(11, f"while away {number}")])
    with engine.desk({"S": cursor}) as again:
        again.wait_entry("S", b"\x0111=while away 199\x01")
        indexes = [entry.index for entry in again.entries["S"]]
        assert indexes == list(range(cursor[1] + 1, cursor[1] + 1 + len(indexes)))
        fills = [entry.raw for entry in again.entries["S"] if b"\x0135=8\x01" in entry.raw]
        assert len(fills) == 200
        assert not any(b"\x0111=1\x01" in entry.raw for entry in again.entries["S"])


def test_kill_and_restart_lose_nothing(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    engine.session("S", acceptor.port)
    process = engine.start()
    acceptor.answer = lambda message: (
        acceptor.send("8", [(11, tag(message, 11))]) if tag(message, 35) == "D" else None
    )
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        for number in range(500):
            desk.say(protocol.Send(1000 + number, "S", order(f"K{number}")))
        desk.wait_entry("S", b"\x0135=8\x01", b"\x0111=K50\x01")
        process.kill()  # under load, in the middle of whatever it was doing
        desk.wait_closed()
        before = list(desk.entries["S"])
        replied = {m.request_id for m in desk.heard if isinstance(m, protocol.Reply) and m.code == "ok"}
        cursor = desk.cursor("S")
    acceptor.next_out = 1 + sum(tag(message, 35) in ("A", "D") for message in acceptor.received)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        acceptor.wait_for("A", 2)
        assert desk.cursor("S")[0] == cursor[0], "the journal is the same"
        after = desk.entries["S"]
        assert [entry.index for entry in after] == list(range(1, len(after) + 1))
        assert after[: len(before)] == before
        numbers = {
            int(entry.raw.split(b"\x0134=")[1].split(b"\x01")[0])
            for entry in after
            if b"\x0135=D\x01" in entry.raw and b"\x0143=Y\x01" not in entry.raw
        }
        assert len(numbers) >= len(replied)
        # Numbers go on where they were: Logon, the orders, and the Logon of the second life.
        logon = acceptor.wait_for("A", 2)
        assert int(tag(logon, 34) or 0) >= max(numbers) + 1
        reply = desk.send("S", order("after"))
        assert reply.code == "ok"


def test_two_desks_at_once(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    engine.session("S", acceptor.port)
    engine.start()
    with engine.desk() as one, engine.desk() as two:
        one.wait_state("S", "connected")
        two.wait_state("S", "connected")
        for number in range(100):
            one.say(protocol.Send(1000 + number, "S", order(f"one{number}")))
            two.say(protocol.Send(2000 + number, "S", order(f"two{number}")))
        assert one.wait(lambda: one.reply(1099)).code == "ok"
        assert two.wait(lambda: two.reply(2099)).code == "ok"
        for desk in (one, two):
            desk.wait(lambda desk=desk: sum(b"\x0135=D\x01" in e.raw for e in desk.entries["S"]) == 200)
            assert len([m for m in desk.heard if isinstance(m, protocol.Reply)]) == 100
        assert one.entries == two.entries
        acceptor.wait_for("D", 200)


def test_garbage_from_a_desk_costs_only_that_desk(engine: EngineProcess, acceptor: ScriptedAcceptor) -> None:
    engine.session("S", acceptor.port)
    process = engine.start()
    with engine.desk() as good, engine.desk() as bad:
        good.wait_state("S", "connected")
        bad.socket.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        bad.wait_closed()
        assert good.send("S", order("1")).code == "ok"
        process.wait_for("desk 2: disconnected: not a link message")


def test_messages_of_any_content_are_journaled_and_counted(
    engine: EngineProcess, acceptor: ScriptedAcceptor
) -> None:
    engine.session("S", acceptor.port)
    engine.start()
    with engine.desk() as desk:
        desk.wait_state("S", "connected")
        # No required fields, codes nobody has listed, unknown tags, empty and repeated values.
        acceptor.send(
            "8", [(150, "Z"), (39, "?"), (54, "77"), (6, "abc"), (5001, "x"), (99999, ""), (58, "")]
        )
        acceptor.send("8", [(382, 1), (375, "A"), (375, "B"), (453, 3), (448, "P"), (11, "groups")])
        acceptor.send("0", [(58, "behind")])
        desk.wait_entry("S", b"\x0158=behind\x01")
        desk.wait(lambda: desk.status["S"]["next_target_seq_num"] == 5)
        assert [m for m in acceptor.received if tag(m, 35) in ("3", "j")] == []
