"""Assembles the desk: its database, its link to the engine, its services and its web side.

`create_app()` gives the Flask application that gunicorn serves (`wsgi.py`); `python sendfix_web_multi.py` serves it for
development. Nothing happens at import.
"""

from __future__ import annotations

if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()

import functools
import gc
import logging
import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gevent
from flask import Flask
from flask_cors import CORS
from flask_socketio import SocketIO

from sendfix import logs
from sendfix.bus import Bus
from sendfix.config import Config, ConfigError, Settings, load_config
from sendfix.config.opening_positions import read_opening_positions
from sendfix.domain.errors import StorageUnavailable
from sendfix.fix.dictionary import Dictionary, load, load_file
from sendfix.fix.redact import mask
from sendfix.link.client import EngineLink
from sendfix.services.alarms import AlarmDesk, Alarms
from sendfix.services.arrival import arrival_price
from sendfix.services.blotter import Blotter
from sendfix.services.composer import Composer
from sendfix.services.configuration import Configuration
from sendfix.services.desk import Desk
from sendfix.services.exposures import Exposures
from sendfix.services.health import HealthCheck
from sendfix.services.ids import ClOrdIdSource
from sendfix.services.intake import Intake
from sendfix.services.limits import RiskLimits
from sendfix.services.mass import MassDesk
from sendfix.services.order_search import OrderSearch
from sendfix.services.positions import Positions
from sendfix.services.prices import Prices
from sendfix.services.risk import Risk
from sendfix.services.sequence import SequenceDesk
from sendfix.services.sessions import Session, Sessions
from sendfix.storage.kill_switches import KillSwitchFile
from sendfix.storage.price_file import PriceFile
from sendfix.storage.records import Records
from sendfix.storage.risk_limits import RiskLimitsFile
from sendfix.web import assets, openapi, page, problems, request_id, user
from sendfix.web.context import Context
from sendfix.web.live import Broadcaster, Json
from sendfix.web.market_side import MarketSide
from sendfix.web.metrics import Metrics
from sendfix.web.once import Once
from sendfix.web.position_events import PositionEvents
from sendfix.web.routes import ALL as APIS
from sendfix.web.standing import Standing

log = logging.getLogger("sendfix.desk")

ROOT = Path(__file__).resolve().parent
# The link stops reading, and the engine's journals keep, what the database can't take.
MOST_UNSTORED_MESSAGES = 200_000
SETTLE_SECONDS = 3.0
SWITCH_SECONDS = 0.0005
LATEST_FIX = "FIX.4.4"

LOG_FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s"

socketio = SocketIO()


