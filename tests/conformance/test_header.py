"""The standard header and trailer of what comes in: test cases 2 and 3, 18 and 19."""

from __future__ import annotations

import pytest

from tests.conformance.conversation import BOTH, FAR, LATER, LOGON, ORDER, PAST, Conversation

RULES = {
    "2a a message in its turn is processed": f"""
        {LOGON}
        > D|34=2|11=a|{ORDER}
        app D|34=2|11=a
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
        > 1|34=2|43=Y|122={PAST}|112=x
    """,
    "2f OrigSendingTime later than SendingTime": f"""
        {LOGON}
        > 1|34=2|43=Y|122={LATER}|112=x
        < 3|34=2|45=2|372=1|373=10|371=122|58=*
        < 5|34=3|58=*
        closed
    """,
    "2g PossDupFlag without OrigSendingTime": f"""
        {LOGON}
        > 1|34=2|43=Y|112=x
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
    "2q MsgType without a value": f"""
        {LOGON}
        > |34=2
        < 3|34=2|45=2|373=4|371=35|58=MsgType(35) has no value
    """,
    "2q a MsgType of a hundred letters": f"""
        {LOGON}
        > {"z" * 100}|34=2
        < 3|34=2|45=2|372={"z" * 20}|373=11|371=35|58=*
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
    "2e a duplicate of what was never received is processed": f"""
        {LOGON}
        > 1|34=2|43=Y|122={PAST}|112=x
        < 0|34=2|112=x
    """,
    "2e OrigSendingTime equal to SendingTime": f"""
        {LOGON}
        > 1|34=2|52=20270115-08:00:00|43=Y|122=20270115-08:00:00|112=x
        < 0|34=2|112=x
    """,
    "2g PossDupFlag with an OrigSendingTime that is no time": f"""
        {LOGON}
        > 1|34=2|43=Y|122=then|112=x
        < 3|34=2|45=2|372=1|373=6|371=122|58=*
        > 1|34=3|112=y
        < 0|34=3|112=y
    """,
    "2h and 2j the right BeginString and CompIDs": f"{LOGON} > 0|34=2|49=CLIENT|56=BROKER",
    "2k SenderCompID missing": f"""
        {LOGON}
        > 0|34=2|49=-
        < 3|34=2|45=2|372=0|373=9|371=49|58=*
        < 5|34=3|58=*
        closed
    """,
    "2l the right BodyLength, counted in bytes": f"""
        {LOGON}
        > 1|34=2|112=\u00e9\u00e8
        < 0|34=2|112=\u00e9\u00e8
    """,
    "2m and 3b, 3c wrong BodyLength or CheckSum": f"""
        {LOGON}
        garbled 8=FIX.4.4^9=56^35=1^49=CLIENT^56=BROKER^34=2^52=20270115-08:00:00^112=x^10=000^
        garbled 8=FIX.4.4^9=58^35=1^49=CLIENT^56=BROKER^34=2^52=20270115-08:00:00^112=x^10=1^
        garbled 8=FIX.4.4^9=58^35=1^49=CLIENT^56=BROKER^34=2^52=20270115-08:00:00^112=x^
        garbled 10=000^
        > 1|34=2|112=y
        < 0|34=2|112=y
    """,
    "2n SendingTime a minute off, with and without a fraction": f"""
        {LOGON}
        > 0|34=2|52=20270115-08:01:00
        > 0|34=3|52=20270115-07:59:00.123
        > 1|34=4|52=20270115-08:00:00.123456|112=x
        < 0|34=2|112=x
    """,
    "2q MsgTypes that begin with U are the parties' own": f"""
        {LOGON}
        > U7|34=2|58=hello|9001=x
        app U7|34=2
    """,
    "2t BeginString, BodyLength and MsgType are the first three": f"""
        {LOGON}
        garbled 8=FIX.4.4^35=0^9=20^34=2^10=000^
        garbled 9=20^8=FIX.4.4^35=0^34=2^10=000^
        garbled 8=FIX.4.4^9=16^34=2^35=0^49=C^10=185^
        > 1|34=2|112=x
        < 0|34=2|112=x
    """,
    "14 MsgSeqNum that is no number ends the session": f"""
        {LOGON}
        > 0|34=two
        < 5|34=2|58=MsgSeqNum(34) is missing or no number
        closed
    """,
    "18 third parties in the header are taken": f"""
        {LOGON}
        > D|34=2|115=FUND|128=EXCHANGE|116=x|129=y|11=a|{ORDER}
        app D|34=2|115=FUND|128=EXCHANGE
    """,
    "19 PossResend is the application's to judge": f"""
        {LOGON}
        > D|34=2|97=Y|11=a|{ORDER}
        app D|34=2|97=Y|11=a
    """,
}


@BOTH
@pytest.mark.parametrize("rule", RULES)
def test_header_and_trailer(version: str, rule: str) -> None:
    Conversation(version).play(RULES[rule])
