"""Fields against the data dictionary: test cases 14 and 15.

Each row is what a client sends as its second message and the Reject(3) it is answered with. The message has used up
its MsgSeqNum(34), and the session goes on.
"""

from __future__ import annotations

import pytest

from tests.conformance.conversation import BOTH, LOGON, ORDER, Conversation

NEW = f"D|34=2|11=a|{ORDER}"

# rule: what is sent, SessionRejectReason(373) and RefTagID(371), Text(58)
RULES = {
    "14a a tag that is no number": ("0|34=2|abc=1", "373=0", "abc is no tag number"),
    "14a a tag with a leading zero": ("0|34=2|0112=1", "373=0|371=0112", "0112 is no tag number"),
    "14a a tag of ten digits": ("0|34=2|5000000000=1", "373=0", "5000000000 is no tag number"),
    "14a a tag that the version does not define": ("0|34=2|4999=1", "373=3|371=4999", None),
    "14b a required field is missing": (
        NEW.replace("55=AAPL|", ""),
        "373=1|371=55",
        "Symbol(55) is required",
    ),
    "14b a required field of an admin message": ("1|34=2", "373=1|371=112", "TestReqID(112) is required"),
    "14c a field of another message": (
        f"{NEW}|112=x",
        "373=2|371=112",
        "TestReqID(112) is not a field of NewOrderSingle(D)",
    ),
    "14c a group's field without the group": (f"{NEW}|79=ACC", "373=2|371=79", None),
    "14d a tag without a value": ("1|34=2|112=", "373=4|371=112", "TestReqID(112) has no value"),
    "14d one of the parties' own": ("0|34=2|9001=", "373=4|371=9001", "9001 has no value"),
    "14d one of the header": ("0|34=2|50=", "373=4|371=50", "SenderSubID(50) has no value"),
    "14d PossDupFlag": ("0|34=2|43=", "373=4|371=43", "PossDupFlag(43) has no value"),
    "14e a char": (
        NEW.replace("54=1", "54=Z"),
        "373=5|371=54",
        "Side(54) is Z, which is not one of its values",
    ),
    "14e a char of the broker's choice": (NEW.replace("40=1", "40=z"), "373=5|371=40", None),
    "14e an int": ("V|34=2|262=r|263=1|264=0|265=7|267=1|269=0|146=1|55=AAPL", "373=5|371=265", None),
    "14e several values": (
        f"{NEW}|18=1 !",
        "373=5|371=18",
        "ExecInst(18) is 1 !, which is not one of its values",
    ),
    "14e a value in a group": ("V|34=2|262=r|263=1|264=0|267=1|269=z|146=1|55=AAPL", "373=5|371=269", None),
    "14f QTY": (
        NEW.replace("38=1", "38=many"),
        "373=6|371=38",
        "OrderQty(38) is many, which is no QTY",
    ),
    "14f PRICE with an exponent": (f"{NEW}|44=1e5", "373=6|371=44", None),
    "14f PRICE with a plus sign": (f"{NEW}|44=+1", "373=6|371=44", None),
    "14f PRICE that is no number": (f"{NEW}|44=NaN", "373=6|371=44", None),
    "14f PRICE too long for any number": (f"{NEW}|44={'9' * 400}", "373=6|371=44", None),
    "14f CHAR of two": (NEW.replace("54=1", "54=11"), "373=6|371=54", None),
    "14f BOOLEAN": (f"{NEW}|114=y", "373=6|371=114", "LocateReqd(114) is y, which is no BOOLEAN"),
    "14f CURRENCY": (f"{NEW}|15=DOLLARS", "373=6|371=15", "Currency(15) is DOLLARS, which is no CURRENCY"),
    "14f EXCHANGE": (f"{NEW}|100=NEW YORK", "373=6|371=100", None),
    "14f UTCTIMESTAMP": (NEW.replace("60=20270115", "60=20271315"), "373=6|371=60", None),
    "14f MONTHYEAR": (f"{NEW}|200=202713", "373=6|371=200", None),
    "14f MULTIPLEVALUESTRING": (f"{NEW}|18=1  2", "373=6|371=18", None),
    "14f INT": ("V|34=2|262=r|263=1|264=full|267=1|269=0|146=1|55=AAPL", "373=6|371=264", None),
    "14f SEQNUM": ("2|34=2|7=1.5|16=0", "373=6|371=7", None),
    "14f LENGTH of DATA": ("0|34=2|90=x|91=y", "373=6|371=90", None),
    "14f DATA of another length": (
        f"{NEW}|354=9|355=short",
        "373=6|371=354",
        "EncodedTextLen(354) is not the length of the data that follows it",
    ),
    "14b DATA without its length": (f"{NEW}|355=short", "373=1|371=354", None),
    "14b a length without its DATA": (f"{NEW}|354=5", "373=1|371=355", None),
    "14g a field of the header in the body": (f"{NEW}|50=desk", "373=14|371=50", None),
    "14g a field of the trailer in the body": (
        f"D|34=2|93=1|89=x|11=a|{ORDER}",
        "373=14|371=11",
        "ClOrdID(11) is out of order: header, body and trailer follow each other",
    ),
    "14h a tag twice": (f"{NEW}|11=b", "373=13|371=11", "ClOrdID(11) is there more than once"),
    "14h a tag of the header twice": (f"D|34=2|50=x|50=y|11=a|{ORDER}", "373=13|371=50", None),
    "14h a tag twice in a group's last entry": (
        f"{NEW}|78=1|79=ACC|80=1|80=2",
        "373=13|371=80",
        None,
    ),
    "14i fewer entries than NumInGroup": (
        "V|34=2|262=r|263=1|264=0|267=3|269=0|269=1|146=1|55=AAPL",
        "373=16|371=267",
        "NoMDEntryTypes(267) is 3, but 2 of its entries follow (each begins with MDEntryType(269))",
    ),
    "14i more entries than NumInGroup": (
        "V|34=2|262=r|263=1|264=0|267=1|269=0|269=1|146=1|55=AAPL",
        "373=16|371=267",
        None,
    ),
    "14i no entry at all": (f"{NEW}|78=2", "373=16|371=78", None),
    "14j an entry that begins with another field": (
        f"{NEW}|78=1|80=1|79=ACC",
        "373=15|371=80",
        None,
    ),
    "14j a second entry that begins with another field": (
        f"{NEW}|78=2|79=ACC|80=1|80=2|79=OTHER",
        "373=15|371=80",
        None,
    ),
    "14j a group's field apart from its entries": (
        f"D|34=2|11=a|78=1|79=ACC|{ORDER}|80=1",
        "373=15|371=80",
        None,
    ),
    "14k SOH in a value": (f"{NEW}|58=two\x01parts", "373=17|371=58", None),
}

