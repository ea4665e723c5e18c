"""Filters as text, as they come in a query, to a search; and what filters there are, for whoever describes them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.domain.values import parse_decimal
from sendfix.services.columns import Column, Key, Kind, Subject, number_key, time_key
from sendfix.services.search import Condition, Op, Position, Search

MOST_VALUES = 200
LONGEST_VALUE = 256
_COMMA = re.compile(r"(?<!\\),")
_FLAGS = {"true": 1, "false": 0}
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter of a query."""

    name: str
    column: Column
    op: Op

    @property
    def about(self) -> str:
        """In words."""
        column = self.column
        if self.op is Op.ANY_OF:
            if column.kind is Kind.FLAG:
                return "`true` or `false`"
            what = {
                Kind.TEXT: "just this text",
                Kind.CODE: "by name" if column.enum is None else "by name or FIX code",
            }.get(column.kind, "just this value")
            return f"{what}; several with commas"
        return {
            Op.PREFIX: "what it begins with",
            Op.AT_LEAST: "from this on" if column.kind is Kind.TIME else "at least this",
            Op.AT_MOST: "at most this",
            Op.BELOW: "before this",
        }[self.op]


def filters_of(subject: Subject) -> Iterator[Filter]:
    """Every filter of the subject's columns."""
    for column in subject.columns.values():
        if column.kind is Kind.TIME:
            yield Filter(f"{column.name}_from", column, Op.AT_LEAST)
            yield Filter(f"{column.name}_to", column, Op.BELOW)
            continue
        if column.name != "text":  # that one looks everywhere
            yield Filter(column.name, column, Op.ANY_OF)
        if column.kind is Kind.TEXT:
            yield Filter(f"{column.name}_prefix", column, Op.PREFIX)
        if column.kind in (Kind.NUMBER, Kind.INTEGER):
            yield Filter(f"{column.name}_min", column, Op.AT_LEAST)
            yield Filter(f"{column.name}_max", column, Op.AT_MOST)
    yield Filter("from", subject.time, Op.AT_LEAST)
    yield Filter("to", subject.time, Op.BELOW)


def sort_names(subject: Subject) -> list[str]:
    return [column.name for column in subject.columns.values() if column.sortable]


class Problems:
    """Collects what is wrong, so that all of it can be said at once."""

    def __init__(self) -> None:
        self._found: list[FieldError] = []

    def attempt(self, field: str, read: Callable[[], None]) -> None:
        try:
            read()
        except ValueError as error:
            self._found.append(FieldError(field, str(error)))

    def raise_any(self) -> None:
        if self._found:
            raise InvalidRequest(self._found)


def read_conditions(subject: Subject, given: Mapping[str, str], problems: Problems) -> tuple[Condition, ...]:
    """Those of `given` that are filters of the subject."""
    found: list[Condition] = []
    for each in filters_of(subject):
        text = given.get(each.name)
        if text is None:
            continue

        def read(one: Filter = each, text: str = text) -> None:
            texts = values_of(text) if one.op is Op.ANY_OF else [text.strip()]
            found.append(Condition(one.column, one.op, tuple(_key(one, value) for value in texts)))

        problems.attempt(each.name, read)
    return tuple(found)


def values_of(text: str) -> list[str]:
    r"""Values with commas between; a comma within a value is `\,`. Raises ValueError."""
    values = [value.strip().replace("\\,", ",") for value in _COMMA.split(text)]
    values = [value for value in values if value]
    if not values:
        raise ValueError("has no value")
    if len(values) > MOST_VALUES:
        raise ValueError(f"has {len(values)} values; {MOST_VALUES} are the most")
    return values


def read_sort(subject: Subject, text: str | None) -> tuple[Column, bool]:
    """The column, and whether the highest comes first: `-price`. Raises ValueError."""
    if text is None:
        return subject.id, True
    descending, name = text.startswith("-"), text.removeprefix("-")
    if name not in sort_names(subject):
        raise ValueError(
            f"must be one of {', '.join(sort_names(subject))}; with - before it, the highest first"
        )
    return subject.columns[name], descending


def cursor_of(search: Search, position: Position) -> str:
    """An opaque text from which `position_of` makes the position again."""
    content = [_sort_text(search), position.key, position.id]
    return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")


def position_of(search: Search, cursor: str) -> Position:
    """Raises ValueError for what is no cursor of a list with this sort."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        sort, key, an_id = json.loads(base64.b64decode(padded, b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise ValueError("is not a next_cursor of this list") from error
    is_text = search.sort.kind in (Kind.TEXT, Kind.CODE, Kind.NUMBER)
    right_key = isinstance(key, str) and _is_storable(key) if is_text else _is_integer(key)
    if not right_key or not _is_integer(an_id):
        raise ValueError("is not a next_cursor of this list")
    if sort != _sort_text(search):
        raise ValueError(
            f"is of a list with sort={str(sort)[:64]}; give the same sort, or leave the cursor out"
        )
    return Position(key, an_id)


def _is_storable(text: str) -> bool:
    """Half of a character, which JSON can have, is no text to a database."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _sort_text(search: Search) -> str:
    return ("-" if search.descending else "") + search.sort.name


def _key(one: Filter, text: str) -> Key:
    if len(text) > LONGEST_VALUE:
        raise ValueError(f"has a value of {len(text)} characters; {LONGEST_VALUE} are the most")
    if not text:
        raise ValueError("has no value")
    column = one.column
    match column.kind:
        case Kind.TEXT:
            return text
        case Kind.CODE:
            return text if column.enum is None else column.enum.parse(text).name
        case Kind.NUMBER:
            return number_key(parse_decimal(text))
        case Kind.INTEGER:
            if _INTEGER.fullmatch(text) is None:
                raise ValueError(f"must be a whole number, got {text[:40]!r}")
            return int(text)
        case Kind.FLAG:
            if text.lower() not in _FLAGS:
                raise ValueError(f"must be true or false, got {text[:40]!r}")
            return _FLAGS[text.lower()]
        case Kind.TIME:
            return time_key(_time(text))


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError(f"must be a time with its zone, like 2026-03-02T14:30:00Z, got {text[:40]!r}")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is beyond the years 1 to 9999") from error
