"""The environment variables that begin with SENDFIX_."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sendfix.config.reader import ConfigError
from sendfix.config.sessions import LOG_LEVELS

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
    opening_positions: Path | None
    price_file: Path | None
    search_seconds: int

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
        if log_level not in LOG_LEVELS:
            raise ConfigError(f"SENDFIX_LOG_LEVEL is {log_level!r}; give one of {', '.join(LOG_LEVELS)}")
        log_format = get("SENDFIX_LOG_FORMAT", "text").lower()
        if log_format not in ("text", "json"):
            raise ConfigError(f"SENDFIX_LOG_FORMAT is {log_format!r}; give text or json")
        openings = environ.get("SENDFIX_OPENING_POSITIONS")
        price_file = environ.get("SENDFIX_PRICE_FILE")
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
            opening_positions=Path(openings) if openings else None,
            price_file=Path(price_file) if price_file else None,
            search_seconds=number("SENDFIX_SEARCH_SECONDS", 10, 1, 3600),
            journal_days=number("SENDFIX_JOURNAL_DAYS", 30, 0, 36500),
            max_body_bytes=number("SENDFIX_MAX_BODY_BYTES", 1024 * 1024, 1024, 1024 * 1024 * 1024),
        )


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
