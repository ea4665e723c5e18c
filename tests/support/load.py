"""Orders of all kinds, sent without pause over REST, whatever happens to the processes meanwhile."""

from __future__ import annotations

import random
import threading
import time
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
RESTING = 20
"""Orders of one thread that may rest at the broker."""
EXPECTED = (409, 503)
"""Statuses of the answers while something is down, or for a request that came too late."""


class Load:
    """One thread for each session (for a name that is given twice, two), from `with` to its end. `rate` is new orders
    per second of all of them together, replaces and cancels come on top; without one, as fast as they are answered.
    No more than some dozens of orders stay open. An unexpected answer ends the thread, and is raised at the end."""

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
        self._acknowledged = threading.Semaphore(0)
        self._errors: list[BaseException] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(name, f"{seed} {number}"))
            for number, name in enumerate(sessions)
        ]

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

    def _run(self, session: str, seed: str) -> None:
        chance = random.Random(seed)
        resting: deque[str] = deque()
        due = time.monotonic()
        try:
            with requests.Session() as client:
                while not self._stop.wait(max(0.0, due - time.monotonic())):
                    if len(resting) >= RESTING or (resting and chance.random() < 0.3):
                        self._change(client, chance, resting)
                    else:
                        self._order(client, session, chance, resting)
                        # What could not be sent in time is not made up for.
                        due = max(due + self._pause, time.monotonic() - 1.0)
        except BaseException as error:
            self._errors.append(error)

    def _order(
        self, client: requests.Session, session: str, chance: random.Random, resting: deque[str]
    ) -> None:
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

    def _change(self, client: requests.Session, chance: random.Random, resting: deque[str]) -> None:
        """Replace one that rests, or cancel the oldest; of one that can't be, find out whether it is open still."""
        if len(resting) < RESTING and chance.random() < 0.5:
            body = {"cl_ord_id": chance.choice(resting), "order_qty": chance.randint(10, 500)}
            self._post(client, "/api/replace_order", body, 202)
            return
        oldest = resting.popleft()
        if self._post(client, "/api/cancel_order", {"cl_ord_id": oldest}, 202) is not None:
            return
        try:
            answer = client.get(f"{self.stack.desk_url}/api/orders/{oldest}", timeout=15)
        except requests.RequestException:
            resting.append(oldest)
            return
        if answer.status_code != 200 or answer.json()["is_open"]:
            resting.append(oldest)

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
