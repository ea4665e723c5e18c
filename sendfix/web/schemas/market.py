"""Market data and quotes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from sendfix.domain.enums import Side
from sendfix.web.schemas.base import Input, Name, enum_name

MOST_AT_ONCE = 500

Depth = Annotated[int, Field(ge=0, le=10_000)]
Symbols = Annotated[list[Name], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Unsubscribe(Input):
    session_name: Name
    symbols: Symbols


class Subscribe(Unsubscribe):
    """`depth` is the number of prices of each side; 0 is the whole book."""

    depth: Depth = 10


class MarketQuery(Input):
    session_name: Name | None = None


class QuoteRequest(Input):
    """One symbol; `side` and `order_qty` where the counterparty wants to know them."""

    session_name: Name
    symbol: Name
    side: Annotated[str | None, enum_name(Side)] = None
    order_qty: Annotated[Any, Field(json_schema_extra={"type": ["string", "number"]})] = None


class WatchedBook(Input):
    session_name: Name
    symbol: Name


class Watch(Input):
    """What a client of Socket.IO wants to see from now on."""

    books: Annotated[list[WatchedBook], Field(max_length=MOST_AT_ONCE)]
    depth: Depth = 10
