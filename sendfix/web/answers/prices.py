"""Answers about prices."""

from __future__ import annotations

from sendfix.web.answers.base import Output


class Price(Output):
    """`session_name` null is for every session. `source` is where it comes from: trade or mid of the session's market
    data, rest, file, or fill, our own last one."""

    session_name: str | None
    symbol: str
    price: str
    at: str
    age_seconds: float
    source: str


class PriceList(Output):
    """By symbol; the freshest of a symbol and session first: it is the one that counts. `file_problems` are what is
    wrong with the price file, by line."""

    prices: list[Price]
    left_out: int
    file_problems: list[str]


class PricesTaken(Output):
    taken: int
