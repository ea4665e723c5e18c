"""The live state of each FIX session, as the engine last told it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sendfix.config import SessionConfig
from sendfix.domain.enums import SessionPhase, SessionState
from sendfix.domain.errors import NotLoggedOn, UnknownSession

NO_ENGINE = "The engine is not running, so no session can trade; the desk waits for it."


@dataclass(slots=True)
class Session:
    """What is configured, and beside it what is so just now. Times are nanoseconds UTC or None; `ends` counts by
    `EndKind` since the engine started."""

    config: SessionConfig
    state: str = SessionState.NOT_CONNECTED.value
    phase: str = SessionPhase.NOT_CONNECTED.value
    reason: str | None = NO_ENGINE
    next_attempt_at: int | None = None
    tls_expires_at: int | None = None
    own_tls_expires_at: int | None = None
    breaker: str | None = None
    pending_reconnect: list[str] = field(default_factory=list)
    next_sender_seq_num: int | None = None
    next_target_seq_num: int | None = None
    connected_at: int | None = None
    last_received_at: int | None = None
    last_sent_at: int | None = None
    ends: Mapping[str, int] = field(default_factory=dict)
    status_requests_refused: bool = field(default=False)
    mass_status_refused: bool = field(default=False)

    @property
    def logged_on(self) -> bool:
        return self.phase == SessionPhase.CONNECTED.value

    @property
    def cannot_send_reason(self) -> str | None:
        """None when a new order can be sent; else why not."""
        return self.not_logged_on_reason or self.breaker

    @property
    def not_logged_on_reason(self) -> str | None:
        """None while it is logged on."""
        if self.logged_on:
            return None
        return self.reason or f"The session is {self.state.replace('_', ' ')}."


class Sessions:
    """All configured sessions by name, in the order of the configuration."""

    def __init__(self, configs: Sequence[SessionConfig]) -> None:
        self._sessions = {config.name: Session(config) for config in configs}

    def configure(self, configs: Sequence[SessionConfig]) -> tuple[list[str], list[str]]:
        """Names of the sessions that are new, and of those that are gone."""
        before = self._sessions
        self._sessions = {}
        for config in configs:
            session = before.get(config.name) or Session(config)
            session.config = config
            self._sessions[config.name] = session
        return [name for name in self._sessions if name not in before], [
            name for name in before if name not in self._sessions
        ]

    def __iter__(self) -> Iterator[Session]:
        return iter(self._sessions.values())

    def get(self, name: str) -> Session:
        """Raises `UnknownSession`."""
        session = self._sessions.get(name)
        if session is None:
            raise UnknownSession(name)
        return session

    def find(self, name: str) -> Session | None:
        return self._sessions.get(name)

    def logged_on(self, name: str) -> Session:
        """The session, if an order can be sent on it. Raises `UnknownSession`, `NotLoggedOn`."""
        session = self.get(name)
        refusal = session.not_logged_on_reason
        if refusal is not None:
            raise NotLoggedOn(name, refusal)
        return session

    def update(self, name: str, status: Mapping[str, Any]) -> Session | None:
        """Take over what the engine says. None for a session that is not in this desk's configuration."""
        session = self._sessions.get(name)
        if session is not None:
            session.state = status["state"]
            session.phase = status["phase"]
            session.reason = status["reason"]
            session.next_attempt_at = status["next_attempt_at"]
            session.tls_expires_at = status["tls_expires_at"]
            session.own_tls_expires_at = status["own_tls_expires_at"]
            session.breaker = status["breaker"]
            session.pending_reconnect = status["pending_reconnect"]
            session.next_sender_seq_num = status["next_sender_seq_num"]
            session.next_target_seq_num = status["next_target_seq_num"]
            session.connected_at = status["connected_at"]
            session.last_received_at = status["last_received_at"]
            session.last_sent_at = status["last_sent_at"]
            session.ends = status["ends"]
        return session

    def engine_lost(self, reason: str) -> list[Session]:
        """Nothing is known of any session any more: none may look logged on."""
        for session in self._sessions.values():
            session.state = SessionState.NOT_CONNECTED.value
            session.phase = SessionPhase.NOT_CONNECTED.value
            session.next_attempt_at = None
            session.reason = reason
            session.connected_at = None
        return list(self._sessions.values())
