"""Matrices of fills and their undoing, states and amendments. `test_matrices` says how they are read."""

from __future__ import annotations

from typing import Final

BROKER_ACTS: Final = {
    "D.1 filled order": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand fill 1000
        < 1/F 1 X - 10000 3000 7000
        hand fill 7000
        < 2/F 2 X - 10000 10000 0
    """,
    "D.2 part-filled day order, done for day": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 2000 0
    """,
    "D.19 canceled by telephone": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        hand telephone
        < 4 4 X - 10000 1000 0 378=2
    """,
    "D.20 amended by the broker": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        hand decline 9000
        < D 1 X - 9000 1000 8000 378=5
        hand fill 8000
        < 2/F 2 X - 9000 9000 0
    """,
    "D.34 a filled order, whose fills are busted and corrected": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000 100
        < 1/F 1 X - 10000 1000 9000 6=100 32=1000 31=100
        hand fill 9000 110
        < 2/F 2 X - 10000 10000 0 6=109 32=9000 31=110
        hand bust C
        < 1/H 1 X - 10000 9000 1000 6=110 32=0 31=0 19=C
        hand correct D 9000 100
        < 1/G 1 X - 10000 9000 1000 6=100 32=9000 31=100 19=D
        hand fill 1000 120
        < 2/F 2 X - 10000 10000 0 6=102
        hand correct F 9000 120
        < 2/G 2 X - 10000 10000 0 6=120 32=9000 31=120 19=F
        > G Y X 12000
        < E E Y X 10000 10000 0
        hand accept Y
        < 5 1 Y X 12000 10000 2000
        hand correct H 9500 120
        < 1/G 1 Y - 12000 10500 1500 6=120 32=9500 31=120 19=H
    """,
    "D.35 a canceled order, whose fill is busted and which is filled anew": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 5000 50
        < 1/F 1 X - 10000 5000 5000
        > F Y X
        < 6 6 Y X 10000 5000 5000
        hand accept Y
        < 4 4 Y X 10000 5000 0
        hand bust C
        < 1/H 4 Y - 10000 0 0 32=0 19=C
        hand fill 4000 51
        < 1/F 4 Y - 10000 4000 0 32=4000 31=51
    """,
    "canceled by the broker": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand cancel
        < 4 4 X - 10000 2000 0
    """,
    "suspended, and released": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand state SUSPENDED
        < 9 9 X - 10000 0 10000
        hand state NEW
        < D 0 X - 10000 0 10000
        hand fill 10000
        < 2/F 2 X - 10000 10000 0
    """,
    "stopped, then filled": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand state STOPPED
        < 7 7 X - 10000 0 10000
        hand fill 4000
        < 1/F 7 X - 10000 4000 6000
        hand fill 6000
        < 2/F 2 X - 10000 10000 0
    """,
    "expired": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        hand state EXPIRED
        < C C X - 10000 2000 0
    """,
    "filled, then calculated": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 10000
        < 2/F 2 X - 10000 10000 0
        hand state CALCULATED
        < B B X - 10000 10000 0
    """,
    "a new order is refused after it was pending": """
        > D X 10000
        < A A X - 10000 0 10000
        hand refuse X
        < 8 8 X - 10000 0 0
    """,
}
