"""What comes in over REST, as pydantic models: they parse it, and describe it in OpenAPI."""

from sendfix.web.schemas import (
    alarms,
    base,
    composer,
    market,
    messages,
    orders,
    prices,
    risk,
    search,
    sessions,
    statistics,
)

__all__ = [
    "alarms",
    "base",
    "composer",
    "market",
    "messages",
    "orders",
    "prices",
    "risk",
    "search",
    "sessions",
    "statistics",
]
