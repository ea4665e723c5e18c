"""A ClOrdID(11) is found as long as the database has it, however many came after it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from broker.fix.states import SessionKey
from broker.trading.cl_ord_ids import ClOrdIds, Key

A = SessionKey(b"FIX.4.4", b"A", b"BROKER")
B = SessionKey(b"FIX.4.4", b"B", b"BROKER")

keys = st.tuples(st.sampled_from([None, A, B]), st.text(max_size=3))


class Stored:
    """The database: what was committed, and how often it was asked."""

    def __init__(self) -> None:
        self.rows: dict[Key, int] = {}
        self.asked = 0

    def find(self, session: SessionKey | None, cl_ord_id: str) -> int | None:
        self.asked += 1
        return self.rows.get((session, cl_ord_id))


@given(st.lists(st.tuples(keys, st.integers(1, 9))), st.lists(keys), st.integers(0, 3))
def test_what_was_added_is_found_and_nothing_else(
    added: list[tuple[Key, int]], asked: list[Key], kept: int
) -> None:
    stored = Stored()
    ids = ClOrdIds(stored.find, kept)
    for key, order_id in added:
        ids.add(*key, order_id)
        stored.rows[key] = order_id
        ids.forget_old()
    again = ClOrdIds(stored.find, kept)
    again.restore(stored.rows)
    for key in [*asked, *stored.rows]:
        assert ids.find(*key) == again.find(*key) == stored.rows.get(key)


def test_what_is_not_committed_yet_is_known_by_heart() -> None:
    ids = ClOrdIds(Stored().find, kept=1)
    for number in range(3):
        ids.add(A, str(number), number)
    assert [ids.find(A, str(number)) for number in range(3)] == [0, 1, 2]


def test_a_new_id_does_not_cost_a_question() -> None:
    stored = Stored()
    ids = ClOrdIds(stored.find, kept=10)
    for number in range(20_000):
        assert ids.find(A, f"new-{number}") is None
        ids.add(A, f"new-{number}", number)
        ids.forget_old()
    assert stored.asked <= 20
