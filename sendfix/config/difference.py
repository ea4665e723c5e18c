"""What of a session's configuration has changed, and what of that takes effect only with the next connection."""

from __future__ import annotations

from dataclasses import fields

from sendfix.config.types import SessionConfig

AT_ONCE = frozenset(
    {
        "enabled",
        "auto_connect",
        "account",
        "reconnection",
        "schedule",
        "limits",
        "circuit_breaker",
        "mass_cancel",
        "market_data",
        "market_data_log",
    }
)
"""The keys that an open connection goes on with."""


def changed_keys(old: SessionConfig, new: SessionConfig) -> list[str]:
    """In the order of the configuration's documentation."""
    return [
        field.name for field in fields(SessionConfig) if getattr(old, field.name) != getattr(new, field.name)
    ]


def needing_reconnect(old: SessionConfig, new: SessionConfig) -> list[str]:
    return [key for key in changed_keys(old, new) if key not in AT_ONCE]
