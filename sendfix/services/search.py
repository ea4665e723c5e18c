"""A question about orders, executions or messages: what has to hold, in which order, and from where on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from sendfix.services.columns import Column, Key, Subject
from sendfix.services.tag_search import TagTest

T = TypeVar("T")

# As a database folds case, which knows no other letters.
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Op(Enum):
    ANY_OF = "is one of"
    PREFIX = "begins with"
    AT_LEAST = "is at least"
    AT_MOST = "is at most"
    BELOW = "is below"


@dataclass(frozen=True, slots=True)
class Condition:
    """What one column has to be. Where nothing is known, no limit holds."""

    column: Column
    op: Op
    operands: tuple[Key, ...]

    def holds(self, value: Any) -> bool:
        first: Any = self.operands[0]
        match self.op:
            case Op.ANY_OF:
                return value in self.operands
            case Op.PREFIX:
                return str(value).startswith(first)
            case Op.AT_LEAST:
                return bool(value >= first) and value != self.column.nothing
            case Op.AT_MOST:
                return bool(value <= first) and value != self.column.nothing
            case Op.BELOW:
                return bool(value < first) and value != self.column.nothing


@dataclass(frozen=True, slots=True)
class Position:
    """Between two lines of a sorted list: behind the one with this key in the column it is sorted by, and this id."""

    key: Key
    id: Key


@dataclass(frozen=True, slots=True)
class Search:
    """`text` is looked for in the subject's text columns, whatever the case of ASCII letters; `tags` is about messages.
    Sorted by `sort`, and among equals by id in the same direction. `shown` gives what of a message may be looked at."""

    subject: Subject
    sort: Column
    conditions: tuple[Condition, ...] = ()
    text: str | None = None
    tags: tuple[TagTest, ...] = ()
    descending: bool = True
    position: Position | None = None
    limit: int = 500
    shown: Callable[[str], str] | None = None

    @property
    def by_id(self) -> bool:
        return self.sort is self.subject.id

    def below(self, an_id: int) -> Search:
        """The same with ids below this one only."""
        condition = Condition(self.subject.id, Op.BELOW, (an_id,))
        return replace(self, conditions=(*self.conditions, condition))

    def behind(self, position: Position | None, limit: int) -> Search:
        return replace(self, position=position, limit=limit)

    def matches(self, item: Any) -> bool:
        """Whether this order or execution, in memory, is an answer, wherever in the list it is."""
        if not all(one.holds(one.column.of(item)) for one in self.conditions):
            return False
        if self.text is None:
            return True
        wanted = lower(self.text)
        columns = self.subject.columns
        return any(wanted in lower(str(columns[name].of(item))) for name in self.subject.text)

    def place_of(self, item: Any) -> Position:
        """Where it stands in the list."""
        return Position(self.sort.of(item), self.subject.id.of(item))

    def is_behind(self, place: Position) -> bool:
        """Whether what stands there comes after the position."""
        if self.position is None:
            return True
        here: Any = (place.key, place.id)
        there: Any = (self.position.key, self.position.id)
        return bool(here < there if self.descending else here > there)


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What was made of each answer, and where the next ones begin; None when there are no more."""

    made: list[T]
    next: Position | None


class SearchArchive(Protocol):
    """What is stored, for questions that can take long."""

    def search(self, search: Search, make: Callable[[Any], T]) -> Found[T]:
        """`make` gets each order, booked execution or message row, in a thread of its own; it must need nothing else.
        Raises `StorageUnavailable`, `SearchTooSlow` and `TooManySearches`."""

    def newest_id(self, subject: Subject) -> int:
        """0 when nothing is stored. Raises as `search` does."""


def itself(item: Any) -> Any:
    """For whoever wants the orders, executions or messages as they are."""
    return item


def lower(text: str) -> str:
    return text.translate(_LOWER)
