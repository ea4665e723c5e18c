"""Orders that are good till canceled, over more than one day. `tables` says how they are read."""

from __future__ import annotations

from typing import Final

LASTING: Final = {
    "D27, H.1.a: renewed, and filled on": """
        > D X 10000 GTC
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 2000 8000
        < DONE_FOR_DAY DONE_FOR_DAY X - 10000 2000 8000
        < RESTATED PARTIALLY_FILLED X - 10000 2000 8000 378=1
        < FILL PARTIALLY_FILLED X - 10000 3000 7000
    """,
    "D28, H.1.b: a 2:1 split over night": """
        > D X 10000 GTC
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 2000 8000
        < DONE_FOR_DAY DONE_FOR_DAY X - 10000 2000 8000
        < RESTATED PARTIALLY_FILLED X - 20000 4000 16000 378=0 avg=100
        < FILL PARTIALLY_FILLED X - 20000 9000 11000 last=5000@100 avg=100
        < FILL FILLED X - 20000 20000 0 last=11000@100 avg=100
    """,
    "D29, H.1.c: renewed, and canceled the next day": """
        > D X 10000 GTC
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 2000 8000
        < DONE_FOR_DAY DONE_FOR_DAY X - 10000 2000 8000
        < RESTATED PARTIALLY_FILLED X - 10000 2000 8000 378=1
        > F Y X
        or 9 Y X PARTIALLY_FILLED
        < PENDING_CANCEL PENDING_CANCEL Y X 10000 2000 8000
        or 9 Y X PARTIALLY_FILLED
        < CANCELED CANCELED Y X 10000 2000 0
    """,
    "D30, H.1.d: renewed, and replaced the next day": """
        > D X 10000 GTC
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 2000 8000
        < DONE_FOR_DAY DONE_FOR_DAY X - 10000 2000 8000
        < RESTATED PARTIALLY_FILLED X - 10000 2000 8000 378=1
        > G Y X 15000
        or 9 Y X PARTIALLY_FILLED
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 2000 8000
        < FILL PENDING_REPLACE X - 10000 3000 7000
        or 9 Y X PARTIALLY_FILLED
        < REPLACED PARTIALLY_FILLED Y X 15000 3000 12000
    """,
    "D36, J.1.c: executions of two days are corrected": """
        > D X 10000 GTC
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 2000 8000
        < DONE_FOR_DAY DONE_FOR_DAY X - 10000 2000 8000
        < RESTATED PARTIALLY_FILLED X - 10000 2000 8000 378=1
        < FILL PARTIALLY_FILLED X - 10000 3000 7000
        < CORRECT PARTIALLY_FILLED X - 10000 2500 7500 ref=B last=1500@200
        < CORRECT PARTIALLY_FILLED X - 10000 2000 8000 ref=E last=500@200
    """,
    "replaced in the evening, while it is done for the day": """
        > D X 10000 GTC
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 2000 8000
        < DONE_FOR_DAY DONE_FOR_DAY X - 10000 2000 8000
        > G Y X 15000
        < REPLACED DONE_FOR_DAY Y X 15000 2000 13000
        < NEW PARTIALLY_FILLED Y - 15000 2000 13000
        < FILL FILLED Y - 15000 15000 0
    """,
}
