"""Values to and from records: what JSON can hold, without loss. Decimals become their text, times ISO 8601 with
microseconds, enumerations their wire code."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from sendfix.domain.enums import FixEnum

E = TypeVar("E", bound=FixEnum)


def decimal_out(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def decimal_in(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def time_out(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="microseconds")


def time_in(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def code_out(value: FixEnum | str | None) -> str | None:
    return value.value if isinstance(value, FixEnum) else value


def code_in(enum: type[E], code: str | None) -> E | str | None:
    """The member of that wire code, or the code itself where there is none."""
    return None if code is None else enum.of_code(code) or code


def tags_out(tags: dict[int, str]) -> dict[str, str]:
    return {str(tag): value for tag, value in tags.items()}


def tags_in(tags: dict[str, str]) -> dict[int, str]:
    return {int(tag): value for tag, value in tags.items()}
