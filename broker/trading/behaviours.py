"""By which rule orders are filled: for all, for a symbol, for a client. Set at run time by `PUT /api/behaviours`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from broker.settings import Settings


class Mode(StrEnum):
    MATCH = "match"
    """A price-time book: orders meet each other and a simulated market around the last price; the others rest."""
    FILL = "fill"
    """Filled at once and whole, whatever the market."""
    PARTIAL = "partial"
    """Filled in steps, whatever the market."""
    MANUAL = "manual"
    """Rests until a person fills, cancels or rejects it."""
    REJECT = "reject"
    """New orders, cancels and replaces are rejected."""
    IGNORE = "ignore"
    """New orders, cancels and replaces get no answer, as if they had never come."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`steps` and `interval` (seconds between them; 0 fills all at once) belong to `partial`, and to what
    `match` fills from the simulated market; `size` is a step's quantity in place of an equal part. `spread` is the
    simulated market's, around the last price; `market` False leaves only orders to meet each other.

    A new order, cancel or replace is answered `delay` seconds after it came, or when a person decides with `hold`;
    with `pending` the client is first told that it is pending. With `one_request` a cancel or replace is rejected while
    another one waits for its answer."""

    mode: Mode
    steps: int = 1
    interval: float = 0.0
    size: Decimal | None = None
    spread: Decimal = Decimal(0)
    market: bool = True
    pending: bool = False
    delay: float = 0.0
    hold: bool = False
    one_request: bool = False

    @property
    def answers_at_once(self) -> bool:
        return not (self.pending or self.delay or self.hold)

    def to_json(self) -> dict[str, Any]:
        return {
            "mode": self.mode.value,
            "steps": self.steps,
            "interval": self.interval,
            "size": None if self.size is None else format(self.size, "f"),
            "spread": format(self.spread, "f"),
            "market": self.market,
            "pending": self.pending,
            "delay": self.delay,
            "hold": self.hold,
            "one_request": self.one_request,
        }


PARTIAL: Final = Behaviour(Mode.PARTIAL, steps=3, interval=0.5)
DEFAULT: Final = Behaviour(Mode.MATCH, steps=3, interval=0.4)
"""A newcomer's first order fills in three parts within about a second."""


class BadBehaviour(ValueError):
    """`problems` are (field, message)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in problems))
        self.problems = problems


@dataclass(slots=True)
class Behaviours:
    """The rule for an order: its client's, else its symbol's, else the default."""

    default: Behaviour = DEFAULT
    clients: dict[str, Behaviour] = field(default_factory=dict)
    symbols: dict[str, Behaviour] = field(default_factory=dict)

    @classmethod
    def at_start(cls, settings: Settings) -> Behaviours:
        """Those of the settings, a client's own too. Raises BadBehaviour."""
        found = cls().changed(settings.behaviours)
        own = {name: one.behaviour for name, one in settings.clients.items() if one.behaviour is not None}
        twice = [
            (f"clients.{name}", "is among behaviours.clients, too; keep one of them")
            for name in own
            if name in found.clients
        ]
        if twice:
            raise BadBehaviour(twice)
        found.clients = {**found.clients, **cls().changed({"clients": own}).clients}
        return found

    def of(self, client: str, symbol: str) -> Behaviour:
        return self.clients.get(client) or self.symbols.get(symbol) or self.default

    def to_json(self) -> dict[str, Any]:
        return {
            "default": self.default.to_json(),
            "clients": {name: behaviour.to_json() for name, behaviour in self.clients.items()},
            "symbols": {name: behaviour.to_json() for name, behaviour in self.symbols.items()},
        }

    def changed(self, body: object) -> Behaviours:
        """With the parts that `body` gives. Raises BadBehaviour."""
        if not isinstance(body, Mapping):
            raise BadBehaviour([("", "must be a JSON object with default, clients, symbols")])
        problems = [
            (str(key), "is unknown; known are default, clients, symbols")
            for key in body
            if key not in ("default", "clients", "symbols")
        ]
        found = Behaviours(self.default, self.clients, self.symbols)
        if "default" in body:
            found.default = _parse("default", body["default"], problems)
        if "clients" in body:
            found.clients = _parse_all("clients", body["clients"], problems)
        if "symbols" in body:
            found.symbols = _parse_all("symbols", body["symbols"], problems)
        if problems:
            raise BadBehaviour(problems)
        return found


def _parse_all(name: str, value: object, problems: list[tuple[str, str]]) -> dict[str, Behaviour]:
    if not isinstance(value, Mapping):
        problems.append((name, "must be an object of behaviours by name"))
        return {}
    return {str(key): _parse(f"{name}.{key}", one, problems) for key, one in value.items() if one is not None}


def _parse(name: str, value: object, problems: list[tuple[str, str]]) -> Behaviour:
    """A mode's name, or an object with `mode` and any of the other fields."""
    fields = {"mode": value} if isinstance(value, str) else value
    if not isinstance(fields, Mapping):
        problems.append((name, f"must be a mode ({_MODES}) or an object with a mode"))
        return DEFAULT
    mode_text = fields.get("mode")
    if not isinstance(mode_text, str) or mode_text not in list(Mode):
        problems.append((name if isinstance(value, str) else f"{name}.mode", f"must be one of {_MODES}"))
        return DEFAULT
    base = PARTIAL if mode_text == Mode.PARTIAL else Behaviour(Mode(mode_text))
    found: dict[str, Any] = {"steps": base.steps, "interval": base.interval}
    for key, given in fields.items():
        if key == "mode":
            continue
        parser = _FIELDS.get(key)
        if parser is None:
            problems.append((f"{name}.{key}", f"is unknown; known are mode, {', '.join(_FIELDS)}"))
            continue
        try:
            found[key] = parser(given)
        except ValueError as error:
            problems.append((f"{name}.{key}", str(error)))
    return Behaviour(base.mode, **found)


def _steps(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1000:
        raise ValueError("must be a whole number from 1 to 1000")
    return value


def _interval(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise ValueError("must be seconds, from 0 to 3600")
    return float(value)


def _decimal(value: object) -> Decimal:
    try:
        parsed = Decimal("NaN" if isinstance(value, bool) else str(value))
    except InvalidOperation:
        parsed = Decimal("NaN")
    if not parsed.is_finite() or not 0 <= parsed <= 10**12:
        raise ValueError("must be a number, not negative")
    return parsed


def _size(value: object) -> Decimal | None:
    if value is None:
        return None
    parsed = _decimal(value)
    if parsed == 0:
        raise ValueError("must be above 0")
    return parsed


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


_FIELDS: Final = {
    "steps": _steps,
    "interval": _interval,
    "size": _size,
    "spread": _decimal,
    "market": _flag,
    "pending": _flag,
    "delay": _interval,
    "hold": _flag,
    "one_request": _flag,
}
_MODES: Final = ", ".join(Mode)
