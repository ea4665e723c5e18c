"""Opens the database: pragmas, migrations, and the lock that keeps a second desk off the same SQLite file."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from sendfix.domain.errors import StorageUnavailable

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_TIMEOUT_SECONDS = 1.0


def open_engine(url: str) -> Engine:
    """One connection to the database, to be used by one thread at a time.

    Writer and reader each have an engine of their own, so that no pool's lock is ever waited for across threads.
    Raises `StorageUnavailable` for a URL that can't be understood.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, poolclass=StaticPool)
        if parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            parsed,
            poolclass=StaticPool,
            connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
    except (ArgumentError, ImportError, OSError) as error:
        raise StorageUnavailable(f"SENDFIX_DATABASE_URL can't be used: {error}") from error

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # A killed process loses nothing at NORMAL; what a power cut loses is folded again from the journal,
        # because the journal's index is stored in the same transaction.
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    return engine


def migrate(engine: Engine) -> None:
    """Bring the schema up to date. Raises `StorageUnavailable` when the database refuses."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                # Its driver begins only with the first change of a row: a desk that is killed between two changes of
                # the tables would leave them half upgraded, which no later one could go on from.
                connection.exec_driver_sql("BEGIN")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise StorageUnavailable(
            f"The database's tables can't be made or upgraded: {reason(error)}"
        ) from error


def reason(error: BaseException) -> str:
    """The database's own words, without SQLAlchemy's wrapping."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]


class DeskLock:
    """Held for as long as a desk uses a SQLite file: two desks on one file would number the same orders twice."""

    def __init__(self, url: str, wait_seconds: float = 20.0) -> None:
        """Waits for a desk that is just going away. Raises `StorageUnavailable` when it stays."""
        self._fd: int | None = None
        try:
            parsed = make_url(url)
            if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
                return
            path = Path(f"{parsed.database}.lock")
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except (ArgumentError, OSError) as error:
            raise StorageUnavailable(f"SENDFIX_DATABASE_URL can't be used: {error}") from error
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self.release()
                    raise StorageUnavailable(
                        f"Another desk is using {parsed.database}: stop it, or give this one a file of its own "
                        "with SENDFIX_DATABASE_URL."
                    ) from None
                time.sleep(0.1)

    def release(self) -> None:
        """Let the next desk have the file."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
