"""Logout(5) of either side: test cases 12 and 13."""

from __future__ import annotations

import pytest

from tests.conformance.conversation import BOTH, LOGON, ORDER, PAST, Conversation

RULES = {
    "13 a Logout is answered, and the client may close": f"""
        {LOGON}
        > 5|34=2
        < 5|34=2
        wait 3
        closed
    """,
    "12 the broker's Logout is answered by the client": f"""
        {LOGON}
        logout closing time
        < 5|34=2|58=closing time
        > 5|34=2
        closed
    """,
    "12 the broker's Logout is not answered": f"""
        {LOGON}
        logout closing time
        < 5|34=2|58=closing time
        wait 6
        closed
    """,
    "12 an answer while the broker waits for its Logout's answer": f"""
        {LOGON}
        send 8|58=one
        < 8|34=2|58=one
        logout closing time
        < 5|34=3|58=closing time
        > 2|34=2|7=2|16=2
        < 8|34=2|43=Y|122=*|58=one
        > 5|34=3
        closed
    """,
    "13 nothing more is said after the Logout": f"""
        {LOGON}
        > 5|34=2|58=good night
        < 5|34=2
        > 1|34=3|112=x
        wait 3
        closed
    """,
    "13 numbers go on after a Logout": f"""
        {LOGON}
        > 5|34=2
        < 5|34=2
        reconnect
        > A|34=3|98=0|108=30
        < A|34=3|98=0|108=30
    """,
    "13 a Logout behind a gap is answered when what was missing is there": f"""
        {LOGON}
        > 5|34=4
        < 2|34=2|7=2|16=0
        > D|34=2|43=Y|122={PAST}|11=a|{ORDER}
        app D|34=2|11=a
        > 0|34=3|43=Y|122={PAST}
        < 5|34=3
        reconnect
        > A|34=5|98=0|108=30
        < A|34=4|98=0|108=30
    """,
    "13 a Logout behind a gap that a gap fill passes over": f"""
        {LOGON}
        > 5|34=4
        < 2|34=2|7=2|16=0
        > 4|34=2|43=Y|122={PAST}|123=Y|36=5
        < 5|34=3
        reconnect
        > A|34=5|98=0|108=30
        < A|34=4|98=0|108=30
    """,
    "13 a Logout behind a gap that is not closed": f"""
        {LOGON}
        > 5|34=4
        < 2|34=2|7=2|16=0
        wait 3
        wait 3
        < 5|34=3
        reconnect
        > A|34=5|98=0|108=30
        < A|34=4|98=0|108=30
        < 2|34=5|7=2|16=0
    """,
}


@BOTH
@pytest.mark.parametrize("rule", RULES)
def test_logout(version: str, rule: str) -> None:
    Conversation(version).play(RULES[rule])
