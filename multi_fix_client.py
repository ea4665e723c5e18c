"""MultiFixClient: the pool of named sessions. `python multi_fix_client.py` is the engine process.

The engine opens every session of the configuration, keeps those with `auto_connect` connected, and serves desks on a
Unix socket (docs/engine.md). A session that can't be opened is logged and left out; the others go on.
"""

from __future__ import annotations

import argparse
import fcntl
import functools
import logging
import logging.handlers
import os
import signal
import socket
import stat
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType, MappingProxyType, TracebackType

from quickfix_client import QuickFixClient
from sendfix import logs
from sendfix.config import ConfigError, SessionConfig, Settings
from sendfix.fix.redact import mask
from sendfix.link.authorities import trust_only_what_is_named
from sendfix.link.config_file import ConfigFile
from sendfix.link.configurator import Configurator
from sendfix.link.hub import Hub
from sendfix.link.journal import Journal, JournalError
from sendfix.link.journal_entries import Entry
from sendfix.link.protocol import NotSent, ReplyCode
from sendfix.link.text_logs import TextLogs

log = logging.getLogger("sendfix.engine")

LOG_FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s"
LOG_BYTES = 20 * 1024 * 1024
SOCKET_PATH_LIMIT = 107  # bytes, by the kernel
SWITCH_SECONDS = 0.0005
CLOSE_SECONDS = 15.0


class StartError(Exception):
    """The engine can't start; the text is one line for a person."""


class _PooledClient(QuickFixClient):
    """A session that is switched off in the configuration stays off."""

    def connect(self) -> None:
        if not self.config.enabled:
            raise NotSent(
                ReplyCode.REFUSED,
                f"Session {self.config.name} is switched off (enabled is false) in the configuration",
            )
        super().connect()


class MultiFixClient:
    """Named sessions, opened together and closed together. A client is a `QuickFixClient`."""

    def __init__(
        self,
        sessions: Sequence[SessionConfig],
        store_dir: Path,
        on_entry: Callable[[str, Entry], None] = lambda _name, _entry: None,
        on_status: Callable[[str], None] = lambda _name: None,
        on_market_data: Callable[[str, int, bytes], None] | None = None,
    ) -> None:
        """`on_entry` gets each journal entry with its session's name, in order, and `on_status` a session's name at
        each change of state; `on_market_data` gets a session's name and its market data in place of the journal. All
        from several threads, and all must be quick."""
        self._clients: dict[str, _PooledClient] = {}
        self._store_dir = store_dir
        self._on_entry = on_entry
        self._on_status = on_status
        self._on_market_data = on_market_data
        for config in sessions:
            try:
                self.open(config)
            except (OSError, JournalError, ValueError) as error:
                log.error("session %s is left out: %s", config.name, error)

    def __enter__(self) -> MultiFixClient:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def clients(self) -> Mapping[str, QuickFixClient]:
        return MappingProxyType(self._clients)

    def connect_automatic(self) -> None:
        """Connect the sessions that ask for it in the configuration."""
        for client in self._clients.values():
            if client.config.auto_connect and client.config.enabled:
                client.connect()

    def close(self) -> None:
        """Log out of all sessions side by side, and wait for them."""
        clients = list(self._clients.values())
        for client in clients:
            client.begin_close()
        for client in clients:
            client.close()

    def open(self, config: SessionConfig) -> QuickFixClient:
        """One more session, not connected yet. Raises OSError, `JournalError` and ValueError."""
        journal = Journal(self._store_dir / "journal" / config.name)
        if journal.repaired_bytes:
            log.warning(
                "session %s: %d bytes of an unfinished entry were cut off the journal",
                config.name,
                journal.repaired_bytes,
            )
        if journal.damaged_entries:
            log.error(
                "session %s: %d entries of the journal are damaged on disk; the others are read. Look after the disk",
                config.name,
                journal.damaged_entries,
            )
        if journal.left_out:
            log.warning(
                "session %s: the machine has failed or was switched off while the engine ran: %d indexes of the"
                " journal are left out, since entries with them may have been lost",
                config.name,
                journal.left_out,
            )
        on_market_data = self._on_market_data
        journal.on_append = lambda entry: self._on_entry(config.name, entry)
        try:
            client = _PooledClient(
                config,
                self._store_dir,
                journal,
                lambda: self._on_status(config.name),
                functools.partial(on_market_data, config.name) if on_market_data is not None else None,
            )
        except BaseException:
            journal.close()
            raise
        self._clients[config.name] = client
        return client

    def remove(self, name: str) -> QuickFixClient | None:
        """It is no longer one of the pool; whoever asked closes it."""
        return self._clients.pop(name, None)


