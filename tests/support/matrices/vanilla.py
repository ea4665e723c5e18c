"""Fills, cancels, and orders that can't be filled at once. `tables` says how they are read."""

from __future__ import annotations

from typing import Final

VANILLA: Final = {
    "D1, A.1.a: filled order": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 2000 8000
        < FILL PARTIALLY_FILLED X - 10000 3000 7000
        < FILL FILLED X - 10000 10000 0
    """,
    "D2, A.1.b: part-filled day order, done for day": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 2000 8000
        < FILL PARTIALLY_FILLED X - 10000 3000 7000
        < DONE_FOR_DAY DONE_FOR_DAY X - 10000 3000 0
    """,
    "D3, B.1.a: cancel of an order without fills": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        > F Y X
        or 9 Y X NEW
        < PENDING_CANCEL PENDING_CANCEL Y X 10000 0 10000
        or 9 Y X NEW
        < CANCELED CANCELED Y X 10000 0 0
    """,
    "D4, B.1.b: cancel of a part-filled order, with fills meanwhile": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 2000 8000
        > F Y X
        < FILL PARTIALLY_FILLED X - 10000 5000 5000
        or 9 Y X PARTIALLY_FILLED
        < PENDING_CANCEL PENDING_CANCEL Y X 10000 5000 5000
        < FILL PENDING_CANCEL X - 10000 6000 4000
        or 9 Y X PARTIALLY_FILLED
        < CANCELED CANCELED Y X 10000 6000 0
    """,
    "D5, B.1.c: cancel of an order that is filled before it is taken": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 2000 8000
        > F Y X
        < FILL PARTIALLY_FILLED X - 10000 5000 5000
        or 9 Y X PARTIALLY_FILLED
        < PENDING_CANCEL PENDING_CANCEL Y X 10000 5000 5000
        < FILL PENDING_CANCEL X - 10000 10000 0
        9 Y X FILLED 102=0
    """,
    "B.1.d: cancel of an order that is not acknowledged": """
        > D X 10000
        > F Y X
        or 9 Y X PENDING_NEW
        < PENDING_CANCEL PENDING_CANCEL Y X 10000 0 10000
        < NEW PENDING_CANCEL X - 10000 0 10000
        or 9 Y X NEW
        < CANCELED CANCELED Y X 10000 0 0
    """,
    "B.1.e: cancel that crosses the acknowledgement": """
        > D X 10000
        > F Y X
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        or 9 Y X NEW
        < PENDING_CANCEL PENDING_CANCEL Y X 10000 0 10000
        or 9 Y X NEW
        < CANCELED CANCELED Y X 10000 0 0
    """,
    "B.1.f: cancel of an order that the counterparty does not know": """
        > D X 10000
        > F Y X
        9 Y X REJECTED 102=1 | leaves=0
    """,
    "D32, I.1.a: fill or kill that can't be filled": """
        > D X 10000 FOK
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < CANCELED CANCELED X - 10000 0 0
    """,
    "D33, I.1.b: immediate or cancel that is filled in part": """
        > D X 10000 IOC
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        or < CANCELED CANCELED X - 10000 0 0
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        < CANCELED CANCELED X - 10000 1000 0
    """,
    "D37, L.1.a: a guarantee of execution": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        or < STOPPED STOPPED X - 10000 0 10000 last=1000@50.10
        < FILL STOPPED X - 10000 0 10000 last=1000@50.10
        < FILL STOPPED X - 10000 1000 9000 last=1000@50 avg=50
    """,
    "K.1.a: trading halt, and the order is reinstated": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        < SUSPENDED SUSPENDED X - 10000 1000 9000
        or < RESTATED PARTIALLY_FILLED X - 10000 1000 9000
        < NEW PARTIALLY_FILLED X - 10000 1000 9000
        < FILL FILLED X - 10000 10000 0
    """,
    "K.1.b: trading halt, and the order is canceled": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        < CANCELED CANCELED X - 10000 1000 0 378=6
    """,
    "calculated after it is filled": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < FILL FILLED X - 10000 10000 0
        < CALCULATED CALCULATED X - 10000 10000 0
    """,
    "expired": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 2000 8000
        < EXPIRED EXPIRED X - 10000 2000 0
    """,
}
