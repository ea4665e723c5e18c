"""Who may log on: by SenderCompID(49), and by Username(553) and Password(554) where they are set."""

from __future__ import annotations

from hmac import compare_digest
from typing import Final

from broker.fix.wire import Message
from broker.settings import Settings

REFUSED: Final = "Logon refused: SenderCompID(49), Username(553) or Password(554) is wrong"
"""What a client is told. It does not say which, so that nobody can find out one after the other."""


class Admission:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def problem(self, logon: Message) -> str | None:
        """Why this client may not log on, for the log; None when it may."""
        name = logon.text(b"49") or ""
        client = self._settings.clients.get(name)
        if client is None:
            return None if self._settings.any_client else f"SenderCompID(49) {name} is not among the clients"
        # Both are compared, whatever the first comes to: the time it takes tells nothing.
        wrong = [
            what
            for what, given, right in (
                ("Username(553)", logon.fields.get(b"553", b""), client.username),
                ("Password(554)", logon.fields.get(b"554", b""), client.password),
            )
            if right is not None and not compare_digest(given, right.encode())
        ]
        return f"{' and '.join(wrong)} of {name} wrong" if wrong else None


class Nowhere:
    """What was sent to a client that is not let in can't be asked for again."""

    def append(self, number: int, raw: bytes) -> None:
        """Forgotten."""

    def read(self, begin: int, end: int, limit: int) -> list[tuple[int, bytes]]:
        return []

    def clear(self) -> None:
        """There is nothing."""
