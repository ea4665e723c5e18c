"""Where `update_stock_prices` gets its prices from: the port, Yahoo Finance through yfinance, and a CSV file."""

from __future__ import annotations

import contextlib
import csv
import importlib
import logging
import tempfile
import time
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit, urlunsplit

CHART: Final = "/v8/finance/chart/"
HOW_TO_INSTALL: Final = (
    "yfinance is not installed; .venv/bin/python -m pip install -r requirements-prices.txt, or use --from-csv"
)


class NoQuote(Exception):
    """There is no price for this symbol; the text says why."""


class ProviderDown(Exception):
    """The provider answers nobody now, so that there is no use in asking for the next symbol; the text says why."""


class Unusable(Exception):
    """The script was asked for something that can't be done; the text says why and what to do, in one line."""


class QuoteProvider(Protocol):
    def last_price(self, symbol: str) -> str:
        """The price as the provider wrote it, unchecked. Raises NoQuote, ProviderDown."""


class FileQuotes:
    """A CSV file with the columns `symbol` and `last_price`."""

    def __init__(self, path: Path) -> None:
        """Raises Unusable when it can't be read."""
        try:
            with path.open(newline="", encoding="utf-8-sig") as file:
                reader = csv.DictReader(file)
                missing = {"symbol", "last_price"} - set(reader.fieldnames or ())
                if missing:
                    raise Unusable(
                        f"{path} has no column {' and no column '.join(sorted(missing))}; it needs symbol,last_price"
                    )
                self.prices = dict(_prices(path, reader))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise Unusable(f"{path} can't be read: {error}") from error

    def last_price(self, symbol: str) -> str:
        price = self.prices.get(symbol)
        if not price:
            raise NoQuote("is not in the file" if price is None else "has no price in the file")
        return price


def _prices(path: Path, reader: csv.DictReader[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for row in reader:
        symbol = (row["symbol"] or "").strip().upper()
        if not symbol:
            raise Unusable(f"{path}, line {reader.line_num}: there is no symbol")
        if symbol in seen:
            raise Unusable(f"{path}, line {reader.line_num}: {symbol} is there a second time")
        seen.add(symbol)
        yield symbol, (row["last_price"] or "").strip()


class YahooQuotes:
    """Yahoo Finance by yfinance, which brings the cookies and the browser's look that Yahoo wants to see.

    All its requests go through a session of ours: it keeps to `timeout` seconds for each symbol, whatever yfinance
    asks for on the way; it sends them to `url` (scheme and host, such as `http://127.0.0.1:8000`) in place of Yahoo's
    hosts when that is given; and it remembers what came back, for yfinance's own errors name the wrong cause as often
    as the right one.

    A context manager: yfinance's caches are in a folder that is gone afterwards. Raises Unusable without yfinance.
    """

    def __init__(self, timeout: float, url: str | None = None) -> None:
        self._yfinance = _import_yfinance()
        self._session = _session(timeout, url)
        self._resources = contextlib.ExitStack()

    def __enter__(self) -> YahooQuotes:
        folder = self._resources.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        self._yfinance.set_tz_cache_location(folder)
        self._yfinance.config.debug.hide_exceptions = False
        logging.getLogger("yfinance").setLevel(logging.CRITICAL + 1)
        self._resources.callback(self._session.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def last_price(self, symbol: str) -> str:
        self._session.begin()
        try:
            ticker = self._yfinance.Ticker(symbol, session=self._session)
            ticker.history(period="5d")
            price = ticker.history_metadata.get("regularMarketPrice")
        except Exception as error:
            # Whatever yfinance makes of an answer that it did not expect.
            self._session.explain()
            raise NoQuote(f"the provider's answer makes no sense to yfinance: {error!r:.120}") from error
        if price is None:
            self._session.explain()
            raise NoQuote("the provider has no price for it")
        return str(price)


def _import_yfinance() -> types.ModuleType:
    try:
        return importlib.import_module("yfinance")
    except ImportError as error:
        raise Unusable(HOW_TO_INSTALL) from error


def _session(timeout: float, base: str | None) -> Any:
    """A session of yfinance's HTTP library (curl_cffi), which is there only where yfinance is."""
    from curl_cffi import requests

    class Session(requests.Session[Any]):
        def begin(self) -> None:
            self._end = time.monotonic() + timeout
            self._lost: Exception | None = None
            self._chart: Any = None

        def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:
            left = self._end - time.monotonic()
            if left <= 0:
                raise self._lose(requests.exceptions.Timeout("the time is up"))
            kwargs["timeout"] = min(left, kwargs.get("timeout") or left)
            try:
                answer = super().request(method, _at(url, base), *args, **kwargs)
            except requests.exceptions.RequestException as error:
                raise self._lose(error) from None
            if CHART in url:
                self._chart = answer
                self._lost = None
            return answer

        def _lose(self, error: Exception) -> Exception:
            self._lost = error
            return error

        def explain(self) -> None:
            """Raise what explains that there is no price, if it is known."""
            if isinstance(self._lost, requests.exceptions.Timeout):
                raise ProviderDown(f"the provider did not answer within {timeout:g} s")
            if self._lost is not None:
                raise ProviderDown(f"the provider can't be reached: {self._lost}")
            _explain(self._chart)

    session = Session(impersonate="chrome")
    session.begin()
    return session


def _at(url: str, base: str | None) -> str:
    if base is None:
        return url
    ours = urlsplit(base)
    return urlunsplit(urlsplit(url)._replace(scheme=ours.scheme, netloc=ours.netloc))


def _explain(answer: Any) -> None:
    if answer is None:
        return
    status = answer.status_code
    if status in (401, 403, 429):
        raise ProviderDown(f"the provider refuses: HTTP {status}; try again later, or use --from-csv")
    if status >= 500:
        raise NoQuote(f"the provider failed: HTTP {status}")
    try:
        document = answer.json()
    except ValueError:
        kind = answer.headers.get("Content-Type", "nothing that says what it is")
        raise NoQuote(f"the provider answered with {kind} instead of JSON") from None
    error = _description(document)
    if status == 404 or error:
        raise NoQuote(error or "the provider does not know it")


def _description(document: Any) -> str | None:
    """What the provider itself says is wrong."""
    chart = document.get("chart") if isinstance(document, Mapping) else None
    error = chart.get("error") if isinstance(chart, Mapping) else None
    return f"the provider says: {error.get('description')!s:.120}" if isinstance(error, Mapping) else None
