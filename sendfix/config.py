"""What the product is told from outside: `multi_session_config.json` and the environment.

Everything is read once, at start, into frozen dataclasses. A mistake is a `ConfigError`: one line that says which
file, session and key, what is wrong and what is allowed.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import available_timezones

from sendfix.config_reader import ConfigError as ConfigError
from sendfix.config_reader import ObjectReader, RepeatedKeyError, no_repeated_keys
from sendfix.domain.schedule import WEEKDAYS, Schedule

FIX_VERSIONS = ("FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4")

_BY_THE_ENGINE = "the engine puts in by itself"
_LOGON_TAGS = {
    **dict.fromkeys((8, 9, 10, 34, 35, 43, 49, 52, 56, 97, 98, 122, 141, 789), _BY_THE_ENGINE),
    108: "has a key of its own: heartbeat_interval",
    553: "has a key of its own: username",
    554: "has a key of its own: password",
}
_NOT_REDACTED = {
    **dict.fromkeys((8, 9, 10, 34, 35), "a message can't be read without"),
    96: "is always hidden",
    554: "is always hidden",
    925: "is always hidden",
    # The data fields of FIX 4.0 to 4.4, which may hold SOH.
    **dict.fromkeys(
        (89, 91, 213, 349, 351, 353, 355, 357, 359, 361, 363, 365, 446, 619, 622),
        "is data of any bytes, which can't be hidden",
    ),
}
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a counterparty listens."""

    server_ip: str
    port: int


@dataclass(frozen=True, slots=True)
class Tls:
    """TLS to the counterparty; `verify` false accepts any certificate."""

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    server_name: str | None = None
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Reconnection:
    """Seconds between attempts: `initial_delay`, then times `backoff_factor` each time, up to `max_delay`; after a
    refused Logon at least twice as long each time, up to `max_refused_delay`. Each is more or less by up to the part
    `jitter` of itself. `max_attempts` None: for ever."""

    initial_delay: float = 5.0
    max_delay: float = 60.0
    backoff_factor: float = 2.0
    max_refused_delay: float = 900.0
    jitter: float = 0.1
    max_attempts: int | None = None


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """No new order after `max_rejects` rejected ones within `seconds`, until a person lets go."""

    max_rejects: int
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one session; None is no limit."""

    max_orders_per_second: int | None = None
    max_order_qty: Decimal | None = None
    max_notional: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """One FIX session. `heartbeat_interval` is in seconds, `logon_fields` are further (tag, value) of the Logon(A). No
    secret appears in the repr."""

    name: str
    server_ip: str
    port: int
    fix_version: str
    sender_comp_id: str
    target_comp_id: str
    heartbeat_interval: int = 30
    enabled: bool = True
    auto_connect: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    logon_fields: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    account: str | None = None
    data_dictionary: Path | None = None
    alternates: tuple[Endpoint, ...] = ()
    tls: Tls | None = None
    reset_on_logon: bool = False
    reconnection: Reconnection = Reconnection()
    schedule: Schedule | None = None
    limits: Limits = Limits()
    circuit_breaker: CircuitBreaker | None = None
    validate_incoming: str = "lenient"

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The address and its alternates, in the order in which they are tried."""
        return (Endpoint(self.server_ip, self.port), *self.alternates)


