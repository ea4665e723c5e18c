"""The JSON form of statistics: ratios and amounts as decimals in strings, delays in milliseconds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sendfix.domain.ledger import EXACT
from sendfix.domain.statistics import PERCENTILES, Delays, Figures, Slippage, Statistics
from sendfix.domain.values import format_decimal

_NS_OF_A_MS = Decimal(1_000_000)
_RATIO, _BASIS_POINT, _MS = Decimal("0.0001"), Decimal("0.01"), Decimal("0.001")


def statistics_to_json(by: str, found: Statistics) -> dict[str, Any]:
    return {
        "by": by,
        "groups": [{"key": key, **_figures(figures)} for key, figures in found.groups.items()],
        "total": _figures(found.total),
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "orders": figures.orders,
        "filled": figures.filled,
        "rejected": figures.rejected,
        "canceled": figures.canceled,
        "fill_ratio": _rounded(figures.fill_ratio, _RATIO),
        "qty_fill_ratio": _rounded(figures.qty_fill_ratio, _RATIO),
        "reject_rate": _rounded(figures.reject_rate, _RATIO),
        "cancel_rate": _rounded(figures.cancel_rate, _RATIO),
        "order_qty": _plain(figures.order_qty),
        "executed_qty": _plain(figures.executed_qty),
        "turnover": _plain(figures.turnover),
        "engine_ms": {
            "to_ack": _delays(figures.to_ack),
            "to_first_fill": _delays(figures.to_first_fill),
            "to_fill": _delays(figures.to_fill),
        },
        "transact_time_ms": {
            "to_ack": _delays(figures.to_ack_transact),
            "to_first_fill": _delays(figures.to_first_fill_transact),
            "to_fill": _delays(figures.to_fill_transact),
        },
        "arrival_slippage": _slippage(figures.against_arrival),
        "limit_slippage": _slippage(figures.against_limit),
    }


def _delays(delays: Delays) -> dict[str, Any]:
    return {
        "count": len(delays.values),
        **{f"p{percent}": _ms(delays.percentile(percent)) for percent in PERCENTILES},
        "max": _ms(delays.highest),
    }


def _slippage(slippage: Slippage) -> dict[str, Any]:
    return {"orders": slippage.orders, "basis_points": _rounded(slippage.basis_points, _BASIS_POINT)}


def _ms(ns: int | None) -> str | None:
    return None if ns is None else _rounded(EXACT.divide(Decimal(ns), _NS_OF_A_MS), _MS)


def _rounded(value: Decimal | None, place: Decimal) -> str | None:
    return None if value is None else format_decimal(value.quantize(place, context=EXACT))


def _plain(value: Decimal) -> str:
    """Without superfluous zeros."""
    text = format_decimal(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
