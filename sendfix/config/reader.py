"""One JSON object on its way to a dataclass: variables put in, types checked, unknown keys refused."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from sendfix.domain.values import decimal_of_text

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


class ConfigError(Exception):
    """The configuration can't be used; the text is one line for a person. `field` is the key, within its session, and
    `problem` what is wrong with it."""

    def __init__(self, text: str, field: str = "", problem: str = "") -> None:
        super().__init__(text)
        self.field = field
        self.problem = problem or text


class RepeatedKeyError(ValueError):
    pass


def no_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise RepeatedKeyError(repr(key))
        found[key] = value
    return found


class ObjectReader:
    """One JSON object on its way to a dataclass: expands variables, checks types, remembers what was not asked for."""

    def __init__(
        self, where: str, value: object, environ: Mapping[str, str], folder: Path, prefix: str = ""
    ) -> None:
        """`prefix` is where the object is within its session, with a dot at its end."""
        if not isinstance(value, dict):
            problem = f"is {kind_of(value)}; give an object {{…}}"
            raise ConfigError(f"{where}: {problem}", prefix.rstrip("."), problem)
        self.where = where
        self.prefix = prefix
        self.folder = folder
        self._environ = environ
        self._values: dict[str, Any] = value
        self._known: list[str] = []
        # Values with variables put in, and how they are written, by key.
        self._expanded: dict[str, tuple[str, str]] = {}

    def fail(self, key: str, problem: str) -> ConfigError:
        value, written = self._expanded.get(key, ("", ""))
        if value and (value[:20] in problem or json.dumps(value)[1:21] in problem):
            # What came out of the environment is not told.
            allowed = problem.partition("; ")[2]
            problem = f"is the value of {written}, which can't be used" + (f"; {allowed}" if allowed else "")
        return ConfigError(f"{self.where}: {key}: {problem}", self.prefix + key, problem)

    def finish(self) -> None:
        for key in self._values:
            if key in self._known:
                continue
            near = difflib.get_close_matches(key, self._known, 1)
            hint = (
                f'did you mean "{near[0]}"?'
                if near
                else f"allowed are {', '.join(dict.fromkeys(self._known))}"
            )
            raise ConfigError(
                f'{self.where}: unknown key "{key}"; {hint}', self.prefix + key, f"is no key; {hint}"
            )

    def raw(self, key: str) -> Any:
        """The value with its variables put in, or None when it is missing or null."""
        self._known.append(key)
        value = self._values.get(key)
        return self._expand(key, value) if isinstance(value, str) else value

    def value(self, key: str, default: Any) -> Any:
        found = self.raw(key)
        return default if found is None else found

    def required(self, key: str) -> Any:
        value = self.raw(key)
        if value is None:
            near = difflib.get_close_matches(key, self._values, 1, 0.75)
            hint = f' (it has "{near[0]}": is that meant?)' if near else ""
            raise self.fail(key, f"is missing{hint}")
        return value

    def text(self, key: str, value: object) -> str:
        if not isinstance(value, str) or not value:
            shown = "no text" if key in ("password", "logon_fields") else kind_of(value)
            raise self.fail(key, f"is {shown}; give a text in quotes")
        if any(ord(char) < 32 or ord(char) == 127 for char in value):
            raise self.fail(key, "has a control character in it")
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise self.fail(key, "has half of a character in it")
        return value

    def expanded_text(self, key: str, value: object) -> str:
        """A text inside a value of this key, with its variables put in."""
        return self.text(key, self._expand(key, value) if isinstance(value, str) else value)

    def optional_text(self, key: str) -> str | None:
        value = self.raw(key)
        return None if value is None else self.text(key, value)

    def whole(self, key: str, value: object, lowest: int, highest: int) -> int:
        allowed = f"give a whole number from {lowest} to {highest}"
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value)  # what came out of an environment variable is text
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fail(key, f"is {kind_of(value)}; {allowed}")
        if not lowest <= value <= highest:
            raise self.fail(key, f"is {value}; {allowed}")
        return value

    def number(self, key: str, default: float, lowest: float, highest: float) -> float:
        value = self.raw(key)
        if value is None:
            return default
        allowed = f"give a number from {lowest:g} to {highest:g}"
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                raise self.fail(key, f"is {value!r}; {allowed}") from None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.fail(key, f"is {kind_of(value)}; {allowed}")
        if not lowest <= value <= highest:
            raise self.fail(key, f"is {value:g}; {allowed}")
        return float(value)

    def decimal(self, key: str) -> Decimal | None:
        value = self.raw(key)
        if value is None:
            return None
        try:
            if isinstance(value, bool) or not isinstance(value, (str, int, float)):
                raise InvalidOperation
            amount = Decimal(repr(value) if isinstance(value, float) else value)
        except InvalidOperation:
            raise self.fail(key, f"is {kind_of(value)}; give a number above 0") from None
        if not amount.is_finite() or amount <= 0:
            raise self.fail(key, f"is {value}; give a number above 0")
        try:
            return decimal_of_text(str(amount))
        except ValueError as error:
            raise self.fail(key, str(error)) from None

    def flag(self, key: str, default: bool) -> bool:
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise self.fail(key, f"is {kind_of(value)}; give true or false")
        return value

    def path(self, key: str) -> Path | None:
        text = self.optional_text(key)
        return None if text is None else (self.folder / text).absolute()

    def items(self, key: str) -> list[Any]:
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.fail(key, f"is {kind_of(value)}; give a list […]")
        return value

    def objects(self, key: str) -> list[ObjectReader]:
        """The elements of a list of objects. At the top, where a list of sessions is a must, they are named."""
        if key == "sessions":
            self.required(key)
        found = []
        for number, value in enumerate(self.items(key)):
            name = value.get("name") if isinstance(value, dict) and key == "sessions" else None
            label = f"session {name}" if isinstance(name, str) and name else f"{key}[{number}]"
            prefix = "" if key == "sessions" else f"{self.prefix}{key}[{number}]."
            found.append(ObjectReader(f"{self.where}: {label}", value, self._environ, self.folder, prefix))
        return found

    def object(self, key: str) -> ObjectReader | None:
        value = self.raw(key)
        if value is None:
            return None
        prefix = f"{self.prefix}{key}."
        return ObjectReader(f"{self.where}: {key}", value, self._environ, self.folder, prefix)

    def _expand(self, key: str, text: str) -> str:
        def value_of(match: re.Match[str]) -> str:
            name, default = match[1], match[2]
            value = self._environ.get(name)
            if not value and default is not None:
                return default
            if value is None:
                raise self.fail(
                    key,
                    f"the environment variable {name} is not set; set it, or give a default as ${{{name}:-…}}",
                )
            return value

        value = _VARIABLE.sub(value_of, text)
        if value != text:
            self._expanded[key] = (value, text)
        return value


def kind_of(value: object) -> str:
    """A value of the wrong type, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 40 else f"{shown[:40]}…"
