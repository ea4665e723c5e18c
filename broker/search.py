"""What a person looks for among orders and executions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which rows a list is to have: `among` are columns with their possible values, times are of the row's
    beginning, the first inclusive, and `text` is a part of one of its names or texts."""

    among: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    begin: float | None = None
    end: float | None = None
    text: str | None = None


EVERYTHING: Final = Search()
