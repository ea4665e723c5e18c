from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sendfix.link.resend import STALE_AFTER_SECONDS, judge

NOW = datetime(2026, 1, 2, 14, 30, 0, tzinfo=UTC)


def order(age: float) -> str:
    sent = (NOW - timedelta(seconds=age)).strftime("%Y%m%d-%H:%M:%S.000")
    return f"8=FIX.4.4|35=D|34=7|43=Y|122={sent}|11=ABC|".replace("|", "\x01")


def journaled(age: float) -> set[tuple[str, str]]:
    return {("7", (NOW - timedelta(seconds=age)).strftime("%Y%m%d-%H:%M:%S.000"))}


def test_a_fresh_order_is_sent_again() -> None:
    age = STALE_AFTER_SECONDS - 1
    assert judge(order(age), journaled(age), NOW) is None


def test_a_stale_order_is_not() -> None:
    verdict = judge(order(STALE_AFTER_SECONDS), journaled(STALE_AFTER_SECONDS), NOW)
    assert verdict is not None
    assert (verdict.cl_ord_id, verdict.msg_seq_num) == ("ABC", 7)
    assert verdict.text.endswith("it was not sent again, because it was 10 s old")


@pytest.mark.parametrize("known", [set(), {("7", "20260102-14:29:59.000")}, {("8", "20260102-14:30:00.000")}])
def test_an_order_that_the_journal_does_not_have_is_not(known: set[tuple[str, str]]) -> None:
    verdict = judge(order(0), known, NOW)
    assert verdict is not None
    assert "had never been reported as sent" in verdict.text


def test_a_clock_that_was_set_back_makes_nothing_fresh() -> None:
    verdict = judge(order(-3600), journaled(-3600), NOW)
    assert verdict is not None
    assert "clock has been set back" in verdict.text


@pytest.mark.parametrize("bad", ["122=", "122=yesterday", "9122=x"])
def test_an_order_of_unknown_age_is_not(bad: str) -> None:
    verdict = judge(order(0).replace("122=20260102-14:30:00.000", bad), set(), NOW)
    assert verdict is not None
    assert "OrigSendingTime(122) can't be read" in verdict.text
