"""A process whose time of day can be set while it runs; see shifted_clock.c, which is compiled for it."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")


class ShiftedClock:
    """`environ` is for the process. It keeps the machine's time until `set`."""

    def __init__(self, folder: Path) -> None:
        library, self._shift = folder / "shifted_clock.so", folder / "shift"
        compiler = shutil.which("cc") or shutil.which("gcc")
        assert compiler, "no C compiler; QuickFIX needs one as well: apt install g++"
        command = [compiler, "-x", "c", "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE)]
        subprocess.run(command, check=True)
        self.set(0)
        self.environ = {"LD_PRELOAD": str(library), "SHIFTED_CLOCK": str(self._shift)}

    def set(self, seconds: float) -> None:
        """Ahead of the machine's clock, or behind it if negative."""
        data = struct.pack("q", int(seconds * 1e9))
        # In place, since the process has the file mapped.
        with open(self._shift, "r+b" if self._shift.exists() else "wb") as file:
            file.write(data)
