from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sendfix.config import ConfigError
from sendfix.link.config_file import ConfigFile

SESSION = {
    "name": "A", "server_ip": "h", "port": 1, "fix_version": "FIX.4.4", "sender_comp_id": "ME", "target_comp_id": "YOU",
}  # fmt: skip


def document(**keys: Any) -> dict[str, Any]:
    return {"sessions": [{**SESSION, **keys}]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "sessions.json"
    found.write_text(json.dumps(document()))
    return found


def test_what_is_written_is_read_and_the_one_before_is_kept(path: Path) -> None:
    before = path.read_bytes()
    path.chmod(0o640)
    file = ConfigFile(path, {"PW": "secret"})
    file.write(document(port=2, password="${PW}"))
    assert json.loads(path.read_text())["sessions"][0] == {**SESSION, "port": 2, "password": "${PW}"}
    assert path.with_name("sessions.json.previous").read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o640
    assert file.config.sessions[0].password == "secret"
    assert not file.has_changed()
    again = ConfigFile(path, {"PW": "secret"})
    assert (again.config, again.version) == (file.config, file.version)
    assert sorted(one.name for one in path.parent.iterdir()) == ["sessions.json", "sessions.json.previous"]


def test_another_hand_is_noticed_and_a_broken_file_changes_nothing(path: Path) -> None:
    file = ConfigFile(path, {})
    version = file.version
    path.write_text('{"sessions": [')
    assert file.has_changed()
    with pytest.raises(ConfigError, match="line 1"):
        file.look()
    assert not file.has_changed()
    assert (file.version, file.config.sessions[0].port) == (version, 1)
    path.unlink()
    assert file.has_changed()
    with pytest.raises(ConfigError, match="can't be read"):
        file.look()
    path.write_text(json.dumps(document(port=3)))
    assert file.has_changed()
    found = file.look()
    assert (found.config.sessions[0].port, file.version) == (3, version)
    file.use(found)
    assert file.version != version


def test_what_is_wrong_is_not_written(path: Path) -> None:
    file = ConfigFile(path, {})
    before = path.read_bytes()
    with pytest.raises(ConfigError) as error:
        file.write(document(tls={"cert_file": "x"}))
    assert (error.value.field, error.value.problem) == (
        "tls.cert_file",
        "and key_file belong together; give both or neither",
    )
    assert path.read_bytes() == before


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "etc"
    elsewhere.mkdir()
    path.rename(elsewhere / "real.json")
    path.symlink_to(elsewhere / "real.json")
    ConfigFile(path, {}).write(document(port=9))
    assert path.is_symlink()
    assert json.loads((elsewhere / "real.json").read_text())["sessions"][0]["port"] == 9
    assert (elsewhere / "real.json.previous").exists()


def test_a_folder_that_can_not_be_written_leaves_everything_as_it_is(path: Path) -> None:
    # A directory in the place of the new file: also root can't write there.
    (path.parent / "sessions.json.new").mkdir()
    file = ConfigFile(path, {})
    before, config = path.read_bytes(), file.config
    with pytest.raises(OSError, match="directory"):
        file.write(document(port=2))
    assert (path.read_bytes(), file.config) == (before, config)
    assert os.listdir(path.parent / "sessions.json.new") == []
