"""Which TCP ports are free, and who holds one that is not (as far as /proc tells)."""

from __future__ import annotations

import contextlib
import errno
import socket
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LISTENING = "0A"


@dataclass(frozen=True, slots=True)
class Holder:
    pid: int
    command: str

    def __str__(self) -> str:
        return f"process {self.pid} ({self.command})"


def problem_with(host: str, port: int) -> str | None:
    """Why a server can't listen on `host`:`port`, in the system's words; None when it can. Port 0 is always free."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        return f"{host!r} is no address of this machine: {error.strerror}"
    with socket.socket(family, kind, protocol) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(address)
            server.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return "it is taken"
            return error.strerror or str(error)
    return None


def holder_of(port: int, proc: Path = PROC) -> Holder | None:
    """The process that listens on `port`; None when /proc does not show it (another user's, another system)."""
    inodes = _listening_inodes(port, proc)
    if not inodes:
        return None
    links = {f"socket:[{inode}]" for inode in inodes}
    # The lowest number is the server itself rather than a worker that inherited its socket.
    for process in sorted(
        (path for path in proc.iterdir() if path.name.isdigit()), key=lambda path: int(path.name)
    ):
        with contextlib.suppress(OSError):
            if any(str(fd.readlink()) in links for fd in (process / "fd").iterdir()):
                return Holder(int(process.name), _command(process))
    return None


def _listening_inodes(port: int, proc: Path) -> set[str]:
    inodes = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (proc / "net" / table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == LISTENING and int(columns[1].rsplit(":", 1)[1], 16) == port:
                    inodes.add(columns[9])
    return inodes


def _command(process: Path) -> str:
    """As much of the command line as a person needs to know it again."""
    words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    command = " ".join(word for word in words if word)
    return f"{command[:77]}..." if len(command) > 80 else command or "unknown"
