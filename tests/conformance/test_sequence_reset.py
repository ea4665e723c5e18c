"""SequenceReset(4), gap fill and reset: test cases 10 and 11."""

from __future__ import annotations

import pytest

from tests.conformance.conversation import BOTH, LOGON, PAST, Conversation

RULES = {
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
    "10a a gap fill ahead of its turn asks for what is missing": f"""
        {LOGON}
        > 4|34=3|123=Y|36=9
        < 2|34=2|7=2|16=0
    """,
    "10b a gap fill in its turn": f"""
        {LOGON}
        > 4|34=2|43=Y|122={PAST}|123=Y|36=3
        > 1|34=3|112=x
        < 0|34=2|112=x
    """,
    "10c a gap fill below its turn with PossDupFlag is ignored": f"""
        {LOGON}
        > 0|34=2
        > 0|34=3
        > 4|34=2|43=Y|122={PAST}|123=Y|36=4
        > 1|34=4|112=x
        < 0|34=2|112=x
    """,
    "10d a gap fill below its turn without PossDupFlag ends the session": f"""
        {LOGON}
        > 0|34=2
        > 4|34=2|123=Y|36=9
        < 5|34=2|58=MsgSeqNum(34) too low, expecting 3 but received 2
        closed
    """,
    "10e a gap fill to its own number is rejected": f"""
        {LOGON}
        > 4|34=2|123=Y|36=2
        < 3|34=2|45=2|372=4|373=5|371=36|58=*
        > 1|34=3|112=x
        < 0|34=3|112=x
    """,
    "11a a reset ahead of its turn is taken at once": f"""
        {LOGON}
        > 4|34=9|36=50
        > 1|34=50|112=x
        < 0|34=2|112=x
    """,
    "11a a reset, GapFillFlag=N": f"""
        {LOGON}
        > 4|34=2|123=N|36=50
        > 1|34=50|112=x
        < 0|34=2|112=x
    """,
    "11b a reset to what is expected changes nothing": f"""
        {LOGON}
        > 4|34=2|36=2
        > 1|34=2|112=x
        < 0|34=2|112=x
    """,
    "11c a reset down uses up no number": f"""
        {LOGON}
        > 0|34=2
        > 4|34=3|36=2
        < 3|34=2|45=3|372=4|373=5|371=36|58=NewSeqNo(36) is below 3, which is expected
        > 1|34=3|112=x
        < 0|34=3|112=x
    """,
    "11 a reset without NewSeqNo": f"""
        {LOGON}
        > 4|34=2
        < 3|34=2|45=2|372=4|373=1|371=36|58=NewSeqNo(36) is required
        > 1|34=2|112=x
        < 0|34=3|112=x
    """,
}


@BOTH
@pytest.mark.parametrize("rule", RULES)
def test_sequence_reset(version: str, rule: str) -> None:
    Conversation(version).play(RULES[rule])
