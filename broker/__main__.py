"""`python -m broker`: the FIX acceptor and the HTTP side in one process."""

from __future__ import annotations

import argparse
import csv
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from werkzeug.serving import BaseWSGIServer

from broker.acceptor import Core
from broker.config import BadConfig, load, read
from broker.fix.dictionary import DictionaryError
from broker.fix.plans import plans_of
from broker.fix.validation import VERSIONS
from broker.lock import FileLock, InUse
from broker.models import Database, DatabaseError
from broker.settings import Settings
from broker.trading.behaviours import BadBehaviour
from broker.web.app import create_app
from broker.web.server import make_http_server

ROOT = Path(__file__).resolve().parents[1]
UNIVERSE = Path(__file__).with_name("stock_universe.csv")
ON_OFF = ("on", "off")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Unusable(Exception):
    """The broker can't start; each argument says why and what to do, in one line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Unusable(f"{message}; --help lists the options")


def parse_options(arguments: list[str] | None, environ: Mapping[str, str]) -> argparse.Namespace:
    """Raises Unusable for a bad value; `--help` and unknown options end the process as argparse does."""
    parser = _Parser(
        prog="python -m broker",
        description="A simulated broker: FIX.4.2 and FIX.4.4 acceptor, matching engine, REST and a page.",
        epilog="Port 0 takes any free port. The two lines on stdout say where it listens. docs/broker.md tells more.",
    )
    get = environ.get
    parser.add_argument("--host", default=get("BROKER_HOST", "127.0.0.1"), help="BROKER_HOST (127.0.0.1)")
    parser.add_argument("--fix-port", default=get("BROKER_FIX_PORT", "15001"), help="BROKER_FIX_PORT (15001)")
    parser.add_argument(
        "--http-port", default=get("BROKER_HTTP_PORT", "5002"), help="BROKER_HTTP_PORT (5002)"
    )
    parser.add_argument(
        "--database-url",
        default=get("BROKER_DATABASE_URL", f"sqlite:///{ROOT / 'store' / 'broker.db'}"),
        help="BROKER_DATABASE_URL (an SQLite file, store/broker.db)",
    )
    parser.add_argument(
        "--walk",
        default=get("BROKER_WALK"),
        metavar="{on,off}",
        help="BROKER_WALK (as the file says, else on): whether the simulated market moves by itself",
    )
    parser.add_argument(
        "--config", default=get("BROKER_CONFIG"), help="BROKER_CONFIG (none): a YAML file, see docs/broker.md"
    )
    parser.add_argument(
        "--log-level",
        default=get("BROKER_LOG_LEVEL", "INFO"),
        metavar=f"{{{','.join(LOG_LEVELS)}}}",
        help="BROKER_LOG_LEVEL (INFO)",
    )
    options = parser.parse_args(arguments)
    options.fix_port = _port(options.fix_port, "BROKER_FIX_PORT")
    if options.walk is not None and options.walk not in ON_OFF:
        raise Unusable(f"BROKER_WALK is {options.walk!r}; it must be on or off")
    options.log_level = options.log_level.upper()
    if options.log_level not in LOG_LEVELS:
        raise Unusable(
            f"BROKER_LOG_LEVEL is {options.log_level!r}; it must be one of {', '.join(LOG_LEVELS)}"
        )
    options.http_port = _port(options.http_port, "BROKER_HTTP_PORT")
    return options


def _port(text: str, name: str) -> int:
    if not text.isdecimal() or len(text) > 5 or int(text) > 65535:
        raise Unusable(f"{name} is {text!r}; it must be a port from 0 to 65535")
    return int(text)


def _listen(host: str, port: int, name: str) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, UnicodeError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else "no host is called so"
        raise Unusable(
            f"port {port} on {host} can't be used ({reason}); stop what holds it, or set {name} to another"
        ) from error
    return listener


def _open_database(url: str) -> tuple[Database, FileLock | None]:
    with UNIVERSE.open(newline="") as file:
        universe = [{**row, "updated_at": time.time()} for row in csv.DictReader(file)]
    name = url.split("@")[-1]
    try:
        database = Database(url)
        lock = _lock(database)
        database.create(universe)
    except DatabaseError as error:
        raise Unusable(f"the database {name} can't be used: {error}") from error
    except InUse as error:
        raise Unusable(
            f"the database {name} can't be used: {error}; stop that one, or set BROKER_DATABASE_URL to another"
        ) from error
    except OSError as error:
        raise Unusable(f"the database {name} can't be locked: {error}") from error
    return database, lock


def _lock(database: Database) -> FileLock | None:
    """None for a database that is no file: one in memory, or a server's."""
    file = database.url.database
    if (
        database.url.get_backend_name() != "sqlite"
        or not file
        or file == ":memory:"
        or file.startswith("file:")
    ):
        return None
    return FileLock(Path(file))


def _settings(options: argparse.Namespace, environ: Mapping[str, str]) -> Settings:
    """Options come before the file, the file before the defaults."""
    try:
        settings = load(Path(options.config), environ) if options.config else read("", environ)
    except BadConfig as error:
        raise Unusable(*error.problems) from error
    if options.walk is None:
        return settings
    return replace(settings, walk=replace(settings.walk, enabled=options.walk == "on"))


def serve(options: argparse.Namespace, environ: Mapping[str, str]) -> None:
    """Serve until SIGINT or SIGTERM. The core runs in this thread, HTTP in another."""
    settings = _settings(options, environ)
    logging.basicConfig(
        level=options.log_level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        for version in VERSIONS:
            plans_of(version)
    except DictionaryError as error:
        raise Unusable(str(error)) from error
    fix_listener = _listen(options.host, options.fix_port, "BROKER_FIX_PORT")
    try:
        http_listener = _listen(options.host, options.http_port, "BROKER_HTTP_PORT")
    except Unusable:
        fix_listener.close()
        raise
    database, lock = _open_database(options.database_url)
    try:
        core = Core(database, fix_listener, settings)
    except BadBehaviour as error:
        fix_listener.close()
        http_listener.close()
        database.close()
        problems = [f"{options.config}: behaviours.{name} {what}" for name, what in error.problems]
        raise Unusable(*problems) from error
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: core.stop())
    fix_port = fix_listener.getsockname()[1]
    with http_listener:
        http_port = http_listener.getsockname()[1]
        server = make_http_server(http_listener, create_app(core, database))
        runner = threading.Thread(target=server.serve_forever, name="http", daemon=True)
        runner.start()
        print(f"broker: FIX on {options.host}:{fix_port}", flush=True)
        print(f"broker: HTTP on http://{options.host}:{http_port}", flush=True)
        try:
            core.run()
        finally:
            _end(server, runner, database)
            if lock is not None:
                lock.close()


def _end(server: BaseWSGIServer, runner: threading.Thread, database: Database) -> None:
    server.shutdown()
    runner.join(2)
    server.server_close()
    database.close()


def main(arguments: list[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    try:
        serve(parse_options(arguments, environ), environ)
    except Unusable as error:
        for line in error.args:
            print(f"broker: {line}", file=sys.stderr)
        return 2
    except DatabaseError as error:
        print(f"broker: the database can't be read: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