class Parts:
    """What has to be closed in order when the desk stops."""

    def __init__(
        self,
        link: EngineLink,
        broadcaster: Broadcaster,
        position_events: PositionEvents,
        price_file: PriceFile | None,
        market: MarketSide,
        records: Records,
    ) -> None:
        self._link = link
        self._broadcaster = broadcaster
        self._position_events = position_events
        self._price_file = price_file
        self._market = market
        self._records = records

    def close(self) -> None:
        """Let the browsers go, stop reading from the engine, store what is left."""
        if self._price_file is not None:
            self._price_file.close()
        self._position_events.close()
        self._market.close()
        self._broadcaster.close()
        self._link.close()
        self._records.close()


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The running desk. Raises `ConfigError` or `StorageUnavailable`, each one line for a person."""
    settings = Settings.from_environ(environ)
    config = load_config(settings.config_path, environ)
    # The loop must not wait 5 ms, Python's default, for a thread that searches or writes.
    sys.setswitchinterval(SWITCH_SECONDS)
    _log_to_stderr(settings)
    _follow_log_level(settings, config)
    app = Flask("sendfix", root_path=str(ROOT), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]
    origins = list(settings.cors_origins)
    socketio.init_app(
        app,
        async_mode="gevent",
        json=Json,
        cors_allowed_origins=origins or None,
        max_http_buffer_size=settings.max_body_bytes,
        ping_interval=10,
        ping_timeout=10,
    )
    files = assets.serve(app, ROOT / "static", page.HEADERS)
    _build(app, settings, config, environ, files)
    request_id.register(app)
    Once(time.monotonic, now).register(app)
    problems.register(app)
    for api in APIS:
        app.register_blueprint(api.blueprint)
    app.register_blueprint(openapi.blueprint(APIS))
    page.register(app, files)
    if origins:
        CORS(app, origins=origins)
    # Python's garbage collector stops everything while it looks through what there is: not also through all of this.
    gc.freeze()
    return app


def shutdown(app: Flask) -> None:
    """Called once, when the server that serves `app` stops."""
    parts: Parts = app.extensions["sendfix.parts"]
    parts.close()


def _build(
    app: Flask, settings: Settings, config: Config, environ: Mapping[str, str], files: assets.Assets
) -> None:
    openings = read_opening_positions(settings.opening_positions)
    bus = Bus()
    records = Records(settings.database_url, settings.search_seconds, lambda _problem: bus.health_changed())
    resume, reader, writer = records.resume, records.reader, records.writer
    log.info("desk: took up %d orders from the database", len(resume.orders))

    sessions = Sessions(config.sessions)
    blotter = Blotter(reader)
    blotter.resume(resume.orders, resume.next_order_no)
    link = EngineLink(
        settings.engine_socket,
        [session.name for session in config.sessions],
        resume.cursors,
        was_sent=lambda cl_ord_id: blotter.in_memory(cl_ord_id) is not None,
        may_read=lambda: writer.backlog < MOST_UNSTORED_MESSAGES,
        stored=lambda: {**resume.cursors, **writer.stored},
        origin=request_id.current,
    )

    def refused(session_name: str, rule: str) -> None:
        metrics.refused_by_risk(session_name, rule)

    positions = Positions(sessions, reader, openings, now)
    prices = Prices(now, positions.last_fill, positions.instruments)
    positions.last_price, prices.on_change = prices.last, positions.price_changed
    price_file = None if settings.price_file is None else PriceFile(settings.price_file, prices.take_file)
    exposures = Exposures(sessions, positions, prices, now)
    positions.load(exposures.hear_stored)
    if price_file is not None:
        price_file.start()
    exposures.load(blotter)
    risk = Risk(
        sessions,
        KillSwitchFile(settings.store_dir / "kill_switches.json"),
        now,
        refused,
        bus.health_changed,
        limits=RiskLimits(
            sessions, RiskLimitsFile(settings.store_dir / "risk_limits.json"), now, bus.health_changed
        ),
        exposures=exposures,
        prices=prices,
        user=user.current,
        is_on_its_way=link.is_on_its_way,
    )
    ids = ClOrdIdSource(int(time.time() * 1000), secrets.randbelow(36**3))
    desk = Desk(sessions, blotter, link, ids, now, dictionary_of, risk)
    composer = Composer(desk, sessions, blotter, reader, ids, now, dictionary_of)
    mass = MassDesk(desk, sessions, blotter, ids, now, dictionary_of, _later, bus)
    bus.subscribe(mass)
    alarms = Alarms(resume.alarms)
    market = MarketSide(sessions, link, dictionary_of, prices, settings.database_url)
    configuration = Configuration(
        sessions,
        config.version,
        lambda: _follow_log_level(settings, load_config(settings.config_path, environ)),
        lambda session: dictionary_of(Session(session)),
        link.configure,
        bus,
    )
    health = HealthCheck(
        sessions,
        link,
        lambda: writer.problem,
        lambda: writer.backlog,
        alarms,
        lambda: configuration.problem,
        risk,
        lambda: risk.limits.document.problem,
    )
    intake = Intake(
        sessions,
        blotter,
        alarms,
        writer,
        bus,
        dictionary_of,
        writer.unstored_order_nos,
        resume.next_message_id,
        arrival_price(prices.last),
        exposures.user_of,
    )

    def dictionary(session_name: str) -> Dictionary:
        """Of a session that is no longer configured, too: the names of common fields."""
        session = sessions.find(session_name)
        return load(LATEST_FIX) if session is None else dictionary_of(session)

    run_id = secrets.token_hex(8)

    def identity() -> dict[str, Any]:
        """Messages from `first_message_id` on had other ids in an earlier run that was killed before storing them."""
        return {"run_id": run_id, "first_message_id": resume.next_message_id, "static": files.version}

    settle = functools.partial(writer.flush, SETTLE_SECONDS)
    broadcaster = Broadcaster(socketio, sessions, health, mask(settings.redact_tags), dictionary, identity)
    # Limits must know before anybody else that an order is not on its way any more, or fills.
    bus.subscribe(positions)
    bus.subscribe(exposures)
    bus.subscribe(broadcaster)
    market.start(bus, socketio, broadcaster)

    def is_msg_type(session_name: str, msg_type: str) -> bool:
        return dictionary(session_name).msg_type_name(msg_type) is not None

    standing = Standing(
        sessions, health, broadcaster, lambda: writer.waiting_since_ns, time.time(), time.time
    )
    metrics = Metrics(standing, is_msg_type, blotter)
    metrics.registry.register(market.standing)
    bus.subscribe(metrics)
    app.extensions["sendfix"] = Context(
        desk=desk,
        composer=composer,
        mass=mass,
        sessions=sessions,
        blotter=blotter,
        engine=link,
        archive=reader,
        health=health,
        sequence=SequenceDesk(link, sessions, blotter, reader, now, lambda: secrets.token_urlsafe(16)),
        alarms=AlarmDesk(alarms, blotter, link, reader, dictionary),
        positions=positions,
        prices=prices,
        risk=risk,
        market=market.market,
        quotes=market.quotes,
        metrics=metrics,
        mask=mask(settings.redact_tags),
        settle=settle,
        dictionary_of=dictionary_of,
        any_dictionary=dictionary,
        search=records.searcher,
        order_search=OrderSearch(blotter, records.searcher, settle),
        hidden_tags=frozenset(settings.redact_tags),
        statistics=records.statistics,
    )
    app.extensions["sendfix.parts"] = Parts(
        link,
        broadcaster,
        PositionEvents(positions, settle, broadcaster.position_changed),
        price_file,
        market,
        records,
    )
    writer.start()

    def logged_on(session_name: str) -> None:
        market.market.ready(session_name)
        desk.ask_status(session_name)

    link.start(intake, logged_on, configuration.configured, market.feed)


def now() -> datetime:
    return datetime.now(UTC)


def _later(seconds: float, act: Callable[[], None]) -> None:
    gevent.spawn_later(seconds, act)


def dictionary_of(session: Session) -> Dictionary:
    """The session's own dictionary file, or the standard one of its FIX version."""
    path = session.config.data_dictionary
    return load_file(path) if path else load(session.config.fix_version)


def _follow_log_level(settings: Settings, config: Config) -> Config:
    logging.getLogger("sendfix").setLevel(config.log_level or settings.log_level)
    return config


def _log_to_stderr(settings: Settings) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logs.formatter(settings.log_format, LOG_FORMAT, request_id.current))
    logger = logging.getLogger("sendfix")
    logger.handlers = [handler]
    logger.setLevel(settings.log_level)
    logger.propagate = False


def main() -> int:
    try:
        settings = Settings.from_environ(os.environ)
        app = create_app()
    except (ConfigError, StorageUnavailable) as error:
        print(f"desk: {error}", file=sys.stderr)
        return 2
    try:
        socketio.run(app, host=settings.host, port=settings.port)
    except KeyboardInterrupt:
        pass
    finally:
        shutdown(app)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
