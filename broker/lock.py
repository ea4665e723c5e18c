"""One broker for one SQLite database: two would give the same numbers and ids to different messages."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class InUse(Exception):
    """Another process holds the lock; the text names its file."""


class FileLock:
    """Held from the constructor to `close`, or to the end of the process however it ends.

    `database` is the file to be used by one process alone. The lock is a file beside it that stays there: one that is
    deleted could be held twice. Raises InUse, or OSError when the file can't be made.
    """

    def __init__(self, database: Path) -> None:
        # Two names of one database, by a link, are one lock.
        real = database.resolve()
        self.path = real.with_name(f"{real.name}.lock")
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise InUse(f"another broker uses it and holds {self.path}") from error
        except OSError:
            os.close(self._descriptor)
            raise

    def close(self) -> None:
        os.close(self._descriptor)
