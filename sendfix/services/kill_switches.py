"""Kill switches: nothing new is sent on a session, or on any, until a person lets go."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sendfix.domain.errors import FieldError, InvalidRequest, StorageUnavailable
from sendfix.services.sessions import Sessions

log = logging.getLogger(__name__)

MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class KillSwitch:
    """`session_name` None stops every session."""

    session_name: str | None
    reason: str
    at: datetime

    @property
    def text(self) -> str:
        whose = "of all sessions" if self.session_name is None else f"of session {self.session_name}"
        return f"The kill switch {whose} is on since {self.at:%Y-%m-%d %H:%M:%S} UTC: {self.reason}"


class KillSwitchStore(Protocol):
    """Keeps the switches that are on, over a kill of the desk."""

    def load(self) -> list[KillSwitch]:
        """What is kept. What can't be read counts as a switch for all sessions."""

    def save(self, switches: list[KillSwitch]) -> None:
        """Returns when it is kept. Raises `StorageUnavailable`."""


class KillSwitches:
    """`changed` hears that a switch was turned."""

    def __init__(
        self,
        sessions: Sessions,
        store: KillSwitchStore,
        now: Callable[[], datetime],
        changed: Callable[[], None],
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._now = now
        self._changed = changed
        self._switches = {switch.session_name: switch for switch in store.load()}

    def __iter__(self) -> Iterator[KillSwitch]:
        return iter(self._switches.values())

    def kill_reason(self, session_name: str) -> str | None:
        """Why nothing new is sent on the session; None when no switch stops it."""
        if not self._switches:
            return None
        switch = self._switches.get(None) or self._switches.get(session_name)
        return None if switch is None else switch.text

    def kill(self, session_name: str | None, reason: str) -> KillSwitch:
        """Stop new orders and replaces, of one session or of all, at once and until `let_go`. One that is on stays as
        it is. Raises `UnknownSession`, `InvalidRequest`; and `StorageUnavailable` when it is on, but can't be kept."""
        self._check_turn(session_name, reason)
        switch = self._switches.get(session_name)
        if switch is None:
            switch = self._switches[session_name] = KillSwitch(session_name, reason.strip(), self._now())
            log.warning("%s", switch.text)
            self._changed()
        try:
            self._store.save(list(self))
        except StorageUnavailable as error:
            raise StorageUnavailable(
                f"The switch is on, but a restart of the desk would forget it: {error}"
            ) from error
        return switch

    def let_go(self, session_name: str | None, reason: str) -> bool:
        """Whether it was on. Raises as `kill`; `StorageUnavailable` leaves it on."""
        if session_name not in self._switches:
            self._check_turn(session_name, reason)
            return False
        self._check_turn(None, reason)  # the session may have been taken out of the configuration meanwhile
        switch = self._switches[session_name]
        self._store.save([one for one in self if one is not switch])
        del self._switches[session_name]
        log.warning("The kill switch is let go of (%s): %s", reason.strip(), switch.text)
        self._changed()
        return True

    def _check_turn(self, session_name: str | None, reason: str) -> None:
        if session_name is not None:
            self._sessions.get(session_name)
        if not reason.strip() or len(reason) > MAX_REASON:
            raise InvalidRequest([FieldError("reason", f"say why, in 1 to {MAX_REASON} characters")])
