"""A child process whose output can be waited on."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """Started at once; its output (stdout and stderr together) is read by a thread and kept by lines."""

    def __init__(self, name: str, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.name = name
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._ended = False
        self._stopping = False
        self._popen = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, name=f"output of {name}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    @property
    def output(self) -> str:
        with self._changed:
            return "\n".join(self.lines)

    def wait_for(self, pattern: str, timeout: float = 30.0) -> re.Match[str]:
        """The first line so far or to come that matches. Fails, with the output, when the process ends before that."""
        deadline = time.monotonic() + timeout
        seen = 0
        with self._changed:
            while True:
                for line in self.lines[seen:]:
                    seen += 1
                    if found := re.search(pattern, line):
                        return found
                if self._ended or not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    what = "ended" if self._ended else f"said nothing for {timeout} s"
                    text = "\n".join(self.lines[-60:])
                    raise AssertionError(
                        f"{self.name} {what} without a line that matches {pattern!r}:\n{text}"
                    )

    def send_signal(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self._popen.kill()
        self._finish()

    def begin_stop(self) -> None:
        """SIGTERM; `stop` waits for it."""
        if self.running and not self._stopping:
            self._stopping = True
            self._popen.terminate()

    def stop(self, timeout: float = 25.0) -> int:
        """SIGTERM, and wait; kill it and fail when it does not end."""
        self.begin_stop()
        try:
            code = self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end in {timeout} s:\n{self.output[-4000:]}") from None
        self._finish()
        return code

    def wait(self, timeout: float = 30.0) -> int:
        code = self._popen.wait(timeout)
        self._finish()
        return code

    def _read(self) -> None:
        assert self._popen.stdout is not None
        for line in self._popen.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _finish(self) -> None:
        self._popen.wait()
        self._reader.join(5)
        if self._popen.stdout is not None:
            self._popen.stdout.close()
