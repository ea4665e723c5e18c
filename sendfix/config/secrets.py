"""What of a session's JSON is shown to nobody: its password and the values of further Logon fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sendfix.config.reader import ConfigError

HIDDEN = "***"
_VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")


def without_secrets(session: Mapping[str, Any]) -> dict[str, Any]:
    """With `HIDDEN` for each secret that stands there itself; the name of a variable is none."""
    shown = dict(session)
    if "password" in shown:
        shown["password"] = _hidden(shown["password"])
    fields = shown.get("logon_fields")
    if isinstance(fields, dict):
        shown["logon_fields"] = {tag: _hidden(value) for tag, value in fields.items()}
    return shown


def secrets_kept(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """`new` with the secrets of `old` where it says `HIDDEN`. Raises `ConfigError` where there is none, and for a
    password that is not taken from the environment: it would travel and be stored in the open."""
    kept = dict(new)
    if "password" in kept:
        kept["password"] = _kept("password", old.get("password"), kept["password"])
        given = kept["password"]
        if isinstance(given, str) and given != old.get("password") and not _VARIABLE.fullmatch(given):
            raise _error(
                "password", "give a variable of the environment like ${BROKER_PASSWORD}, or password_file"
            )
    fields, before = kept.get("logon_fields"), old.get("logon_fields")
    if isinstance(fields, dict):
        before = before if isinstance(before, dict) else {}
        kept["logon_fields"] = {
            tag: _kept(f"logon_fields.{tag}", before.get(tag), value) for tag, value in fields.items()
        }
    return kept


def _hidden(value: Any) -> Any:
    return HIDDEN if value is not None and not _VARIABLE.fullmatch(str(value)) else value


def _kept(field: str, old: Any, value: Any) -> Any:
    if value != HIDDEN:
        return value
    if old is None:
        raise _error(field, f"is {HIDDEN}, which stands for a value that is not there")
    return old


def _error(field: str, problem: str) -> ConfigError:
    return ConfigError(f"{field}: {problem}", field, problem)
