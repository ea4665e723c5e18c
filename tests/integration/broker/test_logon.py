"""Who may log on, when the file says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.logon import REFUSED
from tests.integration.broker.conftest import Broker
from tests.support.stack import eventually

FILE = """
any_client: false
clients:
  KNOWN: {username: desk, password: "${WORD}"}
  OPEN: {}
"""
WORD = "pass-the-salt"


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    path = tmp_path / "broker.yaml"
    path.write_text(FILE)
    monkeypatch.setenv("WORD", WORD)
    broker = Broker(tmp_path, {"BROKER_CONFIG": str(path)})
    yield broker
    broker.process.stop()


def refused(broker: Broker, sender: str, number: int = 1, **fields: str) -> None:
    with broker.client(sender=sender, next_out=1) as client:
        client.send("A", t98=0, t108=30, **fields)
        client.expect("5", t34=number, t58=REFUSED)
        client.expect_end()


def test_only_who_may_logs_on(guarded: Broker) -> None:
    refused(guarded, "STRANGER")
    refused(guarded, "KNOWN")
    refused(guarded, "KNOWN", t553="desk", t554="wrong")
    refused(guarded, "KNOWN", t553="other", t554=WORD)
    assert guarded.rest("GET", "/api/clients")["clients"] == []
    with guarded.client(sender="OPEN") as client:
        client.logon()
    with guarded.client(sender="KNOWN") as client:
        client.logon(t553="desk", t554=WORD)
        client.order("a")
        client.expect("8", t39=0)
    eventually(
        lambda: all(one["state"] == "disconnected" for one in guarded.rest("GET", "/api/clients")["clients"]),
        "both are gone",
    )
    known = next(
        one for one in guarded.rest("GET", "/api/clients")["clients"] if one["sender_comp_id"] == "KNOWN"
    )
    # A refusal uses up a number of ours, and none of theirs.
    refused(guarded, "KNOWN", known["next_outgoing_seq_num"], t553="desk", t554="wrong")
    assert "STRANGER is not among the clients" in guarded.process.output
    assert "Password(554) of KNOWN wrong" in guarded.process.output
    assert WORD not in guarded.process.output
