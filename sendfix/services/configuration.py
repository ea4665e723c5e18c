"""The desk's side of a configuration that changes: the engine judges the file, and each desk follows it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from sendfix.config import Config, ConfigError, SessionConfig
from sendfix.services.ports import Listener
from sendfix.services.sessions import Sessions

log = logging.getLogger(__name__)


class Configuration:
    """`problem` says, in a sentence, what of the configuration is not in use; None when all of it is."""

    def __init__(
        self,
        sessions: Sessions,
        version: str,
        read: Callable[[], Config],
        prepare: Callable[[SessionConfig], object],
        serve: Callable[[Sequence[str]], None],
        listener: Listener,
    ) -> None:
        """`read` gives the file, and raises `ConfigError`; `prepare` loads what a session needs, and raises; `serve`
        tells the link the names of the sessions."""
        self.problem: str | None = None
        self._sessions = sessions
        self._version = version
        self._read = read
        self._prepare = prepare
        self._serve = serve
        self._listener = listener

    def configured(self, version: str, problem: str | None) -> None:
        """What the engine goes by, and what it says is wrong with a newer file."""
        if version != self._version:
            problem = self._follow(version) or problem
        if problem != self.problem:
            self.problem = problem
            self._listener.health_changed()

    def _follow(self, version: str) -> str | None:
        """Take up the file as the engine has; what is in the way of that."""
        try:
            config = self._read()
            for session in config.sessions:
                self._prepare(session)
        except ConfigError as error:
            return f"The desk can't follow the engine's configuration: {error}"
        except Exception as error:
            log.exception("the configuration can't be followed")
            return f"The desk can't follow the engine's configuration: {error!r}"
        if config.version != version:
            return (
                "The engine goes by another configuration than the file that the desk reads: SENDFIX_CONFIG must be the"
                " same for both"
            )
        self._version = version
        added, removed = self._sessions.configure(config.sessions)
        self._serve([session.name for session in config.sessions])
        for name in removed:
            log.info("session %s: removed from the configuration", name)
            self._listener.session_removed(name)
        if added:
            log.info("added to the configuration: %s", ", ".join(added))
        for one in self._sessions:
            self._listener.session_changed(one)
        self._listener.health_changed()
        return None
