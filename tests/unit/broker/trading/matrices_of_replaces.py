"""Matrices of replace requests, and of cancels and fills that cross them. `test_matrices` says how they are read."""

from __future__ import annotations

from typing import Final

REPLACES: Final = {
    "D.9 a replace not of the quantity, for an order that is filled meanwhile": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        hand fill 9000
        < 2/F 2 X - 10000 10000 0
        > G Y X 10000
        reject Y X 2 0
    """,
    "D.14 a replace is refused before it is pending, the next is accepted": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        > G Y X 1.5
        reject Y X 1
        hand fill 500
        < 1/F 1 X - 10000 1500 8500
        > G Z X 6000
        < E E Z X 10000 1500 8500
        hand accept Z
        < 5 1 Z X 6000 1500 4500
    """,
    "D.15 a replace is refused after it was pending, the next is accepted": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        > G Y X 8000
        < E E Y X 10000 1000 9000
        hand fill 500
        < 1/F E X - 10000 1500 8500
        hand refuse Y
        reject Y X 1
        hand fill 2000
        < 1/F 1 X - 10000 3500 6500
        > G Z X 6000
        < E E Z X 10000 3500 6500
        hand accept Z
        < 5 1 Z X 6000 3500 2500
        hand fill 1500
        < 1/F 1 Z - 6000 5000 1000
    """,
    "D.17 a second replace while the first is pending": """
        hand one_request
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        > G Y X 8000
        < E E Y X 10000 1000 9000
        > G Z Y 7000
        reject Z X E 3
        hand accept Y
        < 5 1 Y X 8000 1000 7000
        hand fill 2000
        < 1/F 1 Y - 8000 3000 5000
    """,
    "D.7 replace to increase the quantity of a part-filled order": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        > G Y X 11000
        < E E Y X 10000 1000 9000
        hand accept Y
        < 5 1 Y X 11000 1000 10000
        hand fill 10000
        < 2/F 2 Y - 11000 11000 0
    """,
    "the replace is refused, and the order goes on": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 11000
        < E E Y X 10000 0 10000
        hand fill 1000
        < 1/F E X - 10000 1000 9000
        hand refuse Y
        reject Y X 1
        hand fill 9000
        < 2/F 2 X - 10000 10000 0
    """,
    "D.6 an order without fills is replaced": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 11000
        < E E Y X 10000 0 10000
        hand accept Y
        < 5 5/0 Y X 11000 0 11000
    """,
    "D.10 part-filled before the replace to a smaller quantity is taken": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 7000
        < E E Y X 10000 0 10000
        hand fill 1000
        < 1/F E X - 10000 1000 9000
        hand accept Y
        < 5 1 Y X 7000 1000 6000
        hand fill 6000
        < 2/F 2 Y - 7000 7000 0
    """,
    "D.11 the replace asks for what is filled already": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 7000
        < E E Y X 10000 0 10000
        hand fill 7000
        < 1/F E X - 10000 7000 3000
        hand accept Y
        < 5 2 Y X 7000 7000 0
    """,
    "D.12 the replace asks for less than is filled already": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 7000
        < E E Y X 10000 0 10000
        hand fill 8000
        < 1/F E X - 10000 8000 2000
        hand accept Y
        < 5 2 Y X 8000 8000 0
    """,
    "D.8 a filled order is opened again by a replace": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 10000
        < 2/F 2 X - 10000 10000 0
        > G Y X 12000
        < E E Y X 10000 10000 0
        hand accept Y
        < 5 1 Y X 12000 10000 2000
        hand fill 2000
        < 2/F 2 Y - 12000 12000 0
    """,
    "D.13 one replace behind the other, each accepted in turn": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        hand fill 1000
        < 1/F 1 X - 10000 1000 9000
        > G Y X 8000
        < E E Y X 10000 1000 9000
        hand accept Y
        < 5 1 Y X 8000 1000 7000
        > G Z Y 6000
        < E E Z Y 8000 1000 7000
        hand accept Z
        < 5 1 Z Y 6000 1000 5000
    """,
    "a replace of a replace that is pending": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 8000
        < E E Y X 10000 0 10000
        > G Z Y 6000
        < E E Z Y 10000 0 10000
        hand accept Y
        < 5 E Y X 8000 0 8000
        hand accept Z
        < 5 5/0 Z Y 6000 0 6000
    """,
    "the first of two chained replaces is refused, and with it the second": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 8000
        < E E Y X 10000 0 10000
        > G Z Y 6000
        < E E Z Y 10000 0 10000
        hand refuse Y
        reject Y X E
        hand accept Z
        reject Z Y 0
    """,
    "a cancel of a replace that is pending": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 8000
        < E E Y X 10000 0 10000
        > F Z Y
        < 6 6 Z Y 10000 0 10000
        hand accept Y
        < 5 6 Y X 8000 0 8000
        hand accept Z
        < 4 4 Z Y 8000 0 0
    """,
    "canceled by the broker while a replace is pending": """
        > D X 10000
        < A A X - 10000 0 10000
        hand accept X
        < 0 0 X - 10000 0 10000
        > G Y X 8000
        < E E Y X 10000 0 10000
        hand cancel
        < 4 4 X - 10000 0 0
        reject Y X 4
    """,
}
