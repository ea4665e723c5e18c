"""A client of market data: every message is checked against the dictionary, and W and X add up to its picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from broker.fix.states import SessionKey
from broker.fix.validation import problem_of
from broker.fix.wire import Entry, Message, Pair, encode, parse, utc_timestamp
from broker.settings import Settings
from broker.trading.behaviours import Behaviour, Mode
from tests.unit.broker.kit import DEFAULTS, NOW, TIME, Counterparty, as_fields

ENTRY_TYPES = {"bid": "0", "offer": "1", "trade": "2", "open": "4", "close": "5", "high": "7", "low": "8"}
BOOK = "267=2|269=0|269=1"
AAPL = "146=1|55=AAPL"


def subscribe(md_req_id: str, types: str = BOOK, symbols: str = AAPL, **more: object) -> str:
    fields = {"263": 1, "264": 0, "265": 1, **{tag[1:]: value for tag, value in more.items()}}
    return "|".join(
        [f"V|262={md_req_id}", *(f"{tag}={value}" for tag, value in fields.items()), types, symbols]
    )


@dataclass
class Picture:
    """What a client that applies W and X knows of one symbol under one MDReqID(262)."""

    book: dict[str, dict[Decimal, tuple[Decimal, int]]] = field(default_factory=lambda: {"0": {}, "1": {}})
    values: dict[str, Decimal] = field(default_factory=dict)
    trades: list[tuple[Decimal, Decimal]] = field(default_factory=list)

    def side(self, entry_type: str) -> list[tuple[Decimal, Decimal, int]]:
        """Best first."""
        levels = sorted(self.book[entry_type].items(), reverse=entry_type == "0")
        return [(price, *rest) for price, rest in levels]

    def apply(self, entry: Entry, action: str) -> None:
        fields = {tag.decode(): text.decode() for tag, text in entry.fields.items()}
        entry_type = fields["269"]
        price, size = (Decimal(fields[tag]) if tag in fields else None for tag in ("270", "271"))
        if entry_type in ("0", "1"):
            assert price is not None
            side = self.book[entry_type]
            assert (price in side) == (action in "12"), f"{fields} does not fit {side}"
            if action == "2":
                del side[price]
            else:
                assert size is not None
                assert size > 0
                side[price] = size, int(fields["346"])
        elif entry_type == "2":
            assert price is not None
            assert action == "0"
            if size is not None:
                self.trades.append((price, size))
        else:
            assert (entry_type in self.values) == (action in "12"), f"{fields} does not fit {self.values}"
            if action == "2":
                del self.values[entry_type]
            else:
                value = size if entry_type == "B" else price
                assert value is not None
                self.values[entry_type] = value


class MarketClient(Counterparty):
    """Several sessions on one broker: `ask` and `expect` are of the first, CLIENT; `pictures` of all."""

    def __init__(self, version: str = "FIX.4.4", settings: Settings = DEFAULTS) -> None:
        super().__init__(version, Mode.MATCH, settings=settings)
        self.orders.behaviours.default = Behaviour(Mode.MATCH, market=False)
        self.messages: list[Message] = []
        self.sent: dict[SessionKey, list[Message]] = {}
        self.pictures: dict[tuple[SessionKey, str, str], Picture] = {}
        self.unread: dict[SessionKey, int] = {}
        self.ended: dict[SessionKey, str] = {}
        self.broken: SessionKey | None = None
        """A session that the line fails for."""
        self._orders_asked = 0

    def as_message(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> Message:
        """As it arrives, accepted by the version's dictionary."""
        header = [(b"49", b"BROKER"), (b"56", b"CLIENT"), (b"34", b"1"), (b"52", utc_timestamp(NOW))]
        message = parse(encode(session.begin_string, msg_type, header, body))
        assert problem_of(session.begin_string, message) is None, message.raw
        return message

    def send(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        message = self.as_message(session, msg_type, body)
        if msg_type == b"8":
            return
        self.messages.append(message)
        plain = [pair for pair in body if pair[0] != b"146"] if message.groups else body
        self.answers.append(as_fields(msg_type, dict(plain).items()))

    def send_transient(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        if session == self.broken:
            raise KeyError(session)
        message = self.as_message(session, msg_type, body)
        self.sent.setdefault(session, []).append(message)
        if msg_type == b"W":
            key = session, body[0][1].decode(), body[1][1].decode()
            picture = Picture(trades=self.pictures.get(key, Picture()).trades)
            self.pictures[key] = picture
            for entry in message.groups[b"268"]:
                picture.apply(entry, "0")
        elif msg_type == b"X":
            for entry in message.groups[b"268"]:
                key = session, body[0][1].decode(), entry.fields[b"55"].decode()
                self.pictures[key].apply(entry, entry.fields[b"279"].decode())

    def backlog(self, session: SessionKey) -> int:
        return self.unread.get(session, 0)

    def disconnect(self, session: SessionKey, text: str, is_too_slow: bool = False) -> None:
        self.ended[session] = text
        self.application.logged_off(session, NOW)

    def order(self, side: str, quantity: object, price: object, symbol: str = "AAPL") -> str:
        """Its ClOrdID(11)."""
        self._orders_asked += 1
        name = f"o{self._orders_asked}"
        code = "1" if side == "buy" else "2"
        self.ask(f"D|11={name}|21=1|55={symbol}|54={code}|38={quantity}|40=2|44={price}|{TIME}")
        return name

    def later(self, seconds: float) -> None:
        """The broker's core wakes up after that long."""
        self.now += seconds
        self.application.run_due(self.now)
        self.application.flush(self.now)

    def taken(self, session: SessionKey | None = None) -> list[Message]:
        """What came without being stored, since the last call."""
        return self.sent.pop(session or self.session, [])

    def picture(self, md_req_id: str, symbol: str = "AAPL", session: SessionKey | None = None) -> Picture:
        return self.pictures[session or self.session, md_req_id, symbol]

    def entries(self, message: Message, *tags: str) -> list[tuple[str, ...]]:
        """The entries of a W or X, by some of their tags; empty for one that is not there."""
        return [
            tuple(entry.fields.get(tag.encode(), b"").decode() for tag in tags)
            for entry in message.groups[b"268"]
        ]

    def truth(self, symbol: str, levels: int = 1000) -> dict[str, list[tuple[Any, ...]]]:
        depth = self.orders.matching.depth
        return {"0": [tuple(one) for one in depth(symbol, True, levels)]} | {
            "1": [tuple(one) for one in depth(symbol, False, levels)]
        }
