"""The script as a process, against a stand-in of the provider that speaks HTTP and misbehaves on demand."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from scripts.update_stock_prices import BACKUPS, UNIVERSE
from tests.integration.broker.conftest import Broker
from tests.support.process import ROOT

SMALL = "symbol,name,last_price\nAAPL,Apple,230.10\nMSFT,Microsoft,416.50\nINTC,Intel,23.15\n"
CHART = "/v8/finance/chart/"


def chart(symbol: str, price: str) -> bytes:
    """What the provider says of a symbol, as far as it matters; `price` as it stands in the JSON."""
    now = int(time.time())
    meta = {
        "currency": "USD",
        "symbol": symbol,
        "instrumentType": "EQUITY",
        "regularMarketTime": now,
        "gmtoffset": -18000,
        "timezone": "EST",
        "exchangeTimezoneName": "America/New_York",
        "regularMarketPrice": "PRICE",
        "priceHint": 2,
        "dataGranularity": "1d",
        "range": "5d",
        "validRanges": ["1d", "5d"],
    }
    bars = {name: [1.0, 2.0] for name in ("open", "high", "low", "close")}
    indicators = {"quote": [{**bars, "volume": [1, 2]}], "adjclose": [{"adjclose": [1.0, 2.0]}]}
    result = {"meta": meta, "timestamp": [now - 86400, now], "indicators": indicators}
    text = json.dumps({"chart": {"result": [result], "error": None}})
    return text.replace('"PRICE"', price).encode()


class Provider:
    """`prices` are what it knows; `status`, `body` and `hangs` are how it refuses."""

    def __init__(self) -> None:
        self.prices = {"AAPL": "231.504", "MSFT": "420", "INTC": "22.5"}
        self.status = 200
        self.body: tuple[str, bytes] | None = None
        self.asked: list[str] = []
        self.hangs = False
        self.ended = threading.Event()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self)

            def log_message(self, *_: Any) -> None:
                """pytest's output is no place for it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = urlsplit(request.path).path
        if not path.startswith(CHART):
            self.reply(request, 200, "text/plain", b"crumb")
            return
        symbol = path.removeprefix(CHART)
        self.asked.append(symbol)
        if self.hangs:
            self.ended.wait(60)
        elif self.body is not None:
            self.reply(request, self.status, *self.body)
        elif self.status != 200:
            self.reply(request, self.status, "text/plain", b"no")
        elif symbol in self.prices:
            self.reply(request, 200, "application/json", chart(symbol, self.prices[symbol]))
        else:
            error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
            body = json.dumps({"chart": {"result": None, "error": error}}).encode()
            self.reply(request, 404, "application/json", body)

    def reply(self, request: BaseHTTPRequestHandler, status: int, kind: str, body: bytes) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def stop(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.stop()


@pytest.fixture
def universe(tmp_path: Path) -> Path:
    path = tmp_path / "universe.csv"
    path.write_text(SMALL)
    return path


def run(universe: Path, *options: str) -> tuple[int, str]:
    """Exit code and output."""
    command = [sys.executable, "-m", "scripts.update_stock_prices", "--universe", str(universe), *options]
    environ = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def prices(universe: Path) -> list[str]:
    return [line.rsplit(",", 1)[1] for line in universe.read_text().splitlines()[1:]]


def line_of(output: str, symbol: str) -> str:
    return next(line for line in output.splitlines() if line.startswith(symbol))


def backups(universe: Path) -> list[Path]:
    return sorted(universe.parent.glob("universe.csv.*"))


def test_new_prices_are_written_and_the_old_file_kept(universe: Path, provider: Provider) -> None:
    code, output = run(universe, "--provider-url", provider.url)
    assert code == 0, output
    assert universe.read_text() == (
        "symbol,name,last_price\nAAPL,Apple,231.50\nMSFT,Microsoft,420.00\nINTC,Intel,22.50\n"
    )
    assert line_of(output, "AAPL").split() == ["AAPL", "230.10", "231.50", "+0.61%"]
    (backup,) = backups(universe)
    assert backup.read_text() == SMALL


def test_a_dry_run_changes_nothing(universe: Path, provider: Provider) -> None:
    code, output = run(universe, "--provider-url", provider.url, "--dry-run")
    assert code == 0, output
    assert "231.50" in output
    assert universe.read_text() == SMALL
    assert backups(universe) == []


def test_only_the_symbols_that_are_named_are_asked_for(universe: Path, provider: Provider) -> None:
    code, output = run(universe, "--provider-url", provider.url, "--symbols", "intc")
    assert code == 0, output
    assert prices(universe) == ["230.10", "416.50", "22.50"]
    assert set(provider.asked) == {"INTC"}


def test_a_symbol_that_the_provider_does_not_know_keeps_its_price(universe: Path, provider: Provider) -> None:
    del provider.prices["MSFT"]
    code, output = run(universe, "--provider-url", provider.url)
    assert code == 1
    assert prices(universe) == ["231.50", "416.50", "22.50"]
    assert "keeps the old price: the provider says: No data found" in line_of(output, "MSFT")


def test_what_can_be_no_price_is_refused(universe: Path, provider: Provider) -> None:
    garbage = ['"abc"', "null", "NaN", "-3", "0", "1e400", "true", "[]", "99999", "0.001", '"١٢"', '"1_0"']
    symbols = [f"S{number}" for number in range(len(garbage))]
    provider.prices |= dict(zip(symbols, garbage, strict=True))
    universe.write_text("symbol,last_price\n" + "".join(f"{symbol},10.00\n" for symbol in [*symbols, "INTC"]))
    code, output = run(universe, "--provider-url", provider.url)
    assert code == 1
    assert prices(universe) == [*["10.00"] * len(garbage), "22.50"]
    for symbol, value in zip(symbols, garbage, strict=True):
        assert "keeps the old price" in line_of(output, f"{symbol} "), value


@pytest.mark.parametrize(
    ("status", "body", "why", "asks_on"),
    [
        (429, None, "the provider refuses: HTTP 429", False),
        (403, None, "the provider refuses: HTTP 403", False),
        (500, None, "the provider failed: HTTP 500", True),
        (200, ("text/html", b"<html>consent</html>"), "answered with text/html instead of JSON", True),
        (200, ("application/json", b"{}"), "makes no sense", True),
        (200, ("application/json", b'{"chart": 7}'), "makes no sense", True),
    ],
)
def test_a_provider_that_refuses_changes_nothing(
    universe: Path,
    provider: Provider,
    status: int,
    body: tuple[str, bytes] | None,
    why: str,
    asks_on: bool,
) -> None:
    provider.status, provider.body = status, body
    code, output = run(universe, "--provider-url", provider.url)
    assert code == 1
    assert all(why in line_of(output, symbol) for symbol in ("AAPL", "MSFT", "INTC")), output
    assert universe.read_text() == SMALL
    assert backups(universe) == []
    assert ("INTC" in provider.asked) is asks_on


def test_a_provider_that_hangs_is_given_up(universe: Path, provider: Provider) -> None:
    provider.hangs = True
    code, output = run(universe, "--provider-url", provider.url, "--timeout", "0.5")
    assert code == 1
    assert "did not answer within 0.5 s" in line_of(output, "AAPL"), output
    assert set(provider.asked) == {"AAPL"}
    assert universe.read_text() == SMALL


def test_a_provider_that_is_not_there_is_named(universe: Path) -> None:
    with socket.socket() as held:  # bound, but it does not listen
        held.bind(("127.0.0.1", 0))
        code, output = run(universe, "--provider-url", f"http://127.0.0.1:{held.getsockname()[1]}")
    assert code == 1
    assert "the provider can't be reached" in line_of(output, "AAPL"), output
    assert universe.read_text() == SMALL


def test_prices_come_from_a_file(universe: Path, tmp_path: Path) -> None:
    quotes = tmp_path / "quotes.csv"
    quotes.write_text("\ufeffsymbol,last_price\r\naapl, 232.005\r\nMSFT,9000\r\nXYZ,1\r\n", encoding="utf-8")
    code, output = run(universe, "--from-csv", str(quotes))
    assert code == 1
    assert prices(universe) == ["232.00", "416.50", "23.15"]
    assert "more than a factor of 10 away" in line_of(output, "MSFT")
    assert "is not in the file" in line_of(output, "INTC")
    assert "XYZ" in output

    quotes.write_text("symbol,last_price\nMSFT,9000\n")
    code, output = run(universe, "--from-csv", str(quotes), "--symbols", "MSFT", "--force")
    assert code == 0, output
    assert prices(universe)[1] == "9000.00"


def test_backups_do_not_pile_up(universe: Path, tmp_path: Path) -> None:
    quotes = tmp_path / "quotes.csv"
    for cents in range(BACKUPS + 2):
        quotes.write_text(f"symbol,last_price\nAAPL,230.{cents:02}\n")
        run(universe, "--from-csv", str(quotes), "--symbols", "AAPL")
    kept = [prices(backup)[0] for backup in backups(universe)]
    assert kept == [f"230.{cents:02}" for cents in range(1, BACKUPS + 1)]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--symbols", "XYZ"], "XYZ is not in"),
        (["--symbols", ","], "nothing is not in"),
        (["--timeout", "0"], "is not above 0"),
        (["--timeout", "nan"], "is not above 0"),
        (["--provider-url", "ftp://x"], "is not a URL"),
        (["--broker-url", "http://127.0.0.1:99999"], "is not a URL"),
        (["--from-csv", "/nowhere/x.csv"], "can't be read"),
        (["--from-csv", str(ROOT / "README.md")], "has no column"),
        (["--universe", "/nowhere/x.csv"], "can't be read"),
        (["--universe", str(ROOT / "README.md")], "is not a list of symbol,last_price"),
        (["--what"], "unrecognized arguments"),
    ],
)
def test_wrong_usage_ends_with_2(universe: Path, options: list[str], why: str) -> None:
    code, output = run(universe, *options)
    assert code == 2
    assert why in output
    assert universe.read_text() == SMALL


