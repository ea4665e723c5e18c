"""What can be set of the broker: plain values with their defaults. A YAML file (`config`) fills them in."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The simulated market: a seeded random walk of each symbol's price, and what is offered around it."""

    enabled: bool = False
    seed: int = 1
    interval: float = 1.0
    """Seconds between two steps."""
    volatility: Decimal = Decimal("0.0003")
    """Typical size of a step, as a part of the price."""
    spread: Decimal = Decimal("0.02")
    """Between what is wanted and what is offered."""
    levels: int = 10
    quantity: Decimal = Decimal(2000)
    """At each price, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an order must keep to."""

    tick: Decimal = Decimal("0.01")
    max_quantity: Decimal = Decimal(10**9)
    max_price: Decimal = Decimal(10**9)
    collar_percent: Decimal | None = None
    """A limit or stop price further than this from the last price is rejected; None: any price is taken."""
    gtc_days: int = 90
    """Calendar days after which a GTC order expires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The trading day. Times are local to `timezone`, `HH:MM`; a close that is not later than the open is on the next
    day. Weekdays are 1 (Monday) to 7, holidays `YYYY-MM-DD`."""

    timezone: str = "UTC"
    open_time: str = "00:00"
    close_time: str = "00:00"
    days_of_week: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    holidays: tuple[str, ...] = ()
    enforced: bool = False
    """False: the market trades around the clock, and a day merely ends at `close_time`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One SenderCompID(49). None leaves open what it may be."""

    password: str | None = None
    username: str | None = None
    behaviour: Any = None
    faults: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    walk: Walk = Walk()
    rules: Rules = Rules()
    hours: Hours = Hours()
    clients: dict[str, Client] = field(default_factory=dict)
    any_client: bool = True
    """Whether a SenderCompID(49) that is not among `clients` may log on."""
    behaviours: dict[str, Any] = field(default_factory=dict)
    """As the body of `PUT /api/behaviours`."""
