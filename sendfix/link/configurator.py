"""The configuration at run time: the file is watched, edited on request, and what changes is applied.

The engine alone writes the file and judges it. Whatever is wrong with a new one, the sessions go on with the last that
was good, and `problem` says what it is.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sendfix.config import Config, ConfigError, SessionConfig
from sendfix.config.difference import AT_ONCE, changed_keys
from sendfix.config.secrets import secrets_kept, without_secrets
from sendfix.link.config_file import ConfigFile
from sendfix.link.journal import JournalError
from sendfix.link.protocol import NotSent, ReplyCode

log = logging.getLogger("sendfix.engine")

WATCH_SECONDS = 1.0


class Pool(Protocol):
    """The open sessions."""

    def is_apart(self, name: str) -> bool:
        """Whether it has no connection."""

    def add(self, config: SessionConfig) -> None:
        """Open it, and connect it if it wants that. Raises OSError, ValueError, `JournalError`."""

    def remove(self, name: str) -> None:
        """Log out and forget it; its journal and store stay."""

    def reconfigure(self, config: SessionConfig) -> None:
        """Raises `NotSent` and ValueError."""

    def note(self, name: str, text: str) -> None:
        """Into the session's journal."""


class Configurator:
    """`tell` hears of every new version or problem; `set_log_level` of every level, None for the environment's. `ask`
    may be called from any thread."""

    def __init__(
        self,
        file: ConfigFile,
        pool: Pool,
        tell: Callable[[str, str | None], None],
        set_log_level: Callable[[str | None], None] = lambda _level: None,
    ) -> None:
        self.problem: str | None = None
        self._file = file
        self._pool = pool
        self._tell = tell
        self._set_log_level = set_log_level
        self._applied = {session.name: session for session in file.config.sessions}
        # One change at a time: a person's and one of the file may meet.
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="configuration", daemon=True)
        self._questions: dict[str, Callable[..., dict[str, Any]]] = {
            "session_config": self._session_config,
            "put_session": self._put_session,
            "remove_session": self._remove_session,
        }

    @property
    def version(self) -> str:
        return self._file.version

    def start(self) -> None:
        """Begin to watch the file."""
        self._set_log_level(self._file.config.log_level)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()

    def ask(self, question: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Raises `NotSent`, and then nothing has changed. A mistake in a field has the code `invalid` and its text as
        `field: what is wrong`."""
        answer = self._questions.get(question)
        if answer is None:
            raise NotSent(ReplyCode.REFUSED, f"The engine does not know the question {question!r}")
        with self._lock:
            try:
                return answer(**arguments)
            except ConfigError as error:
                raise NotSent(ReplyCode.INVALID, f"{error.field}: {error.problem}") from error
            except OSError as error:
                text = f"The configuration {self._file.path} can't be written: {error.strerror or error}"
                raise NotSent(ReplyCode.FAILED, text) from error

    def look(self) -> None:
        """Apply the file, if it has changed."""
        with self._lock:
            if not self._file.has_changed():
                return
            try:
                found = self._file.look()
                self._refuse_what_is_connected(found.config)
            except ConfigError as error:
                self._say(f"The configuration has changed and is not used: {error}")
                return
            except NotSent as error:
                self._file.forget()  # once the session is disconnected it can be applied
                self._say(f"The configuration has changed and is not used yet: {error}")
                return
            self._file.use(found)
            self._apply(found.config, "the file was changed")

    def _watch(self) -> None:
        while not self._ended.wait(WATCH_SECONDS):
            try:
                self.look()
            except Exception:
                log.exception("the configuration could not be looked at")

    # -- questions, while the lock is held -----------------------------------------------------------------------

    def _session_config(self, name: str) -> dict[str, Any]:
        """`session` is the JSON of an object: the link has no numbers of any size."""
        return {"version": self.version, "session": json.dumps(without_secrets(self._raw(name)))}

    def _put_session(self, name: str | None, session: str, version: str | None, why: str) -> dict[str, Any]:
        """`session` is the JSON of an object; `name` None for a new one."""
        self._check_version(version)
        given = json.loads(session)
        sessions = self._file.document["sessions"]
        if name is None:
            return self._write([*sessions, secrets_kept({}, given)], str(given.get("name")), why)
        old = self._raw(name)
        if given.get("name", name) not in (name, old["name"]):
            raise ConfigError("name: can't be changed", "name", "can't be changed; add a new session")
        given["name"] = old["name"]
        kept = secrets_kept(old, given)
        return self._write([kept if one is old else one for one in sessions], name, why)

    def _remove_session(self, name: str, version: str | None, why: str) -> dict[str, Any]:
        self._check_version(version)
        old = self._raw(name)
        if not self._pool.is_apart(name):
            raise NotSent(
                ReplyCode.REFUSED, f"Session {name} is connected; disconnect it before it is removed"
            )
        return self._write([one for one in self._file.document["sessions"] if one is not old], name, why)

    def _write(self, sessions: list[Any], name: str, why: str) -> dict[str, Any]:
        document = {**self._file.document, "sessions": sessions}
        self._refuse_what_is_connected(self._file.checked(document))
        changed, problems = self._apply(self._file.write(document), why)
        if name in problems:
            raise NotSent(ReplyCode.FAILED, problems[name])
        keys = changed.get(name, [])
        apart = name not in self._applied or self._pool.is_apart(name)
        return {
            "version": self.version,
            "applied": [key for key in keys if apart or key in AT_ONCE],
            "needs_reconnect": [key for key in keys if not apart and key not in AT_ONCE],
        }

    def _check_version(self, version: str | None) -> None:
        if self._file.has_changed():
            raise NotSent(
                ReplyCode.REFUSED, "The file has just been changed by another hand; look at it again"
            )
        if not self._file.in_use:
            raise NotSent(
                ReplyCode.REFUSED,
                f"The file on the disk must be mended first, or it would be lost: {self.problem}",
            )
        if version is not None and version != self.version:
            raise NotSent(
                ReplyCode.REFUSED,
                "The configuration was changed by somebody else meanwhile; look at it again",
            )

    def _raw(self, name: str) -> dict[str, Any]:
        for session, raw in zip(self._file.config.sessions, self._file.document["sessions"], strict=True):
            if session.name == name:
                found: dict[str, Any] = raw
                return found
        raise NotSent(ReplyCode.UNKNOWN_SESSION, f"The configuration has no session {name!r}")

    # -- applying ------------------------------------------------------------------------------------------------

    def _refuse_what_is_connected(self, config: Config) -> None:
        for new in config.sessions:
            old = self._applied.get(new.name)
            if old is not None and old.identity != new.identity and not self._pool.is_apart(new.name):
                raise NotSent(
                    ReplyCode.REFUSED,
                    f"Session {new.name} is connected; disconnect it before its FIX version or CompIDs change",
                )

    def _apply(self, config: Config, why: str) -> tuple[dict[str, list[str]], dict[str, str]]:
        """The keys that have changed, and what could not be applied, by session."""
        self._set_log_level(config.log_level)
        self._tell(config.version, None)  # so that desks know a session before they hear of it
        wanted = {session.name: session for session in config.sessions}
        changed: dict[str, list[str]] = {}
        problems: dict[str, str] = {}
        for name in [name for name in self._applied if name not in wanted]:
            self._pool.note(name, f"Removed from the configuration: {why}")
            self._pool.remove(name)
            del self._applied[name]
        # Twice, since one session may take what another lets go of.
        for name, new in [*wanted.items(), *wanted.items()]:
            old = self._applied.get(name)
            keys = [] if old is None else changed_keys(old, new)
            if old is not None and not keys:
                continue
            try:
                if old is None:
                    self._pool.add(new)
                else:
                    self._pool.reconfigure(new)
            except (OSError, ValueError, JournalError, NotSent) as error:
                problems[name] = f"session {name} is left out: {error}"
                continue
            problems.pop(name, None)
            self._applied[name] = new
            changed[name] = keys
            text = (
                "Added to the configuration" if old is None else f"Configuration changed ({', '.join(keys)})"
            )
            self._pool.note(name, f"{text}: {why}")
        self._say("; ".join(problems.values()) or None)
        return changed, problems

    def _say(self, problem: str | None) -> None:
        if problem is not None and problem != self.problem:
            log.error("%s", problem)
        self.problem = problem
        self._tell(self.version, problem)
