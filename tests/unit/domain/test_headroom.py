"""How much of each limit is used, and in which symbol most."""

from __future__ import annotations

from decimal import Decimal

from sendfix.domain.exposure import Exposure
from sendfix.domain.headroom import Use, uses
from sendfix.domain.limits import Limits, Rule, Scope
from sendfix.domain.part import Part, Whose

HUNDRED = Decimal(100)
MINE = Whose("S", "A", "")
PRICES = {"X": Decimal(2), "Y": Decimal(50)}


def used(exposure: Exposure, **limits: object) -> list[tuple[str, int, str | None]]:
    rule = Rule(Scope(None, "A"), Limits(**limits))  # type: ignore[arg-type]
    found = uses(rule, exposure.track(rule.scope.key), PRICES.get)
    assert {use.limit for use in found} == {HUNDRED}
    return [(use.rule, int(use.used), use.symbol) for use in found]


def part(symbol: str, sign: int, qty: int) -> Part:
    return Part(MINE, symbol, sign, 1, Decimal(qty), Decimal(0), Decimal(qty * 3))


def test_each_limit_has_its_measure_and_positions_their_worst_symbol() -> None:
    exposure = Exposure()
    limits = {
        "max_open_orders": 100,
        "max_daily_turnover": HUNDRED,
        "max_gross_position": HUNDRED,
        "max_net_position": HUNDRED,
        "max_position_notional": HUNDRED,
    }
    assert used(exposure, **limits) == [(name, 0, None) for name in limits]
    exposure.hold("S", "X", {"A": Decimal(-30)})
    exposure.hold("T", "X", {"A": Decimal(25)})
    exposure.put(1, part("Y", 1, 7))
    exposure.put(2, part("X", -1, 4))
    exposure.execute(MINE, Decimal(9))
    assert used(exposure, **limits) == [
        ("max_open_orders", 2, None),
        ("max_daily_turnover", 9 + 21 + 12, None),
        ("max_gross_position", 34 + 25, "X"),
        ("max_net_position", 9, "X"),
        ("max_position_notional", 350, "Y"),
    ]


def test_no_limit_no_measure() -> None:
    rule = Rule(Scope(), Limits(max_order_qty=HUNDRED))
    found: list[Use] = uses(rule, Exposure().track(rule.scope.key), PRICES.get)
    assert found == []
