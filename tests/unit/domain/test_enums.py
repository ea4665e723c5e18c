from __future__ import annotations

import pytest

from sendfix.domain.enums import OrdStatus, OrdType, SessionState, Side, TimeInForce, api_name


@pytest.mark.parametrize("text", ["BUY", "buy", "1", 1, " Buy "])
def test_a_name_or_a_wire_code_is_taken(text: str | int) -> None:
    assert Side.parse(text) is Side.BUY


def test_an_unknown_name_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(ValueError, match="'KEEP' is not one of DAY, GTC, OPG, IOC, FOK, GTX, GTD, CLOSE"):
        TimeInForce.parse("KEEP")


def test_wire_codes_are_case_sensitive() -> None:
    assert OrdType.of_code("P") is OrdType.PEGGED
    assert OrdType.of_code("p") is None


def test_api_names() -> None:
    assert api_name(OrdStatus.PENDING_NEW) == "PENDING_NEW"
    assert api_name("Z") == "Z"
    assert api_name(None) == ""
    assert SessionState.NOT_CONNECTED == "not_connected"
