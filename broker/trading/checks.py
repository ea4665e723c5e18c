"""What an order must keep to before it is taken: instrument, quantity, prices, collar, type, time in force."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from broker.settings import Rules
from broker.trading.order import AUCTIONS, LIMITS, STOPS, Terms, plain
from broker.trading.reports import Refusal

ORD_TYPES: Final = frozenset({"1", "2", "3", "4"}) | AUCTIONS
TIMES_IN_FORCE: Final = frozenset("01234567")
GTD: Final = "6"

Problem = tuple[Refusal, str]


def problem_of_terms(rules: Rules, prices: Mapping[str, Decimal], terms: Terms, now: float) -> Problem | None:
    """Why an order on these terms can't be taken, None when it can. `prices` are the last ones by symbol."""
    last = prices.get(terms.symbol)
    if last is None:
        return Refusal.UNKNOWN_SYMBOL, f"Symbol(55) {terms.symbol} is unknown"
    if terms.quantity <= 0 or terms.quantity != terms.quantity.to_integral_value():
        return Refusal.QUANTITY, f"OrderQty(38) {plain(terms.quantity)} is not a whole number above 0"
    if terms.quantity > rules.max_quantity:
        text = f"OrderQty(38) {plain(terms.quantity)} is above the limit of {plain(rules.max_quantity)}"
        return Refusal.LIMIT_EXCEEDED, text
    if terms.ord_type not in ORD_TYPES:
        return Refusal.UNSUPPORTED, f"OrdType(40) {terms.ord_type} is not supported"
    if terms.time_in_force not in TIMES_IN_FORCE:
        return Refusal.UNSUPPORTED, f"TimeInForce(59) {terms.time_in_force} is not supported"
    if terms.max_floor is not None and not 0 < terms.max_floor <= terms.quantity:
        text = f"MaxFloor(111) {plain(terms.max_floor)} is not above 0 and up to OrderQty(38)"
        return Refusal.QUANTITY, text
    if terms.time_in_force == GTD:
        if terms.expire_at is None:
            return Refusal.UNSUPPORTED, "ExpireDate(432) or ExpireTime(126) is required for TimeInForce(59) 6"
        if terms.expire_at <= now:
            return Refusal.UNSUPPORTED, "ExpireDate(432) or ExpireTime(126) has passed"
    return _price_problem(
        rules, "Price(44)", terms.limit_price, last, terms.ord_type in LIMITS
    ) or _price_problem(rules, "StopPx(99)", terms.stop_price, last, terms.ord_type in STOPS)


def _price_problem(
    rules: Rules, name: str, price: Decimal | None, last: Decimal, needed: bool
) -> Problem | None:
    if price is None:
        return (Refusal.PRICE, f"{name} is required for this OrdType(40)") if needed else None
    if not 0 < price <= rules.max_price:
        return Refusal.PRICE, f"{name} {plain(price)} is not above 0 and up to {plain(rules.max_price)}"
    if price % rules.tick:
        return Refusal.PRICE, f"{name} {plain(price)} is not a multiple of the tick {plain(rules.tick)}"
    if rules.collar_percent is not None and abs(price - last) * 100 > rules.collar_percent * last:
        text = f"{name} {plain(price)} is more than {plain(rules.collar_percent)} % from the last price {plain(last)}"
        return Refusal.PRICE, text
    return None
