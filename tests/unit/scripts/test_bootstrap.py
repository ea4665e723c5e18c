"""The bootstrap, run as make runs it, on a checkout whose `.venv` holds a Python that plays pip."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from pathlib import Path

import pytest

from scripts.bootstrap import (
    COMPILE_AGAIN,
    GET_HEADERS,
    NO_TLS,
    BootstrapError,
    Progress,
    build_environ,
    cure_for,
    duration,
    require_python,
)
from tests.support.process import Process

BOOTSTRAP = Path(__file__).resolve().parents[3] / "scripts" / "bootstrap.py"

FAKE_PYTHON = """#!/bin/sh
case "$*" in
*platform*|*version_info*) cat "$0.version" ;;
*"pip --version"*) echo "pip 1" ;;
*"pip install"*) echo "$*" >> "$0.calls"; env > "$0.environ"; . "$0.install" ;;
esac
"""


class Checkout:
    """What the fake pip does is the shell text of `installs`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ = dict(os.environ)
        self.python = root / ".venv" / "bin" / "python"
        self.python.parent.mkdir(parents=True)
        self.python.write_text(FAKE_PYTHON)
        self.python.chmod(0o755)
        self.runs_python("3.11")
        self.installs("echo Successfully installed")
        self.add_quickfix(b"... SSL_CTX_new ...")
        (root / "requirements.txt").write_text("flask==3\n")
        (root / "requirements-dev.txt").write_text("pytest==9\n")

    def runs_python(self, version: str) -> None:
        self.python.with_name("python.version").write_text(f"{version}\n")

    def installs(self, shell: str) -> None:
        self.python.with_name("python.install").write_text(shell + "\n")

    def add_quickfix(self, library: bytes) -> None:
        packages = self.root / ".venv" / "lib" / "python3.11" / "site-packages"
        packages.mkdir(parents=True, exist_ok=True)
        (packages / "_quickfix.cpython-311.so").write_bytes(library)

    @property
    def calls(self) -> list[str]:
        calls = self.python.with_name("python.calls")
        return calls.read_text().splitlines() if calls.exists() else []

    def start(self, *arguments: str) -> Process:
        command = [sys.executable, str(BOOTSTRAP), "--root", str(self.root), *arguments]
        return Process("bootstrap", command, self.environ)

    def run(self, *arguments: str, expect: int = 0) -> str:
        process = self.start(*arguments)
        assert process.wait() == expect, process.output
        return process.output


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "check out")


def test_installs_once_and_then_says_nothing(checkout: Checkout) -> None:
    assert "installing requirements.txt (log: " in checkout.run()
    assert checkout.run() == ""
    assert len(checkout.calls) == 1
    assert "-r requirements.txt" in checkout.calls[0]
    assert "requirements-dev" not in checkout.calls[0]


def test_the_tests_need_more_and_what_runs_is_part_of_it(checkout: Checkout) -> None:
    checkout.run()
    assert "installing requirements.txt and requirements-dev.txt" in checkout.run("--dev")
    assert checkout.run() == ""
    assert checkout.run("--dev") == ""
    assert len(checkout.calls) == 2


def test_a_changed_lock_file_is_installed(checkout: Checkout) -> None:
    checkout.run()
    (checkout.root / "requirements.txt").write_text("flask==4\n")
    checkout.run()
    assert len(checkout.calls) == 2


def test_another_python_under_the_environment_installs_again(checkout: Checkout) -> None:
    checkout.run()
    checkout.runs_python("3.13")
    checkout.run()
    assert len(checkout.calls) == 2


def test_a_broken_environment_is_made_anew(checkout: Checkout) -> None:
    """As after an upgrade of the system's Python, which leaves `.venv` without a pip."""
    checkout.python.write_text("#!/bin/sh\nexit 1\n")
    (checkout.root / "requirements.txt").write_text("")
    output = checkout.run()
    assert "making the virtual environment .venv with Python" in output
    assert checkout.run() == ""
    assert json.loads((checkout.root / ".venv" / "sendfix-installed.json").read_text())["python"] == (
        f"{sys.version_info[0]}.{sys.version_info[1]}"
    )


def test_a_compilation_is_announced_and_its_output_kept(checkout: Checkout) -> None:
    checkout.installs(
        "echo '  Building wheel for quickfix (pyproject.toml): started'; sleep 0.6;"
        " echo 'g++ something'; echo \"  Building wheel for quickfix (pyproject.toml): finished with status 'done'\""
    )
    output = checkout.run()
    assert "bootstrap: compiling QuickFIX, about 3 to 5 minutes the first time; pip keeps the wheel" in output
    assert "bootstrap: compiled QuickFIX in " in output
    assert "g++ something" in (checkout.root / "logs" / "bootstrap.log").read_text()


