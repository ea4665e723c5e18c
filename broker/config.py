"""The broker's YAML file: read, checked key by key, and turned into `Settings`.

Plain values are YAML 1.2's: `on`, `17:30` and `2027-12-25` stay texts. `${NAME}` in a text is taken from the
environment, and `$${` is a plain `${`. What is said about a file never shows its values, for some are passwords.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar, Final

import yaml
from pydantic import TypeAdapter, ValidationError

from broker.faults.kinds import parse_faults
from broker.settings import Client, Hours, Rules, Settings, Walk
from broker.trading.behaviours import BadBehaviour, Behaviours
from broker.trading.by_hand import Refused

_SETTINGS: Final = TypeAdapter(Settings)
_SECTIONS: Final[dict[str, type]] = {"walk": Walk, "rules": Rules, "hours": Hours, "clients": Client}
MOST_VALUES: Final = 100_000
_VARIABLE: Final = re.compile(r"(\$?)\$\{([^}]*)\}?")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KINDS: Final = {
    "dataclass_type": "must be a mapping of keys to values",
    "dict_type": "must be a mapping of keys to values",
    "tuple_type": "must be a list",
    "string_type": "must be a text: put it in quotes",
    "decimal_type": "must be a number",
    "finite_number": "must be a finite number",
}


class BadConfig(Exception):
    """`problems` say each in one line which key is wrong and what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Raises BadConfig, whose problems begin with the file's name."""
    try:
        return read(path.read_text(encoding="utf-8"), environ)
    except OSError as error:
        raise BadConfig([f"{path} can't be read ({error.strerror}); name another file or none"]) from error
    except UnicodeDecodeError as error:
        raise BadConfig([f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8"]) from error
    except BadConfig as error:
        raise BadConfig([f"{path}: {problem}" for problem in error.problems]) from error


def read(text: str, environ: Mapping[str, str]) -> Settings:
    """The settings of a file's text; what it does not give has its default, and the market walks. Raises BadConfig."""
    try:
        parsed = _parse(text)
        variables = _Variables(environ)
        document = variables.fill({} if parsed is None else parsed)
    except RecursionError as error:
        raise BadConfig(["is nested too deeply"]) from error
    if variables.problems:
        raise BadConfig(variables.problems)
    if isinstance(document, dict) and isinstance(document.setdefault("walk", {}), dict):
        document["walk"].setdefault("enabled", True)
    try:
        settings = _SETTINGS.validate_python(document)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        raise BadConfig([_line(".".join(map(str, one["loc"])), _what(one)) for one in found]) from error
    _check_behaviours(settings)
    _check_faults(settings)
    return settings


def _line(key: str, what: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", f"{key} {what}" if key else f"the file {what}")


def _what(problem: Any) -> str:
    """pydantic's words, as the broker says it."""
    kind, text = problem["type"], problem["msg"]
    if kind == "unexpected_keyword_argument":
        section = _SECTIONS.get(str(problem["loc"][0]), Settings) if len(problem["loc"]) > 1 else Settings
        return f"is unknown; known are {', '.join(field.name for field in fields(section))}"
    if kind == "value_error":
        return str(text).removeprefix("Value error, ")
    return _KINDS.get(kind) or str(text).replace("Input should be", "must be", 1)


def _check_behaviours(settings: Settings) -> None:
    try:
        Behaviours().changed(settings.behaviours)
    except BadBehaviour as error:
        raise BadConfig([_line(f"behaviours.{name}", what) for name, what in error.problems]) from error
    try:
        Behaviours.at_start(settings)
    except BadBehaviour as error:
        raise BadConfig([_line(_own(name, settings), what) for name, what in error.problems]) from error


def _check_faults(settings: Settings) -> None:
    problems: list[str] = []
    for client, given in settings.clients.items():
        try:
            parse_faults(given.faults or {})
        except Refused as error:
            key = f"clients.{client}.faults"
            found = [(f"{key}.{name}", what) for name, what in error.errors]
            problems += [_line(*one) for one in found or [(key, "must be a mapping of kinds to parameters")]]
    if problems:
        raise BadConfig(problems)


def _own(name: str, settings: Settings) -> str:
    """`clients.NAME.mode` of a body as it is called in the file: `clients.NAME.behaviour.mode`."""
    found = next(f"clients.{one}" for one in settings.clients if f"{name}.".startswith(f"clients.{one}."))
    return f"{found}.behaviour{name.removeprefix(found)}"


class _Variables:
    """Puts the environment's values in place of `${NAME}`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.problems: list[str] = []
        self._environ = environ
        self._left = MOST_VALUES

    def fill(self, value: Any, key: str = "") -> Any:
        self._left -= 1
        if self._left < 0:
            raise BadConfig([f"has more than {MOST_VALUES} values; are there aliases of aliases?"])
        if isinstance(value, dict):
            within = f"{key}." if key else ""
            return {name: self.fill(one, f"{within}{name}") for name, one in value.items()}
        if isinstance(value, list):
            return [self.fill(one, f"{key}.{at}") for at, one in enumerate(value)]
        if not isinstance(value, str):
            return value
        return _VARIABLE.sub(lambda match: self._value(match, key), value)

    def _value(self, match: re.Match[str], key: str) -> str:
        if match[1]:
            return match[0][1:]
        name = match[2]
        if not _NAME.fullmatch(name) or not match[0].endswith("}"):
            self.problems.append(_line(key, "has a ${ without a variable's name and }; a plain ${ is $${"))
        elif name not in self._environ:
            self.problems.append(
                _line(key, f"takes ${{{name}}}, which is not in the environment: set {name}")
            )
        return self._environ.get(name, "")


def _resolver(kind: str, pattern: str) -> tuple[str, re.Pattern[str]]:
    return f"tag:yaml.org,2002:{kind}", re.compile(rf"(?:{pattern})\Z")


class _Loader(yaml.SafeLoader):
    """Keys are texts, each once; values as the core schema of YAML 1.2 has them."""

    yaml_implicit_resolvers: ClassVar[dict[Any, Any]] = {  # type: ignore[misc]
        None: [
            _resolver("null", "~|null|Null|NULL|"),
            _resolver("bool", "true|True|TRUE|false|False|FALSE"),
            _resolver("int", "[-+]?(?:0|[1-9][0-9]{0,30})"),
            _resolver(
                "float", r"[-+]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,4})?"
            ),
            _resolver("merge", "<<"),
        ]
    }

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> dict[Any, Any]:
        assert isinstance(node, yaml.MappingNode)
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a text", key.start_mark)
            if key.value in seen:
                text = f"the key {key.value} is there twice; keep one of them"
                raise yaml.constructor.ConstructorError(None, None, text, key.start_mark)
            seen.add(key.value)
        self.flatten_mapping(node)
        return {key.value: self.construct_object(one, deep=deep) for key, one in node.value}


def _parse(text: str) -> Any:
    try:
        # A SafeLoader: it makes plain values only.
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        what = " ".join(filter(None, (error.problem, error.context)))
        raise BadConfig([_line(f"{where}is not right YAML:", what)]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        what = "is a character that YAML does not allow"
        raise BadConfig([f"line {line}, column {column}: {what}"]) from error
    except (ValueError, KeyError, AttributeError) as error:
        raise BadConfig(["has a value that does not fit its !!tag; leave the tag out"]) from error
