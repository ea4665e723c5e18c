"""Gaps, ResendRequest(2) and what is sent again: test cases 2b, 8, 16 and 20."""

from __future__ import annotations

import pytest

from tests.conformance.conversation import BOTH, LOGON, ORDER, PAST, Conversation

RULES = {
    "2b a gap asks for a resend, and what is behind it waits": f"""
        {LOGON}
        > D|34=4|11=c|{ORDER}
        < 2|34=2|7=2|16=0
        > D|34=5|11=d|{ORDER}
        > D|34=2|43=Y|122={PAST}|11=a|{ORDER}
        app D|34=2|11=a
        > D|34=3|43=Y|122={PAST}|11=b|{ORDER}
        app D|34=3|11=b
        app D|34=4|11=c
        app D|34=5|11=d
        > D|34=4|43=Y|122={PAST}|11=c|{ORDER}
        > 1|34=6|112=x
        < 0|34=3|112=x
    """,
    "2b a second gap behind the first is asked for when the first is closed": f"""
        {LOGON}
        > 0|34=3
        < 2|34=2|7=2|16=0
        > 0|34=6
        > 0|34=2|43=Y|122={PAST}
        < 2|34=3|7=4|16=0
    """,
    "2b what a gap fill passes over is not acted on": f"""
        {LOGON}
        > D|34=3|11=stale|{ORDER}
        < 2|34=2|7=2|16=0
        > 4|34=2|43=Y|122={PAST}|123=Y|36=4
        > 1|34=4|112=x
        < 0|34=3|112=x
    """,
    "2b a gap behind what a gap fill passed over is asked for": f"""
        {LOGON}
        > 0|34=3
        < 2|34=2|7=2|16=0
        > 0|34=7
        > 4|34=2|43=Y|122={PAST}|123=Y|36=5
        < 2|34=3|7=5|16=0
    """,
    "8 SendingTime of a resend is never before OrigSendingTime": f"""
        {LOGON}
        wait 2
        send 8|58=one
        < 8|34=2|58=one|52=20270115-08:00:02.000
        wait -1
        > 2|34=2|7=2|16=0
        < 8|34=2|43=Y|122=20270115-08:00:02.000|52=20270115-08:00:02.000|58=one
    """,
    "8 a ResendRequest: application messages again, admin messages filled over": f"""
        {LOGON}
        send 8|58=one
        < 8|34=2|58=one
        > 1|34=2|112=x
        < 0|34=3|112=x
        send 8|58=two
        < 8|34=4|58=two
        wait 5
        > 2|34=3|7=1|16=0
        < 4|34=1|43=Y|122=*|123=Y|36=2
        < 8|34=2|43=Y|122=20270115-08:00:00.000|52=20270115-08:00:05.000|58=one
        < 4|34=3|43=Y|122=*|123=Y|36=4
        < 8|34=4|43=Y|122=20270115-08:00:00.000|52=20270115-08:00:05.000|58=two
        > 1|34=4|112=z
        < 0|34=5|112=z
    """,
    "8 a ResendRequest for a part": f"""
        {LOGON}
        send 8|58=one
        < 8|34=2|58=one
        send 8|58=two
        < 8|34=3|58=two
        > 2|34=2|7=2|16=2
        < 8|34=2|43=Y|122=*|58=one
    """,
    "8 a ResendRequest beyond the last message": f"""
        {LOGON}
        > 2|34=2|7=9|16=0
        > 2|34=3|7=1|16=999999
        < 4|34=1|43=Y|122=*|123=Y|36=2
    """,
    "8 messages sent while the client was away are there when it asks": f"""
        {LOGON}
        reconnect
        send 8|58=missed
        > A|34=2|98=0|108=30
        < A|34=3|98=0|108=30
        > 2|34=3|7=2|16=0
        < 8|34=2|43=Y|122=*|58=missed
        < 4|34=3|43=Y|122=*|123=Y|36=4
    """,
    "8 a ResendRequest ahead of its turn is answered at once": f"""
        {LOGON}
        send 8|58=one
        < 8|34=2|58=one
        > 2|34=4|7=2|16=0
        < 8|34=2|43=Y|122=*|58=one
        < 2|34=3|7=2|16=0
    """,
    "20 two ResendRequests at once are both answered": f"""
        {LOGON}
        send 8|58=one
        < 8|34=2|58=one
        > 2|34=2|7=2|16=0
        < 8|34=2|43=Y|122=*|58=one
        > 2|34=3|7=2|16=0
        < 8|34=2|43=Y|122=*|58=one
    """,
    "8 EndSeqNo 999999 means the same as 0": f"""
        {LOGON}
        send 8|58=one
        < 8|34=2|58=one
        > 2|34=2|7=2|16=999999
        < 8|34=2|43=Y|122=*|58=one
        > 2|34=3|7=2|16=0
        < 8|34=2|43=Y|122=*|58=one
    """,
    "8 a range that is none is rejected": f"""
        {LOGON}
        > 2|34=2|7=5|16=3
        < 3|34=2|45=2|372=2|373=5|371=16|58=*
        > 2|34=3|7=0|16=0
        < 3|34=3|45=3|372=2|373=5|371=7|58=*
        > 2|34=4|7=-1|16=0
        < 3|34=4|45=4|372=2|373=6|371=7|58=*
        > 1|34=5|112=x
        < 0|34=5|112=x
    """,
    "8 a ResendRequest uses up no number of what is sent again": f"""
        {LOGON}
        send 8|58=one
        < 8|34=2|58=one
        > 2|34=2|7=1|16=0
        < 4|34=1|43=Y|122=*|123=Y|36=2
        < 8|34=2|43=Y|122=*|58=one
        > 2|34=3|7=1|16=0
        < 4|34=1|43=Y|122=*|123=Y|36=2
        < 8|34=2|43=Y|122=*|58=one
        send 8|58=two
        < 8|34=3|58=two
    """,
    "16 messages wait while the client is away, and PossDupFlag is theirs when it asks": f"""
        {LOGON}
        reconnect
        send 8|58=one
        send 8|58=two
        > A|34=2|98=0|108=30
        < A|34=4|98=0|108=30
        > 2|34=3|7=2|16=0
        < 8|34=2|43=Y|122=*|58=one
        < 8|34=3|43=Y|122=*|58=two
        < 4|34=4|43=Y|122=*|123=Y|36=5
        send 8|58=three
        < 8|34=5|58=three
    """,
    "20 both sides miss messages and ask at once": f"""
        {LOGON}
        send 8|58=one
        < 8|34=2|58=one
        > D|34=3|11=b|{ORDER}
        < 2|34=3|7=2|16=0
        > 2|34=4|7=2|16=0
        < 8|34=2|43=Y|122=*|58=one
        < 4|34=3|43=Y|122=*|123=Y|36=4
        > D|34=2|43=Y|122={PAST}|11=a|{ORDER}
        app D|34=2|11=a
        app D|34=3|11=b
        > 4|34=4|43=Y|122={PAST}|123=Y|36=5
        > 1|34=5|112=x
        < 0|34=4|112=x
    """,
}


@BOTH
@pytest.mark.parametrize("rule", RULES)
def test_resend(version: str, rule: str) -> None:
    Conversation(version).play(RULES[rule])


def test_a_long_replay_is_cut_into_steps_and_complete() -> None:
    talk = Conversation("FIX.4.4")
    talk.play(LOGON)
    for number in range(1200):
        talk.session.send(b"8", [(b"58", b"%d" % number)], talk.now)
    talk.session.out.clear()

    talk.client_sends("2|34=2|7=2|16=0")

    assert [answer["58"] for answer in talk.answers] == [str(number) for number in range(1200)]
    assert [answer["34"] for answer in talk.answers] == [str(number) for number in range(2, 1202)]