def test_a_running_broker_takes_the_prices(universe: Path, tmp_path: Path, provider: Provider) -> None:
    running = Broker(tmp_path)
    try:
        universe.write_text(f"{SMALL}XYZ,Nobody,5.00\n")
        provider.prices["XYZ"] = "6"
        code, output = run(universe, "--provider-url", provider.url, "--broker-url", running.url)
        assert code == 1
        assert "XYZ: the broker does not take 6.00" in output
        assert "3 of 4 prices put into the broker" in output
        stocks = running.rest("GET", "/api/stocks")["stocks"]
        known = {stock["symbol"]: Decimal(stock["last_price"]) for stock in stocks}
        assert (known["AAPL"], known["INTC"]) == (Decimal("231.5"), Decimal("22.5"))
    finally:
        running.process.stop()
    code, output = run(universe, "--provider-url", provider.url, "--broker-url", running.url)
    assert code == 1
    assert f"there is no broker at {running.url}" in output


def test_the_universe_that_comes_with_the_broker_can_be_updated(tmp_path: Path) -> None:
    copy = tmp_path / "universe.csv"
    copy.write_bytes(UNIVERSE.read_bytes())
    code, output = run(copy, "--from-csv", str(UNIVERSE))
    assert code == 0, output
    assert "20 of 20 prices written" in output
    assert copy.read_bytes() == UNIVERSE.read_bytes()
