"""Order state changes as a sell side answers them: some matrices of FIX 4.2 appendix D by their numbers, further
situations without one, both also in FIX.4.4. A line is one message: `>` the client asks, `<` the broker reports,
`hand` a person acts.

A report is written `ExecType OrdStatus ClOrdID OrigClOrdID OrderQty CumQty LeavesQty`; `-` is a field that is absent.
Fills are `1` and `2` in the table of FIX.4.2 and `F` in that of FIX.4.4; a line may give one for each: `1/F`. What
follows as `tag=value` is compared too; ExecRefID(19) is the letter of an earlier report, the first being A.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from broker.trading.acts import BustExecution, CorrectExecution, DecideRequest, SetState
from broker.trading.behaviours import Behaviour, Mode
from broker.trading.by_hand import AmendOrder, CancelOrder, FillOrder
from broker.trading.reports import ExecRestatement
from tests.unit.broker.kit import BOTH, TIME, Counterparty
from tests.unit.broker.trading.matrices_of_broker import BROKER_ACTS
from tests.unit.broker.trading.matrices_of_cancels import CANCELS
from tests.unit.broker.trading.matrices_of_lasting import LASTING
from tests.unit.broker.trading.matrices_of_replaces import REPLACES

PENDING = Behaviour(Mode.MANUAL, pending=True, hold=True)

MATRICES = {**CANCELS, **REPLACES, **BROKER_ACTS, **LASTING}


class Played:
    def __init__(self, version: str) -> None:
        self.client = Counterparty(version)
        self.client.orders.behaviours.default = PENDING
        self.exec_ids: list[str] = []

    def play(self, text: str) -> None:
        for line in filter(None, (line.strip() for line in text.splitlines())):
            if line.startswith((">", "hand")):
                self.client.expect_nothing()
            self.play_line(line)
        self.client.expect_nothing()

    def play_line(self, line: str) -> None:
        word, *rest = line.split()
        {">": self.asks, "<": self.reported, "hand": self.acts, "reject": self.rejected}[word](*rest)

    def of_version(self, text: str) -> str:
        return text.split("/")[0 if self.client.old else -1]

    def asks(self, msg_type: str, cl_ord_id: str, *rest: str) -> None:
        order = f"21=1|55=AAPL|54=1|{TIME}|11={cl_ord_id}"
        if msg_type == "D":
            lasting = "|59=1" if rest[1:] == ("GTC",) else ""
            self.client.ask(f"D|{order}|38={rest[0]}|40=2|44=200{lasting}")
        elif msg_type == "G":
            self.client.ask(f"G|{order}|41={rest[0]}|38={rest[1]}|40=2|44=200")
        else:
            self.client.ask(f"F|{order.replace('21=1|', '')}|41={rest[0]}")

    def reported(self, exec_type: str, status: str, cl_ord_id: str, orig: str, *quantities: str) -> None:
        order, filled, leaves, *more = quantities
        got = self.client.expect(
            f"8|150={self.of_version(exec_type)}|39={self.of_version(status)}|11={cl_ord_id}"
            f"|38={order}|14={filled}|151={leaves}"
        )
        assert got.get("41", "-") == orig
        self.exec_ids.append(got["17"])
        for tag, value in (pair.split("=") for pair in more):
            assert got.get(tag) == (self.exec_id(value) if tag == "19" else value), (tag, got)

    def exec_id(self, letter: str) -> str:
        return self.exec_ids[ord(letter) - ord("A")]

    def rejected(self, cl_ord_id: str, orig: str, status: str, reason: str = "") -> None:
        more = f"|102={reason}" if reason else ""
        self.client.expect(f"9|11={cl_ord_id}|41={orig}|39={status}{more}")

    def acts(self, act: str, argument: str = "", *more: str) -> None:
        execute = self.client.application.execute
        now = self.client.now
        if act == "fill":
            execute(FillOrder(1, Decimal(argument), Decimal(*more or ["200"])), now)
        elif act == "bust":
            execute(BustExecution(self.exec_id(argument), None), now)
        elif act == "correct":
            quantity, price = map(Decimal, more)
            execute(CorrectExecution(self.exec_id(argument), quantity, price, None), now)
        elif act == "decline":
            terms = Decimal(argument), None, None
            execute(AmendOrder(1, *terms, ExecRestatement.PARTIAL_DECLINE), now)
        elif act == "telephone":
            execute(CancelOrder(1, None, ExecRestatement.VERBAL_CHANGE), now)
        elif act == "one_request":
            self.client.orders.behaviours.default = replace(PENDING, one_request=True)
        elif act == "cancel":
            execute(CancelOrder(1, None), now)
        elif act == "state":
            execute(SetState(1, argument, None), now)
        else:
            execute(DecideRequest(1, argument, act == "accept", None), now)


@BOTH
@pytest.mark.parametrize("matrix", MATRICES)
def test_matrix(version: str, matrix: str) -> None:
    Played(version).play(MATRICES[matrix])


@BOTH
@pytest.mark.parametrize("matrix", MATRICES)
def test_matrix_over_a_restart_at_every_step(version: str, matrix: str) -> None:
    """What is told after the broker was killed and started again is what would have been told anyway."""
    played = Played(version)
    lines = [line.strip() for line in MATRICES[matrix].splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if number and line.split()[0] in (">", "hand"):
            played.client.expect_nothing()
            played.client = played.client.restarted()
        played.play_line(line)
    played.client.expect_nothing()
