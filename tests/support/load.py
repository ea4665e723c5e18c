"""Orders of all kinds, sent without pause over REST, whatever happens to the processes meanwhile."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

import requests

from tests.support.books import Books
from tests.support.stack import Stack

BEHAVIOURS: dict[str, Any] = {
    "AAPL": "fill",
    "MSFT": {"mode": "partial", "steps": 3, "interval": 0.05},
    "GOOGL": {"mode": "manual", "pending": True},
}
"""What the broker has to do with the load's symbols."""
EXPECTED = (409, 503)
"""Statuses of the answers while something is down, or for a request that came too late."""


class Load:
    """One thread for each session, from `with` to its end. `rate` is orders per second of all of them together; without
    one, as fast as they are answered. An unexpected answer ends the thread, and is raised at the end."""

    def __init__(
        self, stack: Stack, sessions: Sequence[str], rate: float | None = None, seed: int = 1
    ) -> None:
        self.stack = stack
        self.sessions = sessions
        self.acknowledged: list[str] = []
        """First ClOrdIDs of the orders that were answered with 201."""
        self.requests = 0
        self.refused = 0
        self._pause = 0.0 if rate is None else len(sessions) / rate
        self._seed = seed
        self._acknowledged = threading.Semaphore(0)
        self._errors: list[BaseException] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(name,)) for name in sessions]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def more(self, count: int, timeout: float = 40.0) -> None:
        """Wait for so many further orders."""
        while self._acknowledged.acquire(blocking=False):
            pass
        for _ in range(count):
            if not self._acknowledged.acquire(timeout=timeout):
                raise AssertionError(f"no order was taken for {timeout} s; errors: {self._errors}")

    def all_known(self, books: Books) -> None:
        """What was answered with 201 is there, once."""
        missing = set(self.acknowledged) - books.keys()
        assert not missing, f"{len(missing)} orders were acknowledged and are lost: {sorted(missing)[:20]}"
        assert len(self.acknowledged) == len(set(self.acknowledged))

    def _run(self, session: str) -> None:
        chance = random.Random(f"{self._seed} {session}")
        resting: deque[str] = deque(maxlen=50)
        try:
            with requests.Session() as client:
                while not self._stop.wait(self._pause):
                    self._one(client, session, chance, resting)
        except BaseException as error:
            self._errors.append(error)

    def _one(
        self, client: requests.Session, session: str, chance: random.Random, resting: deque[str]
    ) -> None:
        if resting and chance.random() < 0.3:
            changed = chance.choice(resting)
            body: dict[str, Any] = {"cl_ord_id": changed}
            path = "/api/cancel_order"
            if chance.random() < 0.5:
                path, body["order_qty"] = "/api/replace_order", chance.randint(10, 500)
            else:
                resting.remove(changed)
            self._post(client, path, body, 202)
            return
        symbol = chance.choice(list(BEHAVIOURS))
        body = {
            "session_name": session,
            "symbol": symbol,
            "side": chance.choice(("BUY", "SELL")),
            "order_qty": chance.randint(1, 300),
            "ord_type": "LIMIT" if symbol == "GOOGL" else "MARKET",
        }
        if symbol == "GOOGL":
            body["price"] = "150.25"
        answer = self._post(client, "/api/send_order", body, 201)
        if answer is not None:
            self.acknowledged.append(answer["cl_ord_id"])
            self._acknowledged.release()
            if symbol == "GOOGL":
                resting.append(answer["cl_ord_id"])

    def _post(self, client: requests.Session, path: str, body: Any, expected: int) -> dict[str, Any] | None:
        try:
            answer = client.post(f"{self.stack.desk_url}{path}", json=body, timeout=15)
        except requests.RequestException:
            self._stop.wait(0.02)
            return None
        self.requests += 1
        if answer.status_code == expected:
            found: dict[str, Any] = answer.json()
            return found
        assert answer.status_code in EXPECTED, (path, body, answer.status_code, answer.text)
        self.refused += 1
        self._stop.wait(0.02)
        return None
