"""What can happen to the desk's database while it runs."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from tests.support.stack import Stack


@contextmanager
def database_locked(stack: Stack) -> Iterator[None]:
    connection = sqlite3.connect(stack.folder / "desk.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@contextmanager
def disk_full(stack: Stack) -> Iterator[None]:
    """No file of the desk's worker may grow beyond what the smallest of the database's files has now."""
    assert stack.desk is not None
    (worker,) = psutil.Process(stack.desk.pid).children()
    soft, hard = worker.rlimit(resource.RLIMIT_FSIZE)
    worker.rlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        worker.rlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def engine_disk_full(stack: Stack) -> Iterator[None]:
    """No file of the engine may grow; what is overwritten in place, as QuickFIX does with its numbers, still can be."""
    assert stack.engine is not None
    engine = psutil.Process(stack.engine.pid)
    soft, hard = engine.rlimit(resource.RLIMIT_FSIZE)
    engine.rlimit(resource.RLIMIT_FSIZE, (256, hard))
    try:
        yield
    finally:
        engine.rlimit(resource.RLIMIT_FSIZE, (soft, hard))
