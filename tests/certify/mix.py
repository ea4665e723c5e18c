"""What a client does next, drawn from a seed: orders of every kind, changes, requests, and events of its session."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from tests.certify.book import Book, Known

Value = str | list[list[tuple[int, str]]]
Body = list[tuple[int, Value]]
"""Tags in the order of the wire; a repeating group's counter has the list of its entries."""

PRICES = {
    "AAPL": Decimal("230.10"),
    "MSFT": Decimal("416.50"),
    "GOOGL": Decimal("167.25"),
    "AMZN": Decimal("178.40"),
    "NVDA": Decimal("495.30"),
    "INTC": Decimal("23.15"),
}
BEHAVIOURS = {
    "AAPL": {"mode": "match", "spread": "0.04"},
    "MSFT": {"mode": "fill"},
    "GOOGL": {"mode": "partial", "steps": 4, "interval": 2},
    "AMZN": {"mode": "manual"},
    "NVDA": {"mode": "match", "steps": 3, "interval": 1},
    "INTC": {"mode": "reject"},
}
"""So that every way of filling takes part. `manual` rests until the client cancels."""

ORD_TYPES = {
    "FIX.4.2": {"1": 30, "2": 50, "3": 8, "4": 8, "5": 2, "B": 2},
    "FIX.4.4": {"1": 30, "2": 50, "3": 8, "4": 8},
}
"""At the close is an OrdType(40) in FIX.4.2 and a TimeInForce(59) in FIX.4.4."""

LIST_ENTRY = (1, 21, 111, 55, 54, 60, 38, 40, 44, 99, 59, 432)
"""The order of an entry's fields in the dictionaries."""

TIMES_IN_FORCE = {"0": 50, "1": 15, "2": 2, "3": 12, "4": 12, "6": 4}


