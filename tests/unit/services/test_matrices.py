"""The order state changes of the standard, by number, on a desk without processes. The same over QuickFIX:
tests/integration/engine/test_matrices.py."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sendfix.domain.order import Order
from tests.support.matrices.player import Names, Player
from tests.support.matrices.tables import MATRICES, conversations
from tests.unit.services.desk_kit import SESSIONS, DeskKit, fix


class Direct:
    """Messages go from hand to hand."""

    def __init__(self, session_name: str, restarts: bool = False) -> None:
        self.names = Names()
        self.kit = DeskKit(ids=self.names)
        self.session_name = session_name
        self.restarts = restarts
        self.journal: list[tuple[int, bytes]] = []
        self._keep()

    def received(self) -> dict[int, str]:
        pairs = (pair.split("=", 1) for pair in self.kit.engine.sent[-1].split("|") if pair)
        return {int(tag): value for tag, value in pairs}

    def deliver(self, msg_type: str, fields: Sequence[tuple[int, str]]) -> None:
        body = "|".join(f"{tag}={value}" for tag, value in fields)
        raw = fix(f"8=FIX|9=1|35={msg_type}|34=9|52=20260302-14:03:00.000|{body}|10=0|")
        self.journal.append((0, raw))
        self.kit.entry(self.session_name, 0, raw)
        if self.restarts:
            before = self.kit
            orders = [Order.from_record(record) for record in before.store.records.values()]
            self.kit = DeskKit(before.store, orders, engine=before.engine, ids=self.names)
            self._keep()

    def _keep(self) -> None:
        kit = self.kit

        def on_sent(name: str, raw: bytes) -> None:
            self.journal.append((1, raw))
            kit.entry(name, 1, raw)

        kit.engine.on_sent = on_sent


both = pytest.mark.parametrize("session_name", SESSIONS)


@both
@pytest.mark.parametrize("matrix", MATRICES)
def test_matrix(matrix: str, session_name: str) -> None:
    for number, lines in enumerate(conversations(matrix)):
        Player(Direct(session_name), session_name, number).play(lines)


@both
@pytest.mark.parametrize("matrix", MATRICES)
def test_matrix_over_a_restart_at_every_step_and_once_more_from_the_journal(
    matrix: str, session_name: str
) -> None:
    """A desk that begins with the database, and one that begins with none, come to the same orders."""
    direct = Direct(session_name, restarts=True)
    for number, lines in enumerate(conversations(matrix)):
        Player(direct, session_name, number).play(lines)
    again = DeskKit()
    for direction, raw in direct.journal:
        again.entry(session_name, direction, raw)
    assert again.store.records == direct.kit.store.records
