from __future__ import annotations

import pytest

from sendfix.domain.enums import EndKind
from sendfix.link.reasons import WhyEnded, explain


@pytest.mark.parametrize(
    ("event", "kind", "reason"),
    [
        (
            "Timed out waiting for heartbeat",
            EndKind.HEARTBEAT,
            "The counterparty has gone silent: no answer to a test request in time",
        ),
        (
            "Timed out waiting for logon response",
            EndKind.NO_ANSWER,
            "The counterparty has not answered the Logon in time",
        ),
        (
            "MsgSeqNum too low, expecting 12 but received 1",
            EndKind.SEQUENCE,
            "The counterparty's MsgSeqNum(34) is 1 where 12 was expected: its numbers have been set back, "
            "agree with it on a reset",
        ),
        (
            "Message 3 Rejected: CompID problem",
            EndKind.INVALID,
            "The counterparty's CompIDs are not the ones of this session",
        ),
        ("SSL read error <5> gone", EndKind.TLS, "TLS failed: SSL read error <5> gone"),
    ],
)
def test_an_event_that_explains_an_end(event: str, kind: EndKind, reason: str) -> None:
    assert explain(event) == (kind, reason)


@pytest.mark.parametrize(
    "event", ["Created session", "Received logon response", "Disconnecting", "SNI hostname set"]
)
def test_an_event_that_does_not(event: str) -> None:
    assert explain(event) is None


def ended(*, logged_on: bool, raw: bytes = b"", event: str = "") -> tuple[EndKind, str | None]:
    why = WhyEnded("ME", "YOU")
    why.was_logged_on = logged_on
    why.incoming(raw)
    why.event(event)
    why.end()
    return why.kind, why.reason


def logout(text: bytes) -> bytes:
    return (
        b"8=FIX.4.4\x019=80\x0135=5\x0134=3\x01" + (b"58=" + text + b"\x01" if text else b"") + b"10=000\x01"
    )


def test_a_logout_is_quoted() -> None:
    out, no = EndKind.LOGGED_OUT, EndKind.REFUSED
    assert ended(logged_on=True, raw=logout(b"bye")) == (out, "The counterparty logged out: bye")
    assert ended(logged_on=False, raw=logout(b"no")) == (no, "The counterparty refused the logon: no")
    without = "The counterparty logged out without giving a reason"
    assert ended(logged_on=True, raw=logout(b"")) == (out, without)


def test_a_silent_end_in_answer_to_the_logon_hints_at_the_comp_ids() -> None:
    assert ended(logged_on=True) == (EndKind.LOST, "The counterparty closed the connection")
    kind, reason = ended(logged_on=False)
    assert kind is EndKind.REFUSED
    assert "it may not know ME → YOU" in str(reason)


def test_the_first_reason_counts() -> None:
    reason = ended(logged_on=True, raw=logout(b"bye"), event="Timed out waiting for heartbeat")
    assert reason == (EndKind.LOGGED_OUT, "The counterparty logged out: bye")
    assert ended(logged_on=True, event="Timed out waiting for heartbeat") == (
        EndKind.HEARTBEAT,
        "The counterparty has gone silent: no answer to a test request in time",
    )
