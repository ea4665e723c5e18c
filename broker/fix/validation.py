"""What is wrong with a message, as SessionRejectReason(373) names it, by the data dictionary of its version.

`problem_of` is the one place that validates fields; it also fills `Message.groups`. `time_problem` looks at the clock.
Tags from 5000 on are the parties' own and pass, as does a MsgType(35) that begins with U.
"""

from __future__ import annotations

from typing import Final

from broker.fix.groups import Wrong, read_groups
from broker.fix.plans import Plan, Plans, plans_of
from broker.fix.problems import Problem, Reason, shown
from broker.fix.wire import FlawKind, Message, parse_utc_timestamp

FIX42: Final = b"FIX.4.2"
FIX44: Final = b"FIX.4.4"
VERSIONS: Final = (FIX42, FIX44)

SENDING_TIME_TOLERANCE: Final = 120.0
"""Seconds between the client's clock and ours, network included."""


def problem_of(begin_string: bytes, message: Message) -> Problem | None:
    """The first thing wrong with the fields of a message, None when nothing is."""
    plans = plans_of(begin_string)
    if message.flaw is not None:
        return _flaw(plans, message)
    plan = plans.by_msg_type.get(message.msg_type)
    if plan is None:
        return _unplanned(plans, message)
    fields, pairs = message.fields, message.pairs
    if not plan.groups.keys().isdisjoint(fields):
        try:
            read_groups(plans, plan, message)
        except Wrong as wrong:
            return wrong.problem
        return None
    rules = plan.rules
    section = 0
    for tag, value in pairs:
        rule = rules.get(tag)
        if rule is None:
            problem = plans.foreign(plan, message, tag, value)
            if problem is not None:
                return problem
            continue
        at, check = rule
        if at != section:
            if at < section:
                return plans.out_of_order(tag)
            section = at
        if check is None:
            if not value:
                return plans.bad_value(tag, value)
        elif not check(value):
            return plans.bad_value(tag, value)
    if len(fields) != len(pairs):
        return _twice(plans, plan, message)
    if not plan.required <= fields.keys():
        return plans.missing(next(tag for tag in plan.order if tag not in fields))
    return None


def _twice(plans: Plans, plan: Plan, message: Message) -> Problem | None:
    seen = set()
    for tag, _ in message.pairs:
        if tag in seen and tag in plan.rules:
            return plans.twice(tag)
        seen.add(tag)
    return None  # the parties' own tags may repeat: they may be a group of theirs


def _unplanned(plans: Plans, message: Message) -> Problem | None:
    msg_type = message.msg_type
    if not msg_type:
        return plans.bad_value(b"35", b"")
    if not msg_type.startswith(b"U"):
        version = plans.dictionary.begin_string
        return Problem(Reason.INVALID_MSG_TYPE, f"MsgType(35) {shown(msg_type)} is not of {version}", b"35")
    for tag, value in message.pairs:
        problem = plans.bad_tag(tag, message)
        if problem is not None:
            return problem
        check = plans.formats.get(tag)
        if not value or (check is not None and not check(value)):
            return plans.bad_value(tag, value)
    return None


def _flaw(plans: Plans, message: Message) -> Problem:
    flaw = message.flaw
    assert flaw is not None
    name = plans.called(flaw.tag, message)
    if flaw.kind is FlawKind.SOH_IN_VALUE:
        text = f"the value of {name} holds SOH, or a field without '=' follows it"
        return Problem(Reason.SOH_IN_VALUE, text, flaw.tag)
    if flaw.kind is FlawKind.WRONG_LENGTH:
        text = f"{name} is not the length of the data that follows it"
        return Problem(Reason.INCORRECT_FORMAT, text, flaw.tag)
    if flaw.kind is FlawKind.NO_DATA:
        return Problem(Reason.REQUIRED_TAG_MISSING, f"{name} must follow its length at once", flaw.tag)
    return Problem(Reason.REQUIRED_TAG_MISSING, f"{name}, a length, must stand before its data", flaw.tag)


def comp_id_problem(message: Message, sender: bytes, target: bytes) -> Problem | None:
    """What is wrong with SenderCompID(49) or TargetCompID(56) on a session between `sender` and `target`."""
    fields = message.fields
    if fields.get(b"49") == sender and fields.get(b"56") == target:
        return None
    tag, name, right = b"49", "SenderCompID(49)", sender
    if fields.get(tag) == sender:
        tag, name, right = b"56", "TargetCompID(56)", target
    found = fields.get(tag)
    is_what = "is missing" if found is None else f"is {shown(found)}"
    return Problem(Reason.COMP_ID_PROBLEM, f"{name} {is_what}; it is {shown(right)} on this session", tag)


def time_problem(message: Message, now: float) -> Problem | None:
    """What is wrong with SendingTime(52), and with OrigSendingTime(122) of a possible duplicate."""
    fields = message.fields
    sent = fields.get(b"52")
    if sent is None:
        return Problem(Reason.REQUIRED_TAG_MISSING, "SendingTime(52) is required", b"52")
    at = parse_utc_timestamp(sent)
    if at is None:
        if not sent:
            return Problem(Reason.TAG_WITHOUT_VALUE, "SendingTime(52) has no value", b"52")
        text = f"SendingTime(52) is {shown(sent)}, which is no UTCTIMESTAMP"
        return Problem(Reason.INCORRECT_FORMAT, text, b"52")
    if abs(at - now) > SENDING_TIME_TOLERANCE:
        text = f"SendingTime(52) is {shown(sent)}, more than {SENDING_TIME_TOLERANCE:.0f} s off"
        return Problem(Reason.SENDING_TIME_ACCURACY, text, b"52")
    if fields.get(b"43") != b"Y" or message.msg_type == b"4":
        return None
    first_sent = fields.get(b"122")
    if first_sent is None:
        why = "OrigSendingTime(122) is required with PossDupFlag(43)=Y"
        return Problem(Reason.REQUIRED_TAG_MISSING, why, b"122")
    original = parse_utc_timestamp(first_sent)
    if original is None:
        why = f"OrigSendingTime(122) is {shown(first_sent)}, which is no UTCTIMESTAMP"
        return Problem(Reason.INCORRECT_FORMAT if first_sent else Reason.TAG_WITHOUT_VALUE, why, b"122")
    if original > at:
        why = "OrigSendingTime(122) is later than SendingTime(52)"
        return Problem(Reason.SENDING_TIME_ACCURACY, why, b"122")
    return None
