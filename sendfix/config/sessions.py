"""From the JSON of the configuration to its dataclasses, each key checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sendfix.config.limits import limits_of
from sendfix.config.reader import ConfigError, ObjectReader
from sendfix.config.schedule import schedule_of
from sendfix.config.types import (
    FIX_VERSIONS,
    CircuitBreaker,
    Config,
    Endpoint,
    MarketDataConfig,
    Reconnection,
    SessionConfig,
    Tls,
)

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MOST_SYMBOLS = 1_000
_BY_THE_ENGINE = "the engine puts in by itself"
_LOGON_TAGS = {
    **dict.fromkeys((8, 9, 10, 34, 35, 43, 49, 52, 56, 97, 98, 122, 141, 789), _BY_THE_ENGINE),
    108: "has a key of its own: heartbeat_interval",
    553: "has a key of its own: username",
    554: "has a key of its own: password",
}
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


def config_of(path: Path, document: object, environ: Mapping[str, str], version: str = "") -> Config:
    """The configuration that this JSON is; relative paths in it are relative to the folder of `path`, and errors name
    it. Raises `ConfigError`."""
    top = ObjectReader(str(path), document, environ, path.parent)
    sessions = tuple(_session(reader) for reader in top.objects("sessions"))
    log_level = top.optional_text("log_level")
    if log_level is not None and log_level.upper() not in LOG_LEVELS:
        raise top.fail("log_level", f"is {log_level!r}; give one of {', '.join(LOG_LEVELS)}")
    top.finish()
    _refuse_twins(path, sessions)
    return Config(sessions, None if log_level is None else log_level.upper(), version)


def _refuse_twins(path: Path, sessions: Sequence[SessionConfig]) -> None:
    names: set[str] = set()
    identities: dict[tuple[str, str, str], str] = {}
    for session in sessions:
        # Folders are named after sessions, and some file systems do not tell "a" from "A".
        if session.name.lower() in names:
            problem = "the name is used twice; each session needs its own"
            raise ConfigError(f"{path}: session {session.name}: {problem}", "name", problem)
        names.add(session.name.lower())
        identity = session.identity
        if identity in identities:
            problem = (
                f"{session.fix_version} {session.sender_comp_id} → {session.target_comp_id} is both session "
                f"{identities[identity]} and session {session.name}; give one of them another sender_comp_id or "
                "target_comp_id"
            )
            raise ConfigError(f"{path}: session {session.name}: {problem}", "sender_comp_id", problem)
        identities[identity] = session.name


def _session(reader: ObjectReader) -> SessionConfig:
    name = reader.text("name", reader.required("name"))
    if not _NAME.fullmatch(name) or set(name) == {"."}:
        raise reader.fail(
            "name",
            f"is {name!r}; give 1 to 64 of the characters A-Z a-z 0-9 . _ - (it names folders and addresses)",
        )
    version = reader.text("fix_version", reader.required("fix_version"))
    if version not in FIX_VERSIONS:
        raise reader.fail("fix_version", f"is {version!r}; give one of {', '.join(FIX_VERSIONS)}")
    config = SessionConfig(
        name=name,
        server_ip=reader.text("server_ip", reader.required("server_ip")),
        port=reader.whole("port", reader.required("port"), 1, 65535),
        fix_version=version,
        sender_comp_id=_comp_id(reader, "sender_comp_id"),
        target_comp_id=_comp_id(reader, "target_comp_id"),
        heartbeat_interval=reader.whole(
            "heartbeat_interval", reader.value("heartbeat_interval", 30), 1, 3600
        ),
        enabled=reader.flag("enabled", True),
        auto_connect=reader.flag("auto_connect", False),
        username=reader.optional_text("username"),
        password=_password(reader),
        logon_fields=_logon_fields(reader),
        account=reader.optional_text("account"),
        data_dictionary=reader.path("data_dictionary"),
        alternates=tuple(_endpoint(item) for item in reader.objects("alternates")),
        tls=_tls(reader.object("tls")),
        reset_on_logon=reader.flag("reset_on_logon", False),
        reconnection=_reconnection(reader.object("reconnection")),
        schedule=schedule_of(reader.object("schedule")),
        limits=limits_of(reader.object("limits")),
        circuit_breaker=_circuit_breaker(reader.object("circuit_breaker")),
        validate_incoming=_validate_incoming(reader),
        mass_cancel=reader.flag("mass_cancel", False),
        market_data=_market_data(reader.object("market_data")),
        market_data_log=reader.flag("market_data_log", False),
    )
    reader.finish()
    return config


def _comp_id(reader: ObjectReader, key: str) -> str:
    text = reader.text(key, reader.required(key))
    if "/" in text or not text.isascii():
        raise reader.fail(key, f"is {text!r}; give ASCII characters without / (it names files of the store)")
    return text


def _password(reader: ObjectReader) -> str | None:
    given, path = reader.optional_text("password"), reader.path("password_file")
    if path is None:
        return given
    if given is not None:
        raise reader.fail("password_file", "and password are both given; keep one of them")
    try:
        text = path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise reader.fail("password_file", f"{path} can't be read: {why}") from error
    if not text or any(ord(char) < 32 for char in text):
        raise reader.fail("password_file", f"{path} must have the password in its one line, and nothing else")
    return text


def _logon_fields(reader: ObjectReader) -> tuple[tuple[int, str], ...]:
    given = reader.raw("logon_fields")
    if given is None:
        return ()
    if not isinstance(given, dict):
        raise reader.fail("logon_fields", 'must be an object like {"9001": "x"}')
    found = []
    for tag, value in given.items():
        if not (tag.isascii() and tag.isdigit() and 0 < int(tag[:10]) <= 2**31 - 1):
            raise reader.fail("logon_fields", f"has {tag!r}; give tags, which are whole numbers above 0")
        if int(tag) in _LOGON_TAGS:
            raise reader.fail("logon_fields", f"has {tag}, which {_LOGON_TAGS[int(tag)]}")
        found.append((int(tag), reader.expanded_text("logon_fields", value)))
    return tuple(found)


def _endpoint(reader: ObjectReader) -> Endpoint:
    endpoint = Endpoint(
        reader.text("server_ip", reader.required("server_ip")),
        reader.whole("port", reader.required("port"), 1, 65535),
    )
    reader.finish()
    return endpoint


def _tls(reader: ObjectReader | None) -> Tls | None:
    if reader is None:
        return None
    tls = Tls(
        ca_file=reader.path("ca_file"),
        cert_file=reader.path("cert_file"),
        key_file=reader.path("key_file"),
        server_name=reader.optional_text("server_name"),
        verify=reader.flag("verify", True),
    )
    reader.finish()
    if (tls.cert_file is None) != (tls.key_file is None):
        raise reader.fail("cert_file", "and key_file belong together; give both or neither")
    return tls


def _reconnection(reader: ObjectReader | None) -> Reconnection:
    default = Reconnection()
    if reader is None:
        return default
    attempts = reader.raw("max_attempts")
    initial_delay = reader.number("initial_delay", default.initial_delay, 1, 3600)
    found = Reconnection(
        initial_delay=initial_delay,
        max_delay=reader.number("max_delay", max(default.max_delay, initial_delay), 1, 86400),
        backoff_factor=reader.number("backoff_factor", default.backoff_factor, 1, 10),
        max_refused_delay=reader.number(
            "max_refused_delay", max(default.max_refused_delay, initial_delay), 1, 86400
        ),
        jitter=reader.number("jitter", default.jitter, 0, 0.9),
        max_attempts=None if attempts is None else reader.whole("max_attempts", attempts, 1, 1_000_000),
    )
    reader.finish()
    if found.max_delay < found.initial_delay:
        raise reader.fail("max_delay", f"is {found.max_delay:g}, below initial_delay {found.initial_delay:g}")
    if found.max_refused_delay < found.initial_delay:
        what = f"is {found.max_refused_delay:g}, below initial_delay {found.initial_delay:g}"
        raise reader.fail("max_refused_delay", what)
    return found


def _market_data(reader: ObjectReader | None) -> MarketDataConfig | None:
    if reader is None:
        return None
    reader.required("symbols")
    symbols = tuple(dict.fromkeys(reader.text("symbols", item) for item in reader.items("symbols")))
    if not 0 < len(symbols) <= MOST_SYMBOLS:
        raise reader.fail("symbols", f"are {len(symbols)}; give 1 to {MOST_SYMBOLS}")
    for symbol in symbols:
        if not symbol.isascii() or len(symbol) > 64:
            raise reader.fail("symbols", f"has {symbol!r}; give at most 64 ASCII characters")
    found = MarketDataConfig(symbols, reader.whole("depth", reader.value("depth", 10), 0, 10_000))
    reader.finish()
    return found


def _validate_incoming(reader: ObjectReader) -> str:
    text = reader.text("validate_incoming", reader.value("validate_incoming", "lenient"))
    if text not in ("strict", "lenient"):
        raise reader.fail("validate_incoming", f"is {text!r}; give strict or lenient")
    return text


def _circuit_breaker(reader: ObjectReader | None) -> CircuitBreaker | None:
    if reader is None:
        return None
    found = CircuitBreaker(
        max_rejects=reader.whole("max_rejects", reader.required("max_rejects"), 1, 1_000_000),
        seconds=reader.number("seconds", 60.0, 0.1, 86400),
    )
    reader.finish()
    return found
