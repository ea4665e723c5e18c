"""What the engine says of a message before QuickFIX has seen it is what QuickFIX then does with it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from quickfix_client import QuickFixClient
from sendfix.config import Reconnection, SessionConfig
from sendfix.link.journal import Journal
from sendfix.link.protocol import Direction
from tests.integration.engine.disk import Disk
from tests.support.scripted_acceptor import ScriptedAcceptor, tag

Fields = list[tuple[int, object]]
REPORT: Fields = [
    (37, "o1"), (11, "c1"), (17, "e1"), (39, "1"), (55, "AAPL"), (54, "1"), (38, "100"), (32, "10"), (31, "5.25"),
    (151, "90"), (14, "10"), (6, "5.25"), (60, "20261120-14:30:00.000"), (58, "some text"),
]  # fmt: skip
OF_VERSION: dict[str, Fields] = {
    "FIX.4.2": [(150, "1"), (20, "0"), (382, 2), (375, "a"), (337, "t"), (375, "b")],
    "FIX.4.4": [(150, "F"), (453, 2), (448, "a"), (447, "D"), (452, 1), (448, "b"), (447, "D"), (452, 3)],
}
VALUES = ["", "x", "-1", "1O", "99", "1.5", "Z", "20261120", "é", "a b", "0", "\x02"]
TAGS = [11, 17, 37, 39, 54, 60, 150, 453, 58, 103, 293, 382, 555, 802, 5001, 9999, 20, 97, 50, 115]


def mutants(fix_version: str, count: int) -> list[tuple[str, Fields]]:
    dice = random.Random(7)
    good = REPORT + OF_VERSION[fix_version]
    found: list[tuple[str, Fields]] = [("8", good), ("ZZ", good), ("8", [])]
    while len(found) < count:
        fields = list(good)
        for _ in range(dice.choice((1, 1, 2))):
            place = dice.randrange(len(fields))
            match dice.randrange(5):
                case 0:
                    del fields[place]
                case 1:
                    fields.insert(place, fields[dice.randrange(len(fields))])
                case 2:
                    fields[place] = (fields[place][0], dice.choice(VALUES))
                case 3:
                    fields.insert(place, (dice.choice(TAGS), dice.choice(VALUES)))
                case _:
                    other = dice.randrange(len(fields))
                    fields[place], fields[other] = fields[other], fields[place]
        found.append((dice.choice("8889"), fields))
    return found


def config(port: int, validate_incoming: str = "lenient", fix_version: str = "FIX.4.4") -> SessionConfig:
    return SessionConfig(
        "ACC", "127.0.0.1", port, fix_version, "ME", "BROKER", 30,
        reconnection=Reconnection(initial_delay=1, jitter=0), validate_incoming=validate_incoming,
    )  # fmt: skip


def refusals(acceptor: ScriptedAcceptor) -> int:
    return sum(tag(message, 35) in ("3", "j") for message in acceptor.received)


@pytest.mark.parametrize("fix_version", ["FIX.4.2", "FIX.4.4"])
@pytest.mark.parametrize("validate_incoming", ["lenient", "strict"])
def test_the_journal_says_refused_exactly_where_quickfix_refuses(
    acceptor: ScriptedAcceptor, tmp_path: Path, validate_incoming: str, fix_version: str
) -> None:
    with QuickFixClient(config(acceptor.port, validate_incoming, fix_version), tmp_path) as client:
        client.connect()
        client.wait_until_connected(10)
        done = client.journal.last_index
        verdicts = []
        for number, (msg_type, fields) in enumerate(mutants(fix_version, 150)):
            before = refusals(acceptor)
            acceptor.send(msg_type, fields)
            acceptor.send("1", [(112, f"after {number}")])
            acceptor.wait_for("0", number + 1)
            entries = client.journal.read(done, 100)
            done = client.journal.last_index
            mine = [entry for entry in entries if entry.direction in (Direction.IN, Direction.REFUSED)]
            assert b"\x0135=1\x01" in mine[1].payload
            refused = refusals(acceptor) > before
            assert (mine[0].direction == Direction.REFUSED) == refused, (mine[0].payload, entries)
            assert not any(b"all the same" in entry.payload for entry in entries)
            verdicts.append(refused)
        assert {True, False} == set(verdicts)
        # The first is as the standard wants it, the second of no type that there is.
        assert verdicts[:2] == [False, True]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({52: "20200101-00:00:00.000"}, b"SendingTime(52) is "),
        ({49: "STRANGER"}, b"SenderCompID(49) is not BROKER"),
        ({8: "FIX.4.2"}, b"BeginString(8) is not FIX.4.4"),
    ],
)
def test_a_report_that_ends_the_session_is_refused_too(
    acceptor: ScriptedAcceptor, tmp_path: Path, header: dict[int, object], why: bytes
) -> None:
    with QuickFixClient(config(acceptor.port), tmp_path) as client:
        client.connect()
        client.wait_until_connected(10)
        acceptor.send("8", REPORT, header=header)
        acceptor.wait_for("5")
        refused = [entry for entry in client.journal.read(0, 100) if entry.direction == Direction.REFUSED]
        assert len(refused) == 1
        assert refused[0].payload.startswith(why)
        assert b"\n8=FIX.4." in refused[0].payload


def test_a_refused_report_that_can_not_be_journaled_is_not_counted(
    acceptor: ScriptedAcceptor, tmp_path: Path
) -> None:
    disk = Disk()
    journal = Journal(tmp_path / "journal" / "ACC", write=disk.write)
    with QuickFixClient(config(acceptor.port), tmp_path, journal) as client:
        client.connect()
        client.wait_until_connected(10)
        disk.full = True
        acceptor.send("8", [*REPORT, (58, "twice")])
        with client._record.changed:
            assert client._record.changed.wait_for(lambda: client._record.state == "disconnected", 10)
        disk.full = False
        client.wait_until_connected(10)
        assert tag(acceptor.wait_for("2"), 7) == "2"
