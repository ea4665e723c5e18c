"""Which limits apply to an order: those of its session's configuration, and those of a document by session, account and
user, which is changed while the desk runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sendfix.config.limits import limits_to_json
from sendfix.domain.errors import FieldError, InvalidRequest, StateForbids
from sendfix.domain.limits import USER, Applied, Limits, Rule, Scope
from sendfix.services.kill_switches import MAX_REASON
from sendfix.services.sessions import Session, Sessions

log = logging.getLogger(__name__)

MOST_RULES = 1_000
MAX_LOGGED = 500
MOST_APPLIED = 10_000
"""Accounts and users come from outside; more of them together than this are worked out again."""


@dataclass(frozen=True, slots=True)
class LimitsDocument:
    """`version` goes up by one with each change; `problem` says why what is kept can't be read."""

    version: int = 0
    rules: tuple[Rule, ...] = ()
    changed_at: datetime | None = None
    reason: str = ""
    problem: str | None = None


class LimitsStore(Protocol):
    """Keeps the document over a kill of the desk."""

    def load(self) -> LimitsDocument:
        """What is kept; what can't be read has a `problem`."""

    def save(self, document: LimitsDocument) -> None:
        """Returns when it is kept. Raises `StorageUnavailable`."""


class RiskLimits:
    def __init__(
        self,
        sessions: Sessions,
        store: LimitsStore,
        now: Callable[[], datetime],
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._now = now
        self._on_change = on_change
        self._applied: dict[tuple[str, str, str], tuple[Limits, Applied]] = {}
        self.longest_window = 0.0
        self._hold(store.load())
        errors = list(self._faults(self.document.rules))
        if errors:
            # Whoever wrote it by hand meant something else than what it would do.
            first = f"{errors[0].field} {errors[0].message}"
            log.error("the limits by session, account and user can't be used: %s", first)
            self._hold(
                LimitsDocument(problem=f"The limits that are kept can't be used ({first}): set them again")
            )

    @property
    def of_sessions(self) -> list[Rule]:
        """What the sessions' configuration has."""
        return [_rule_of(session) for session in self._sessions]

    @property
    def only_by_session(self) -> bool:
        """Whether account and user make no difference."""
        return not self.document.rules

    def applied(
        self, session: Session, account: str, user: str, other_accounts: Sequence[str] = ()
    ) -> Applied:
        """All that match, the session's own first. An empty text is none. A cross is of `other_accounts`, too."""
        if other_accounts:
            accounts = (account, *other_accounts)
            rules = [
                rule
                for rule in self.document.rules
                if any(rule.scope.covers(session.config.name, one, user) for one in accounts)
            ]
            return Applied([_rule_of(session), *rules])
        key, configured = (session.config.name, account, user), session.config.limits
        found = self._applied.get(key)
        if found is not None and found[0] is configured:
            return found[1]
        matching = [rule for rule in self.document.rules if rule.scope.covers(*key)]
        if len(self._applied) >= MOST_APPLIED:
            self._applied.clear()
        made = Applied([_rule_of(session), *matching])
        self._applied[key] = (configured, made)
        return made

    def change(self, rules: Sequence[Rule], version: int, reason: str) -> LimitsDocument:
        """Put these in place of all rules; they hold from the next order on. Raises `InvalidRequest`, `StateForbids`
        when the document has another version, and `StorageUnavailable`, after which all is as it was."""
        before = self.document
        if version != before.version:
            raise StateForbids(
                f"The limits have been changed meanwhile: they have version {before.version}, not {version};"
                " load them again."
            )
        errors = [*self._faults(rules), *_nobodies(rules)]
        if not reason.strip() or len(reason) > MAX_REASON:
            errors.append(FieldError("reason", f"say why, in 1 to {MAX_REASON} characters"))
        if errors:
            raise InvalidRequest(errors)
        changed = LimitsDocument(before.version + 1, tuple(rules), self._now(), reason.strip())
        self._store.save(changed)
        self._hold(changed)
        _log_changes(before, changed)
        self._on_change()
        return changed

    def _hold(self, document: LimitsDocument) -> None:
        self.document = document
        # An order that is no duplicate itself may be one for an order of another user.
        windows = (rule.limits.duplicate_seconds or 0.0 for rule in document.rules)
        self.longest_window = max(windows, default=0.0)
        self._applied.clear()

    def _faults(self, rules: Sequence[Rule]) -> list[FieldError]:
        found = []
        if len(rules) > MOST_RULES:
            found.append(FieldError("rules", f"are {len(rules)}; there can be {MOST_RULES}"))
        known = {rule.scope.session_name for rule in self.document.rules}
        seen: dict[Scope, int] = {}
        for number, rule in enumerate(rules):
            at, name = f"rules[{number}]", rule.scope.session_name
            if name is not None and name not in known and self._sessions.find(name) is None:
                found.append(FieldError(f"{at}.scope.session_name", f"there is no session named {name!r}"))
            if rule.scope in seen:
                text = f"is that of rules[{seen[rule.scope]}]: put the limits into one rule"
                found.append(FieldError(f"{at}.scope", text))
            if rule.scope.user is not None and rule.limits.of_positions:
                text = (
                    "positions are known by session and account, not by user: leave out user, or these limits"
                )
                found.append(FieldError(f"{at}.limits", text))
            seen.setdefault(rule.scope, number)
        return found


def _nobodies(rules: Sequence[Rule]) -> Iterator[FieldError]:
    """Rules that would never apply."""
    for number, rule in enumerate(rules):
        user = rule.scope.user
        if user is not None and not USER.fullmatch(user):
            text = f"nobody can be {user!r}: a user has 1 to 64 of the characters A-Z a-z 0-9 . _ @ -"
            yield FieldError(f"rules[{number}].scope.user", text)


def _rule_of(session: Session) -> Rule:
    return Rule(Scope(session.config.name), session.config.limits)


def _log_changes(before: LimitsDocument, after: LimitsDocument) -> None:
    old = {rule.scope: rule.limits for rule in before.rules}
    new = {rule.scope: rule.limits for rule in after.rules}
    for scope in dict.fromkeys([*old, *new]):
        then, now = limits_to_json(old.get(scope, Limits())), limits_to_json(new.get(scope, Limits()))
        for name in dict.fromkeys([*then, *now]):
            if then.get(name) != now.get(name):
                log.warning(
                    "limits %s: %s is changed from %s to %s (version %d: %s)",
                    scope.text,
                    name,
                    _short(then.get(name)),
                    _short(now.get(name)),
                    after.version,
                    after.reason,
                )


def _short(value: object) -> str:
    text = "no limit" if value is None else str(value)
    return text if len(text) <= MAX_LOGGED else f"{text[:MAX_LOGGED]}…"
