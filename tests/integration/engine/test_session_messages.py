"""What a person says on the session layer, as the counterparty gets it: gap fills by hand, a Logout with a text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from quickfix_client import NotSent, QuickFixClient
from sendfix.config import SessionConfig
from tests.integration.engine.orders import order
from tests.support.scripted_acceptor import Message, ScriptedAcceptor, tag


@pytest.fixture(scope="module")
def counterparty() -> Iterator[ScriptedAcceptor]:
    with ScriptedAcceptor() as made:
        yield made


@pytest.fixture(scope="module")
def client(
    counterparty: ScriptedAcceptor, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[QuickFixClient]:
    """One for all: logging out takes seconds."""
    config = SessionConfig("TOLD", "127.0.0.1", counterparty.port, "FIX.4.4", "TELLER", "BROKER", 30)
    with QuickFixClient(config, tmp_path_factory.mktemp("store")) as made:
        made.connect()
        made.wait_until_connected(10)
        yield made


@pytest.fixture
def acceptor(counterparty: ScriptedAcceptor) -> ScriptedAcceptor:
    counterparty.received.clear()
    return counterparty


def fill(client: QuickFixClient, begin: int, new: int, expected: int | None = None) -> int:
    now = client.status()["next_sender_seq_num"] if expected is None else expected
    arguments = {"expected": now, "msg_seq_num": begin, "new_seq_no": new, "why": "their gap"}
    return int(client.ask("gap_fill", arguments)["msg_seq_num"])


def fields(message: Message, *tags: int) -> list[str | None]:
    return [tag(message, number) for number in tags]


def test_a_gap_that_the_counterparty_waits_for_is_filled(
    client: QuickFixClient, acceptor: ScriptedAcceptor
) -> None:
    first, _, third = (client.send(order(name)) for name in ("A", "B", "C"))
    assert fill(client, first, third) == first
    filled = acceptor.wait_for("4")
    assert fields(filled, 34, 36, 43, 123) == [str(first), str(third), "Y", "Y"]
    assert tag(filled, 122) == tag(filled, 52)
    assert client.status()["next_sender_seq_num"] == third + 1, "our own numbers go on as before"
    assert client.send(order("D")) == third + 1
    assert tag(acceptor.wait_for("D", 4), 34) == str(third + 1)
    # What was given up is not sent again, however fresh; what lies behind it is.
    acceptor.send("2", [(7, first), (16, 0)])
    again = acceptor.wait_for("D", 5)
    assert fields(again, 34, 43, 11) == [str(third), "Y", "C"]
    assert client.busy, "QuickFIX may still be answering"
    client.send(order("after it"))
    assert not client.busy
    said = [entry.payload.decode() for entry in client.journal.read(0, 1000)]
    assert any(f"Gap filled by hand from {first} to {third - 1}" in text for text in said)
    assert any("their gap" in text for text in said)


def test_numbers_can_be_skipped(client: QuickFixClient, acceptor: ScriptedAcceptor) -> None:
    now = client.status()["next_sender_seq_num"]
    assert fill(client, now, now + 7) == now
    assert fields(acceptor.wait_for("4"), 34, 36, 43, 122) == [str(now), str(now + 7), None, None]
    assert client.send(order("E")) == now + 7
    assert fill(client, now + 7, now + 9) == now + 7
    assert fields(acceptor.wait_for("4", 2), 34, 36, 43) == [str(now + 7), str(now + 9), "Y"]
    assert client.send(order("F")) == now + 9


def test_a_fill_that_would_do_other_than_was_shown_is_not_sent(
    client: QuickFixClient, acceptor: ScriptedAcceptor
) -> None:
    sent = client.send(order("G"))
    for begin, new, expected, why in (
        (sent + 2, sent + 3, sent + 1, "can't begin at"),
        (sent, sent, sent + 1, r"NewSeqNo\(36\) \d+ must be above"),
        (sent, sent + 3, sent, f"Messages have been sent under {sent} and above since the preview"),
    ):
        with pytest.raises(NotSent, match=why):
            fill(client, begin, new, expected)
    client.send(order("H"))
    acceptor.wait_for("D", 2)
    assert not any(tag(message, 35) == "4" for message in acceptor.received)


def test_a_logout_says_what_the_person_says(client: QuickFixClient, acceptor: ScriptedAcceptor) -> None:
    client.ask("logout", {"text": "Fin de journée"})
    assert tag(acceptor.wait_for("5"), 58) == "Fin de journée"
    with client._record.changed:
        assert client._record.changed.wait_for(lambda: client._record.phase == "not_connected", 10)
    assert "Logged out on request" in client.status()["reason"]
    with pytest.raises(NotSent, match="not logged on"):
        client.ask("logout", {"text": "again"})
    client.connect()
    client.wait_until_connected(10)
    client.disconnect()
    assert tag(acceptor.wait_for("5", 2), 58) is None, "the text was for that Logout alone"
