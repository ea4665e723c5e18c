"""How much of each limit that looks at more than one order is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

from sendfix.domain.exposure import Sums, SymbolSums
from sendfix.domain.ledger import EXACT
from sendfix.domain.limits import Rule


@dataclass(frozen=True, slots=True)
class Use:
    """`symbol` is the one that uses most of a limit on positions; None with other limits, or where nothing is held."""

    rule: str
    used: Decimal
    limit: Decimal
    symbol: str | None = None


def uses(rule: Rule, sums: Sums, price_of: Callable[[str], Decimal | None]) -> list[Use]:
    """In the order of the documentation. `price_of` is the last price of a symbol; what has none is worth nothing
    here."""
    with localcontext(EXACT):
        return list(_uses(rule, sums, price_of))


def _uses(rule: Rule, sums: Sums, price_of: Callable[[str], Decimal | None]) -> Iterator[Use]:
    limits = rule.limits
    if limits.max_open_orders is not None:
        yield Use("max_open_orders", Decimal(sums.orders), Decimal(limits.max_open_orders))
    if limits.max_daily_turnover is not None:
        yield Use("max_daily_turnover", sums.executed + sums.notional, limits.max_daily_turnover)
    if limits.max_gross_position is not None:
        yield _most("max_gross_position", limits.max_gross_position, sums, lambda _symbol, one: one.gross)
    if limits.max_net_position is not None:
        yield _most("max_net_position", limits.max_net_position, sums, lambda _symbol, one: _net(one))
    if limits.max_position_notional is not None:

        def worth(symbol: str, one: SymbolSums) -> Decimal:
            return _net(one) * abs(price_of(symbol) or Decimal(0))

        yield _most("max_position_notional", limits.max_position_notional, sums, worth)


def _net(one: SymbolSums) -> Decimal:
    return max(abs(one.net + one.buy), abs(one.net - one.sell))


def _most(name: str, limit: Decimal, sums: Sums, used: Callable[[str, SymbolSums], Decimal]) -> Use:
    found = max(((used(symbol, one), symbol) for symbol, one in sums.symbols.items()), default=None)
    if found is None or not found[0]:
        return Use(name, Decimal(0), limit)
    return Use(name, found[0], limit, found[1])
