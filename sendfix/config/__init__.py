"""What the product is told from outside: `multi_session_config.json` and the environment.

A mistake is a `ConfigError`: one line that says which file, session and key, what is wrong and what is allowed.
"""

from sendfix.config.file import load_config, read_document, version_of
from sendfix.config.reader import ConfigError
from sendfix.config.sessions import config_of
from sendfix.config.settings import Settings
from sendfix.config.types import (
    CircuitBreaker,
    Config,
    Endpoint,
    Reconnection,
    SessionConfig,
    Tls,
)
from sendfix.domain.limits import Limits

__all__ = [
    "CircuitBreaker",
    "Config",
    "ConfigError",
    "Endpoint",
    "Limits",
    "Reconnection",
    "SessionConfig",
    "Settings",
    "Tls",
    "config_of",
    "load_config",
    "read_document",
    "version_of",
]
