"""What the routes work with: the parts of the desk, put together by `sendfix_web_multi.create_app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app

from sendfix.fix.dictionary import Dictionary
from sendfix.services.alarms import AlarmDesk
from sendfix.services.blotter import Blotter
from sendfix.services.composer import Composer
from sendfix.services.desk import Desk
from sendfix.services.health import HealthCheck
from sendfix.services.market import Market
from sendfix.services.mass import MassDesk
from sendfix.services.order_search import OrderSearch
from sendfix.services.ports import Archive, Engine
from sendfix.services.positions import Positions
from sendfix.services.prices import Prices
from sendfix.services.quotes import Quotes
from sendfix.services.risk import Risk
from sendfix.services.search import SearchArchive
from sendfix.services.sequence import SequenceDesk
from sendfix.services.sessions import Session, Sessions
from sendfix.services.statistics import StatisticsArchive
from sendfix.web.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Context:
    """`settle` waits until all that was folded can be read from the archive; it raises `StorageUnavailable`. `mask`
    hides in a message what is not to be shown. `any_dictionary` is that of a session by name, which may not be
    configured any more: for the names of common fields. `hidden_tags` are those that `mask` hides."""

    desk: Desk
    composer: Composer
    mass: MassDesk
    sessions: Sessions
    blotter: Blotter
    engine: Engine
    archive: Archive
    health: HealthCheck
    sequence: SequenceDesk
    alarms: AlarmDesk
    positions: Positions
    prices: Prices
    risk: Risk
    market: Market
    quotes: Quotes
    metrics: Metrics
    mask: Callable[[str], str]
    settle: Callable[[], None]
    dictionary_of: Callable[[Session], Dictionary]
    any_dictionary: Callable[[str], Dictionary]
    search: SearchArchive
    order_search: OrderSearch
    hidden_tags: frozenset[int]
    statistics: StatisticsArchive

    def dictionary(self, session_name: str) -> Dictionary:
        """Raises `UnknownSession`."""
        return self.dictionary_of(self.sessions.get(session_name))


def context() -> Context:
    return cast(Context, current_app.extensions["sendfix"])
