"""The order state changes of the standard, by number, through QuickFIX: one session for each version, in this process,
with a scripted counterparty that sends exactly those reports."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from quickfix_client import QuickFixClient
from sendfix.config import SessionConfig
from sendfix.link.journal_entries import Entry
from sendfix.link.protocol import Direction
from tests.support.matrices.player import Names, Player
from tests.support.matrices.tables import MATRICES, conversations
from tests.support.scripted_acceptor import Message, ScriptedAcceptor, tag
from tests.unit.services.desk_kit import SESSIONS, DeskKit, LoopEngine

TIMEOUT = 15.0
# What the session sends by itself.
ADMIN = ("A", "0", "1", "2", "4", "5")


class Wire(LoopEngine):
    """A desk whose engine is one QuickFIX session in this process. Entries of the journal are folded in this thread."""

    def __init__(self, session_name: str, folder: Path) -> None:
        super().__init__()
        self.session_name = session_name
        self.names = Names()
        self.kit = DeskKit(engine=self, ids=self.names)
        self.acceptor = ScriptedAcceptor()
        version = SESSIONS[session_name]
        config = SessionConfig(session_name, "127.0.0.1", self.acceptor.port, version, "ME", "BROKER", 30)
        self.client = QuickFixClient(config, folder)
        self._entries: queue.Queue[Entry] = queue.Queue()
        self.client.journal.on_append = self._entries.put
        self._received: queue.Queue[Message] = queue.Queue()
        self.acceptor.answer = self._keep
        self.client.connect()
        self.client.wait_until_connected(TIMEOUT)

    def send(self, session_name: str, cl_ord_id: str, body: bytes) -> int | None:
        number = self.client.send(body)
        self._fold_until(lambda entry: entry.direction == Direction.OUT and body[:5] in entry.payload)
        return number

    def received(self) -> dict[int, str]:
        message = self._received.get(timeout=TIMEOUT)
        return {int(tag): value.decode() for tag, value in message.pairs}

    def deliver(self, msg_type: str, fields: Sequence[tuple[int, str]]) -> None:
        self.acceptor.send(msg_type, fields)
        kind = f"\x0135={msg_type}\x01".encode()
        self._fold_until(lambda entry: entry.direction == Direction.IN and kind in entry.payload)

    def _keep(self, message: Message) -> None:
        if tag(message, 35) not in ADMIN:
            self._received.put(message)

    def close(self) -> None:
        self.client.close()
        self.acceptor.close()

    def _fold_until(self, is_last: Callable[[Entry], bool]) -> None:
        while True:
            entry = self._entries.get(timeout=TIMEOUT)
            self.kit.intake.entry(
                self.session_name, "journal", entry.number, entry.at_ns, entry.direction, entry.payload
            )
            if is_last(entry):
                return


@pytest.fixture(scope="module", params=SESSIONS)
def wire(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    made = Wire(request.param, tmp_path_factory.mktemp(request.param))
    yield made
    made.close()


def test_every_matrix_over_one_connection(wire: Wire) -> None:
    number = 0
    for matrix in MATRICES:
        for lines in conversations(matrix):
            number += 1
            try:
                Player(wire, wire.session_name, number).play(lines)
            except AssertionError as error:
                error.add_note(f"in {matrix!r} on {wire.session_name}")
                raise
    assert wire.kit.heard.alarms == []
