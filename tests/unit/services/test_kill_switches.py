"""Kill switches: turned with a reason, kept over a restart, and on when nobody knows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sendfix.domain.errors import InvalidRequest, StorageUnavailable, UnknownSession
from sendfix.services.kill_switches import KillSwitch, KillSwitches, KillSwitchStore
from sendfix.storage.kill_switches import KillSwitchFile
from tests.unit.services.desk_kit import NOW, DeskKit, MemorySwitches


@pytest.fixture
def kit() -> DeskKit:
    return DeskKit()


def test_turning_a_switch_needs_a_session_that_is_there_and_a_reason(kit: DeskKit) -> None:
    with pytest.raises(UnknownSession):
        kit.risk.kill("S99", "why not")
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(InvalidRequest, match="say why"):
            kit.risk.kill(None, reason)
    kit.risk.kill(None, "first")
    with pytest.raises(InvalidRequest, match="say why"):
        kit.risk.let_go(None, "")
    assert kit.risk.kill(None, "second").reason == "first"


def restarted(kit: DeskKit, store: KillSwitchStore, changed: list[int]) -> KillSwitches:
    return KillSwitches(kit.sessions, store, lambda: NOW + timedelta(days=1), lambda: changed.append(1))


def test_a_switch_outlives_the_desk(kit: DeskKit, tmp_path: Path) -> None:
    changed: list[int] = []
    file = KillSwitchFile(tmp_path / "store" / "kill_switches.json")
    first = restarted(kit, file, changed)
    first.kill("S44", "ü")
    first.kill(None, "all")
    first.let_go(None, "well")
    assert len(changed) == 3
    second = restarted(kit, file, changed)
    assert list(second) == [KillSwitch("S44", "ü", NOW + timedelta(days=1))]
    second.let_go("S44", "well")
    assert list(restarted(kit, file, changed)) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"{}",
        b'""',
        b"[1]",
        b'[["S44", "x", "yesterday"]]',
        b'[["S44", "x", "2026-03-02T14:03:00"]]',
        b'[[["S44"], "x", "2026-03-02T14:03:00+00:00"]]',
        b"\xff",
        b"[" * 100_000,
    ],
    ids=lambda content: repr(content[:40]),
)
def test_a_file_that_can_not_be_read_stops_everything(kit: DeskKit, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kill_switches.json"
    path.write_bytes(content)
    risk = restarted(kit, KillSwitchFile(path), [])
    assert "nothing is known of what was stopped" in (risk.kill_reason("S44") or "")
    risk.let_go(None, "looked into")
    assert list(restarted(kit, KillSwitchFile(path), [])) == []


def test_a_switch_that_can_not_be_kept_is_on_and_one_that_can_not_be_taken_back_stays(
    kit: DeskKit, tmp_path: Path
) -> None:
    switches = MemorySwitches()
    risk = restarted(kit, switches, [])
    switches.fails = True
    with pytest.raises(StorageUnavailable, match="is on, but a restart"):
        risk.kill(None, "fire")
    assert risk.kill_reason("S42") is not None
    with pytest.raises(StorageUnavailable):
        risk.let_go(None, "over")
    assert risk.kill_reason("S42") is not None
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnavailable, match="can't be written"):
        KillSwitchFile(tmp_path / "file" / "kill_switches.json").save([])