@dataclass(frozen=True, slots=True)
class Config:
    """The file, read and checked. `sessions` are in the file's order, disabled ones too."""

    sessions: tuple[SessionConfig, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment variables that begin with SENDFIX_, with their defaults put in."""

    config_path: Path
    database_url: str
    store_dir: Path
    log_dir: Path
    log_level: str
    log_format: str
    redact_tags: tuple[int, ...]
    host: str
    port: int
    engine_socket: Path
    cors_origins: tuple[str, ...]
    max_body_bytes: int
    journal_days: int

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Raises `ConfigError`. A variable that is set to nothing counts as not set."""

        def get(key: str, default: str) -> str:
            return environ.get(key) or default

        def number(key: str, default: int, lowest: int, highest: int) -> int:
            text = get(key, str(default))
            if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
                raise ConfigError(f"{key} is {text!r}; give a whole number from {lowest} to {highest}")
            return int(text)

        store_dir = Path(get("SENDFIX_STORE_DIR", "store"))
        log_level = get("SENDFIX_LOG_LEVEL", "INFO").upper()
        levels = ("DEBUG", "INFO", "WARNING", "ERROR")
        if log_level not in levels:
            raise ConfigError(f"SENDFIX_LOG_LEVEL is {log_level!r}; give one of {', '.join(levels)}")
        log_format = get("SENDFIX_LOG_FORMAT", "text").lower()
        if log_format not in ("text", "json"):
            raise ConfigError(f"SENDFIX_LOG_FORMAT is {log_format!r}; give text or json")
        return cls(
            config_path=Path(get("SENDFIX_CONFIG", "multi_session_config.json")),
            database_url=get("SENDFIX_DATABASE_URL", f"sqlite:///{store_dir / 'sendfix.db'}"),
            store_dir=store_dir,
            log_dir=Path(get("SENDFIX_LOG_DIR", "log")),
            log_level=log_level,
            log_format=log_format,
            redact_tags=_redact_tags(environ.get("SENDFIX_REDACT_TAGS", "")),
            host=get("SENDFIX_HOST", "127.0.0.1"),
            port=number("SENDFIX_PORT", 5001, 0, 65535),
            engine_socket=Path(get("SENDFIX_ENGINE_SOCKET", str(store_dir / "engine.sock"))),
            cors_origins=_origins(environ.get("SENDFIX_CORS_ORIGINS", "")),
            journal_days=number("SENDFIX_JOURNAL_DAYS", 30, 0, 36500),
            max_body_bytes=number("SENDFIX_MAX_BODY_BYTES", 1024 * 1024, 1024, 1024 * 1024 * 1024),
        )


def load_config(path: Path, environ: Mapping[str, str]) -> Config:
    """Read the file; relative paths in it are relative to its folder. Raises `ConfigError`."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=no_repeated_keys)
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RepeatedKeyError as error:
        raise ConfigError(f"{path}: the key {error} stands twice in one object; keep one of them") from error
    top = ObjectReader(str(path), document, environ, path.parent)
    sessions = tuple(_session(reader) for reader in top.objects("sessions"))
    top.finish()
    _refuse_twins(path, sessions)
    return Config(sessions)


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(item.strip().rstrip("/") for item in text.split(",") if item.strip())
    for origin in origins:
        if origin != "*" and not re.fullmatch(r"https?://[^/\s]+", origin):
            raise ConfigError(
                f"SENDFIX_CORS_ORIGINS has {origin!r}; give origins like https://desk.example.com, or *"
            )
    return origins


def _redact_tags(text: str) -> tuple[int, ...]:
    tags = []
    for item in (part.strip() for part in text.split(",") if part.strip()):
        if not (item.isascii() and item.isdigit() and 0 < int(item[:10]) < 2**31):
            raise ConfigError(f"SENDFIX_REDACT_TAGS has {item!r}; give tags separated by commas, like 1,58")
        if int(item) in _NOT_REDACTED:
            raise ConfigError(
                f"SENDFIX_REDACT_TAGS has {item}, which {_NOT_REDACTED[int(item)]}; leave it out"
            )
        tags.append(int(item))
    return tuple(tags)


def _refuse_twins(path: Path, sessions: Sequence[SessionConfig]) -> None:
    names: set[str] = set()
    identities: dict[tuple[str, str, str], str] = {}
    for session in sessions:
        # Folders are named after sessions, and some file systems do not tell "a" from "A".
        if session.name.lower() in names:
            raise ConfigError(
                f"{path}: session {session.name}: the name is used twice; each session needs its own"
            )
        names.add(session.name.lower())
        identity = (session.fix_version, session.sender_comp_id, session.target_comp_id)
        if identity in identities:
            raise ConfigError(
                f"{path}: session {session.name}: {session.fix_version} {session.sender_comp_id} → "
                f"{session.target_comp_id} is already session {identities[identity]}; "
                "give it another sender_comp_id or target_comp_id"
            )
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
        schedule=_schedule(reader.object("schedule")),
        limits=_limits(reader.object("limits")),
        circuit_breaker=_circuit_breaker(reader.object("circuit_breaker")),
        validate_incoming=_validate_incoming(reader),
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


def _schedule(reader: ObjectReader | None) -> Schedule | None:
    if reader is None:
        return None
    timezone = reader.text("timezone", reader.required("timezone"))
    if timezone not in available_timezones():
        near = difflib.get_close_matches(timezone, available_timezones(), 1)
        hint = f"; did you mean {near[0]}?" if near else "; give a name like Europe/London"
        raise reader.fail("timezone", f"{timezone!r} is not a time zone{hint}")
    days = tuple(reader.text("days_of_week", day).lower() for day in reader.items("days_of_week"))
    for day in days:
        if day not in WEEKDAYS:
            raise reader.fail("days_of_week", f"has {day!r}; give names from {', '.join(WEEKDAYS)}")
    schedule = Schedule(
        timezone=timezone,
        open_time=_time(reader, "open_time"),
        close_time=_time(reader, "close_time"),
        days_of_week=days or WEEKDAYS[:5],
        holidays=tuple(_date(reader, "holidays", item) for item in reader.items("holidays")),
        reset_seq_nums=reader.flag("reset_seq_nums", False),
    )
    reader.finish()
    return schedule


def _limits(reader: ObjectReader | None) -> Limits:
    if reader is None:
        return Limits()
    rate = reader.raw("max_orders_per_second")
    limits = Limits(
        max_orders_per_second=None
        if rate is None
        else reader.whole("max_orders_per_second", rate, 1, 1_000_000),
        max_order_qty=reader.decimal("max_order_qty"),
        max_notional=reader.decimal("max_notional"),
    )
    reader.finish()
    return limits


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


def _time(reader: ObjectReader, key: str) -> time:
    text = reader.text(key, reader.required(key))
    if not re.fullmatch(r"\d\d:\d\d(:\d\d)?", text):
        raise reader.fail(key, f"is {text!r}; give a time like 09:30 or 09:30:00")
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise reader.fail(key, f"is {text!r}: {error}") from None


def _date(reader: ObjectReader, key: str, value: object) -> date:
    text = reader.text(key, value)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise reader.fail(key, f"has {text!r}; give dates like 2026-12-25") from None
