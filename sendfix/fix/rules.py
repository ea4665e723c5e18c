"""What must hold across the fields of an order, whatever the dictionary lists as required."""

from __future__ import annotations

from collections.abc import Mapping

from sendfix.domain.enums import OrdType, TimeInForce
from sendfix.domain.errors import FieldError
from sendfix.domain.values import decimal_of_text
from sendfix.fix.dictionary import Dictionary

SYMBOL, SECURITY_ID, NO_LEGS = 55, 48, 555
ORDER_QTY, CASH_ORDER_QTY, ORDER_PERCENT = 38, 152, 516
ORD_TYPE, PRICE, STOP_PX = 40, 44, 99
TIME_IN_FORCE, EXPIRE_DATE, EXPIRE_TIME = 59, 432, 126
QUANTITIES = (ORDER_QTY, CASH_ORDER_QTY, ORDER_PERCENT)

# FIX 4.2 and 4.4, NewOrderSingle: Price(44) "required for limit OrdTypes", StopPx(99) "required for stop".
PRICE_NEEDED = frozenset(
    member.value
    for member in (
        OrdType.LIMIT,
        OrdType.STOP_LIMIT,
        OrdType.LIMIT_OR_BETTER,
        OrdType.LIMIT_WITH_OR_WITHOUT,
        OrdType.LIMIT_ON_CLOSE,
        OrdType.FOREX_LIMIT,
    )
)
STOP_PX_NEEDED = frozenset({OrdType.STOP.value, OrdType.STOP_LIMIT.value})
# Where a price has no meaning it is a slip: the person meant another OrdType, and must say which.
PRICE_MEANINGLESS = frozenset(
    {OrdType.MARKET.value, OrdType.STOP.value, OrdType.MARKET_ON_CLOSE.value, OrdType.FOREX_MARKET.value}
)
STOP_PX_MEANINGLESS = frozenset(
    {OrdType.MARKET.value, OrdType.LIMIT.value, OrdType.MARKET_ON_CLOSE.value, OrdType.LIMIT_ON_CLOSE.value}
)


def check_order(texts: Mapping[int, str], dictionary: Dictionary, errors: list[FieldError]) -> None:
    """Append an error for each rule that the fields (tag -> text, each valid by itself) break."""
    complained = {error.field for error in errors}

    def complain(tag: int, message: str) -> None:
        field = dictionary.fields[tag]
        if field.key not in complained:
            errors.append(FieldError(field.key, f"{field.name}({tag}) {message}"))

    if SYMBOL not in texts and SECURITY_ID not in texts and NO_LEGS not in texts:
        complain(SYMBOL, "is required")
    if not any(tag in texts for tag in QUANTITIES):
        complain(ORDER_QTY, "is required")
    for tag in QUANTITIES:
        if tag not in texts:
            continue
        try:
            if decimal_of_text(texts[tag]) <= 0:
                complain(tag, f"must be above zero, got {texts[tag]}")
        except ValueError as error:
            # Of an order that was sent as it stood, without validation.
            complain(tag, str(error))
    if ORD_TYPE in texts:
        ord_type = texts[ORD_TYPE]
        name = OrdType(ord_type).name if OrdType.of_code(ord_type) else ord_type
        if ord_type in PRICE_NEEDED and PRICE not in texts:
            complain(PRICE, f"is required for {name}")
        if ord_type in PRICE_MEANINGLESS and PRICE in texts:
            complain(PRICE, f"must not be given for {name}")
        if ord_type in STOP_PX_NEEDED and STOP_PX not in texts:
            complain(STOP_PX, f"is required for {name}")
        if ord_type in STOP_PX_MEANINGLESS and STOP_PX in texts:
            complain(STOP_PX, f"must not be given for {name}")
    expiry = EXPIRE_DATE in texts or EXPIRE_TIME in texts
    if texts.get(TIME_IN_FORCE) == TimeInForce.GTD.value and not expiry:
        complain(EXPIRE_DATE, "or ExpireTime(126) is required for GTD")
