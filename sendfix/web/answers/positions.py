"""Answers about positions."""

from __future__ import annotations

from sendfix.web.answers.base import Output


class Position(Output):
    """Quantities are below zero when short; profits are amounts of the price's currency before commission, null when a
    fill came without a price. `fifo_` is first in first out, `average_` at average cost. `last_px` is the freshest that
    is known, of `last_source`: trade, mid, rest, file or fill. `profit` is realised and unrealised together since the
    first execution, `day_profit` since `day` began, with what was held then at `close_px`. `whole` false: an old
    execution was busted or came late, and is not in the figures until the database can be read."""

    session_name: str
    account: str | None
    symbol: str
    day: str
    net_qty: str
    open_qty: str
    day_buy_qty: str
    day_sell_qty: str
    fifo_px: str | None
    fifo_realised: str | None
    fifo_unrealised: str | None
    fifo_day_realised: str | None
    average_px: str | None
    average_realised: str | None
    average_unrealised: str | None
    average_day_realised: str | None
    last_px: str | None
    last_at: str | None
    last_source: str | None
    close_px: str | None
    profit: str | None
    day_profit: str | None
    commission: str
    day_commission: str
    whole: bool


class PositionList(Output):
    positions: list[Position]
