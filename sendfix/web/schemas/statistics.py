"""The query of statistics."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, create_model

from sendfix.domain.statistics import GROUPINGS
from sendfix.services.columns import Kind
from sendfix.services.search_input import filters_of
from sendfix.services.statistics import FILTERS, SUBJECT
from sendfix.web.schemas.base import Input
from sendfix.web.schemas.search import LONGEST_FILTER


def _grouping() -> Any:
    about = f"one of {', '.join(GROUPINGS)}"
    return Annotated[str, StringConstraints(pattern=f"^({'|'.join(GROUPINGS)})$"), Field(description=about)]


def _fields() -> dict[str, Any]:
    fields: dict[str, Any] = {"by": (_grouping(), "session_name")}
    for one in filters_of(SUBJECT):
        if one.name in FILTERS:
            example = "; like 2026-03-02T14:30:00Z" if one.column.kind is Kind.TIME else ""
            about = f"{one.column.name}: {one.about}{example}"
            fields[one.name] = (
                Annotated[str | None, StringConstraints(max_length=LONGEST_FILTER), Field(description=about)],
                None,
            )
    return fields


StatisticsQuery: type[BaseModel] = create_model("StatisticsQuery", __base__=Input, **_fields())
