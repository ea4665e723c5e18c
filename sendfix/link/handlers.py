"""Whom the desk's end of the link tells what it hears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Handler(Protocol):
    """What the link tells what it hears to; `services.intake.Intake` is one."""

    def entry(
        self, session_name: str, journal_id: str, index: int, at_ns: int, direction: int, raw: bytes
    ) -> None: ...

    def status(self, session_name: str, status: Mapping[str, Any]) -> bool: ...

    def caught_up(self, session_name: str) -> None: ...

    def fell_behind(self, session_name: str, why: str) -> None: ...

    def engine_lost(self, reason: str) -> None: ...


class MarketHandler(Protocol):
    """What the link tells of the market; `services.market_feed.MarketFeed` is one."""

    def message(self, session_name: str, at_ns: int, raw: bytes) -> None: ...

    def lost(self, session_name: str) -> None: ...