def test_progress_is_told_every_quarter_of_a_minute(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "bootstrap.log"
    log.write_text("")
    progress = Progress(log, started=100.0)
    progress.look(200.0)
    assert capsys.readouterr().out == ""
    log.write_text("  Building wheel for quickfix (pyproject.toml): sta")
    progress.look(300.0)
    log.write_text("  Building wheel for quickfix (pyproject.toml): started\n")
    progress.look(300.0)
    capsys.readouterr()
    for now in (310.0, 314.9, 315.0, 329.0, 376.0):
        progress.look(now)
    assert [line.split("(")[1].split(")")[0] for line in capsys.readouterr().out.splitlines()] == [
        "15 s",
        "1 min 16 s",
    ]


def test_a_failure_shows_the_last_lines_and_the_cure(checkout: Checkout) -> None:
    checkout.installs(
        "echo early; seq 1 30; echo \"error: command 'g++' failed: No such file or directory\"; exit 1"
    )
    output = checkout.run(expect=1)
    assert "the installation failed; the last lines of " in output
    assert "  error: command 'g++' failed" in output
    assert "early" not in output
    assert "There is no C++ compiler. On Debian or Ubuntu: apt install g++" in output
    checkout.installs("echo fine")
    checkout.run()
    assert len(checkout.calls) == 2


@pytest.mark.parametrize(
    ("log", "cure"),
    [
        ("error: command 'x86_64-linux-gnu-g++' failed: No such file or directory", "apt install g++"),
        ("error: [Errno 2] No such file or directory: 'g++'", "apt install g++"),
        ("error: command 'g++' failed: Permission denied", "its owner"),
        (
            "C++/QuickfixPython.cpp:1:10: fatal error: Python.h: No such file or directory",
            "apt install python3-dev",
        ),
        ("g++: fatal error: Killed signal terminated program cc1plus", "ran out of memory"),
        ("/usr/bin/ld: final link failed: No space left on device", "disk is full"),
        ("NewConnectionError('... [Errno -3] Temporary failure in name resolution')", "can't be reached"),
        ("ERROR: No matching distribution found for quickfix==1.16.0", "can't be reached"),
    ],
)
def test_cures(log: str, cure: str) -> None:
    assert cure in (cure_for(f"first line\n{log}\nlast line") or "")


def test_an_unknown_failure_has_no_cure() -> None:
    assert cure_for("error: something else") is None


def test_tls_flags_reach_c_and_cpp_and_the_callers_come_last() -> None:
    environ = build_environ({"CXXFLAGS": "-O2", "PATH": "/bin"}, with_tls=True)
    assert environ["CFLAGS"] == "-O1 -g0 -DHAVE_SSL=1"
    assert environ["CXXFLAGS"] == "-O1 -g0 -DHAVE_SSL=1 -O2"
    assert environ["LDFLAGS"] == "-Wl,--no-as-needed -lssl -lcrypto"
    assert environ["PATH"] == "/bin"


def test_without_headers_only_the_short_flags() -> None:
    environ = build_environ({}, with_tls=False)
    assert environ == {"CFLAGS": "-O1 -g0", "CXXFLAGS": "-O1 -g0", "LDFLAGS": ""}


@pytest.mark.parametrize(("compiler", "what_to_do"), [("true", COMPILE_AGAIN), ("false", GET_HEADERS)])
def test_a_quickfix_without_tls_is_told(checkout: Checkout, compiler: str, what_to_do: str) -> None:
    """Its classes for TLS are there all the same, as stubs, and a linked libssl proves nothing."""
    checkout.add_quickfix(b"... libssl.so.3 ... SSLSocketInitiator ...")
    checkout.environ["CXX"] = compiler
    assert NO_TLS + what_to_do in checkout.run()


def test_the_second_of_two_waits_for_the_first(checkout: Checkout) -> None:
    (checkout.root / "logs").mkdir()
    with (checkout.root / "logs" / "bootstrap.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = checkout.start()
        second.wait_for("another one is at work in this folder; waiting for it")
        assert checkout.calls == []
    assert second.wait() == 0
    assert len(checkout.calls) == 1


def test_two_at_once_install_once(checkout: Checkout) -> None:
    checkout.installs("sleep 0.3")
    both = [checkout.start(), checkout.start()]
    assert [process.wait() for process in both] == [0, 0]
    assert len(checkout.calls) == 1


def test_too_old_a_python_names_another() -> None:
    with pytest.raises(
        BootstrapError, match=r"needs Python 3\.11 or later, and /usr/bin/python3 is 3\.9\.2\. .*PYTHON="
    ):
        require_python((3, 9, 2), "/usr/bin/python3")
    require_python((3, 11, 0), "/usr/bin/python3")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.9, "59 s"), (60, "1 min 00 s"), (205, "3 min 25 s")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
