"""Keep a process's handling of Ctrl-C while something that changes it is imported."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def sigint_kept() -> Iterator[None]:
    """Put SIGINT's handler back at the end. Only the main thread can, and only it is asked by the system."""
    handler = signal.getsignal(signal.SIGINT)
    yield
    if handler is not None and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, handler)
