"""The rules of the FIX session layer, each as a conversation, in both versions. Names follow the FIX test cases."""

from __future__ import annotations

import pytest

from broker.fix.wire import utc_timestamp
from tests.conformance.conversation import START, Conversation

LOGON = """
    > A|34=1|98=0|108=30
    < A|34=1|98=0|108=30
"""
LATER = utc_timestamp(START + 60).decode()
FAR = utc_timestamp(START + 200).decode()
PAST = utc_timestamp(START - 60).decode()

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
    "2a a message in its turn is processed": f"""
        {LOGON}
        > D|34=2|11=a|21=1|55=AAPL|54=1|38=1|40=1|60=20270115-08:00:00
        app D|34=2|11=a
    """,
    "2b a gap asks for a resend, and what is behind it waits": f"""
        {LOGON}
        > D|34=4|11=c|21=1|55=AAPL|54=1|38=1|40=1|60=20270115-08:00:00
        < 2|34=2|7=2|16=0
        > D|34=5|11=d|21=1|55=AAPL|54=1|38=1|40=1|60=20270115-08:00:00
        > D|34=2|43=Y|122={PAST}|11=a|21=1|55=AAPL|54=1|38=1|40=1|60=20270115-08:00:00
        app D|34=2|11=a
        > D|34=3|43=Y|122={PAST}|11=b|21=1|55=AAPL|54=1|38=1|40=1|60=20270115-08:00:00
        app D|34=3|11=b
        app D|34=4|11=c
        app D|34=5|11=d
        > D|34=4|43=Y|122={PAST}|11=c|21=1|55=AAPL|54=1|38=1|40=1|60=20270115-08:00:00
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
        > D|34=3|11=stale|21=1|55=AAPL|54=1|38=1|40=1|60=20270115-08:00:00
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
    "2c a number too low without PossDupFlag ends the session": f"""
        {LOGON}
        > 0|34=1
        < 5|34=2|58=MsgSeqNum(34) too low, expecting 2 but received 1
        closed
    """,
    "2d a message without MsgSeqNum ends the session": f"""
        {LOGON}
        > 0
        < 5|34=2|58=MsgSeqNum(34) is missing or no number
        closed
    """,
    "2e a duplicate with PossDupFlag is ignored": f"""
        {LOGON}
        > 1|34=2|112=x
        < 0|34=2|112=x
        > 1|34=2|112=x|43=Y|122={PAST}
    """,
    "2f OrigSendingTime later than SendingTime": f"""
        {LOGON}
        > 1|34=2|112=x|43=Y|122={LATER}
        < 3|34=2|45=2|372=1|373=10|371=122|58=*
        < 5|34=3|58=*
        closed
    """,
    "2g PossDupFlag without OrigSendingTime": f"""
        {LOGON}
        > 1|34=2|112=x|43=Y
        < 3|34=2|45=2|372=1|373=1|371=122|58=*
        > 1|34=3|112=y
        < 0|34=3|112=y
    """,
    "2i another BeginString": f"""
        {LOGON}
        > 0|34=2|8=FIX.4.0
        < 5|34=2|58=*
        closed
    """,
    "2k wrong SenderCompID": f"""
        {LOGON}
        > 0|34=2|49=OTHER
        < 3|34=2|45=2|372=0|373=9|371=49|58=*
        < 5|34=3|58=*
        closed
    """,
    "2k wrong TargetCompID": f"""
        {LOGON}
        > 0|34=2|56=OTHER
        < 3|34=2|45=2|372=0|373=9|371=56|58=*
        < 5|34=3|58=*
        closed
    """,
    "2o SendingTime out of range": f"""
        {LOGON}
        > 0|34=2|52={FAR}
        < 3|34=2|45=2|372=0|373=10|371=52|58=*
        < 5|34=3|58=*
        closed
    """,
    "2 SendingTime that is no time": f"""
        {LOGON}
        > 0|34=2|52=yesterday
        < 3|34=2|45=2|372=0|373=6|371=52|58=*
        > 1|34=3|112=y
        < 0|34=3|112=y
    """,
    "2 SendingTime missing": f"""
        {LOGON}
        > 0|34=2|52=-
        < 3|34=2|45=2|372=0|373=1|371=52|58=*
    """,
    "2q a MsgType that the version does not have": f"""
        {LOGON}
        > zz|34=2
        < 3|34=2|45=2|372=zz|373=11|371=35|58=*
    """,
    "2r a MsgType that the version has is the application's to refuse": f"""
        {LOGON}
        > R|34=2|131=q|146=1|55=AAPL
        app R|34=2
    """,
    "3 garbled messages are ignored and use up no number": f"""
        {LOGON}
        garbled 8=FIX.4.2^9=20^35=0^34=2^10=000^
        garbled 8=FIX.4.2^9=5^35=0^10=999^
        garbled 9=5^35=0^10=161^
        garbled nonsense
        > 1|34=2|112=x
        < 0|34=2|112=x
    """,
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
    "10 SequenceReset-GapFill moves the number on": f"""
        {LOGON}
        > 4|34=2|123=Y|36=20
        > 1|34=20|112=x
        < 0|34=2|112=x
    """,
    "10 SequenceReset-GapFill back is rejected": f"""
        {LOGON}
        > 4|34=2|123=Y|36=1
        < 3|34=2|45=2|372=4|373=5|371=36|58=*
    """,
    "10 SequenceReset-GapFill ahead of its turn waits": f"""
        {LOGON}
        > 4|34=5|123=Y|36=9
        < 2|34=2|7=2|16=0
        > 4|34=2|43=Y|122={PAST}|123=Y|36=5
        > 1|34=9|112=x
        < 0|34=3|112=x
    """,
    "11 SequenceReset-Reset up, whatever its own number": f"""
        {LOGON}
        > 4|34=1|36=50
        > 1|34=50|112=x
        < 0|34=2|112=x
    """,
    "11 SequenceReset-Reset down is rejected": f"""
        {LOGON}
        > 0|34=2
        > 4|34=3|36=1
        < 3|34=2|45=3|372=4|373=5|371=36|58=*
    """,
    "13 a Logout is answered, and the client may close": f"""
        {LOGON}
        > 5|34=2
        < 5|34=2
        wait 3
        closed
    """,
    "13 the broker's Logout is answered by the client": f"""
        {LOGON}
        logout closing time
        < 5|34=2|58=closing time
        > 5|34=2
        closed
    """,
    "13 the broker's Logout is not answered": f"""
        {LOGON}
        logout closing time
        < 5|34=2|58=closing time
        wait 6
        closed
    """,
    "14a a tag that is no number": f"""
        {LOGON}
        > 0|34=2|abc=1
        < 3|34=2|45=2|372=0|373=0|58=*
    """,
    "14d a tag without a value": f"""
        {LOGON}
        > 1|34=2|112=
        < 3|34=2|45=2|372=1|373=4|371=112|58=*
    """,
    "14b a required field is missing": f"""
        {LOGON}
        > D|34=2|11=a|21=1|54=1|38=1|40=1|60=20270115-08:00:00
        < 3|34=2|45=2|372=D|373=1|371=55|58=Symbol(55) is required
        > 1|34=3|112=x
        < 0|34=3|112=x
    """,
    "14e a value outside of its range": f"""
        {LOGON}
        > D|34=2|11=a|21=1|55=AAPL|54=Z|38=1|40=1|60=20270115-08:00:00
        < 3|34=2|45=2|372=D|373=5|371=54|58=*
    """,
    "14f a value of the wrong format": f"""
        {LOGON}
        > D|34=2|11=a|21=1|55=AAPL|54=1|38=many|40=1|60=20270115-08:00:00
        < 3|34=2|45=2|372=D|373=6|371=38|58=*
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
}


