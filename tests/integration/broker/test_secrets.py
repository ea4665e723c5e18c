"""Password(554), NewPassword(925) and RawData(96) go into the broker and come out nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.integration.broker.client import FixClient
from tests.integration.broker.conftest import Broker
from tests.integration.broker.test_live import Follower
from tests.support.stack import eventually

PASSWORD = "pass-the-salt"
WRONG = "salt-the-pass"
NEW = "sesame-and-poppy"
RAW = "rawhide"
REST_OF_RAW = "tallow"
SECRETS = [PASSWORD, WRONG, NEW, RAW, REST_OF_RAW]
RAW_DATA = {"t95": len(RAW), "t96": RAW}
BROKEN_DATA = [
    {"t95": len(RAW) + 1, "t96": RAW},
    {"t95": len(RAW), "t96": f"{RAW}\x01{REST_OF_RAW}=1"},
    {"t95": len(RAW), "t96": f"{RAW}\x01{REST_OF_RAW}"},
    {"t96": RAW},
]
ALL = {"t554": PASSWORD, "t925": NEW, **RAW_DATA}
PATHS = [
    "/api/clients",
    "/api/stats",
    "/api/orders",
    "/api/orders.csv",
    "/api/orders/1",
    "/api/orders/1/messages",
    "/api/executions",
    "/api/behaviours",
    "/api/faults",
    "/health",
    "/",
]


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    path = tmp_path / "broker.yaml"
    path.write_text('clients: {KNOWN: {username: desk, password: "${WORD}"}}')
    monkeypatch.setenv("WORD", PASSWORD)
    broker = Broker(tmp_path, {"BROKER_CONFIG": str(path), "BROKER_LOG_LEVEL": "DEBUG"})
    yield broker
    broker.process.stop()


def answered(client: FixClient, msg_type: str, **fields: object) -> str:
    """With a Reject or BusinessMessageReject, whose text this is."""
    client.send(msg_type, **fields)
    got = client.receive()
    assert got[35] in "3j", got
    return repr(got)


def talk(broker: Broker, version: str) -> list[str]:
    """Secrets wherever a client may put them; what the broker said to it."""
    said = []
    known = {"t98": 0, "t108": 30, "t141": "Y", "t553": "desk"}
    for fields in ({"t554": WRONG}, {"t554": f"{PASSWORD}\x01{REST_OF_RAW}=1"}):
        with broker.client(version, "KNOWN") as client:
            client.send("A", **known, **fields)
            while (got := client.receive())[35] != "5":
                said.append(repr(got))
            said.append(repr(got))
    with broker.client(version, "KNOWN") as client:
        client.send("A", **known, t554=PASSWORD, **RAW_DATA)
        said.append(repr(client.expect("A", t141="Y")))
        client.order("a")
        client.expect("8", t39=0)
        client.expect("8", t39=2)
        said.append(answered(client, "BE", t923="r", t924=3, t553="desk", **ALL))
        said.append(answered(client, "U1", **ALL))
        said.append(answered(client, "0", t554=PASSWORD))
        said.append(answered(client, "0", **RAW_DATA))
        said.append(answered(client, "A", **known, t554=PASSWORD, t925=NEW))
        for broken in BROKEN_DATA:
            said.append(answered(client, "B", t148="h", t33=1, t58="x", **broken))
    return said


@pytest.mark.parametrize("version", ["FIX.4.2", "FIX.4.4"])
def test_what_is_secret_comes_out_nowhere(guarded: Broker, tmp_path: Path, version: str) -> None:
    guarded.behave(default="fill")
    page = Follower(guarded.url)
    places = {"FIX": "\n".join(talk(guarded, version))}
    frames = [page.until(lambda frame: frame["executions"])]
    frames.append(page.until(lambda frame: all(one["state"] == "disconnected" for one in frame["clients"])))
    page.close()
    places["page"] = repr(frames)
    for path in PATHS:
        answer = requests.get(guarded.url + path, timeout=15)
        assert answer.status_code == 200, path
        places[path] = answer.text
    eventually(lambda: "rejected" in guarded.process.output, "the log has what was rejected")
    places["log"] = guarded.process.output
    for file in tmp_path.glob("broker.db*"):
        places[file.name] = file.read_bytes().decode("latin-1")
    assert "broker.db" in places
    assert "Password(554)" in places["log"]
    found = [(secret, place) for place, text in places.items() for secret in SECRETS if secret in text]
    assert found == []
