"""Replaces, alone, one after the other and in chains, and what crosses them. `tables` says how they are read."""

from __future__ import annotations

from typing import Final

REPLACES: Final = {
    "D6, C.1.a: replace of an order without fills to a higher quantity": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        > G Y X 11000
        or 9 Y X NEW
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 0 10000
        or 9 Y X NEW
        < REPLACED REPLACED/NEW Y X 11000 0 11000
        < FILL PARTIALLY_FILLED Y - 11000 1000 10000
        < FILL PARTIALLY_FILLED Y - 11000 3000 8000
    """,
    "D7, C.1.b: replace of a part-filled order to a higher quantity, with a fill meanwhile": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > G Y X 12000
        or 9 Y X PARTIALLY_FILLED
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 1000 9000
        < FILL PENDING_REPLACE X - 10000 1100 8900
        or 9 Y X PARTIALLY_FILLED
        < REPLACED PARTIALLY_FILLED Y X 12000 1100 10900
        < FILL FILLED Y - 12000 12000 0
    """,
    "D8, C.1.c: a filled order is opened again by a replace": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL FILLED X - 10000 10000 0
        > G Y X 12000
        or 9 Y X FILLED
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 10000 0
        or 9 Y X FILLED
        < REPLACED PARTIALLY_FILLED Y X 12000 10000 2000
        < FILL FILLED Y - 12000 12000 0
    """,
    "D9, C.2.a: a replace, not of the quantity, is crossed by the last fill": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > G Y X 10000
        < FILL FILLED X - 10000 10000 0
        9 Y X FILLED 102=0
    """,
    "D10, C.3.a: a replace to less, but more than is filled": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > G Y X 8000
        < FILL PARTIALLY_FILLED X - 10000 1500 8500
        or 9 Y X PARTIALLY_FILLED
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 1500 8500
        < FILL PENDING_REPLACE X - 10000 1600 8400
        or 9 Y X PARTIALLY_FILLED
        < REPLACED PARTIALLY_FILLED Y X 8000 1600 6400
        < FILL FILLED Y - 8000 8000 0
    """,
    "D11, C.3.b: a replace to just what is filled": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        > G Y X 7000
        < FILL PARTIALLY_FILLED X - 10000 7000 3000
        < REPLACED FILLED Y X 7000 7000 0
    """,
    "D12, C.3.c: a replace to less than is filled": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        > G Y X 7000
        < FILL PARTIALLY_FILLED X - 10000 8000 2000
        < REPLACED FILLED Y X 8000 8000 0
    """,
    "D13, D.1.a: one replace, and then another": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > G Y X 8000
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 1000 9000
        < FILL PENDING_REPLACE X - 10000 1500 8500
        < REPLACED PARTIALLY_FILLED Y X 8000 1500 6500
        < FILL PARTIALLY_FILLED Y - 8000 3500 4500
        > G Z Y 6000
        < PENDING_REPLACE PENDING_REPLACE Z Y 8000 3500 4500
        < REPLACED PARTIALLY_FILLED Z Y 6000 3500 2500
        < FILL FILLED Z - 6000 6000 0
    """,
    "D14, D.1.b: a replace is refused before it is pending, and then another is taken": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > G Y X 8000
        9 Y X PARTIALLY_FILLED
        < FILL PARTIALLY_FILLED X - 10000 1500 8500
        > G Z X 6000
        < PENDING_REPLACE PENDING_REPLACE Z X 10000 1500 8500
        < REPLACED PARTIALLY_FILLED Z X 6000 1500 4500
        < FILL FILLED Z - 6000 6000 0
    """,
    "D15, D.1.c: a replace is refused after it is pending, and then another is taken": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > G Y X 8000
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 1000 9000
        < FILL PENDING_REPLACE X - 10000 1500 8500
        9 Y X PARTIALLY_FILLED
        < FILL PARTIALLY_FILLED X - 10000 3500 6500
        > G Z X 6000
        < PENDING_REPLACE PENDING_REPLACE Z X 10000 3500 6500
        < REPLACED PARTIALLY_FILLED Z X 6000 3500 2500
        < FILL FILLED Z - 6000 6000 0
    """,
    "D16, D.2.a: two replaces at once, taken one after the other": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > G Y X 8000
        > G Z Y 7000
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 1000 9000
        < REPLACED PARTIALLY_FILLED Y X 8000 1000 7000
        < PENDING_REPLACE PENDING_REPLACE Z Y 8000 1000 7000
        < REPLACED PARTIALLY_FILLED Z Y 7000 1000 6000
        < FILL FILLED Z - 7000 7000 0
    """,
    "D.2.b: two replaces at once, both pending before the first is taken": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > G Y X 8000
        > G Z Y 7000
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 1000 9000
        < PENDING_REPLACE PENDING_REPLACE Z X 8000 1000 7000
        < REPLACED PENDING_REPLACE Y X 8000 1000 7000
        < REPLACED PARTIALLY_FILLED Z Y 7000 1000 6000
        < FILL FILLED Z - 7000 7000 0
    """,
    "D17, D.2.c: two replaces at once, and the second is refused because the first is pending": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > G Y X 8000
        > G Z Y 7000
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 1000 9000
        9 Z X PENDING_REPLACE 102=3 | pending=Y
        < REPLACED PARTIALLY_FILLED Y X 8000 1000 7000
        < FILL PARTIALLY_FILLED Y - 8000 3000 5000
    """,
    "two replaces at once, and both are refused": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        > G Y X 8000
        > G Z Y 7000
        9 Y X NEW | pending=Z
        9 Z Y NEW
        < FILL FILLED X - 10000 10000 0
    """,
    "a cancel of a replace that is pending": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        > G Y X 8000
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 0 10000
        > F Z Y
        < PENDING_CANCEL PENDING_CANCEL Z Y 10000 0 10000
        or 9 Z X PENDING_REPLACE | pending=Y
        < REPLACED PENDING_CANCEL Y X 8000 0 8000
        < CANCELED CANCELED Z Y 8000 0 0
    """,
    "canceled before the replace is looked at, which then is too late": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        > G Y X 8000
        > F Z Y
        < CANCELED CANCELED Z X 10000 0 0
        9 Y X CANCELED 102=0
    """,
    "canceled by the counterparty while a replace is pending": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        > G Y X 8000
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 0 10000
        < CANCELED CANCELED X - 10000 0 0
        9 Y X CANCELED 102=0
    """,
    "a replace refused by a report, of the order as it stands or without": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > G Y X 8000
        or < REJECTED PARTIALLY_FILLED Y X 10000 1000 9000 | pending=-
        < REJECTED REJECTED Y X 8000 0 0 | status=PARTIALLY_FILLED cum=1000 leaves=9000 pending=-
        < FILL FILLED X - 10000 10000 0
    """,
    "a replace crosses the bust of a fill": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 4000 6000
        > G Y X 8000
        < BUST NEW X - 10000 0 10000 ref=B
        < REPLACED REPLACED/NEW Y X 8000 0 8000
        < FILL FILLED Y - 8000 8000 0
    """,
}
