from __future__ import annotations

import pytest

from sendfix.link.reasons import explain, logout_reason, silent_end


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (
            "Timed out waiting for heartbeat",
            "The counterparty has gone silent: no answer to a test request in time",
        ),
        ("Timed out waiting for logon response", "The counterparty has not answered the Logon in time"),
        (
            "MsgSeqNum too low, expecting 12 but received 1",
            "The counterparty's MsgSeqNum(34) is 1 where 12 was expected: its numbers have been set back, "
            "agree with it on a reset",
        ),
        ("Message 3 Rejected: CompID problem", "The counterparty's CompIDs are not the ones of this session"),
        ("SSL read error <5> gone", "TLS failed: SSL read error <5> gone"),
    ],
)
def test_an_event_that_explains_an_end(event: str, reason: str) -> None:
    assert explain(event) == reason


@pytest.mark.parametrize(
    "event", ["Created session", "Received logon response", "Disconnecting", "SNI hostname set"]
)
def test_an_event_that_does_not(event: str) -> None:
    assert explain(event) is None


def test_a_logout() -> None:
    assert logout_reason("bye", True) == "The counterparty logged out: bye"
    assert logout_reason("wrong password", False) == "The counterparty refused the logon: wrong password"
    assert logout_reason("", True) == "The counterparty logged out without giving a reason"


def test_a_silent_end_after_the_logon_hints_at_the_comp_ids() -> None:
    assert silent_end(True, "ME", "YOU") == "The counterparty closed the connection"
    assert "it may not know ME → YOU" in silent_end(False, "ME", "YOU")
