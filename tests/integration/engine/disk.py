"""A disk that fills up when a test says so."""

from __future__ import annotations

import errno
import os


class Disk:
    """`write` is given to a `Journal`."""

    full = False

    def write(self, descriptor: int, data: bytes) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(descriptor, data)