GOOD = {
    "15 the fields of the body in any order": "D|34=2|60=20270115-08:00:00|55=AAPL|11=a|40=1|38=1|54=1|21=1",
    "15 the fields of the header in any order": f"D|52=20270115-08:00:00|97=N|43=N|34=2|50=x|11=a|{ORDER}",
    "15 the parties' own tags, wherever": f"D|34=2|9000=x|11=a|{ORDER}|5000=y|9000=z",
    "15 a tag of an own group between a group's fields": f"{NEW}|78=2|79=A|5001=x|80=1|79=B|5001=y|80=2",
    "15 a group of no entry": f"{NEW}|78=0",
    "15 an entry of its first field alone": f"{NEW}|78=2|79=A|79=B",
    "15 DATA that holds SOH and what looks like fields": f"{NEW}|354=7|355=a\x01b=c\x01=",
    "15 numbers with leading zeros, without digits on one side of the point": f"{NEW}|44=00.5|99=.5|110=5.",
    "15 a negative number in its format": f"{NEW}|44=-1",
    "15 several values of ExecInst": f"{NEW}|18=1 2 A",
    "15 a price of 24 digits": f"{NEW}|44=123456789012345678901.234",
}


@BOTH
@pytest.mark.parametrize("rule", RULES)
def test_what_is_rejected(version: str, rule: str) -> None:
    sent, reason, text = RULES[rule]
    Conversation(version).play(f"""
        {LOGON}
        > {sent}
        < 3|34=2|45=2|372={sent[0]}|{reason}|58={text or "*"}
        > 1|34=3|112=x
        < 0|34=3|112=x
    """)


