"""How orders fared."""

from __future__ import annotations

from functools import partial
from typing import Any

from pydantic import BaseModel

from sendfix.services.search_input import Problems, read_conditions
from sendfix.services.statistics import SUBJECT
from sendfix.web import answers, schemas
from sendfix.web.api import Api
from sendfix.web.context import context
from sendfix.web.statistics_to_json import statistics_to_json

api = Api("statistics")


@api.route(
    "GET",
    "/api/statistics",
    query=schemas.statistics.StatisticsQuery,
    answers={200: answers.statistics.Statistics},
)
def statistics(query: BaseModel) -> dict[str, Any]:
    """Fill ratio, reject rate, delays and slippage of our orders, by session, symbol, account, hour or side.
    Of the orders that were sent between `from` and `to`, with all that became of them: docs/search.md."""
    given = query.model_dump(exclude_none=True)
    by = given.pop("by")
    problems = Problems()
    conditions = read_conditions(SUBJECT, given, problems)
    problems.raise_any()
    context().settle()
    return context().statistics.statistics(conditions, by, partial(statistics_to_json, by))
