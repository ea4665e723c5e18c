"""Order state changes as a sell side answers them: some matrices of FIX 4.2 appendix D by their numbers, further
situations without one, both also in FIX.4.4. A line is one message: `>` the client asks, `<` the broker reports,
`hand` a person acts.

A report is written `ExecType OrdStatus ClOrdID OrigClOrdID OrderQty CumQty LeavesQty`; `-` is a field that is absent.
Fills are `1` and `2` in the table of FIX.4.2 and `F` in that of FIX.4.4; a line may give one for each: `1/F`.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.trading.acts import DecideRequest, SetState
from broker.trading.behaviours import Behaviour, Mode
from broker.trading.by_hand import CancelOrder, FillOrder
from tests.unit.broker.kit import BOTH, TIME, Counterparty

PENDING = Behaviour(Mode.MANUAL, pending=True, hold=True)

MATRICES = {
    "D.1 filled order": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand fill 1000
        < 1/F 1 X - 10000 3000 7000
        hand fill 7000
        < 2/F 2 X - 10000 10000 0
    """,
    "D.2 part-filled day order, done for day": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 0
    """,
    "a cancel request for an order that is rejected": """
        > D X 10000
        < A A X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand refuse X
        < 8 8 X - 10000 0 0
        reject Y X 8
    """,
    "D.4 cancel request for a part-filled order": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        > F Y X
        < 6 6 Y X 10000 2000 8000
        hand accept Y
        < 4 4 Y X 10000 2000 0
    """,
    "D.5 cancel request for an order that is filled before it is taken": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand fill 3000
        < 1/F 6 X - 10000 3000 7000
        hand fill 7000
        < 2/F 6 X - 10000 10000 0
        hand accept Y
        reject Y X 2
    """,
    "D.5 the broker refuses to cancel": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand refuse Y
        reject Y X 0
        hand fill 10000
        < 2/F 2 X - 10000 10000 0
    """,
    "D.7 replace to increase the quantity of a part-filled order": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        > G Y X 11000
        < E E Y X 10000 1000 9000
        hand accept Y
        < 5 1 Y X 11000 1000 10000
        hand fill 10000
        < 2/F 2 Y - 11000 11000 0
    """,
    "the replace is refused, and the order goes on": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 11000
        < E E Y X 10000 0 10000
        hand fill 1000
        < 1/F E X - 10000 1000 9000
        hand refuse Y
        reject Y X 1
        hand fill 9000
        < 2/F 2 X - 10000 10000 0
    """,
    "D.6 an order without fills is replaced": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 11000
        < E E Y X 10000 0 10000
        hand accept Y
        < 5 5/0 Y X 11000 0 11000
    """,
    "D.10 part-filled before the replace to a smaller quantity is taken": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 7000
        < E E Y X 10000 0 10000
        hand fill 1000
        < 1/F E X - 10000 1000 9000
        hand accept Y
        < 5 1 Y X 7000 1000 6000
        hand fill 6000
        < 2/F 2 Y - 7000 7000 0
    """,
    "D.11 the replace asks for what is filled already": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 7000
        < E E Y X 10000 0 10000
        hand fill 7000
        < 1/F E X - 10000 7000 3000
        hand accept Y
        < 5 2 Y X 7000 7000 0
    """,
    "D.12 the replace asks for less than is filled already": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 7000
        < E E Y X 10000 0 10000
        hand fill 8000
        < 1/F E X - 10000 8000 2000
        hand accept Y
        < 5 2 Y X 8000 8000 0
    """,
    "D.8 a filled order is opened again by a replace": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 10000
        < 2/F 2 X - 10000 10000 0
        > G Y X 12000
        < E E Y X 10000 10000 0
        hand accept Y
        < 5 1 Y X 12000 10000 2000
        hand fill 2000
        < 2/F 2 Y - 12000 12000 0
    """,
    "a filled order can't be canceled": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 10000
        < 2/F 2 X - 10000 10000 0
        > F Y X
        < 6 6 Y X 10000 10000 0
        hand accept Y
        reject Y X 2
    """,
    "D.13 one replace behind the other, each accepted in turn": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        > G Y X 8000
        < E E Y X 10000 1000 9000
        hand accept Y
        < 5 1 Y X 8000 1000 7000
        > G Z Y 6000
        < E E Z Y 8000 1000 7000
        hand accept Z
        < 5 1 Z Y 6000 1000 5000
    """,
    "a replace of a replace that is pending": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 8000
        < E E Y X 10000 0 10000
        > G Z Y 6000
        < E E Z Y 10000 0 10000
        hand accept Y
        < 5 E Y X 8000 0 8000
        hand accept Z
        < 5 5/0 Z Y 6000 0 6000
    """,
    "the first of two chained replaces is refused, and with it the second": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 8000
        < E E Y X 10000 0 10000
        > G Z Y 6000
        < E E Z Y 10000 0 10000
        hand refuse Y
        reject Y X E
        hand accept Z
        reject Z Y 0
    """,
    "a cancel of a replace that is pending": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 8000
        < E E Y X 10000 0 10000
        > F Z Y
        < 6 6 Z Y 10000 0 10000
        hand accept Y
        < 5 6 Y X 8000 0 8000
        hand accept Z
        < 4 4 Z Y 8000 0 0
    """,
    "canceled by the broker while a replace is pending": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 8000
        < E E Y X 10000 0 10000
        hand cancel
        < 4 4 X - 10000 0 0
        reject Y X 4
    """,
    "canceled by the broker": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand cancel
        < 4 4 X - 10000 2000 0
    """,
    "suspended, and released": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand state SUSPENDED
        < 9 9 X - 10000 0 10000
        hand state NEW
        < D 0 X - 10000 0 10000
        hand fill 10000
        < 2/F 2 X - 10000 10000 0
    """,
    "stopped, then filled": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand state STOPPED
        < 7 7 X - 10000 0 10000
        hand fill 4000
        < 1/F 7 X - 10000 4000 6000
        hand fill 6000
        < 2/F 2 X - 10000 10000 0
    """,
    "expired": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state EXPIRED
        < C C X - 10000 2000 0
    """,
    "D.27 done for day, and restated the next morning": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 0
        hand state NEW
        < D 1 X - 10000 2000 8000
        hand fill 8000
        < 2/F 2 X - 10000 10000 0
    """,
    "filled, then calculated": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 10000
        < 2/F 2 X - 10000 10000 0
        hand state CALCULATED
        < B B X - 10000 10000 0
    """,
    "a new order is refused after it was pending": """
        > D X 10000
        < A A X - 10000 0 10000
        hand refuse X
        < 8 8 X - 10000 0 0
    """,
    "a cancel reaches a new order that is pending": """
        > D X 10000
        < A A X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand accept X
        < 0 6 X - 10000 0 10000
        hand accept Y
        < 4 4 Y X 10000 0 0
    """,
}


class Played:
    def __init__(self, version: str) -> None:
        self.client = Counterparty(version)
        self.client.orders.behaviours.default = PENDING

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
            self.client.ask(f"D|{order}|38={rest[0]}|40=2|44=200")
        elif msg_type == "G":
            self.client.ask(f"G|{order}|41={rest[0]}|38={rest[1]}|40=2|44=200")
        else:
            self.client.ask(f"F|{order.replace('21=1|', '')}|41={rest[0]}")

    def reported(self, exec_type: str, status: str, cl_ord_id: str, orig: str, *quantities: str) -> None:
        order, filled, leaves = quantities
        got = self.client.expect(
            f"8|150={self.of_version(exec_type)}|39={self.of_version(status)}|11={cl_ord_id}"
            f"|38={order}|14={filled}|151={leaves}"
        )
        assert got.get("41", "-") == orig

    def rejected(self, cl_ord_id: str, orig: str, status: str) -> None:
        self.client.expect(f"9|11={cl_ord_id}|41={orig}|39={status}")

    def acts(self, act: str, argument: str = "") -> None:
        execute = self.client.application.execute
        now = self.client.now
        if act == "fill":
            execute(FillOrder(1, Decimal(argument), Decimal(200)), now)
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
