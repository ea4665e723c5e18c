"""The queries of lists and exports, made from the table of columns: `OrdersQuery` has every filter of the orders."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field, StringConstraints, create_model

from sendfix.services.columns import EXECUTIONS, MESSAGES, ORDERS, Kind, Subject
from sendfix.services.search import Op
from sendfix.services.search_input import Filter, filters_of, sort_names
from sendfix.services.tag_search import GRAMMAR
from sendfix.web.schemas.base import Input, Page

LONGEST_FILTER = 8_000
LONGEST_TEXT = 200
MOST_TAGS = 20

Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]


class Tagged(BaseModel):
    """A query that can ask for tags and values."""

    REPEATABLE: ClassVar = frozenset({"tag"})

    tag: Annotated[
        list[str], Field(max_length=MOST_TAGS, description=f"{GRAMMAR}; if several, all must hold")
    ] = Field(default_factory=list)
    symbol: Annotated[str | None, Field(description="Symbol(55); several with commas")] = None


class Listed(Page):
    """`before` is the `next_before` of the page before this one, `cursor` its `next_cursor`."""

    cursor: Annotated[str, StringConstraints(max_length=2_000)] | None = None


def _query(name: str, subject: Subject, *bases: type[BaseModel], sorts: bool) -> type[BaseModel]:
    fields: dict[str, Any] = {one.name: (_described(one), None) for one in filters_of(subject)}
    fields["text"] = (Annotated[Text | None, Field(description="anywhere in the texts")], None)
    if sorts:
        names = ", ".join(sort_names(subject))
        about = f"one of {names}; with - before it, the highest first; -{subject.id.name} unless given"
        fields["sort"] = (Annotated[Text | None, Field(description=about)], None)
    made: type[BaseModel] = create_model(name, __base__=bases, **fields)
    return made


def _described(one: Filter) -> Any:
    about = f"{one.column.name}: {one.about}"
    if one.column.kind is Kind.CODE and one.column.enum is not None and one.op is Op.ANY_OF:
        about += f"; {', '.join(one.column.enum.__members__)}"
    if one.column.kind is Kind.TIME:
        about += "; like 2026-03-02T14:30:00Z"
    return Annotated[str | None, StringConstraints(max_length=LONGEST_FILTER), Field(description=about)]


OrdersQuery = _query("OrdersQuery", ORDERS, Listed, sorts=True)
ExecutionsQuery = _query("ExecutionsQuery", EXECUTIONS, Listed, sorts=True)
MessagesQuery = _query("MessagesQuery", MESSAGES, Tagged, Listed, sorts=True)
OrdersExport = _query("OrdersExport", ORDERS, Input, sorts=False)
ExecutionsExport = _query("ExecutionsExport", EXECUTIONS, Input, sorts=False)
MessagesExport = _query("MessagesExport", MESSAGES, Tagged, Input, sorts=False)
