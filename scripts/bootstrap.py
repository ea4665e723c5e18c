"""Make `.venv` and install the locked dependencies into it, when they are not there yet.

`make` calls this before everything else, with the system's Python and nothing but the standard library. A stamp inside
`.venv` holds what was installed; while it still says the same nothing happens and nothing is printed.

QuickFIX comes as C++ source and is compiled: that is what takes minutes, once, as pip keeps the wheel it made.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
RUN_LOCK = "requirements.txt"
DEV_LOCK = "requirements-dev.txt"
PROGRESS_SECONDS = 15.0
LINES_ON_FAILURE = 20

SHORT_COMPILE = "-O1 -g0"
WITH_TLS = "-DHAVE_SSL=1"
# --no-as-needed, as the extension's own link line names no library after these.
LINK_TLS = "-Wl,--no-as-needed -lssl -lcrypto"
TLS_PROGRAM = "#include <openssl/ssl.h>\nint main(void) { return SSL_CTX_new(TLS_method()) == 0; }\n"

# What the last lines of a failed installation mean, and the cure. The first that matches is told.
CURES = (
    (r"No space left on device", "The disk is full: make room and run it again."),
    (
        r"Killed signal terminated program|cc1plus.*[Kk]illed|virtual memory exhausted|cannot allocate memory",
        "The compiler ran out of memory: QuickFIX needs about 3 GB for some minutes. Add swap, or compile on a bigger"
        " machine and bring the wheel (docs/operations.md, 'Without a network').",
    ),
    (
        r"Python\.h: No such file",
        "Python's headers are missing. On Debian or Ubuntu: apt install python3-dev",
    ),
    (
        r"(command|error|execute).*'?[\w-]*(g\+\+|gcc|c\+\+|\bcc)'?.*(No such file|not found|failed: None)"
        r"|No such file or directory: '[^']*(g\+\+|gcc|c\+\+|cc)'",
        "There is no C++ compiler. On Debian or Ubuntu: apt install g++",
    ),
    (
        r"NewConnectionError|ConnectTimeoutError|Temporary failure in name resolution|Network is unreachable"
        r"|ProxyError|Could not find a version that satisfies|No matching distribution",
        "The package index can't be reached, or lacks a version. Check the network and pip's configuration; for a"
        " machine without a network see docs/operations.md, 'Without a network'.",
    ),
    (r"Permission denied", "This folder, or pip's cache, belongs to another user: run it as its owner."),
)
NO_TLS = "QuickFIX is without TLS here, so sessions with a `tls` section can't connect. "
GET_HEADERS = (
    "OpenSSL's headers are not installed. To have TLS: install them (Debian, Ubuntu: apt install libssl-dev), then"
    " `python3 -m pip cache remove quickfix`, `make clean`, and the same command again."
)
COMPILE_AGAIN = (
    "pip took a wheel that was compiled before OpenSSL's headers were there. To have TLS:"
    " `python3 -m pip cache remove quickfix`, `make clean`, and the same command again."
)


class BootstrapError(Exception):
    """What went wrong and what to do about it, for a person to read."""


def say(text: str) -> None:
    print(f"bootstrap: {text}", flush=True)


def duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def require_python(version: tuple[int, ...], executable: str) -> None:
    """Raises `BootstrapError` when this Python is too old for SendFix."""
    if version[:2] >= OLDEST_PYTHON:
        return
    newer = next(
        (name for minor in range(20, 10, -1) if shutil.which(name := f"python3.{minor}")), "python3.11"
    )
    raise BootstrapError(
        f"SendFix needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or later, and {executable} is"
        f" {'.'.join(map(str, version[:3]))}. Name a newer one, for example: make run PYTHON={newer}"
    )


def openssl_headers(environ: Mapping[str, str]) -> bool:
    """Whether a small program with OpenSSL compiles and links here."""
    compiler = environ.get("CXX") or "c++"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "tls.cpp")
        source.write_text(TLS_PROGRAM)
        command = [*compiler.split(), str(source), "-o", str(source.with_suffix("")), "-lssl", "-lcrypto"]
        try:
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        except OSError:
            return False


def build_environ(environ: Mapping[str, str], with_tls: bool) -> dict[str, str]:
    """The environment in which QuickFIX is compiled. The caller's own flags come last, so they win.

    Recent setuptools takes CXXFLAGS for C++ sources and older ones CFLAGS, so both are set.
    """
    flags = f"{SHORT_COMPILE} {WITH_TLS}" if with_tls else SHORT_COMPILE
    own = {"CFLAGS": flags, "CXXFLAGS": flags, "LDFLAGS": LINK_TLS if with_tls else ""}
    return {**environ, **{key: f"{value} {environ.get(key, '')}".strip() for key, value in own.items()}}


def cure_for(text: str) -> str | None:
    """What to do about a failed installation, from its log."""
    return next((cure for pattern, cure in CURES if re.search(pattern, text)), None)


class Progress:
    """Reads a growing log and says, now and then, what is going on."""

    def __init__(self, log: Path, started: float) -> None:
        self._log = log
        self._position = log.stat().st_size
        self._told = started
        self._compiling: tuple[str, float] | None = None
        self._rest = ""

    def look(self, now: float) -> None:
        with self._log.open(encoding="utf-8", errors="replace") as log:
            log.seek(self._position)
            lines = (self._rest + log.read()).split("\n")
            self._position = log.tell()
        self._rest = lines.pop()
        for line in lines:
            self._read(line, now)
        if self._compiling and now - self._told >= PROGRESS_SECONDS:
            self._told = now
            name, since = self._compiling
            say(f"still compiling {name} ({duration(now - since)}); the compiler's output is in {self._log}")

    def _read(self, line: str, now: float) -> None:
        found = re.search(r"Building wheel for (\S+) \(.*\): (\w+)", line)
        if not found:
            return
        name = "QuickFIX" if found[1] == "quickfix" else found[1]
        if found[2] == "started":
            expect = (
                ", about 3 to 5 minutes the first time; pip keeps the wheel" if name == "QuickFIX" else ""
            )
            say(f"compiling {name}{expect}")
            self._compiling, self._told = (name, now), now
        elif found[2] == "finished" and self._compiling:
            if "error" not in line:
                say(f"compiled {name} in {duration(now - self._compiling[1])}")
            self._compiling = None


class Bootstrap:
    """The virtual environment of one checkout."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self._root = root
        self._environ = environ
        self._venv = root / ".venv"
        self._python = self._venv / "bin" / "python"
        self._stamp = self._venv / "sendfix-installed.json"
        self._log = root / "logs" / "bootstrap.log"

    def ensure(self, dev: bool) -> None:
        """Bring `.venv` up to date. Raises `BootstrapError`."""
        if self._up_to_date(dev):
            return
        with self._alone() as lock:
            # Whoever had the lock before may have done all of it.
            if not self._up_to_date(dev):
                self._make_venv()
                self._install(dev, lock)

    def _wanted(self, dev: bool) -> dict[str, str]:
        wanted = {"python": self._venv_python()}
        for name in (RUN_LOCK, DEV_LOCK) if dev else (RUN_LOCK,):
            wanted[name] = hashlib.sha256((self._root / name).read_bytes()).hexdigest()
        return wanted

    def _up_to_date(self, dev: bool) -> bool:
        try:
            stamp = json.loads(self._stamp.read_text())
            return bool(self._wanted(dev).items() <= stamp.items())
        except (OSError, ValueError, AttributeError):
            return False

    def _venv_python(self) -> str:
        """Which Python `.venv` runs now: an upgrade of the system may have changed it under us."""
        return self._output("-c", "import sys; print('%d.%d' % sys.version_info[:2])")

    def _output(self, *arguments: str) -> str:
        """Raises `OSError` when that does not work."""
        done = subprocess.run([str(self._python), *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(done.stderr)
        return done.stdout.strip()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[int]:
        """One at a time in a checkout. pip inherits the lock, so it holds even when this process is killed."""
        try:
            self._log.parent.mkdir(exist_ok=True)
            lock = os.open(self._log.parent / "bootstrap.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise BootstrapError(f"{self._log.parent} can't be written: {error.strerror}") from error
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("another one is at work in this folder; waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock
        finally:
            os.close(lock)

    def _make_venv(self) -> None:
        with contextlib.suppress(OSError):
            self._output("-m", "pip", "--version")
            return
        say(f"making the virtual environment .venv with Python {sys.version.split()[0]}")
        command = [sys.executable, "-m", "venv", "--clear", str(self._venv)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(self._venv, ignore_errors=True)
            text = (done.stdout + done.stderr).strip()
            cure = (
                "On Debian or Ubuntu: apt install python3-venv" if re.search("ensurepip|venv", text) else ""
            )
            raise BootstrapError(f"the virtual environment could not be made:\n{text}\n{cure}".rstrip())

    def _install(self, dev: bool, lock: int) -> None:
        names = [RUN_LOCK, DEV_LOCK] if dev else [RUN_LOCK]
        say(f"installing {' and '.join(names)} (log: {self._log})")
        self._stamp.unlink(missing_ok=True)
        tls = openssl_headers(self._environ)
        command = [
            str(self._python),
            "-m",
            "pip",
            "install",
            "-v",
            "--progress-bar=off",
            "--disable-pip-version-check",
        ]
        for name in names:
            command += ["-r", name]
        started = time.monotonic()
        with self._log.open("w", encoding="utf-8") as log:
            code = self._watch(command, build_environ(self._environ, tls), log, lock, started)
        if code:
            text = self._log.read_text(encoding="utf-8", errors="replace")
            last = "\n".join(f"  {line}" for line in text.splitlines()[-LINES_ON_FAILURE:])
            cure = cure_for(text) or "The whole log is the place to look."
            raise BootstrapError(f"the installation failed; the last lines of {self._log}:\n{last}\n{cure}")
        say(f"installed in {duration(time.monotonic() - started)}")
        if not self._has_tls():
            say(NO_TLS + (COMPILE_AGAIN if tls else GET_HEADERS))
        stamp = self._stamp.with_suffix(".new")
        stamp.write_text(json.dumps(self._wanted(dev), indent=1) + "\n")
        stamp.replace(self._stamp)

    def _watch(
        self, command: Sequence[str], environ: Mapping[str, str], log: IO[str], lock: int, started: float
    ) -> int:
        progress = Progress(self._log, started)
        with subprocess.Popen(
            command,
            cwd=self._root,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
        ) as pip:
            try:
                while True:
                    try:
                        return pip.wait(0.2)
                    except subprocess.TimeoutExpired:
                        progress.look(time.monotonic())
            except BaseException:
                pip.terminate()
                raise
            finally:
                progress.look(time.monotonic())

    def _has_tls(self) -> bool:
        """QuickFIX's classes for TLS are there without it too, as stubs: only the calls into OpenSSL tell."""
        libraries = list(self._venv.glob("lib/python*/site-packages/_quickfix*.so"))
        return any(b"SSL_CTX_new" in library.read_bytes() for library in libraries)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Make .venv and install the locked dependencies into it.")
    parser.add_argument("--dev", action="store_true", help="with what the tests and checks need")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout (default: this one)")
    options = parser.parse_args(arguments)
    try:
        require_python(sys.version_info[:3], sys.executable)
        Bootstrap(options.root.resolve(), os.environ).ensure(options.dev)
    except BootstrapError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nbootstrap: interrupted; the same command takes up from here", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
