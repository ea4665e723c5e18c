"""Message bodies as a desk sends them."""

from __future__ import annotations


def order(cl_ord_id: str, extra: str = "") -> bytes:
    """A NewOrderSingle(D) for 100 AAPL at 230.10."""
    fields = (
        f"35=D|11={cl_ord_id}|21=1|55=AAPL|54=1|38=100|40=2|44=230.10|59=0|60=20260102-14:30:00.000|{extra}"
    )
    return fields.replace("|", "\x01").encode()