class _Sessions:
    """What the configurator does to the pool, in the sight of the hub."""

    def __init__(self, pool: MultiFixClient, hub: Hub) -> None:
        self._pool = pool
        self._hub = hub

    def is_apart(self, name: str) -> bool:
        client = self._pool.clients.get(name)
        return client is None or client.is_apart

    def add(self, config: SessionConfig) -> None:
        client = self._pool.open(config)
        self._hub.opened(config.name, client)
        if config.enabled and config.auto_connect:
            client.connect()

    def remove(self, name: str) -> None:
        client = self._pool.remove(name)
        if client is not None:
            client.begin_close()
            client.wait_until_apart(CLOSE_SECONDS)
            self._hub.closed(name).wait(CLOSE_SECONDS)
            client.close()

    def reconfigure(self, config: SessionConfig) -> None:
        client = self._pool.clients.get(config.name)
        if client is None:  # it could not be opened before
            self.add(config)
            return
        before = client.config
        client.reconfigure(config)
        if before.enabled and not config.enabled:
            client.disconnect("Switched off in the configuration")
        elif config.enabled and config.auto_connect and not (before.enabled and before.auto_connect):
            client.connect()

    def note(self, name: str, text: str) -> None:
        client = self._pool.clients.get(name)
        if client is not None:
            client.note(text)


class Engine:
    """The process: pool, hub, logs. `run` returns when a signal has asked for the end and all sessions are out."""

    def __init__(self, settings: Settings, file: ConfigFile) -> None:
        self._settings = settings
        self._file = file
        self._configurator: Configurator | None = None
        self._stopping = False
        self._hub: Hub | None = None
        self._pool: MultiFixClient | None = None

    def run(self) -> None:
        """Raises `StartError`, and then nothing is left behind."""
        with ExitStack() as stack:
            _lock_store(self._settings.store_dir, stack)
            listener = _listen(self._settings.engine_socket, stack)
            texts = TextLogs(self._settings.log_dir, mask=mask(self._settings.redact_tags))
            stack.callback(texts.close)
            hub = Hub(listener, journal_days=self._settings.journal_days)
            stack.callback(hub.close_pipe)

            def on_entry(name: str, entry: Entry) -> None:
                texts.put(name, entry)
                hub.entry_appended(name, entry)

            pool = MultiFixClient(
                self._file.config.sessions,
                self._settings.store_dir,
                on_entry,
                hub.status_changed,
                hub.market_data,
            )
            hub.sessions.update(pool.clients)
            configurator = Configurator(self._file, _Sessions(pool, hub), hub.configured, self._set_log_level)
            hub.control = configurator
            hub.configured(configurator.version, None)
            self._configurator = configurator
            self._hub, self._pool = hub, pool
            hub.listen_to_signals()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._on_signal)
            pool.connect_automatic()
            configurator.start()
            # One write, so that nothing else on the terminal gets into the line.
            sys.stdout.write(
                f"engine: ready on {self._settings.engine_socket} with {len(pool.clients)} sessions\n"
            )
            sys.stdout.flush()
            hub.run()
            log.info("engine: stopped")

    def _set_log_level(self, level: str | None) -> None:
        logging.getLogger().setLevel(level or self._settings.log_level)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._stopping:
            os._exit(1)
        self._stopping = True
        log.info("engine: %s: logging out of all sessions", signal.Signals(number).name)
        threading.Thread(target=self._close, name="close", daemon=True).start()

    def _close(self) -> None:
        # The hub serves until the last Logout is written, so that desks see how it ended.
        assert self._pool is not None
        assert self._hub is not None
        assert self._configurator is not None
        try:
            self._configurator.stop()
            self._pool.close()
        finally:
            self._hub.stop()


