"""Prices that somebody gives."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from sendfix.domain.values import parse_decimal
from sendfix.web.schemas.base import Input, Name


def _above_zero(value: object) -> Decimal:
    px = parse_decimal(value)
    if px <= 0:
        raise ValueError("must be above 0")
    return px


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("is no time that can be used") from None


class GivenPrice(Input):
    """Without a `session_name` it is for every session, without `at` it is of now."""

    symbol: Name
    price: Annotated[Decimal, BeforeValidator(_above_zero)]
    session_name: Name | None = None
    at: Annotated[AwareDatetime, AfterValidator(_utc)] | None = None


class GivenPrices(Input):
    """All of them are taken, or none."""

    prices: Annotated[list[GivenPrice], Field(min_length=1, max_length=10_000)]


class PricesQuery(Input):
    session_name: Name | None = None
    symbol: Name | None = None
