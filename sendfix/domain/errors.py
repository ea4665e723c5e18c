"""What can go wrong, in words for a person. Each class is one kind of fault; `str(error)` is a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sendfix.domain.enums import OrdStatus


@dataclass(frozen=True, slots=True)
class FieldError:
    """One problem of one field; `field` is the name as the caller gave it, e.g. "price", "custom_tags.9001"."""

    field: str
    message: str


class SendFixError(Exception):
    """Base of all errors of the desk that a person is told about."""


class InvalidRequest(SendFixError):
    """The caller's fault: nothing was sent. `errors` has one entry for each problem."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in self.errors))


class UnknownSession(SendFixError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"There is no session named {name!r}; see the sessions in multi_session_config.json."
        )


class UnknownOrder(SendFixError):
    def __init__(self, cl_ord_id: str) -> None:
        self.cl_ord_id = cl_ord_id
        super().__init__(f"There is no order with ClOrdID(11) {cl_ord_id!r}.")


class StateForbids(SendFixError):
    """A good request at a bad moment: the state of an order or a session does not allow it."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


class RiskRefused(StateForbids):
    """An order or replace that a limit or a kill switch holds back: `rules` are their names, `errors` what they say."""

    def __init__(self, session: str, rules: Sequence[str], errors: Sequence[FieldError]) -> None:
        self.session = session
        self.rules = tuple(rules)
        self.errors = tuple(errors)
        texts = "; ".join(error.message for error in self.errors)
        super().__init__(f"Not sent on session {session}: {texts}.")


class DuplicateClOrdID(StateForbids):
    def __init__(self, cl_ord_id: str) -> None:
        self.cl_ord_id = cl_ord_id
        super().__init__(f"ClOrdID(11) {cl_ord_id!r} is in use already; give another one, or none.")


class NotLoggedOn(StateForbids):
    def __init__(self, session: str, reason: str) -> None:
        self.session = session
        self.reason = reason
        super().__init__(f"Session {session} is not logged on: {reason}")


class EngineUnavailable(SendFixError):
    """The engine process can't be reached, or did not answer; nothing is known to have been sent."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


class ImpossibleTransition(SendFixError):
    """An event that can't happen to an order in this state; the order is as it was."""

    def __init__(self, status: OrdStatus, event: str, detail: str) -> None:
        self.status = status
        self.event = event
        self.detail = detail
        super().__init__(f"An order that is {status.name} can't take {event}: {detail}")


class UnknownMessage(SendFixError):
    def __init__(self, message_id: int) -> None:
        self.message_id = message_id
        super().__init__(f"There is no message with the id {message_id}.")


class UnknownBook(SendFixError):
    def __init__(self, session_name: str, symbol: str) -> None:
        self.session_name = session_name
        self.symbol = symbol
        super().__init__(
            f"Nobody has subscribed to {symbol!r} on session {session_name}; POST /api/market/subscribe does."
        )


class UnknownAlarm(SendFixError):
    def __init__(self, alarm_id: int) -> None:
        self.alarm_id = alarm_id
        super().__init__(f"There is no alarm with the id {alarm_id}.")


class StorageUnavailable(SendFixError):
    """The database can't be read or written just now; the text says why."""


class SearchTooSlow(SendFixError):
    """A question to the database that takes longer than it may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The search took longer than {seconds:g} s and was stopped; narrow it by time (from, to), session or "
            "symbol."
        )


class TooManySearches(SendFixError):
    """Others are being answered, and take long."""

    def __init__(self) -> None:
        super().__init__("Too many searches are running already; try again in a few seconds.")