@dataclass(frozen=True, slots=True)
class Request:
    msg_type: str
    body: Body


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a client does with its session: `relog`, `reset`, `rewind` (ask the broker to send again), `lose`
    (a message that does not arrive, so that the broker asks for it)."""

    name: str


ACTIONS = {
    "new": 45,
    "refused": 4,
    "replace": 16,
    "cancel": 12,
    "status": 6,
    "market_data": 4,
    "unsubscribe": 3,
    "quote": 2,
    "securities": 1,
    "trading_session": 1,
    "mass_status": 2,
    "mass_cancel": 1,
    "list": 2,
    "test": 2,
    "relog": 1,
    "reset": 0.4,
    "rewind": 1,
    "lose": 1,
}


class Mix:
    """`can_lose`: whether the client's library lets a message get lost on its way. `pace` is in actions per second; a
    client that goes faster than the usual one has no time to log out and on again."""

    def __init__(self, seed: str, book: Book, can_lose: bool, pace: float) -> None:
        self._random = random.Random(seed)
        self._book = book
        self._number = 0
        self._subscribed: list[tuple[str, str, list[str]]] = []
        self._pace = pace
        left_out = {"lose"} if not can_lose else set()
        if pace > 1:
            left_out |= {"relog", "reset"}
        if book.version == "FIX.4.2":
            left_out |= {"mass_status", "mass_cancel"}
        self._names = [name for name in ACTIONS if name not in left_out]
        self._prefix = seed

    def pause(self) -> float:
        """Seconds until the next action."""
        return self._random.expovariate(self._pace)

    def next(self, time: str) -> Request | Event:
        """`time` is the present one, as UTCTimestamp."""
        weights = [ACTIONS[name] for name in self._names]
        (name,) = self._random.choices(self._names, weights)
        if name in ("relog", "reset", "rewind", "lose"):
            if name in ("relog", "reset"):
                self._subscribed.clear()
            return Event(name)
        made = getattr(self, f"_{name}")(time)
        assert isinstance(made, Request)
        return made

    def cancel_all(self, time: str) -> list[Request]:
        return [self._cancel_of(known, time) for known in self._book.open_orders()]

    # -- orders --------------------------------------------------------------------------------------------------

    def _new(self, time: str) -> Request:
        return Request("D", [(11, self._id()), *self._handling(), *self._order(time)])

    def _refused(self, time: str) -> Request:
        """An order that is right as a message and wrong as an order: an ExecutionReport Rejected answers it."""
        order = dict(self._order(time))
        wrong = self._random.choice(("symbol", "quantity", "price", "fraction"))
        if wrong == "symbol":
            order[55] = "NOSUCH"
        elif wrong == "quantity":
            order[38] = "0"
        elif wrong == "fraction":
            order[38] = "1.5"
        else:
            order |= {40: "2", 44: "100.001"}
        return Request("D", [(11, self._id()), *self._handling(), *order.items()])

    def _replace(self, time: str) -> Request:
        known = self._some_open()
        if known is None:
            return self._new(time)
        quantity = max(1, int(known.quantity) + self._random.randint(-50, 100))
        body: Body = [(11, self._id()), (41, known.cl_ord_id), *self._handling(), (55, known.symbol)]
        body += [
            (54, known.side),
            (60, time),
            (38, str(quantity)),
            (40, "2"),
            (44, self._price(known.symbol)),
        ]
        return Request("G", body)

    def _cancel(self, time: str) -> Request:
        known = self._some_open()
        return self._new(time) if known is None else self._cancel_of(known, time)

    def _cancel_of(self, known: Known, time: str) -> Request:
        body: Body = [(11, self._id()), (41, known.cl_ord_id), (55, known.symbol), (54, known.side)]
        return Request("F", [*body, (60, time), (38, str(known.quantity))])

    def _status(self, time: str) -> Request:
        known = self._some()
        if known is None:
            return self._new(time)
        return Request("H", [(11, known.cl_ord_id), (55, known.symbol), (54, known.side)])

    def _mass_status(self, _time: str) -> Request:
        if self._random.random() < 0.5:
            return Request("AF", [(584, self._id()), (585, "7")])
        return Request("AF", [(584, self._id()), (585, "1"), (55, self._symbol())])

    def _mass_cancel(self, time: str) -> Request:
        if self._random.random() < 0.3:
            return Request("q", [(11, self._id()), (530, "7"), (60, time)])
        return Request("q", [(11, self._id()), (530, "1"), (55, self._symbol()), (60, time)])

    def _list(self, time: str) -> Request:
        entries = []
        for number in range(1, self._random.randint(2, 4)):
            order = {**dict(self._handling()), **dict(self._order(time))}
            entry = [(tag, order[tag]) for tag in LIST_ENTRY if tag in order]
            entries.append([(11, self._id()), (67, str(number)), *entry])
        # BidType 3 is no bidding process, ListExecInstType 1 immediately.
        body: Body = [(66, self._id()), (394, "3"), (433, "1"), (68, str(len(entries))), (73, entries)]
        return Request("E", body)

    def _order(self, time: str) -> list[tuple[int, str]]:
        pick = self._random
        symbol = self._symbol()
        ord_types = ORD_TYPES[self._book.version]
        (ord_type,) = pick.choices(list(ord_types), list(ord_types.values()))
        (time_in_force,) = pick.choices(list(TIMES_IN_FORCE), list(TIMES_IN_FORCE.values()))
        if time_in_force == "2" and self._book.version == "FIX.4.4":
            time_in_force = pick.choice("27")
        if ord_type in "5B" or (time_in_force in "27" and ord_type not in "12"):
            time_in_force = "0"
        quantity = pick.randint(1, 20) * 10
        body = [(55, symbol), (54, pick.choice("12")), (60, time), (38, str(quantity)), (40, ord_type)]
        if ord_type in "24B":
            body.append((44, self._price(symbol)))
        if ord_type in "34":
            body.append((99, self._price(symbol)))
        body.append((59, time_in_force))
        if time_in_force == "6":
            body.append((432, f"{int(time[:4]) + 1}0115"))
        if ord_type == "2" and time_in_force in "01" and quantity > 50 and pick.random() < 0.15:
            body.append((111, "20"))
        return body

    # -- market data and the rest --------------------------------------------------------------------------------

    def _market_data(self, _time: str) -> Request:
        pick = self._random
        symbols = pick.sample(sorted(PRICES), pick.randint(1, 3))
        kind = pick.choice("0111")
        name = self._id()
        update = pick.choice("01")
        if kind == "1":
            self._subscribed.append((name, update, symbols))
        return self._market_data_request(name, kind, update, symbols)

    def _unsubscribe(self, time: str) -> Request:
        if not self._subscribed:
            return self._market_data(time)
        name, update, symbols = self._subscribed.pop(0)
        return self._market_data_request(name, "2", update, symbols)

    def _market_data_request(self, name: str, kind: str, update: str, symbols: list[str]) -> Request:
        body: Body = [(262, name), (263, kind), (264, self._random.choice("015"))]
        if kind == "1":
            body.append((265, update))
        body += [(267, [[(269, "0")], [(269, "1")], [(269, "2")]]), (146, [[(55, one)] for one in symbols])]
        return Request("V", body)

    def _quote(self, _time: str) -> Request:
        return Request("R", [(131, self._id()), (146, [[(55, self._symbol())]])])

    def _securities(self, _time: str) -> Request:
        if self._book.version == "FIX.4.4":
            return Request("x", [(320, self._id()), (559, "4")])
        return Request("c", [(320, self._id()), (321, "3")])

    def _trading_session(self, _time: str) -> Request:
        return Request("g", [(335, self._id()), (263, "0")])

    def _test(self, _time: str) -> Request:
        return Request("1", [(112, self._id())])

    # -- parts ---------------------------------------------------------------------------------------------------

    def _id(self) -> str:
        self._number += 1
        return f"{self._prefix}-{self._number}"

    def _handling(self) -> list[tuple[int, str]]:
        return [(21, "1"), (1, "CERT")]

    def _symbol(self) -> str:
        return self._random.choice(sorted(PRICES))

    def _price(self, symbol: str) -> str:
        return str(PRICES[symbol] + Decimal(self._random.randint(-200, 200)) / 100)

    def _some(self) -> Known | None:
        orders = self._book.orders
        return orders[self._random.choice(list(orders))] if orders else None

    def _some_open(self) -> Known | None:
        open_orders = self._book.open_orders()
        return self._random.choice(open_orders) if open_orders else None
