"""What was executed on a day, in whatever order fills, busts and corrections come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.part import Whose
from sendfix.domain.turnover import Executed, Turnover

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
MINE = Whose("S", "A", "")


class Told:
    def __init__(self, kept: int = 5000) -> None:
        self.amount: defaultdict[Whose, Decimal] = defaultdict(Decimal)
        self.unpriced = 0
        self.turnover = Turnover(self.tell, kept)
        self.turnover.begin("S", MONDAY)

    def tell(self, whose: Whose, amount: Decimal, unpriced: int) -> None:
        self.amount[whose] += amount
        self.unpriced += unpriced


def executed(amount: int | None, whose: Whose = MINE) -> Executed:
    return Executed(whose, None if amount is None else Decimal(amount))


@given(st.data())
def test_what_counts_is_what_stands_in_the_end(data: st.DataObject) -> None:
    """Fills of which some are corrected, some of these again, and some are busted: each step may come at any time."""
    told, expected, acts = Told(), Decimal(0), list[Callable[[], Any]]()
    turnover = told.turnover
    for number in range(data.draw(st.integers(0, 5))):
        amounts = data.draw(st.lists(st.integers(1, 9), min_size=1, max_size=3))
        first = f"E{number}"
        acts.append(lambda first=first, one=amounts[0]: turnover.fill("S", first, executed(one)))
        for step, amount in enumerate(amounts[1:], 1):
            ref = first + "'" * (step - 1)
            acts.append(
                lambda ref=ref, key=first + "'" * step, amount=amount: turnover.supersede(
                    "S", ref, key, executed(amount)
                )
            )
        if data.draw(st.booleans()):
            last = first + "'" * (len(amounts) - 1)
            acts.append(lambda last=last: turnover.supersede("S", last))
        else:
            expected += amounts[-1]
    for act in data.draw(st.permutations(acts)):
        act()
        if data.draw(st.booleans()):
            act()  # the counterparty may say it again
    assert told.amount[MINE] == expected


def test_a_new_day_begins_with_nothing_and_an_old_fill_is_not_corrected_into_it() -> None:
    told = Told()
    told.turnover.fill("S", "E1", executed(5))
    told.turnover.fill("S", "E2", executed(None))
    assert (told.amount[MINE], told.unpriced) == (5, 1)
    told.turnover.begin("S", TUESDAY)
    assert (told.amount[MINE], told.unpriced) == (0, 0)
    told.turnover.supersede("S", "E1", "C1", executed(7))
    told.turnover.supersede("S", "E2")
    assert (told.amount[MINE], told.unpriced) == (0, 0)
    told.turnover.fill("S", "E3", executed(2, Whose("S", "B", "u")))
    told.turnover.begin("S", TUESDAY)
    assert told.amount[Whose("S", "B", "u")] == 2


def test_old_fills_count_as_they_stood_and_a_later_bust_of_one_takes_nothing_back() -> None:
    told = Told(kept=2)
    told.turnover.fill("S", "E0", executed(None))
    told.turnover.fill("S", "E1", executed(1))
    told.turnover.supersede("S", "E1", "C1", executed(3))
    for number in range(2, 8):
        told.turnover.fill("S", f"E{number}", executed(10, MINE if number % 2 else Whose("S", "B", "")))
    assert told.amount == {MINE: 33, Whose("S", "B", ""): 30}
    told.turnover.supersede("S", "E1")
    told.turnover.supersede("S", "C1")
    assert told.amount[MINE] == 33
    told.turnover.supersede("S", "E7")
    assert told.amount[MINE] == 23
    told.turnover.begin("S", TUESDAY)
    assert (set(told.amount.values()), told.unpriced) == ({0}, 0)
