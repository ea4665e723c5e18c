"""Running sums of orders, positions and executions against a recount of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.exposure import Exposure, Sums, symbols_by_use
from sendfix.domain.limits import Key
from sendfix.domain.part import Part, Whose

KEYS: list[Key] = [
    (None, None, None),
    ("S", None, None),
    (None, "A", None),
    ("S", "", None),
    ("S", "A", "u"),
    (None, None, "u"),
]


def shown(sums: Sums) -> Any:
    """All of it, without symbols that came to nothing."""
    symbols = {
        symbol: (one.net, one.buy, one.sell, one.long_sale, one.gross) for symbol, one in symbols_by_use(sums)
    }
    return (sums.orders, sums.notional, sums.unpriced, sums.executed, sums.unpriced_fills, symbols)


AMOUNTS = st.decimals(0, 10**17, places=3) | st.integers(0, 9).map(Decimal)
WHOSE = st.builds(Whose, st.sampled_from("ST"), st.sampled_from(["", "A", "B"]), st.sampled_from(["", "u"]))


@st.composite
def parts(draw: st.DrawFn) -> Part:
    sign, qty, unpriced = draw(st.sampled_from([1, -1, 0])), draw(AMOUNTS), draw(st.booleans())
    long_sale = qty if sign < 0 and draw(st.booleans()) else Decimal(0)
    notional = Decimal(0) if unpriced else draw(AMOUNTS)
    return Part(draw(WHOSE), draw(st.sampled_from("XY")), sign, 1, qty, long_sale, notional, int(unpriced))


@dataclass
class Truth:
    """What there is, to be counted again."""

    parts: dict[int, Part] = field(default_factory=dict)
    net: dict[tuple[str, str], dict[str | None, Decimal]] = field(default_factory=dict)
    executed: list[tuple[Whose, Decimal, int]] = field(default_factory=list)

    def counted(self, keys: list[Key]) -> Exposure:
        made = Exposure(price_of)
        for key in keys:
            made.track(key)
        for number, part in self.parts.items():
            made.put(number, part)
        for (session_name, symbol), accounts in self.net.items():
            made.hold(session_name, symbol, accounts)
        for one in self.executed:
            made.execute(*one)
        return made


def price_of(session_name: str, symbol: str) -> Decimal | None:
    """Of Y nobody knows one."""
    return Decimal("12.5") if symbol == "X" else None


@given(st.data())
def test_running_sums_equal_a_recount(data: st.DataObject) -> None:
    truth, running = Truth(), Exposure(price_of)
    for _ in range(data.draw(st.integers(0, 25))):
        match data.draw(st.sampled_from(["put", "drop", "hold", "execute", "track"])):
            case "put":
                number, part = data.draw(st.integers(1, 4)), data.draw(parts())
                truth.parts[number] = part
                running.put(number, part)
            case "drop":
                number = data.draw(st.integers(1, 4))
                truth.parts.pop(number, None)
                running.put(number, None)
            case "hold":
                place = (data.draw(st.sampled_from("ST")), data.draw(st.sampled_from("XY")))
                signed = st.tuples(AMOUNTS, st.sampled_from([1, -1])).map(lambda one: one[0] * one[1])
                accounts = data.draw(st.dictionaries(st.sampled_from([None, "A", "B"]), signed))
                truth.net[place] = accounts
                running.hold(*place, accounts)
            case "execute":
                one = (data.draw(WHOSE), data.draw(AMOUNTS), data.draw(st.integers(0, 1)))
                truth.executed.append(one)
                running.execute(*one)
            case "track":
                running.track(data.draw(st.sampled_from(KEYS)))
    recounted = truth.counted(KEYS)
    for key in KEYS:
        assert shown(running.track(key)) == shown(recounted.track(key)), key
    running.find_prices()
    assert shown(running.track(KEYS[0])) == shown(recounted.track(KEYS[0]))


MINE = Whose("S", "A", "")


def part(sign: int, qty: int, whose: Whose = MINE, **more: Any) -> Part:
    return Part(whose, "X", sign, 1, Decimal(qty), Decimal(0), Decimal(0), **more)


def test_gross_is_what_each_account_could_come_to() -> None:
    exposure = Exposure()
    exposure.hold("S", "X", {"A": Decimal(100), "B": Decimal(-30)})
    exposure.put(1, part(-1, 80))
    exposure.put(2, part(1, 10, Whose("S", "B", "")))
    exposure.put(3, part(1, 5, Whose("T", "A", "")))
    one = exposure.track(("S", None, None)).symbol("X")
    assert (one.net, one.buy, one.sell, one.gross) == (70, 10, 80, 100 + 30)
    assert exposure.track((None, "A", None)).symbol("X").gross == 105
    assert exposure.wider(part(-1, 120)) == 0
    assert exposure.wider(part(-1, 121)) == 1
    assert exposure.wider(part(1, 1)) == 1


def test_an_order_without_a_price_counts_with_the_last_one_as_soon_as_there_is_one() -> None:
    prices: dict[str, Decimal] = {}
    exposure = Exposure(lambda _session_name, symbol: prices.get(symbol))
    sums = exposure.track((None, None, None))
    exposure.put(1, part(1, 10, unpriced=1))
    assert (sums.unpriced, sums.notional) == (1, 0)
    prices["X"] = Decimal(3)
    exposure.find_prices()
    assert (sums.unpriced, sums.notional) == (0, 30)
    prices["X"] = Decimal(4)
    exposure.put(1, part(1, 6, unpriced=1))
    assert sums.notional == 18
    exposure.put(1, None)
    exposure.put(1, part(1, 1, unpriced=1))
    assert sums.notional == 4
