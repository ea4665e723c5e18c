"""Starting and refusing to start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.broker.conftest import Broker

ROOT = Path(__file__).resolve().parents[3]


def run(tmp_path: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "broker", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "BROKER_FIX_PORT": "0",
            "BROKER_HTTP_PORT": "0",
            "BROKER_DATABASE_URL": f"sqlite:///{tmp_path}/broker.db",
            **environ,
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield str(holder.getsockname()[1])


@pytest.mark.parametrize("variable", ["BROKER_FIX_PORT", "BROKER_HTTP_PORT"])
def test_a_taken_port_is_named_in_one_line(tmp_path: Path, taken: str, variable: str) -> None:
    done = run(tmp_path, **{variable: taken})
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"port {taken}" in line
    assert variable in line


@pytest.mark.parametrize("port", ["x", "-1", "65536", ""])
def test_a_bad_port_is_named_in_one_line(tmp_path: Path, port: str) -> None:
    done = run(tmp_path, BROKER_FIX_PORT=port)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "BROKER_FIX_PORT" in done.stderr


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "nonsense", "oracle9://x"])
def test_a_database_that_can_not_be_used_is_named_in_one_line(tmp_path: Path, url: str) -> None:
    done = run(tmp_path, BROKER_DATABASE_URL=url)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "database" in done.stderr


def test_a_second_broker_on_one_database_is_refused_until_the_first_is_dead(own_broker: Broker) -> None:
    folder = own_broker.database.parent
    link = folder / "link.db"
    link.symlink_to(own_broker.database)
    for file in (own_broker.database, link):
        done = run(folder, BROKER_DATABASE_URL=f"sqlite:///{file}")
        assert done.returncode == 2
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        assert str(file) in line
        assert f"{own_broker.database}.lock" in line
    assert own_broker.rest("GET", "/api/orders")["orders"] == []
    own_broker.process.kill()
    own_broker.start()
    assert own_broker.rest("GET", "/api/orders")["orders"] == []


def test_help_names_every_variable(tmp_path: Path) -> None:
    done = run(tmp_path, "--help")
    assert done.returncode == 0
    for variable in ("BROKER_HOST", "BROKER_FIX_PORT", "BROKER_HTTP_PORT", "BROKER_DATABASE_URL"):
        assert variable in done.stdout
        assert variable in (ROOT / "docs" / "broker.md").read_text()