@BOTH
@pytest.mark.parametrize("rule", GOOD)
def test_what_is_taken(version: str, rule: str) -> None:
    Conversation(version).play(f"{LOGON}\n > {GOOD[rule]}\n app D|11=a")


# What one version alone has: version, message, reason, text.
ONE_VERSION = [
    ("FIX.4.2", f"D|34=2|11=a|{ORDER[5:]}", "373=1|371=21", "HandlInst(21) is required"),
    ("FIX.4.2", f"{NEW}|526=second", "373=3|371=526", "526 is no tag of FIX.4.2"),
    ("FIX.4.2", f"{NEW}|205=32", "373=6|371=205", "MaturityDay(205) is 32, which is no DAYOFMONTH"),
    ("FIX.4.2", NEW.replace("40=1", "40=J"), "373=5|371=40", None),
    ("FIX.4.4", f"{NEW}|453=1|448=x|447=D|452=1|802=1|803=1", "373=15|371=803", None),
    ("FIX.4.4", f"{NEW}|453=1|448=x|447=D|452=1|802=2|523=y|803=1", "373=16|371=802", None),
    ("FIX.4.4", f"{NEW}|453=1|448=x|447=D|452=999", "373=5|371=452", None),
    (
        "FIX.4.4",
        f"{NEW}|541=20270230",
        "373=6|371=541",
        "MaturityDate(541) is 20270230, which is no LOCALMKTDATE",
    ),
    ("FIX.4.4", f"{NEW}|470=USA", "373=6|371=470", "CountryOfIssue(470) is USA, which is no COUNTRY"),
    ("FIX.4.4", "q|34=2|11=a|530=7", "373=1|371=60", "TransactTime(60) is required"),
    (
        "FIX.4.4",
        "E|34=2|66=l|394=1|68=2|73=2|11=a|67=1|54=1|55=AAPL|38=1|40=1|11=b|54=1|55=AAPL|38=1|40=1",
        "373=1|371=67",
        "ListSeqNo(67) is required in entry 2 of NoOrders(73)",
    ),
]


@pytest.mark.parametrize(("version", "sent", "reason", "text"), ONE_VERSION)
def test_what_one_version_rejects(version: str, sent: str, reason: str, text: str | None) -> None:
    Conversation(version).play(f"""
        {LOGON}
        > {sent}
        < 3|34=2|45=2|372={sent[0]}|{reason}|58={text or "*"}
    """)


TAKEN_44 = {
    "HandlInst is not required": f"D|34=2|11=a|{ORDER[5:]}",
    "groups within groups": f"{NEW}|453=2|448=x|447=D|452=1|802=2|523=a|803=1|523=b|803=2|448=y|447=D|452=3",
    "a week of a month": f"{NEW}|200=202701w2",
    "hops in the header": f"D|34=2|627=2|628=A|629=20270115-08:00:00|628=B|11=a|{ORDER}",
}


@pytest.mark.parametrize("rule", TAKEN_44)
def test_what_fix_44_takes(rule: str) -> None:
    Conversation("FIX.4.4").play(f"{LOGON}\n > {TAKEN_44[rule]}\n app D|11=a")


def test_username_and_password_are_taken_in_both_versions() -> None:
    for version in ("FIX.4.2", "FIX.4.4"):
        Conversation(version).play("> A|34=1|98=0|108=30|553=u|554=p\n< A|34=1|98=0|108=30")


def test_a_conversation_that_goes_otherwise_fails_and_names_the_field() -> None:
    with pytest.raises(AssertionError, match="108: '30' instead of '60'"):
        Conversation("FIX.4.4").play("> A|34=1|98=0|108=30\n< A|34=1|98=0|108=60")
    with pytest.raises(AssertionError, match="also sent"):
        Conversation("FIX.4.4").play("> A|34=1|98=0|108=30")
