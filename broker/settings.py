"""What can be set of the broker: plain values with their defaults. A YAML file (`config`) fills them in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

_CLOSED: Final[dict[str, str]] = {"extra": "forbid"}
"""Of `config`, which checks a file by these classes: a key that is not here is an error."""


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError("must be a time zone's name, as Europe/Zurich or UTC") from error
    return name


def _time(text: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise ValueError("must be a time as 09:30")
    return text


def _date(text: str) -> str:
    try:
        right = date.fromisoformat(text).isoformat() == text
    except ValueError:
        right = False
    if not right:
        raise ValueError("must be a date as 2027-12-25")
    return text


def _ascii(text: str) -> str:
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError("must be one or more printable ASCII characters")
    return text


def _some(days: tuple[int, ...]) -> tuple[int, ...]:
    if not days:
        raise ValueError("must not be empty")
    return days


Whole = Annotated[int, BeforeValidator(_no_flag)]
Exact = Annotated[Decimal, BeforeValidator(_no_flag), Field(allow_inf_nan=False, le=10**12)]
Seconds = Annotated[float, BeforeValidator(_no_flag), Field(ge=0.01, le=86400, allow_inf_nan=False)]
Positive = Annotated[Exact, Field(gt=0)]
Weekdays = Annotated[tuple[Annotated[Whole, Field(ge=1, le=7)], ...], AfterValidator(_some)]
Text = Annotated[str, AfterValidator(_ascii)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The simulated market: a seeded random walk of each symbol's price, and what is offered around it."""

    __pydantic_config__: ClassVar = _CLOSED

    enabled: bool = False
    seed: Whole = 1
    interval: Seconds = 1.0
    """Seconds between two steps."""
    volatility: Annotated[Exact, Field(ge=0, le=1)] = Decimal("0.0003")
    """Typical size of a step, as a part of the price."""
    spread: Annotated[Exact, Field(ge=0)] = Decimal("0.02")
    """Between what is wanted and what is offered."""
    levels: Annotated[Whole, Field(ge=1, le=1000)] = 10
    quantity: Annotated[Exact, Field(ge=1, le=10**9)] = Decimal(2000)
    """At each price, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an order must keep to."""

    __pydantic_config__: ClassVar = _CLOSED

    tick: Positive = Decimal("0.01")
    max_quantity: Positive = Decimal(10**9)
    max_price: Positive = Decimal(10**9)
    collar_percent: Positive | None = None
    """A limit or stop price further than this from the last price is rejected; None: any price is taken."""
    gtc_days: Annotated[Whole, Field(ge=1, le=36500)] = 90
    """Calendar days after which a GTC order expires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The trading day. Times are local to `timezone`, `HH:MM`; a close that is not later than the open is on the next
    day. Weekdays are 1 (Monday) to 7, holidays `YYYY-MM-DD`."""

    __pydantic_config__: ClassVar = _CLOSED

    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    open_time: Annotated[str, AfterValidator(_time)] = "00:00"
    close_time: Annotated[str, AfterValidator(_time)] = "00:00"
    days_of_week: Weekdays = (1, 2, 3, 4, 5, 6, 7)
    holidays: tuple[Annotated[str, AfterValidator(_date)], ...] = ()
    enforced: bool = False
    """False: the market trades around the clock, and a day merely ends at `close_time`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One SenderCompID(49). Its Logon(A) must have this Username(553) and Password(554); None: any will do."""

    __pydantic_config__: ClassVar = _CLOSED

    username: Text | None = None
    password: Text | None = field(default=None, repr=False)
    behaviour: Any = None
    """As one of `clients` in the body of `PUT /api/behaviours`."""
    faults: Any = None
    """As the body of `PUT /api/faults/<sender_comp_id>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    __pydantic_config__: ClassVar = _CLOSED

    walk: Walk = Walk()
    rules: Rules = Rules()
    hours: Hours = Hours()
    clients: dict[Text, Client] = field(default_factory=dict)
    any_client: bool = True
    """Whether a SenderCompID(49) that is not among `clients` may log on."""
    behaviours: dict[str, Any] = field(default_factory=dict)
    """As the body of `PUT /api/behaviours`."""
