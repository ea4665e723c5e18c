"""Logon(A): test cases 1, of the acceptor."""

from __future__ import annotations

import pytest

from tests.conformance.conversation import BOTH, LOGON, ORDER, PAST, Conversation

RULES = {
    "1b valid Logon is answered by a Logon": LOGON,
    "1b Logon with a number too high is answered, then a resend is asked for": """
        > A|34=5|98=0|108=30
        < A|34=1|98=0|108=30
        < 2|34=2|7=1|16=0
        > 4|34=1|43=Y|122=20270115-07:59:00|123=Y|36=6
        > 1|34=6|112=x
        < 0|34=3|112=x
    """,
    "1b Logon with a number too low is refused in words": f"""
        {LOGON}
        > 0|34=2
        reconnect
        > A|34=1|98=0|108=30
        < 5|34=2|58=MsgSeqNum(34) too low, expecting 3 but received 1
        closed
    """,
    "1e a first message that is not Logon ends the connection": """
        > 0|34=1
        closed
    """,
    "1 Logon without EncryptMethod(98)": """
        > A|34=1|108=30
        < 3|34=1|45=1|372=A|373=1|371=98|58=*
        < 5|34=2|58=*
        closed
    """,
    "1 Logon with encryption": """
        > A|34=1|98=2|108=30
        < 3|34=1|45=1|372=A|373=5|371=98|58=*
        < 5|34=2|58=*
        closed
    """,
    "1 Logon with a negative HeartBtInt(108)": """
        > A|34=1|98=0|108=-5
        < 3|34=1|45=1|372=A|373=5|371=108|58=*
        < 5|34=2|58=*
        closed
    """,
    "1 no Logon in time": """
        wait 11
        closed
    """,
    "1 numbers go on over a new connection": f"""
        {LOGON}
        > 0|34=2
        reconnect
        > A|34=3|98=0|108=30
        < A|34=2|98=0|108=30
    """,
    "1 ResetSeqNumFlag begins both numbers again": f"""
        {LOGON}
        send 8|58=old
        < 8|34=2|58=old
        reconnect
        > A|34=1|98=0|108=30|141=Y
        < A|34=1|98=0|108=30|141=Y
        > 2|34=2|7=1|16=0
        < 4|34=1|43=Y|122=*|123=Y|36=2
    """,
    "1 ResetSeqNumFlag on a live session": f"""
        {LOGON}
        > A|34=1|98=0|108=30|141=Y
        < A|34=1|98=0|108=30|141=Y
        > 1|34=2|112=a
        < 0|34=2|112=a
    """,
    "1 ResetSeqNumFlag with a number other than 1": """
        > A|34=4|98=0|108=30|141=Y
        < 5|34=1|58=*
        closed
    """,
    "1 a second Logon on a live session is rejected": f"""
        {LOGON}
        > A|34=2|98=0|108=30
        < 3|34=2|45=2|372=A|373=5|371=35|58=Logon(A) while logged on
        > 1|34=3|112=x
        < 0|34=3|112=x
    """,
    "1S b Logon with PossResend and other header fields": """
        > A|34=1|50=desk|57=orders|97=N|369=0|98=0|108=30
        < A|34=1|98=0|108=30
    """,
    "1S d Logon with a tag that Logon does not have": """
        > A|34=1|98=0|108=30|55=AAPL
        < 3|34=1|45=1|372=A|373=2|371=55|58=Symbol(55) is not a field of Logon(A)
        < 5|34=2|58=Symbol(55) is not a field of Logon(A)
        closed
    """,
    "1S d Logon with a wrong SendingTime": """
        > A|34=1|52=20260101-00:00:00|98=0|108=30
        < 3|34=1|45=1|372=A|373=10|371=52|58=*
        < 5|34=2|58=*
        closed
    """,
    "1S d Logon without MsgSeqNum": """
        > A|98=0|108=30
        < 5|34=1|58=MsgSeqNum(34) is missing or no number
        closed
    """,
    "1S d a Logon that was refused uses up no number": """
        > A|34=1|98=0|108=often
        < 3|34=1|45=1|372=A|373=6|371=108|58=HeartBtInt(108) is often, which is no INT
        < 5|34=2|58=*
        closed
        reconnect
        > A|34=1|98=0|108=30
        < A|34=3|98=0|108=30
    """,
    "1S e nothing is said to one whose first message is not Logon": """
        > D|34=1|11=a
        closed
        reconnect
        > A|34=1|98=0|108=30
        < A|34=1|98=0|108=30
    """,
    "1 ResetSeqNumFlag=N is a Logon like any other": """
        > A|34=1|98=0|108=30|141=N
        < A|34=1|98=0|108=30
    """,
    "1 after ResetSeqNumFlag what was held behind a gap is forgotten": f"""
        {LOGON}
        > 0|34=9
        < 2|34=2|7=2|16=0
        > A|34=1|98=0|108=30|141=Y
        < A|34=1|98=0|108=30|141=Y
        > 4|34=2|123=Y|36=9
        > 1|34=9|112=x
        < 0|34=2|112=x
    """,
    "1 Logon lists the MsgTypes that the client uses": """
        > A|34=1|98=0|108=30|384=2|372=D|385=S|372=8|385=R
        < A|34=1|98=0|108=30
    """,
}


