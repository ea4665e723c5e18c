"""How market data stands, for Prometheus: asked at each reading of `/metrics`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sendfix.services.market import Market
from sendfix.services.market_state import MarketState


class MarketStanding(Collector):
    def __init__(self, market: Market, state: MarketState) -> None:
        self._market = market
        self._state = state

    def collect(self) -> Iterable[Metric]:
        messages = _counter("messages", "Market data messages (W, X) that have come")
        renewals = _counter("renewals", "Books that had to be asked for anew")
        lost = _counter("lost", "Times that the engine left market data out, since the desk did not keep up")
        refusals = _counter("refusals", "Market data requests that the counterparty refused")
        books = GaugeMetricFamily(
            "sendfix_market_data_books",
            "Books that somebody has subscribed to; stale is 1 for those that are not live",
            labels=["session", "stale"],
        )
        for name in list(self._state.lines):
            counts = self._state.counts(name)
            messages.add_metric([name], counts.messages)
            renewals.add_metric([name], counts.renewals)
            lost.add_metric([name], counts.lost)
            refusals.add_metric([name], counts.refusals)
            by_stale = Counter(view.stale_reason is not None for view in self._market.views(name))
            for stale in (False, True):
                books.add_metric([name, str(int(stale))], by_stale[stale])
        yield from (messages, renewals, lost, refusals, books)


def _counter(name: str, text: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"sendfix_market_data_{name}", text, labels=["session"])
