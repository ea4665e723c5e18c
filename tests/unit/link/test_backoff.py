"""How long a session waits before it is tried again."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from sendfix.config import Reconnection
from sendfix.link.backoff import Backoff, Failure


def delays(policy: Reconnection, *failures: Failure) -> list[float | None]:
    backoff = Backoff(lambda: policy)
    return [backoff.delay_after(failure) for failure in failures]


def test_waits_double_up_to_the_ceiling() -> None:
    policy = Reconnection(initial_delay=5, max_delay=60, backoff_factor=2, jitter=0)
    assert delays(policy, *[Failure.UNREACHABLE] * 6) == [5, 10, 20, 40, 60, 60]


def test_a_refused_logon_waits_longer_and_up_to_its_own_ceiling() -> None:
    policy = Reconnection(initial_delay=5, max_delay=60, max_refused_delay=300, jitter=0)
    assert delays(policy, *[Failure.REFUSED] * 7) == [10, 20, 40, 80, 160, 300, 300]
    policy = Reconnection(initial_delay=5, backoff_factor=1, jitter=0)
    assert delays(policy, Failure.REFUSED, Failure.REFUSED) == [10, 20]


def test_a_session_that_was_up_begins_again_at_the_first_wait() -> None:
    policy = Reconnection(initial_delay=5, jitter=0)
    got = delays(
        policy, Failure.REFUSED, Failure.UNREACHABLE, Failure.LOST, Failure.UNREACHABLE, Failure.REFUSED
    )
    assert got == [10, 10, 5, 10, 10]


def test_the_last_attempt_is_the_last() -> None:
    policy = Reconnection(initial_delay=5, jitter=0, max_attempts=2)
    assert delays(policy, Failure.UNREACHABLE, Failure.REFUSED) == [5, None]


@given(st.lists(st.sampled_from(Failure), max_size=200), st.floats(1, 10), st.floats(0, 0.9), st.integers())
def test_a_wait_is_never_longer_than_its_ceiling_and_the_jitter(
    failures: list[Failure], factor: float, jitter: float, seed: int
) -> None:
    policy = Reconnection(backoff_factor=factor, jitter=jitter)
    backoff = Backoff(lambda: policy, random.Random(seed))
    for failure in failures:
        delay = backoff.delay_after(failure)
        ceiling = policy.max_refused_delay if failure is Failure.REFUSED else policy.max_delay
        assert delay is not None
        assert policy.initial_delay * (1 - jitter) <= delay <= ceiling * (1 + jitter)
