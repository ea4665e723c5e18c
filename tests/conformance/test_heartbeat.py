"""Heartbeat(0), TestRequest(1) and Reject(3): test cases 4 to 7."""

from __future__ import annotations

import pytest

from tests.conformance.conversation import BOTH, LOGON, PAST, Conversation

RULES = {
    "4a a Heartbeat after HeartBtInt without a message": f"""
        {LOGON}
        wait 31
        < 0|34=2
        > 0|34=2
        wait 20
    """,
    "4b a Heartbeat that comes in is not answered": f"{LOGON} > 0|34=2",
    "5 no heartbeats with HeartBtInt 0": """
        > A|34=1|98=0|108=0
        < A|34=1|98=0|108=0
        wait 4000
    """,
    "6 a TestRequest when nothing came, the end when nothing comes still": f"""
        {LOGON}
        wait 29
        wait 8
        < 1|34=2|112=*
        wait 1
        wait 40
        < 5|34=3|58=*
        closed
    """,
    "6 a Heartbeat that answers the TestRequest keeps the session": f"""
        {LOGON}
        wait 37
        < 1|34=2|112=*
        > 0|34=2|112=x
        wait 1
        > 1|34=3|112=y
        < 0|34=3|112=y
    """,
    "4 a TestRequest is answered with its TestReqID": f"""
        {LOGON}
        > 1|34=2|112=are you there
        < 0|34=2|112=are you there
    """,
    "4 a TestRequest without TestReqID": f"""
        {LOGON}
        > 1|34=2
        < 3|34=2|45=2|372=1|373=1|371=112|58=TestReqID(112) is required
    """,
    "7 a Reject that comes in is taken": f"""
        {LOGON}
        > 3|34=2|45=1|58=no
        > 1|34=3|112=x
        < 0|34=2|112=x
    """,
    "4a any message that goes out puts the Heartbeat off": f"""
        {LOGON}
        wait 20
        send 8|58=one
        < 8|34=2|58=one
        > 0|34=2
        wait 20
        wait 11
        < 0|34=3
    """,
    "4b a TestRequest in a gap is answered when the gap is closed": f"""
        {LOGON}
        > 1|34=3|112=x
        < 2|34=2|7=2|16=0
        > 4|34=2|43=Y|122={PAST}|123=Y|36=3
        < 0|34=3|112=x
    """,
    "6 one TestRequest in one silence": f"""
        {LOGON}
        wait 37
        < 1|34=2|112=*
        wait 29
        wait 2
        < 0|34=3
    """,
    "6 any message that comes in will do": f"""
        {LOGON}
        wait 35
        < 0|34=2
        > 3|34=2|45=2
        wait 29
        > 0|34=3
    """,
    "7 a Reject that is wrong itself is not rejected": f"""
        {LOGON}
        > 3|34=2|58=of what?
        > 1|34=3|112=x
        < 0|34=2|112=x
    """,
}


@BOTH
@pytest.mark.parametrize("rule", RULES)
def test_heartbeat(version: str, rule: str) -> None:
    Conversation(version).play(RULES[rule])
