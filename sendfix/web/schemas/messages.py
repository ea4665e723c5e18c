"""Questions about FIX messages and the dictionary."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
)

from sendfix.services.intake import DIRECTIONS
from sendfix.web.schemas.base import Input, Name, TimeRange


def _words(value: Any) -> Any:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


def _directions(value: Any) -> Any:
    words = _words(value)
    if not set(words) <= set(DIRECTIONS):
        raise ValueError(f"must be {', '.join(DIRECTIONS)}, or several of them with commas between")
    return words


class Decode(Input):
    """A raw message, with SOH or `|` between its fields."""

    raw: Annotated[str, StringConstraints(min_length=1)]
    session_name: Name | None = None


class MessagesQuery(TimeRange):
    msg_type: Annotated[list[str], BeforeValidator(_words)] = Field(default_factory=list)
    direction: Annotated[list[str], BeforeValidator(_directions)] = Field(
        default_factory=lambda: ["IN", "OUT"]
    )


class DictionaryQuery(Input):
    msg_type: Annotated[str, StringConstraints(min_length=1, max_length=4)] = "D"
