"""The environment of the parts: what the shell gives, and below it what stands in `.env`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")


class EnvironmentProblem(Exception):
    """A variable or a line of `.env` that can't be meant, for a person to read."""


def read_env_file(path: Path) -> dict[str, str]:
    """`NAME=value` lines as systemd's EnvironmentFile has them: comments on lines of their own, quotes optional."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    found = {}
    for number, text in enumerate(lines, 1):
        line = text.strip()
        if not line or line.startswith(("#", ";")):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise EnvironmentProblem(f"{path}, line {number}: expected NAME=value, found {line!r}")
        name, value = match.groups()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        found[name] = value
    return found


def merged(environ: Mapping[str, str], env_file: Path) -> dict[str, str]:
    """The shell's variables win over those in the file."""
    return {**read_env_file(env_file), **environ}


def port_of(environ: Mapping[str, str], name: str, default: int) -> int:
    """Raises `EnvironmentProblem` when the variable holds no port."""
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise EnvironmentProblem(f"{name} is {text!r}; a port is a number from 0 (any free one) to 65535")
    return int(text)
