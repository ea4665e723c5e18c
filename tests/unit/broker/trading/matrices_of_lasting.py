"""Matrices of orders that are good till canceled, over more than one day. `test_matrices` says how they are read."""

from __future__ import annotations

from typing import Final

LASTING: Final = {
    "D.29 a GTC order goes on the next morning, and is canceled": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        hand state NEW
        < D 1 X - 10000 2000 8000 378=1
        > F Y X
        < 6 6 Y X 10000 2000 8000
        hand accept Y
        < 4 4 Y X 10000 2000 0
    """,
    "D.30 a GTC order goes on the next morning, and is replaced": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        hand state NEW
        < D 1 X - 10000 2000 8000 378=1
        > G Y X 15000
        < E E Y X 10000 2000 8000
        hand fill 1000
        < 1/F E X - 10000 3000 7000
        hand accept Y
        < 5 1 Y X 15000 3000 12000
    """,
    "D.29 a GTC order is canceled in the evening of its first day": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        > F Y X
        < 6 6 Y X 10000 2000 8000
        hand accept Y
        < 4 4 Y X 10000 2000 0
        > F Z Y
        reject Z Y 4 0
    """,
    "D.30 a GTC order is replaced in the evening of its first day": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        > F Y X
        < 6 6 Y X 10000 2000 8000
        hand refuse Y
        reject Y X 3 2
        > G Z X 15000
        < E E Z X 10000 2000 8000
        hand accept Z
        < 5 3 Z X 15000 2000 13000
        hand state NEW
        < D 1 Z - 15000 2000 13000 378=1
        hand fill 13000
        < 2/F 2 Z - 15000 15000 0
    """,
    "D.36 a GTC order, whose fills of two days are corrected": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        hand state NEW
        < D 1 X - 10000 2000 8000 378=1
        hand fill 1000
        < 1/F 1 X - 10000 3000 7000
        hand correct C 1500 200
        < 1/G 1 X - 10000 2500 7500 32=1500 19=C
        hand correct F 500 200
        < 1/G 1 X - 10000 2000 8000 32=500 19=F
    """,
    "D.27 a GTC order done for the day goes on the next morning": """
        > D X 10000 GTC
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 8000
        hand state NEW
        < D 1 X - 10000 2000 8000 378=1
        hand fill 8000
        < 2/F 2 X - 10000 10000 0
    """,
}
