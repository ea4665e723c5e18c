"""When the circuit breaker trips, and what it lets pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from sendfix.config import CircuitBreaker
from sendfix.link.breaker import Breaker

REJECTED = b"8=FIX.4.4\x019=1\x0135=8\x0149=B\x01150=8\x0139=8\x0110=000\x01"
REFUSED = b"8=FIX.4.4\x019=1\x0135=3\x0149=B\x01372=D\x0110=000\x01"

THREE_IN_TEN_SECONDS = CircuitBreaker(3, 10)


class Kit:
    def __init__(self, folder: Path, policy: CircuitBreaker | None = THREE_IN_TEN_SECONDS) -> None:
        self.now = 0.0
        self.told: list[str] = []
        self.breaker = Breaker(policy, folder / "breaker.json", self.told.append, lambda: self.now)

    def hear(self, *messages: bytes) -> None:
        for message in messages:
            self.breaker.heard(message)


def test_enough_rejects_in_time_stop_new_orders_and_nothing_else(tmp_path: Path) -> None:
    kit = Kit(tmp_path)
    kit.hear(REJECTED, REFUSED)
    assert kit.breaker.refusal(b"D") is None
    kit.hear(REJECTED)
    assert "3 orders were rejected within 10 s" in str(kit.breaker.refusal(b"D"))
    assert kit.breaker.refusal(b"F") is None
    assert kit.breaker.refusal(b"G") is None
    assert kit.told == [kit.breaker.reason]
    kit.hear(REJECTED)
    assert len(kit.told) == 1


def test_rejects_that_lie_further_apart_are_borne(tmp_path: Path) -> None:
    kit = Kit(tmp_path)
    for kit.now in (0, 6, 12, 18, 24):
        kit.hear(REJECTED)
    assert kit.breaker.reason is None


@pytest.mark.parametrize(
    "message",
    [
        REJECTED.replace(b"\x0149=B", b"\x0143=Y\x0149=B"),
        REJECTED.replace(b"150=8", b"150=I"),
        REJECTED.replace(b"150=8", b"20=3"),
        REJECTED.replace(b"39=8", b"39=0"),
        REFUSED.replace(b"372=D", b"372=H"),
        REJECTED.replace(b"35=8", b"35=9"),
    ],
)
def test_what_is_no_new_reject_of_an_order_does_not_count(tmp_path: Path, message: bytes) -> None:
    kit = Kit(tmp_path)
    kit.hear(*[message] * 10)
    assert kit.breaker.reason is None


def test_it_holds_over_a_restart_until_somebody_lets_go(tmp_path: Path) -> None:
    Kit(tmp_path).hear(REJECTED, REJECTED, REJECTED)
    kit = Kit(tmp_path)
    assert "3 orders were rejected" in str(kit.breaker.refusal(b"D"))
    assert kit.breaker.let_go()
    assert not kit.breaker.let_go()
    assert kit.breaker.refusal(b"D") is None
    assert Kit(tmp_path).breaker.reason is None


def test_a_file_that_can_not_be_read_counts_as_tripped(tmp_path: Path) -> None:
    (tmp_path / "breaker.json").write_text("{")
    kit = Kit(tmp_path)
    assert "can't be read" in str(kit.breaker.refusal(b"D"))
    assert kit.breaker.let_go()


def test_without_a_policy_there_is_none(tmp_path: Path) -> None:
    kit = Kit(tmp_path, None)
    kit.hear(*[REJECTED] * 100)
    assert kit.breaker.refusal(b"D") is None
