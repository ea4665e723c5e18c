from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from broker.trading.behaviours import DEFAULT, BadBehaviour, Behaviour, Behaviours, Mode


def test_the_client_comes_before_the_symbol_before_the_default() -> None:
    found = Behaviours().changed(
        {"default": "fill", "clients": {"A": "manual"}, "symbols": {"AAPL": "reject"}}
    )
    assert found.of("A", "AAPL").mode is Mode.MANUAL
    assert found.of("B", "AAPL").mode is Mode.REJECT
    assert found.of("B", "BAC").mode is Mode.FILL


def test_a_change_replaces_the_parts_it_gives_and_no_other() -> None:
    first = Behaviours().changed({"clients": {"A": "manual", "B": "fill"}})
    assert first.default == DEFAULT
    second = first.changed({"clients": {"B": None}, "default": {"mode": "partial", "steps": 2, "size": "10"}})
    assert second.clients == {}
    assert second.default == Behaviour(Mode.PARTIAL, steps=2, interval=0.5, size=Decimal(10))
    assert first.clients.keys() == {"A", "B"}


def test_what_is_shown_can_be_put_back() -> None:
    found = Behaviours().changed(
        {"default": {"mode": "match", "spread": "0.10", "market": False}, "symbols": {"AAPL": "partial"}}
    )
    assert Behaviours().changed(found.to_json()) == found


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ({"mode": "fill"}, "mode"),
        ({"default": "fil"}, "default"),
        ({"default": 3}, "default"),
        ({"default": {"steps": 2}}, "default.mode"),
        ({"default": {"mode": "partial", "steps": 0}}, "default.steps"),
        ({"default": {"mode": "partial", "steps": True}}, "default.steps"),
        ({"default": {"mode": "partial", "interval": "1"}}, "default.interval"),
        ({"default": {"mode": "partial", "size": 0}}, "default.size"),
        ({"default": {"mode": "match", "spread": "NaN"}}, "default.spread"),
        ({"default": {"mode": "match", "spread": "wide"}}, "default.spread"),
        ({"default": {"mode": "match", "market": 1}}, "default.market"),
        ({"default": {"mode": "match", "speed": 1}}, "default.speed"),
        ({"clients": "A"}, "clients"),
        ({"clients": {"A": "x"}}, "clients.A"),
        ({"symbols": {"AAPL": {"mode": "fill", "steps": -1}}}, "symbols.AAPL.steps"),
    ],
)
def test_what_is_wrong_is_named(body: Any, field: str) -> None:
    with pytest.raises(BadBehaviour) as error:
        Behaviours().changed(body)
    assert [name for name, _ in error.value.problems] == [field]
