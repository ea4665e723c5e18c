"""A short certification at the pace of real time; `make certify` is the long one."""

from __future__ import annotations

from pathlib import Path

from tests.certify.run import Clock, certify


def test_clients_on_two_libraries_and_the_broker_keep_equal_books(tmp_path: Path) -> None:
    assert certify(tmp_path, seed="7", seconds=6, clock=Clock(None, 1), pace=15) == []
