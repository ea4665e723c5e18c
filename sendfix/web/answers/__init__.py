"""What goes out over REST, as pydantic models: they describe it in OpenAPI, and tests hold real answers against them.

The answers themselves are made by `to_json`, which is faster.
"""

from sendfix.web.answers import (
    alarms,
    base,
    composer,
    health,
    ladder,
    market,
    messages,
    orders,
    positions,
    prices,
    risk,
    sessions,
    statistics,
)

__all__ = [
    "alarms",
    "base",
    "composer",
    "health",
    "ladder",
    "market",
    "messages",
    "orders",
    "positions",
    "prices",
    "risk",
    "sessions",
    "statistics",
]
