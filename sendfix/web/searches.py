"""From the query of a list to a search, and from what it finds to the list's answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import gevent
import orjson
from pydantic import BaseModel

from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.domain.order import Order
from sendfix.fix.parse import SOH
from sendfix.services.columns import MESSAGES, Subject
from sendfix.services.intake import DIRECTIONS
from sendfix.services.search import Condition, Op, Position, Search
from sendfix.services.search_input import (
    Problems,
    cursor_of,
    position_of,
    read_conditions,
    read_sort,
    values_of,
)
from sendfix.services.tag_search import TagTest, parse_tag_test
from sendfix.web.context import Context
from sendfix.web.schemas.base import DEFAULT_LIMIT

T = TypeVar("T")

SYMBOL = 55
# What is made between two moments in which the hub can do something else.
MADE_AT_ONCE = 100


def read_search(subject: Subject, query: BaseModel, desk: Context) -> Search:
    """Raises `InvalidRequest` with an error for each field."""
    given = query.model_dump(exclude_none=True)
    problems = Problems()
    found: dict[str, Any] = {"sort": (subject.id, True), "tags": []}
    texts = {name: value for name, value in given.items() if isinstance(value, str)}
    conditions = read_conditions(subject, texts, problems)

    def read_the_sort() -> None:
        found["sort"] = read_sort(subject, given.get("sort"))

    problems.attempt("sort", read_the_sort)
    if subject is MESSAGES:
        problems.attempt("direction", lambda: _check_directions(conditions))
        problems.attempt("tag", lambda: found["tags"].extend(_tag_tests(given.get("tag", []), desk)))
        if "symbol" in given:
            problems.attempt("symbol", lambda: found["tags"].append(_symbols(given["symbol"], desk)))
        if not any(one.column.name == "direction" for one in conditions):
            conditions += (Condition(subject.columns["direction"], Op.ANY_OF, ("IN", "OUT")),)
    problems.raise_any()
    sort, descending = found["sort"]
    text = given.get("text")
    search = Search(
        subject,
        sort,
        conditions,
        text.replace("|", SOH) if text is not None and subject is MESSAGES else text,
        tuple(found["tags"]),
        descending,
        limit=given.get("limit", DEFAULT_LIMIT),
        shown=desk.mask if subject is MESSAGES and desk.hidden_tags else None,
    )
    return replace(search, position=_position(search, given, problems))


def list_answer(name: str, search: Search, at: Position | None, made: Sequence[bytes]) -> dict[str, Any]:
    """`made` is the JSON of each line; `next_before` is for lists in their own order only."""
    return {
        name: orjson.Fragment(b"[" + b",".join(made) + b"]"),
        "next_before": at.id if at is not None and search.by_id and search.descending else None,
        "next_cursor": None if at is None else cursor_of(search, at),
    }


def json_of(to_json: Callable[[T], Any]) -> Callable[[T], bytes]:
    """Bytes at once: what is made of thousands of lines would otherwise keep Python's garbage collector busy."""
    return lambda item: orjson.dumps(to_json(item))


def make_all(make: Callable[[Order], bytes], orders: Sequence[Order | bytes]) -> list[bytes]:
    """Of thousands of orders in memory, without holding up orders meanwhile."""
    made: list[bytes] = []
    for start in range(0, len(orders), MADE_AT_ONCE):
        if start:
            gevent.sleep(0)
        made += [one if isinstance(one, bytes) else make(one) for one in orders[start : start + MADE_AT_ONCE]]
    return made


def _position(search: Search, given: dict[str, Any], problems: Problems) -> Position | None:
    cursor, before = given.get("cursor"), given.get("before")
    found: list[Position] = []
    if before is not None:
        if cursor is not None:
            raise InvalidRequest([FieldError("before", "can't be given together with cursor")])
        if not (search.by_id and search.descending):
            raise InvalidRequest([FieldError("before", "is for lists without sort; use cursor")])
        return Position(before, before)
    if cursor is not None:
        problems.attempt("cursor", lambda: found.append(position_of(search, cursor)))
        problems.raise_any()
    return found[0] if found else None


def _check_directions(conditions: Sequence[Condition]) -> None:
    for one in conditions:
        if one.column.name == "direction" and not set(one.operands) <= set(DIRECTIONS):
            raise ValueError(f"must be {', '.join(DIRECTIONS)}, or several of them with commas between")


def _symbols(text: str, desk: Context) -> TagTest:
    if SYMBOL in desk.hidden_tags:
        raise ValueError("is hidden by SENDFIX_REDACT_TAGS")
    return TagTest(SYMBOL, tuple(values_of(text)))


def _tag_tests(texts: Sequence[str], desk: Context) -> list[TagTest]:
    versions = {}
    for session in desk.sessions:
        dictionary = desk.dictionary_of(session)
        versions[dictionary.version] = dictionary
    dictionaries = list(versions.values()) or [desk.any_dictionary("")]
    return [parse_tag_test(text, dictionaries, desk.hidden_tags) for text in texts]