@pytest.mark.parametrize("version", ["FIX.4.2", "FIX.4.4"])
@pytest.mark.parametrize("rule", RULES)
def test_session_rule(version: str, rule: str) -> None:
    Conversation(version).play(RULES[rule])


def test_handl_inst_is_required_in_fix42_only() -> None:
    order = "> D|34=2|11=a|55=AAPL|54=1|38=1|40=1|60=20270115-08:00:00"
    Conversation("FIX.4.2").play(
        f"{LOGON}\n{order}\n< 3|34=2|45=2|372=D|373=1|371=21|58=HandlInst(21) is required"
    )
    Conversation("FIX.4.4").play(f"{LOGON}\n{order}\napp D|34=2")


def test_a_long_replay_is_cut_into_steps_and_complete() -> None:
    talk = Conversation("FIX.4.4")
    talk.play(LOGON)
    for number in range(1200):
        talk.session.send(b"8", [(b"58", b"%d" % number)], talk.now)
    talk.session.out.clear()

    talk.client_sends("2|34=2|7=2|16=0")

    assert [answer["58"] for answer in talk.answers] == [str(number) for number in range(1200)]
    assert [answer["34"] for answer in talk.answers] == [str(number) for number in range(2, 1202)]


def test_a_conversation_that_goes_otherwise_fails_and_names_the_field() -> None:
    with pytest.raises(AssertionError, match="108: '30' instead of '60'"):
        Conversation("FIX.4.4").play("> A|34=1|98=0|108=30\n< A|34=1|98=0|108=60")
    with pytest.raises(AssertionError, match="also sent"):
        Conversation("FIX.4.4").play("> A|34=1|98=0|108=30")
