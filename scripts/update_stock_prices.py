"""Refresh the prices in `broker/stock_universe.csv` from Yahoo Finance (by yfinance) or from a CSV file:

.venv/bin/python -m scripts.update_stock_prices --dry-run

A symbol without a price that can be right keeps its old one, and the table says why. Exit code: 0 all symbols have
their new price, 1 some or none, 2 it was asked for what can't be done. docs/broker.md tells more.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import quote, urlsplit

from broker.settings import Rules
from scripts.quotes import FileQuotes, NoQuote, ProviderDown, QuoteProvider, Unusable, YahooQuotes

UNIVERSE: Final = Path(__file__).resolve().parent.parent / "broker" / "stock_universe.csv"
FACTOR: Final = 10
"""A price that is more than this many times the old one, or less than that part of it, is taken for a mistake."""
BACKUPS: Final = 5
"""Older ones are deleted."""

_NUMBER: Final = re.compile(r"[0-9]{1,30}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,2})?", re.ASCII)
_TICK: Final = Rules().tick
_MAX_PRICE: Final = Rules().max_price


@dataclass(frozen=True, slots=True)
class Quote:
    """What became of one symbol: a new price, or the reason why it keeps the old one."""

    symbol: str
    old: Decimal
    new: Decimal | None
    why: str = ""


class Universe:
    """The CSV file; columns other than `symbol` and `last_price` stay as they are. Raises Unusable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open(newline="", encoding="utf-8") as file:
                reader = csv.DictReader(file)
                self._columns = list(reader.fieldnames or ())
                self._rows = list(reader)
            self.prices = {row["symbol"]: price_of(row["last_price"]) for row in self._rows}
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise Unusable(f"{path} can't be read: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise Unusable(
                f"{path} is not a list of symbol,last_price with a price in each line: {error}"
            ) from error

    def write(self, prices: dict[str, Decimal]) -> Path:
        """Put the prices in, all or none of them. Returns where the file as it was is kept. Raises OSError."""
        for row in self._rows:
            if row["symbol"] in prices:
                row["last_price"] = str(prices[row["symbol"]])
        seconds, nanoseconds = divmod(time.time_ns(), 10**9)
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(seconds))
        backup = self.path.with_name(f"{self.path.name}.{stamp}-{nanoseconds:09}.bak")
        backup.write_bytes(self.path.read_bytes())
        with ExitStack() as undo:
            number, name = tempfile.mkstemp(prefix=f"{self.path.name}.", suffix=".new", dir=self.path.parent)
            undo.callback(Path(name).unlink, missing_ok=True)
            with open(number, "w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, self._columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(self._rows)
                file.flush()
                os.fsync(number)
            os.chmod(name, self.path.stat().st_mode & 0o777)
            os.replace(name, self.path)
        for old in sorted(self.path.parent.glob(f"{self.path.name}.*.bak"))[:-BACKUPS]:
            old.unlink()
        return backup


def price_of(text: str) -> Decimal:
    """A price rounded to the tick. Raises ValueError with what is wrong with it."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r:.60} is not a price")
    price = Decimal(text)
    if price > _MAX_PRICE:
        raise ValueError(f"{text:.60} is above {_MAX_PRICE}")
    rounded = price.quantize(_TICK, ROUND_HALF_EVEN)
    if rounded <= 0:
        raise ValueError(f"{text:.60} is not above 0")
    return rounded


def ask(provider: QuoteProvider, prices: dict[str, Decimal], force: bool) -> list[Quote]:
    """A quote for each symbol. A provider that is down is not asked again."""
    quotes = []
    down: str | None = None
    for symbol, old in prices.items():
        if down is None:
            try:
                quotes.append(_checked(symbol, old, provider.last_price(symbol), force))
                continue
            except ProviderDown as reason:
                down = str(reason)
            except NoQuote as reason:
                quotes.append(Quote(symbol, old, None, str(reason)))
                continue
        quotes.append(Quote(symbol, old, None, down))
    return quotes


def _checked(symbol: str, old: Decimal, text: str, force: bool) -> Quote:
    try:
        new = price_of(text)
    except ValueError as error:
        return Quote(symbol, old, None, str(error))
    if not force and not old / FACTOR <= new <= old * FACTOR:
        return Quote(symbol, old, None, f"{new} is more than a factor of {FACTOR} away; --force takes it")
    return Quote(symbol, old, new)


def table(quotes: Sequence[Quote]) -> str:
    lines = [f"{'symbol':<8}{'old':>12}{'new':>12}{'change':>10}"]
    for quote_ in quotes:
        line = f"{quote_.symbol:<8}{quote_.old:>12}"
        if quote_.new is None:
            lines.append(f"{line}{'-':>12}{'':>10}  keeps the old price: {quote_.why}")
        else:
            lines.append(f"{line}{quote_.new:>12}{(quote_.new - quote_.old) / quote_.old * 100:>+9.2f}%")
    return "\n".join(lines)


def put(broker_url: str, symbol: str, price: Decimal, timeout: float) -> None:
    """Raises NoQuote when the broker does not take this price, ProviderDown when there is no broker."""
    request = urllib.request.Request(
        f"{broker_url.rstrip('/')}/api/stocks/{quote(symbol, safe='')}",
        json.dumps({"last_price": str(price)}).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout):
            return
    except urllib.error.HTTPError as error:
        with error:
            detail = error.read(2000).decode("utf-8", "replace")
        raise NoQuote(f"HTTP {error.code} {_detail(detail)}") from None
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise ProviderDown(f"there is no broker at {broker_url}: {reason}") from error


def _detail(text: str) -> str:
    try:
        return str(json.loads(text)["detail"])
    except (ValueError, LookupError, TypeError):
        return text[:120]


def tell_broker(broker_url: str, prices: dict[str, Decimal], timeout: float) -> bool:
    """Whether it took them all."""
    taken = 0
    for symbol, price in prices.items():
        try:
            put(broker_url, symbol, price, timeout)
            taken += 1
        except NoQuote as reason:
            _say(f"{symbol}: the broker does not take {price}: {reason}")
        except ProviderDown as reason:
            _say(str(reason))
            break
    print(f"{taken} of {len(prices)} prices put into the broker at {broker_url}")
    return taken == len(prices)


def parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.update_stock_prices",
        description="Refresh the prices of the broker's stock universe from Yahoo Finance or from a CSV file.",
        epilog="Exit code: 0 all symbols have their new price, 1 some or none, 2 wrong usage.",
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change; change nothing")
    parser.add_argument(
        "--from-csv", type=Path, metavar="FILE", help="take prices from FILE (symbol,last_price)"
    )
    parser.add_argument("--symbols", metavar="A,B", help="only these; all of the universe otherwise")
    parser.add_argument("--timeout", type=_seconds, default=10.0, help="seconds for each symbol (10)")
    parser.add_argument(
        "--force", action="store_true", help=f"take changes by more than a factor of {FACTOR}"
    )
    parser.add_argument(
        "--broker-url", type=_url, metavar="URL", help="put them into this running broker, too"
    )
    parser.add_argument("--provider-url", type=_url, metavar="URL", help="ask this host in place of Yahoo's")
    parser.add_argument(
        "--universe", type=Path, default=UNIVERSE, metavar="FILE", help="(broker/stock_universe.csv)"
    )
    options = parser.parse_args(arguments)
    if options.from_csv and options.provider_url:
        parser.error("--from-csv and --provider-url exclude each other")
    return options


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        _bad(f"{text!r} is not a number of seconds")
    if not 0 < seconds <= 600:
        _bad(f"{text} is not above 0 and up to 600 seconds")
    return seconds


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        _bad(f"{text!r} is not a URL such as http://127.0.0.1:5002")
    return text


def _bad(text: str) -> NoReturn:
    raise argparse.ArgumentTypeError(text)


def update(options: argparse.Namespace) -> bool:
    """Whether every symbol has its new price. Raises Unusable."""
    universe = Universe(options.universe)
    wanted = _wanted(options.symbols, universe)
    complete = True
    with ExitStack() as resources:
        provider: QuoteProvider
        if options.from_csv:
            provider = file = FileQuotes(options.from_csv)
            for symbol in file.prices.keys() - universe.prices.keys():
                complete = False
                _say(f"{symbol} of {options.from_csv} is not in the universe; it is left out")
        else:
            provider = resources.enter_context(YahooQuotes(options.timeout, options.provider_url))
        quotes = ask(provider, wanted, options.force)
    print(table(quotes))
    new = {quote_.symbol: quote_.new for quote_ in quotes if quote_.new is not None}
    complete = complete and len(new) == len(quotes)
    if options.dry_run:
        print(f"{len(new)} of {len(quotes)} prices could be updated; nothing was changed")
        return complete
    if not new:
        print("no price was updated")
        return False
    try:
        backup = universe.write(new)
    except OSError as error:
        _say(f"{universe.path} can't be written: {error}; it is as it was")
        return False
    print(f"{len(new)} of {len(quotes)} prices written to {universe.path}; it was kept as {backup.name}")
    if options.broker_url:
        complete = tell_broker(options.broker_url, new, options.timeout) and complete
    return complete


def _wanted(symbols: str | None, universe: Universe) -> dict[str, Decimal]:
    if symbols is None:
        return universe.prices
    wanted = [symbol.strip().upper() for symbol in symbols.split(",") if symbol.strip()]
    unknown = [symbol for symbol in wanted if symbol not in universe.prices]
    if unknown or not wanted:
        raise Unusable(f"--symbols: {', '.join(unknown) or 'nothing'} is not in {universe.path}")
    return {symbol: universe.prices[symbol] for symbol in wanted}


def _say(text: str) -> None:
    print(f"update_stock_prices: {text}", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        return 0 if update(parse_options(arguments)) else 1
    except Unusable as error:
        _say(str(error))
        return 2


if __name__ == "__main__":
    sys.exit(main())
