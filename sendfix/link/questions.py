"""What desks ask of a session that takes its time: each question is answered in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sendfix.link import protocol
from sendfix.link.desk_connection import DeskConnection
from sendfix.link.protocol import NotSent, ReplyCode
from sendfix.link.request_log import RequestLog

log = logging.getLogger("sendfix.engine")

MAX_ASKING = 16


class Asked(Protocol):
    """A session, as far as it is asked."""

    def ask(self, question: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Raises `NotSent`."""


class Questions:
    def __init__(self, requests: RequestLog, wake: Callable[[], None]) -> None:
        """`wake` is called from any thread when there is an answer."""
        self._requests = requests
        self._wake = wake
        self._answers: deque[tuple[DeskConnection, protocol.Ask, protocol.Answer]] = deque()
        self._asking = 0

    def ask(self, desk: DeskConnection, session: Asked | None, message: protocol.Ask) -> None:
        """Answered by `pass_on`, or here when it can't be asked."""
        if session is None:
            text = f"The engine has no session {message.session_name!r}"
            desk.queue(protocol.Answer(message.request_id, ReplyCode.UNKNOWN_SESSION, text, {}))
        elif self._asking >= MAX_ASKING:
            text = "The engine answers as many questions as it can already; ask again in a moment"
            desk.queue(protocol.Answer(message.request_id, ReplyCode.REFUSED, text, {}))
        else:
            self._asking += 1
            work = (desk, session, message)
            threading.Thread(target=self._find, args=work, name="ask", daemon=True).start()

    def pass_on(self, desks: list[DeskConnection]) -> None:
        """The answers that are there go to those of `desks` that asked."""
        while self._answers:
            desk, message, answer = self._answers.popleft()
            self._asking -= 1
            self._requests.note(message, f"{message.question}: {answer.detail or answer.code}")
            if desk in desks:
                desk.queue(answer)

    def _find(self, desk: DeskConnection, session: Asked, message: protocol.Ask) -> None:
        number = message.request_id
        try:
            data = session.ask(message.question, message.arguments)
            answer = protocol.Answer(number, ReplyCode.OK, "", data)
            protocol.encode(answer)  # what can't be packed must fail here, and not in the hub
        except NotSent as error:
            answer = protocol.Answer(number, error.code, str(error), {})
        except Exception as error:
            log.exception("session %s: %s failed", message.session_name, message.question)
            answer = protocol.Answer(
                number, ReplyCode.FAILED, f"The engine failed ({error!r}); see its log", {}
            )
        self._answers.append((desk, message, answer))
        self._wake()
