from __future__ import annotations

import pytest

from sendfix.domain.enums import OrdStatus
from sendfix.domain.errors import (
    DuplicateClOrdID,
    EngineUnavailable,
    FieldError,
    ImpossibleTransition,
    InvalidRequest,
    NotLoggedOn,
    SendFixError,
    StateForbids,
    UnknownOrder,
    UnknownSession,
)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            InvalidRequest([FieldError("price", "is bad"), FieldError("side", "is odd")]),
            "price: is bad; side: is odd",
        ),
        (UnknownSession("X"), "no session named 'X'"),
        (UnknownOrder("A1"), "no order with ClOrdID(11) 'A1'"),
        (DuplicateClOrdID("A1"), "ClOrdID(11) 'A1' is in use"),
        (NotLoggedOn("X", "refused"), "Session X is not logged on: refused"),
        (EngineUnavailable("The engine is not running."), "The engine is not running."),
        (ImpossibleTransition(OrdStatus.FILLED, "new", "why"), "An order that is FILLED can't take new: why"),
    ],
)
def test_an_error_is_a_sentence_for_a_person(error: SendFixError, said: str) -> None:
    assert said in str(error)


def test_what_a_state_forbids_can_be_told_from_what_is_invalid() -> None:
    assert issubclass(DuplicateClOrdID, StateForbids)
    assert issubclass(NotLoggedOn, StateForbids)
    assert not issubclass(InvalidRequest, StateForbids)
