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
    "D.3 cancel request for an order without fills": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand accept Y
        < 4 4 Y X 10000 0 0
    """,
    "D.3 the cancel is refused": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand refuse Y
        reject Y X 0
    """,
    "D.9 a replace not of the quantity, for an order that is filled meanwhile": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        hand fill 9000
        < 2/F 2 X - 10000 10000 0
        > G Y X 10000
        reject Y X 2 0
    """,
    "D.14 a replace is refused before it is pending, the next is accepted": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        > G Y X 1.5
        reject Y X 1
        hand fill 500
        < 1/F 1 X - 10000 1500 8500
        > G Z X 6000
        < E E Z X 10000 1500 8500
        hand accept Z
        < 5 1 Z X 6000 1500 4500
    """,
    "D.15 a replace is refused after it was pending, the next is accepted": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        > G Y X 8000
        < E E Y X 10000 1000 9000
        hand fill 500
        < 1/F E X - 10000 1500 8500
        hand refuse Y
        reject Y X 1
        hand fill 2000
        < 1/F 1 X - 10000 3500 6500
        > G Z X 6000
        < E E Z X 10000 3500 6500
        hand accept Z
        < 5 1 Z X 6000 3500 2500
        hand fill 1500
        < 1/F 1 Z - 6000 5000 1000
    """,
    "D.17 a second replace while the first is pending": """
        hand one_request
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        > G Y X 8000
        < E E Y X 10000 1000 9000
        > G Z Y 7000
        reject Z X E 3
        hand accept Y
        < 5 1 Y X 8000 1000 7000
        hand fill 2000
        < 1/F 1 Y - 8000 3000 5000
    """,
    "one request at a time: a cancel of a new order that is pending is the first": """
        hand one_request
        > D X 10000
        < A A X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        > F Z X
        reject Z X 6 3
        hand accept X
        < 0 6 X - 10000 0 10000
        hand accept Y
        < 4 4 Y X 10000 0 0
    """,
    "D.19 canceled by telephone": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        hand telephone
        < 4 4 X - 10000 1000 0 378=2
    """,
    "D.20 amended by the broker": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        hand decline 9000
        < D 1 X - 9000 1000 8000 378=5
        hand fill 8000
        < 2/F 2 X - 9000 9000 0
    """,
    "D.29 a GTC order goes on the next morning, and is canceled": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        hand state NEW
        < D 1 X - 10000 2000 8000 378=1
        > F Y X
        < 6 6 Y X 10000 2000 8000
        hand accept Y
        < 4 4 Y X 10000 2000 0
    """,
    "D.30 a GTC order goes on the next morning, and is replaced": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        hand state NEW
        < D 1 X - 10000 2000 8000 378=1
        > G Y X 15000
        < E E Y X 10000 2000 8000
        hand fill 1000
        < 1/F E X - 10000 3000 7000
        hand accept Y
        < 5 1 Y X 15000 3000 12000
    """,
    "D.29 a GTC order is canceled in the evening of its first day": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        > F Y X
        < 6 6 Y X 10000 2000 8000
        hand accept Y
        < 4 4 Y X 10000 2000 0
        > F Z Y
        reject Z Y 4 0
    """,
    "D.30 a GTC order is replaced in the evening of its first day": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        > F Y X
        < 6 6 Y X 10000 2000 8000
        hand refuse Y
        reject Y X 3 2
        > G Z X 15000
        < E E Z X 10000 2000 8000
        hand accept Z
        < 5 3 Z X 15000 2000 13000
        hand state NEW
        < D 1 Z - 15000 2000 13000 378=1
        hand fill 13000
        < 2/F 2 Z - 15000 15000 0
    """,
    "a day order that is done for the day can't be canceled": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 0 0
        > F Y X
        reject Y X 3 0
    """,
    "D.34 a filled order, whose fills are busted and corrected": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000 100
        < 1/F 1 X - 10000 1000 9000 6=100 32=1000 31=100
        hand fill 9000 110
        < 2/F 2 X - 10000 10000 0 6=109 32=9000 31=110
        hand bust C
        < 1/H 1 X - 10000 9000 1000 6=110 32=0 31=0 19=C
        hand correct D 9000 100
        < 1/G 1 X - 10000 9000 1000 6=100 32=9000 31=100 19=D
        hand fill 1000 120
        < 2/F 2 X - 10000 10000 0 6=102
        hand correct F 9000 120
        < 2/G 2 X - 10000 10000 0 6=120 32=9000 31=120 19=F
        > G Y X 12000
        < E E Y X 10000 10000 0
        hand accept Y
        < 5 1 Y X 12000 10000 2000
        hand correct H 9500 120
        < 1/G 1 Y - 12000 10500 1500 6=120 32=9500 31=120 19=H
    """,
    "D.35 a canceled order, whose fill is busted and which is filled anew": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 5000 50
        < 1/F 1 X - 10000 5000 5000
        > F Y X
        < 6 6 Y X 10000 5000 5000
        hand accept Y
        < 4 4 Y X 10000 5000 0
        hand bust C
        < 1/H 4 Y - 10000 0 0 32=0 19=C
        hand fill 4000 51
        < 1/F 4 Y - 10000 4000 0 32=4000 31=51
    """,
    "D.36 a GTC order, whose fills of two days are corrected": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        hand state NEW
        < D 1 X - 10000 2000 8000 378=1
        hand fill 1000
        < 1/F 1 X - 10000 3000 7000
        hand correct C 1500 200
        < 1/G 1 X - 10000 2500 7500 32=1500 19=C
        hand correct F 500 200
        < 1/G 1 X - 10000 2000 8000 32=500 19=F
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
        reject Y X 2 0
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
    "D.27 a GTC order done for the day goes on the next morning": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        hand state NEW
        < D 1 X - 10000 2000 8000 378=1
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
