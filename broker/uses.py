"""Which fields of its clients' messages the broker acts on or repeats, by MsgType(35): docs/fix-messages.md shows it.

Header and trailer are the session layer's. Any other field of the version is taken when it is right, and has no effect.
"""

from __future__ import annotations

from typing import Final

from broker.fix.validation import FIX42, FIX44
from broker.trading.requests import ECHOED

_ORDER: Final = frozenset({1, 11, 38, 40, 44, 54, 55, 59, 99, 111, 126, 432}) | {
    int(tag) for version in (FIX42, FIX44) for tag in ECHOED[version]
}

USES: Final[dict[str, frozenset[int]]] = {
    "A": frozenset({98, 108, 141, 553, 554, 789}),
    "0": frozenset({112}),
    "1": frozenset({112}),
    "2": frozenset({7, 16}),
    "3": frozenset(),
    "4": frozenset({36, 123}),
    "5": frozenset({58}),
    "D": _ORDER,
    "G": frozenset({11, 38, 40, 41, 44, 54, 55, 59, 99, 111, 126, 432}),
    "F": frozenset({11, 41, 54, 55}),
    "H": frozenset({11, 790}),
    "Q": frozenset({17, 58, 127}),
    "AF": frozenset({54, 55, 584, 585}),
    "q": frozenset({11, 54, 55, 530}),
    "E": _ORDER | {66, 68, 73, 433},
    "K": frozenset({66}),
    "L": frozenset({66}),
    "M": frozenset({66}),
    "V": frozenset({55, 146, 262, 263, 264, 265, 266, 267, 269, 286, 336, 386, 546, 547}),
    "R": frozenset({38, 55, 131, 146}),
    "x": frozenset({55, 167, 320, 336, 460, 559}),
    "c": frozenset({55, 320, 321}),
    "e": frozenset({55, 263, 324}),
    "g": frozenset({263, 335, 336}),
}
