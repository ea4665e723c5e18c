from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sendfix.config import SessionConfig
from sendfix.link.config_file import ConfigFile
from sendfix.link.configurator import Configurator
from sendfix.link.protocol import NotSent

A = {
    "name": "A", "server_ip": "h", "port": 1, "fix_version": "FIX.4.4", "sender_comp_id": "ME", "target_comp_id": "YOU",
    "password": "${PW}",
}  # fmt: skip
B = {**A, "name": "B", "sender_comp_id": "ME2", "password": "written out", "logon_fields": {"9001": "token"}}


class Pool:
    """Keeps what it is told to do."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.connected: set[str] = set()
        self.refuses: Exception | None = None

    def is_apart(self, name: str) -> bool:
        return name not in self.connected

    def add(self, config: SessionConfig) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.done.append(("add", config.name))

    def remove(self, name: str) -> None:
        self.done.append(("remove", name))

    def reconfigure(self, config: SessionConfig) -> None:
        self.done.append(("reconfigure", config.name))

    def note(self, name: str, text: str) -> None:
        self.notes.append(f"{name}: {text}")


class Kit:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "sessions.json"
        self.put(A, B)
        self.pool = Pool()
        self.told: list[tuple[str, str | None]] = []
        self.levels: list[str | None] = []
        self.file = ConfigFile(self.path, {"PW": "secret"})
        self.configurator = Configurator(
            self.file,
            self.pool,
            lambda version, problem: self.told.append((version, problem)),
            self.levels.append,
        )

    def put(self, *sessions: dict[str, Any], **keys: Any) -> None:
        self.path.write_text(json.dumps({"sessions": sessions, **keys}))

    def ask(self, question: str, **arguments: Any) -> dict[str, Any]:
        return self.configurator.ask(question, arguments)

    def put_session(self, name: str | None, session: Any, version: str | None = None) -> dict[str, Any]:
        return self.ask(
            "put_session", name=name, session=json.dumps(session), version=version, why="a reason"
        )

    def stored(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.path.read_text())["sessions"]
        return found


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(tmp_path)


def test_secrets_are_not_shown_and_stay_when_they_are_sent_back(kit: Kit) -> None:
    shown = kit.ask("session_config", name="B")
    session = json.loads(shown["session"])
    assert session == {**B, "password": "***", "logon_fields": {"9001": "***"}}
    assert json.loads(kit.ask("session_config", name="A")["session"]) == A
    changed = kit.put_session("B", {**session, "port": 7}, shown["version"])
    assert kit.stored() == [A, {**B, "port": 7}]
    assert changed["applied"] == ["port"]
    assert changed["version"] == kit.configurator.version != shown["version"]
    assert kit.pool.done == [("reconfigure", "B")]
    assert kit.pool.notes == ["B: Configuration changed (port): a reason"]
    assert kit.told[-1] == (changed["version"], None)


def test_what_waits_for_a_connection_is_named(kit: Kit) -> None:
    kit.pool.connected.add("A")
    changed = kit.put_session("A", {**A, "port": 7, "account": "X", "limits": {"max_order_qty": 5}})
    assert (changed["applied"], changed["needs_reconnect"]) == (["account", "limits"], ["port"])


@pytest.mark.parametrize(
    ("session", "problem"),
    [
        ({**A, "port": 0}, "port: is 0; give a whole number"),
        ({**A, "tls": {"verify": 5}}, "tls.verify: is 5; give true or false"),
        ({**A, "alternates": [{"server_ip": "x"}]}, r"alternates\[0\].port: is missing"),
        ({**A, "prot": 5}, 'prot: is no key; did you mean "port"'),
        ({**A, "name": "Z"}, "name: can't be changed"),
        ({**A, "password": "plain"}, "password: give a variable of the environment"),
        ({**A, "password": "${NONE}"}, "password: the environment variable NONE is not set"),
        (
            {**A, "logon_fields": {"9001": "***"}},
            "logon_fields.9001: is ..., which stands for a value that is not",
        ),
        ({**A, "sender_comp_id": "ME2"}, "sender_comp_id: FIX.4.4 ME2 → YOU is both session A and session B"),
        ({**A, "port": 10**40}, "port: is 1"),
    ],
)
def test_a_mistake_names_its_field_and_changes_nothing(
    kit: Kit, session: dict[str, Any], problem: str
) -> None:
    before = kit.path.read_bytes()
    with pytest.raises(NotSent, match=problem) as error:
        kit.put_session("A", session)
    assert error.value.code == "invalid"
    assert kit.path.read_bytes() == before
    assert kit.pool.done == []


def test_sessions_are_added_and_removed(kit: Kit) -> None:
    new = {**A, "name": "C", "sender_comp_id": "ME3"}
    kit.put_session(None, new)
    assert kit.stored() == [A, B, new]
    assert kit.pool.done == [("add", "C")]
    with pytest.raises(NotSent, match="name: the name is used twice"):
        kit.put_session(None, {**new, "sender_comp_id": "ME4", "name": "c"})
    kit.pool.connected.add("A")
    with pytest.raises(NotSent, match="Session A is connected; disconnect it before it is removed"):
        kit.ask("remove_session", name="A", version=None, why="gone")
    kit.ask("remove_session", name="C", version=None, why="gone")
    assert kit.stored() == [A, B]
    assert kit.pool.done[-1] == ("remove", "C")
    with pytest.raises(NotSent, match="has no session 'C'"):
        kit.ask("session_config", name="C")


def test_two_who_edit_at_once_are_told(kit: Kit) -> None:
    version = kit.configurator.version
    kit.put_session("A", {**A, "port": 2}, version)
    with pytest.raises(NotSent, match="changed by somebody else"):
        kit.put_session("A", {**A, "port": 3}, version)
    kit.put({**A, "port": 99}, B)
    with pytest.raises(NotSent, match="by another hand"):
        kit.put_session("A", {**A, "port": 3})


def test_a_file_changed_by_hand_is_applied(kit: Kit) -> None:
    kit.put({**A, "enabled": False}, {**A, "name": "C", "sender_comp_id": "ME3"}, log_level="debug")
    kit.configurator.look()
    assert kit.pool.done == [("remove", "B"), ("reconfigure", "A"), ("add", "C")]
    assert kit.pool.notes[0] == "B: Removed from the configuration: the file was changed"
    assert kit.levels == ["DEBUG"]
    kit.configurator.look()
    assert len(kit.pool.done) == 3


def test_a_broken_file_changes_nothing_and_says_why_until_it_is_mended(kit: Kit) -> None:
    version = kit.configurator.version
    kit.path.write_text('{"sessions": [{}]}')
    kit.configurator.look()
    assert kit.pool.done == []
    assert kit.told[-1][0] == version
    assert "is not used" in str(kit.configurator.problem)
    assert "name: is missing" in str(kit.configurator.problem)
    kit.put(A, B)
    kit.configurator.look()
    assert kit.configurator.problem is None
    assert kit.told[-1] == (kit.configurator.version, None)


def test_an_identity_that_changes_waits_until_the_session_is_disconnected(kit: Kit) -> None:
    kit.pool.connected.add("A")
    with pytest.raises(NotSent, match="Session A is connected; disconnect it before its FIX version"):
        kit.put_session("A", {**A, "sender_comp_id": "OTHER"})
    kit.put({**A, "sender_comp_id": "OTHER"}, B)
    kit.configurator.look()
    assert "is not used yet: Session A is connected" in str(kit.configurator.problem)
    kit.pool.connected.clear()
    kit.configurator.look()
    assert kit.pool.done == [("reconfigure", "A")]
    assert kit.configurator.problem is None


def test_a_session_that_can_not_be_opened_is_named(kit: Kit) -> None:
    kit.pool.refuses = OSError("the disk is full")
    with pytest.raises(NotSent, match="session C is left out: the disk is full"):
        kit.put_session(None, {**A, "name": "C", "sender_comp_id": "ME3"})
    assert kit.configurator.problem == "session C is left out: the disk is full"


def test_a_file_that_is_broken_is_not_written_over(kit: Kit) -> None:
    kit.path.write_text('{"sessions": [')
    kit.configurator.look()
    with pytest.raises(NotSent, match=r"must be mended first.*is not used"):
        kit.put_session("A", {**A, "port": 2})
    assert kit.path.read_text() == '{"sessions": ['


def test_desks_are_not_told_of_a_file_that_is_not_used_yet(kit: Kit) -> None:
    version = kit.configurator.version
    kit.pool.connected.add("A")
    kit.put({**A, "sender_comp_id": "OTHER"})
    kit.configurator.look()
    assert kit.told[-1][0] == kit.configurator.version == version
    assert json.loads(kit.ask("session_config", name="B")["session"])["name"] == "B"


def test_one_session_s_trouble_is_not_told_to_who_edits_another(kit: Kit) -> None:
    kit.pool.refuses = OSError("the disk is full")
    kit.put(A, B, {**A, "name": "C", "sender_comp_id": "ME3"})
    kit.configurator.look()
    assert kit.configurator.problem == "session C is left out: the disk is full"
    assert kit.put_session("A", {**A, "port": 5})["applied"] == ["port"]


def test_one_session_takes_what_another_lets_go_of(kit: Kit) -> None:
    taken = {"A": "ME", "B": "ME2"}

    def reconfigure(config: SessionConfig) -> None:
        if config.sender_comp_id in [one for name, one in taken.items() if name != config.name]:
            raise ValueError("another client has it")
        taken[config.name] = config.sender_comp_id

    kit.pool.reconfigure = reconfigure  # type: ignore[method-assign]
    kit.put({**A, "sender_comp_id": "ME2"}, {**B, "sender_comp_id": "ME9"})
    kit.configurator.look()
    assert taken == {"A": "ME2", "B": "ME9"}
    assert kit.configurator.problem is None


@pytest.mark.parametrize("key", ["server_ip", "account", "port", "heartbeat_interval"])
def test_what_is_in_the_environment_is_told_to_nobody(kit: Kit, key: str) -> None:
    kit.file._environ = {"PW": "hunter2 \x01"}
    with pytest.raises(NotSent) as error:
        kit.put_session("A", {**A, key: "${PW}"})
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("key", ["server_ip", "account", "port", "fix_version"])
def test_half_a_character_gets_nowhere(kit: Kit, key: str) -> None:
    before = kit.path.read_bytes()
    with pytest.raises(NotSent, match=key):
        kit.put_session("A", {**A, key: "x\ud800"})
    assert kit.path.read_bytes() == before
