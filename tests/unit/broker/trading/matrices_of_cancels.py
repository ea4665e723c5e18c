"""Matrices of cancel requests, and of fills that cross them. `test_matrices` says how they are read."""

from __future__ import annotations

from typing import Final

CANCELS: Final = {
    "D.3 cancel request for an order without fills": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand accept Y
        < 4 4 Y X 10000 0 0
    """,
    "D.3 the cancel is refused": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand refuse Y
        reject Y X 0
    """,
    "one request at a time: a cancel of a new order that is pending is the first": """
        hand one_request
        > D X 10000
        < A A X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        > F Z X
        reject Z X 6 3
        hand accept X
        < 0 6 X - 10000 0 10000
        hand accept Y
        < 4 4 Y X 10000 0 0
    """,
    "a day order that is done for the day can't be canceled": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand state DONE_FOR_DAY
        < 3 3 X - 10000 0 0
        > F Y X
        reject Y X 3 0
    """,
    "a cancel request for an order that is rejected": """
        > D X 10000
        < A A X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand refuse X
        < 8 8 X - 10000 0 0
        reject Y X 8
    """,
    "D.4 cancel request for a part-filled order": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 2000
        < 1/F 1 X - 10000 2000 8000
        > F Y X
        < 6 6 Y X 10000 2000 8000
        hand accept Y
        < 4 4 Y X 10000 2000 0
    """,
    "D.5 cancel request for an order that is filled before it is taken": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand fill 3000
        < 1/F 6 X - 10000 3000 7000
        hand fill 7000
        < 2/F 6 X - 10000 10000 0
        hand accept Y
        reject Y X 2
    """,
    "D.5 the broker refuses to cancel": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand refuse Y
        reject Y X 0
        hand fill 10000
        < 2/F 2 X - 10000 10000 0
    """,
    "a filled order can't be canceled": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 10000
        < 2/F 2 X - 10000 10000 0
        > F Y X
        reject Y X 2 0
    """,
    "a cancel reaches a new order that is pending": """
        > D X 10000
        < A A X - 10000 0 10000
        > F Y X
        < 6 6 Y X 10000 0 10000
        hand accept X
        < 0 6 X - 10000 0 10000
        hand accept Y
        < 4 4 Y X 10000 0 0
    """,
}
