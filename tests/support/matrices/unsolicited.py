"""What the counterparty does by itself, refuses, and says when it is asked; corrections and busts. `tables` says how
they are read."""

from __future__ import annotations

from typing import Final

UNSOLICITED: Final = {
    "D18, E.1.a: an order by telephone, confirmed with LeavesQty 0 as the standard has it": """
        < NEW NEW * - 10000 0 0 | warnings=adopted,leaves_qty
        < FILL PARTIALLY_FILLED * - 10000 2000 8000 | warnings=adopted
        < FILL PARTIALLY_FILLED * - 10000 3000 7000
        < FILL FILLED * - 10000 10000 0
    """,
    "D19, E.1.b: canceled by telephone": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        < CANCELED CANCELED X - 10000 1000 0 378=2
    """,
    "D20, E.1.c: replaced by telephone": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < RESTATED NEW X - 11000 0 11000 378=2
        < FILL PARTIALLY_FILLED X - 11000 1000 10000
        < RESTATED PARTIALLY_FILLED X - 12000 1000 11000 378=2
        < FILL FILLED X - 12000 12000 0
    """,
    "replaced by the counterparty with an id of its own": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < REPLACED REPLACED/NEW Y X 9000 0 9000
        < FILL PARTIALLY_FILLED Y - 9000 1000 8000
        > F Z Y
        < CANCELED CANCELED Z Y 9000 1000 0
    """,
    "D21, E.1.d: a part of the quantity is declined": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        < RESTATED PARTIALLY_FILLED X - 9000 1000 8000 378=5
        < FILL FILLED X - 9000 9000 0
    """,
    "D22, F.1.a: a second order with the same ClOrdID": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        or < REJECTED PARTIALLY_FILLED X - 10000 1000 9000 103=6
        < REJECTED REJECTED X - 15000 0 0 103=6 | status=PARTIALLY_FILLED cum=1000 leaves=9000
        < FILL FILLED X - 10000 10000 0
    """,
    "F.1.b: a second order with the same ClOrdID before any fill": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < STATUS NEW X - 10000 0 10000
        < REJECTED NEW X - 10000 0 10000 103=6
        < FILL FILLED X - 10000 10000 0
    """,
    "D23, F.1.c: an order that was given by telephone already": """
        > D X 10000
        < REJECTED REJECTED X - 10000 0 0 103=7
    """,
    "D24, G.1.a: asked for an order that it does not know": """
        > D X 10000
        > H X
        < STATUS REJECTED X - 0 0 0 103=5
    """,
    "D25, G.1.b: nothing done": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        > H X
        < STATUS NEW X - 10000 0 10000
    """,
    "D26, G.1.c: asked for its status all its life": """
        > D X 10000
        > H X
        < STATUS PENDING_NEW X - 10000 0 10000
        < PENDING_NEW PENDING_NEW X - 10000 0 10000
        > H X
        < STATUS PENDING_NEW X - 10000 0 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        > H X
        < STATUS NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > H X
        < STATUS PARTIALLY_FILLED X - 10000 1000 9000
        > F Y X
        < PENDING_CANCEL PENDING_CANCEL Y X 10000 1000 9000
        > H X
        < STATUS PENDING_CANCEL X - 10000 1000 9000
        < CANCELED CANCELED Y X 10000 1000 0
        > H X
        < STATUS CANCELED X - 10000 1000 0
    """,
    "D31: an order that may have been sent before": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < STATUS NEW X - 10000 0 10000
    """,
    "D34, J.1.a: a filled order, whose executions are busted and corrected": """
        > D X 10000
        or < REJECTED REJECTED X - 10000 0 0
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 1000 9000 last=1000@100 avg=100
        < FILL FILLED X - 10000 10000 0 last=9000@110 avg=109
        < BUST PARTIALLY_FILLED X - 10000 9000 1000 ref=B avg=110
        < CORRECT PARTIALLY_FILLED X - 10000 9000 1000 ref=C last=9000@100 avg=100
        < FILL FILLED X - 10000 10000 0 last=1000@120 avg=102
        < CORRECT FILLED X - 10000 10000 0 ref=E last=9000@120 avg=120
        > G Y X 12000
        < PENDING_REPLACE PENDING_REPLACE Y X 10000 10000 0 avg=120
        < REPLACED PARTIALLY_FILLED Y X 12000 10000 2000 avg=120
        < CORRECT PARTIALLY_FILLED Y - 12000 10500 1500 ref=G last=9500@120 avg=120
    """,
    "D35, J.1.b: a canceled order, whose execution is busted, and which is executed anew": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 5000 5000 last=5000@50 avg=50
        > F Y X
        < PENDING_CANCEL PENDING_CANCEL Y X 10000 5000 5000 avg=50
        < CANCELED CANCELED Y X 10000 5000 0 avg=50
        < BUST CANCELED Y - 10000 0 0 ref=B
        < FILL CANCELED Y - 10000 4000 0 last=4000@51 avg=51
    """,
    "a filled order is opened again by a bust": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < FILL FILLED X - 10000 10000 0
        or < BUST CANCELED X - 10000 0 0 ref=B
        < BUST NEW X - 10000 0 10000 ref=B
        < FILL PARTIALLY_FILLED X - 10000 1000 9000
        > F Y X
        < CANCELED CANCELED Y X 10000 1000 0
    """,
    "a bust in 4.4 may repeat the quantity it takes back": """
        > D X 10000
        < NEW NEW X - 10000 0 10000
        < FILL PARTIALLY_FILLED X - 10000 4000 6000
        < BUST NEW X - 10000 0 10000 ref=B last=4000@200
        < FILL FILLED X - 10000 10000 0
    """,
}