def _lock_store(store_dir: Path, stack: ExitStack) -> None:
    path = store_dir / "engine.lock"
    try:
        store_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StartError(f"the store {store_dir} can't be used: {error.strerror}") from error
    stack.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        raise StartError(
            f"another engine (process {holder or 'unknown'}) uses the store {store_dir}; stop it, or set "
            "SENDFIX_STORE_DIR to another folder"
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _listen(path: Path, stack: ExitStack) -> socket.socket:
    """The store's lock is held, so a socket file that is there is a dead engine's."""
    if len(os.fsencode(path)) > SOCKET_PATH_LIMIT:
        raise StartError(
            f"the socket's path {path} is longer than {SOCKET_PATH_LIMIT} bytes; set SENDFIX_ENGINE_SOCKET to a "
            "shorter one"
        )
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    stack.callback(listener.close)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            if not stat.S_ISSOCK(path.stat().st_mode):
                raise StartError(
                    f"{path} is there and is not a socket; move it, or set SENDFIX_ENGINE_SOCKET"
                )
            _refuse_live(path)
            path.unlink()
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        listener.listen(64)
    except OSError as error:
        raise StartError(f"the socket {path} can't be opened: {error.strerror}") from error
    stack.callback(path.unlink, missing_ok=True)
    return listener


def _refuse_live(path: Path) -> None:
    """An engine with another store may listen on the same path."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return
    raise StartError(
        f"another engine serves {path} (with another store); stop it, or set SENDFIX_ENGINE_SOCKET"
    )


def _set_up_logging(settings: Settings) -> None:
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        logging.StreamHandler(sys.stderr),
        logging.handlers.RotatingFileHandler(
            settings.log_dir / "engine.log", maxBytes=LOG_BYTES, backupCount=5, encoding="utf-8"
        ),
    ]
    formatter = logs.Once(logs.formatter(settings.log_format, LOG_FORMAT))
    for handler in handlers:
        handler.setFormatter(formatter)
    logging.basicConfig(level=settings.log_level, handlers=handlers)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 after a clean stop, 2 when it could not start."""
    parser = argparse.ArgumentParser(
        prog="multi_fix_client.py",
        description="The FIX engine: keeps the configured sessions and serves desks on a Unix socket.",
        epilog="Environment: SENDFIX_CONFIG, SENDFIX_STORE_DIR, SENDFIX_LOG_DIR, SENDFIX_LOG_LEVEL, "
        "SENDFIX_LOG_FORMAT, "
        "SENDFIX_ENGINE_SOCKET. See docs/configuration.md.",
    )
    parser.add_argument("--config", metavar="FILE", help="the sessions (SENDFIX_CONFIG)")
    parser.add_argument("--store", metavar="FOLDER", help="journals and QuickFIX's store (SENDFIX_STORE_DIR)")
    parser.add_argument("--log-dir", metavar="FOLDER", help="log files (SENDFIX_LOG_DIR)")
    parser.add_argument(
        "--log-level", metavar="LEVEL", help="DEBUG, INFO, WARNING or ERROR (SENDFIX_LOG_LEVEL)"
    )
    parser.add_argument("--socket", metavar="PATH", help="where desks connect (SENDFIX_ENGINE_SOCKET)")
    parser.add_argument("--check", action="store_true", help="check the configuration and end")
    given = parser.parse_args(arguments)
    environ = dict(os.environ)
    for key, value in {
        "SENDFIX_CONFIG": given.config,
        "SENDFIX_STORE_DIR": given.store,
        "SENDFIX_LOG_DIR": given.log_dir,
        "SENDFIX_LOG_LEVEL": given.log_level,
        "SENDFIX_ENGINE_SOCKET": given.socket,
    }.items():
        if value is not None:
            environ[key] = value
    try:
        settings = Settings.from_environ(environ)
        file = ConfigFile(settings.config_path, environ)
        if given.check:
            print(f"engine: {settings.config_path} is good: {len(file.config.sessions)} sessions")
            return 0
        _set_up_logging(settings)
        # A desk's request must not wait 5 ms, Python's default, for a thread of QuickFIX that is busy.
        sys.setswitchinterval(SWITCH_SECONDS)
        trust_only_what_is_named()
        Engine(settings, file).run()
    except (ConfigError, StartError) as error:
        print(f"engine: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"engine: {error.filename or ''}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
