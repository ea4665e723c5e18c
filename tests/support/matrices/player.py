"""Plays the conversations of `tables` with a desk, over whatever brings messages to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

from sendfix.domain.commands import RequestStatus
from sendfix.domain.enums import ExecType, OrdStatus
from sendfix.fix.encode import encode_status_request
from sendfix.services.ids import ClOrdIdSource
from sendfix.web.to_json import order_to_json
from tests.support.matrices.tables import Line
from tests.unit.services.desk_kit import SESSIONS, DeskKit, dictionary_of

PRICE = "200"
ENDED = ("CANCELED", "REJECTED", "EXPIRED")
EXEC_TYPES = {"FILL": ("2", "F"), "BUST": ("1", "H"), "CORRECT": ("1", "G"), "STATUS": ("", "I")}
EXEC_TRANS_TYPES = {"BUST": "1", "CORRECT": "2", "STATUS": "3"}


class Names(ClOrdIdSource):
    """Gives the ids that the conversation has next."""

    def __init__(self) -> None:
        self.waiting: deque[str] = deque()

    def next(self) -> str:
        return self.waiting.popleft()


class Line2Desk(Protocol):
    """What is between the desk and its counterparty."""

    kit: DeskKit
    names: Names

    def received(self) -> dict[int, str]:
        """The last message that the counterparty got from the desk."""

    def deliver(self, msg_type: str, fields: Sequence[tuple[int, str]]) -> None:
        """A message of the counterparty; returns when the desk has folded it."""


class Player:
    """One conversation. `number` tells its ids from those of others."""

    def __init__(self, line: Line2Desk, session_name: str, number: int) -> None:
        self.line = line
        self.session_name = session_name
        self.is_42 = SESSIONS[session_name] == "FIX.4.2"
        self.number = number
        self.execs = 0
        self.cum = 0
        self.shown: dict[str, Any] = {"pending": None, "warnings": ""}

    def play(self, lines: Sequence[Line]) -> None:
        for line in lines:
            word, *rest = line.words
            {">": self._send, "<": self._report, "9": self._refuse}[word](*rest)
            for key, value in line.shown.items():
                if key in ("id", "pending"):
                    self.shown[key] = None if value == "-" else self._id(value)
                else:
                    self.shown[key] = value
            assert self._on_screen() == self.shown, f"after {line.text!r}"

    # What the desk sends

    def _send(self, msg_type: str, letter: str, *more: str) -> None:
        desk, names = self.line.kit.desk, self.line.names
        cl_ord_id = self._id(letter)
        expected = {35: msg_type, 11: cl_ord_id, 55: "AAPL", 54: "1"}
        if msg_type == "H":
            order = desk.order(cl_ord_id)
            session = self.line.kit.sessions.get(self.session_name)
            body = encode_status_request(RequestStatus(order), dictionary_of(session))
            self.line.kit.engine.send(self.session_name, "", body)
        else:
            names.waiting.append(cl_ord_id)
            if msg_type == "D":
                self._order(*more)
                expected[38] = more[0]
            else:
                orig = self._id(more[0])
                expected[41] = orig
                if msg_type == "G":
                    expected[38] = more[1]
                    desk.replace_order(orig, {"order_qty": more[1], "price": "201"}, {})
                else:
                    desk.cancel_order(orig)
                self.shown["pending"] = cl_ord_id
        received = self.line.received()
        assert {tag: received.get(tag) for tag in expected} == expected

    def _order(self, order_qty: str, time_in_force: str = "DAY") -> None:
        fields = {"order_qty": order_qty, "time_in_force": time_in_force}
        order = self.line.kit.send(self.session_name, **fields)
        self.shown |= {"id": order.cl_ord_id, "status": "PENDING_NEW", "qty": order_qty, "cum": "0"}
        self.shown["leaves"] = order_qty

    # What the counterparty answers

    def _report(self, word: str, status: str, letter: str, orig: str, *more: str) -> None:
        qty, cum, leaves, *pairs = more
        given = dict(pair.split("=", 1) for pair in pairs)
        status = self._of_version(status)
        last, _, px = given.pop(
            "last", f"{int(cum) - self.cum}@{PRICE}" if word == "FILL" else "0@0"
        ).partition("@")
        fields = [(37, f"O{self.number}"), (17, self._exec_id(word)), (150, self._exec_type(word, status))]
        if self.is_42:
            fields.append((20, EXEC_TRANS_TYPES.get(word, "0")))
        if letter != "*":
            fields.append((11, self._id(letter)))
        if orig != "-":
            fields.append((41, self._id(orig)))
        if "ref" in given:
            fields.append((19, f"E{self.number}-{given.pop('ref')}"))
        fields += [
            (39, OrdStatus[status].value),
            (55, "AAPL"),
            (54, "1"),
            (38, qty),
            (14, cum),
            (151, leaves),
        ]
        fields += [(32, last), (31, px), (6, given.pop("avg", PRICE if int(cum) else "0"))]
        fields += [(int(tag), value) for tag, value in given.items()]
        self.line.deliver("8", fields)
        self._reported(word, status, letter, qty, cum, leaves)

    def _reported(self, word: str, status: str, letter: str, qty: str, cum: str, leaves: str) -> None:
        self.cum = int(cum) if not (word == "REJECTED" and status == "REJECTED") else self.cum
        if letter == "*":
            self.shown |= {"id": f"{self.session_name}/37=O{self.number}", "qty": qty}
        self.shown |= {"status": status, "cum": cum, "leaves": leaves}
        if word == "REPLACED":
            self.shown["id"] = self._id(letter)
            if self.shown["pending"] == self._id(letter):
                self.shown["pending"] = None
        if word in ("REPLACED", "RESTATED"):
            self.shown["qty"] = qty
        if status in ENDED:
            self.shown["pending"] = None

    def _refuse(self, letter: str, orig: str, status: str, *more: str) -> None:
        fields = [
            (37, f"O{self.number}"),
            (11, self._id(letter)),
            (41, self._id(orig)),
            (39, OrdStatus[status].value),
        ]
        fields += [(434, "1"), *((int(tag), value) for tag, value in (pair.split("=") for pair in more))]
        self.line.deliver("9", fields)
        self.shown["status"] = status
        if self.shown["pending"] == self._id(letter) or status in ENDED:
            self.shown["pending"] = None

    # Names and codes

    def _id(self, letter: str) -> str:
        return f"{self.number}-{letter}"

    def _exec_id(self, word: str) -> str:
        if word == "STATUS" and self.is_42:
            return "0"
        self.execs += 1
        return f"E{self.number}-{chr(ord('A') + self.execs - 1)}"

    def _exec_type(self, word: str, status: str) -> str:
        if word not in EXEC_TYPES:
            return ExecType[word].value
        old, new = EXEC_TYPES[word]
        if not self.is_42:
            return new
        if word == "STATUS":
            return OrdStatus[status].value
        return old if status == "FILLED" else "1"

    def _of_version(self, text: str) -> str:
        return text.split("/")[0 if self.is_42 else -1]

    def _on_screen(self) -> dict[str, Any]:
        order = order_to_json(self.line.kit.desk.order(self.shown["id"]))
        return {
            "id": order["cl_ord_id"],
            "status": order["status"],
            "qty": order["order_qty"],
            "cum": order["cum_qty"],
            "leaves": order["leaves_qty"],
            "pending": order["pending"] and order["pending"]["cl_ord_id"],
            "warnings": ",".join(sorted(one["code"] for one in order["warnings"])),
        }
