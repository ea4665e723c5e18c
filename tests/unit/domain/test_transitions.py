"""The table as a whole, and the page that is made from it."""

from __future__ import annotations

import pytest

from scripts.order_states import PAGE, page
from sendfix.domain.enums import ExecType, OrdStatus
from sendfix.domain.transitions import CLOSED, KIND_OF_EXEC_TYPE, OPEN, ROWS, TRANSITIONS, Kind


def test_no_two_rows_speak_of_the_same_state_and_event() -> None:
    pairs = [(status, row.kind) for row in ROWS for status in row.before]
    assert len(pairs) == len(set(pairs)) == len(TRANSITIONS)


@pytest.mark.parametrize("exec_type", ExecType)
def test_every_exec_type_has_a_meaning(exec_type: ExecType) -> None:
    kind = KIND_OF_EXEC_TYPE[exec_type]
    assert any(kind is known for _, known in TRANSITIONS)


@pytest.mark.parametrize("status", OrdStatus)
def test_a_fill_is_possible_in_every_state(status: OrdStatus) -> None:
    assert TRANSITIONS[status, Kind.TRADE] & {OrdStatus.FILLED}


@pytest.mark.parametrize("status", OrdStatus)
@pytest.mark.parametrize("kind", [Kind.CANCEL_SENT, Kind.REPLACE_SENT, Kind.REQUEST_REFUSED])
def test_what_we_sent_is_a_fact_in_every_state(status: OrdStatus, kind: Kind) -> None:
    assert TRANSITIONS[status, kind] == {status}


@pytest.mark.parametrize("status", sorted(OPEN - {OrdStatus.PENDING_NEW}, key=lambda status: status.name))
def test_an_acknowledged_order_is_never_unacknowledged(status: OrdStatus) -> None:
    for kind in Kind:
        assert OrdStatus.PENDING_NEW not in TRANSITIONS.get((status, kind), ())


@pytest.mark.parametrize("status", sorted(CLOSED - {OrdStatus.FILLED}, key=lambda status: status.name))
def test_only_a_fill_or_its_bust_opens_what_has_ended(status: OrdStatus) -> None:
    openers = {
        kind for kind in Kind if TRANSITIONS.get((status, kind), frozenset()) & {OrdStatus.PARTIALLY_FILLED}
    }
    assert openers <= {Kind.TRADE, Kind.TRADE_CANCEL, Kind.TRADE_CORRECT}


def test_the_page_of_states_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m scripts.order_states"
