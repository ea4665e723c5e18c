"""Whether the desk can trade, and if not, what is in the way: in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sendfix.domain.enums import SessionState
from sendfix.services.alarms import Alarms
from sendfix.services.kill_switches import KillSwitch
from sendfix.services.ports import Engine
from sendfix.services.sessions import Session, Sessions

# A session that a person disconnected, or that connects only when asked, is not_connected, and that is as wanted.
_NOT_AS_WANTED = (SessionState.CONNECTING, SessionState.DISCONNECTED)


@dataclass(frozen=True, slots=True)
class Health:
    """`problems` is empty when all is well; `ready`: what is asked of the desk can be done, as far as it goes itself. A
    session that is not logged on is no reason not to be."""

    problems: list[str]
    engine_reason: str | None
    storage_reason: str | None
    storage_backlog: int
    sessions: list[Session]
    ready: bool
    alarms: int
    configuration_problem: str | None
    kill_switches: list[KillSwitch]
    limits_problem: str | None


class HealthCheck:
    """Asks each part how it is; never raises and never waits."""

    def __init__(
        self,
        sessions: Sessions,
        engine: Engine,
        storage_problem: Callable[[], str | None],
        storage_backlog: Callable[[], int],
        alarms: Alarms,
        configuration_problem: Callable[[], str | None] = lambda: None,
        kill_switches: Iterable[KillSwitch] = (),
        limits_problem: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`kill_switches` gives those that are on, each time it is gone through; `limits_problem` says why the limits
        are not known, and nothing new is sent."""
        self._sessions = sessions
        self._engine = engine
        self._storage_problem = storage_problem
        self._storage_backlog = storage_backlog
        self._alarms = alarms
        self._configuration_problem = configuration_problem
        self._kill_switches = kill_switches
        self._limits_problem = limits_problem

    def health(self) -> Health:
        engine_reason = self._engine.unavailable_reason
        storage_reason = self._storage_problem()
        problems = [reason for reason in (engine_reason, storage_reason) if reason]
        ready = not problems
        configuration_problem = self._configuration_problem()
        if configuration_problem is not None:
            problems.append(configuration_problem)
        if engine_reason is None:
            refusals = [self._engine.refusal(session.config.name) for session in self._sessions]
            behind = [refusal for refusal in dict.fromkeys(refusals) if refusal]
            ready = ready and not behind
            problems += behind
            problems += [
                f"Session {session.config.name} is not logged on: {session.cannot_send_reason}"
                for session in self._sessions
                if session.state in _NOT_AS_WANTED
            ]
            problems += [
                f"Session {session.config.name}: {session.breaker}"
                for session in self._sessions
                if session.breaker
            ]
        problems += [
            f"Session {name}: {count} report{'s' * (count > 1)} of the counterparty not taken into account; book or"
            " dismiss the alarm"
            for name, count in Counter(alarm.session_name for alarm in self._alarms).items()
        ]
        kill_switches = list(self._kill_switches)
        problems += [switch.text for switch in kill_switches]
        limits_problem = self._limits_problem()
        if limits_problem is not None:
            problems.append(limits_problem)
        return Health(
            problems,
            engine_reason,
            storage_reason,
            self._storage_backlog(),
            list(self._sessions),
            ready,
            len(self._alarms),
            configuration_problem,
            kill_switches,
            limits_problem,
        )
