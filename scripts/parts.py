"""One part of SendFix as a child process: started, read line by line, told to stop, killed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LINES_KEPT = 20
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run a part. `ready`: a line for each pattern, in any order, says that it serves."""

    name: str
    command: Sequence[str]
    ready: Sequence[str]
    stop_seconds: float
    stopping: str


class Part:
    """A running part. Its output comes through a pipe that the caller reads when it is ready."""

    def __init__(self, plan: Plan, environ: Mapping[str, str], folder: Path) -> None:
        self.plan = plan
        self.last_lines: deque[str] = deque(maxlen=LINES_KEPT)
        self.found: dict[str, re.Match[str]] = {}
        self.stop_before: float | None = None
        self._rest = b""
        # A session of its own: Ctrl-C in the terminal reaches only the caller, who stops the parts in order.
        self._popen = subprocess.Popen(
            plan.command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent(),
        )
        assert self._popen.stdout is not None
        self.stdout = self._popen.stdout
        os.set_blocking(self.stdout.fileno(), False)

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        return self._popen.poll()

    @property
    def ready(self) -> bool:
        return len(self.found) == len(self.plan.ready)

    def read_lines(self) -> list[str]:
        """What it has printed since the last time; a line without its end waits, except at the end."""
        data = self._rest
        ended = self.exit_code is not None
        while chunk := self.stdout.read(65536):
            data += chunk
        *whole, rest = data.split(b"\n")
        if ended and rest:
            whole.append(rest)
            rest = b""
        self._rest = rest
        lines = [line.decode(errors="replace").rstrip() for line in whole]
        for line in lines:
            self.last_lines.append(line)
            for pattern in self.plan.ready:
                if pattern not in self.found and (match := re.search(pattern, line)):
                    self.found[pattern] = match
        return lines

    def ask_to_stop(self) -> None:
        self.stop_before = time.monotonic() + self.plan.stop_seconds
        self._popen.terminate()

    def kill(self) -> None:
        """It, and whatever it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()

    def close(self) -> None:
        self.kill()
        self.stdout.close()

    def how_it_ended(self) -> str:
        code = self.exit_code
        if code is not None and code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"


def _end_with_parent() -> Callable[[], None] | None:
    """To run in the child: the kernel (Linux's) sends it SIGTERM when the caller dies, even by kill -9."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return in_child