@BOTH
@pytest.mark.parametrize("rule", RULES)
def test_logon(version: str, rule: str) -> None:
    Conversation(version).play(RULES[rule])


@BOTH
def test_what_lay_between_two_connections_is_asked_for(version: str) -> None:
    Conversation(version).play(f"""
        {LOGON}
        reconnect
        > A|34=4|98=0|108=30
        < A|34=2|98=0|108=30
        < 2|34=3|7=2|16=0
        > D|34=2|43=Y|122={PAST}|11=a|{ORDER}
        app D|34=2|11=a
        > 4|34=3|43=Y|122={PAST}|123=Y|36=5
        > 1|34=5|112=x
        < 0|34=4|112=x
    """)


# FIX 4.4, volume 2, "Logon", NextExpectedMsgSeqNum(789): what either side lacks is sent unasked.
EXPECTED = {
    "nothing is missing": """
        > A|34=1|98=0|108=30|789=1
        < A|34=1|98=0|108=30|789=2
        > 1|34=2|112=x
        < 0|34=2|112=x
    """,
    "the client lacks messages": f"""
        {LOGON}
        reconnect
        send 8|58=one
        > A|34=2|98=0|108=30|789=2
        < A|34=3|98=0|108=30|789=3
        < 8|34=2|43=Y|122=*|58=one
        < 4|34=3|43=Y|122=*|123=Y|36=4
        > 1|34=3|112=x
        < 0|34=4|112=x
    """,
    "the broker lacks messages": f"""
        {LOGON}
        reconnect
        > A|34=4|98=0|108=30|789=2
        < A|34=2|98=0|108=30|789=2
        > D|34=2|43=Y|122={PAST}|11=a|{ORDER}
        app D|34=2|11=a
        > 4|34=3|43=Y|122={PAST}|123=Y|36=5
        > 1|34=5|112=x
        < 0|34=3|112=x
    """,
    "a client that sends what was missing without its Logon is asked for that": f"""
        {LOGON}
        reconnect
        > A|34=3|98=0|108=30|789=2
        < A|34=2|98=0|108=30|789=2
        > 0|34=2|43=Y|122={PAST}
        > 0|34=4
        < 2|34=3|7=3|16=0
    """,
    "more is expected than was ever sent": """
        > A|34=1|98=0|108=30|789=7
        < 5|34=1|58=NextExpectedMsgSeqNum(789) too high, expecting 1 but received 7
        closed
    """,
    "with ResetSeqNumFlag": """
        > A|34=1|98=0|108=30|141=Y|789=1
        < A|34=1|98=0|108=30|141=Y|789=2
    """,
}


@pytest.mark.parametrize("rule", EXPECTED)
def test_next_expected_msg_seq_num(rule: str) -> None:
    Conversation("FIX.4.4").play(EXPECTED[rule])
