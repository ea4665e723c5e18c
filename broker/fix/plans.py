"""What validation looks up for each message: a version's dictionary, compiled once into tags, checks and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from broker.fix.dictionary import Component, Dictionary, Field, FieldUse, Member, flat, load
from broker.fix.dictionary import Group as GroupUse
from broker.fix.formats import CHECKS, Check, is_count, is_country, is_multiple
from broker.fix.problems import Problem, Reason, shown
from broker.fix.wire import SECRET, Message

HEADER, BODY, TRAILER = 0, 1, 2

FIRST_OWN_TAG: Final = 5000
MAX_TAG_DIGITS: Final = 9

_COUNTER_TYPES: Final = frozenset({"NUMINGROUP", "INT"})

# Fields that the standard gives a list of values and a form besides.
_OPEN_VALUES: Final[dict[int, Check]] = {27: is_count, 166: is_country}

# FIX.4.2 calls them INT; a sequence number is never negative.
_SEQ_NUMS: Final = frozenset({7, 16, 34, 36, 45, 369})

# No FIX.4.2 message has Username and Password, but there, too, they are what a counterparty that asks for them gets.
_LOGON_42: Final = (Field(553, "Username", "STRING", {}), Field(554, "Password", "STRING", {}))


class Rule(NamedTuple):
    """What holds of one tag in one message; `section` is HEADER, BODY or TRAILER."""

    section: int
    check: Check | None
    """Whether a value is right in format and among the field's values; None: any is."""


@dataclass(frozen=True, slots=True)
class Group:
    """`delimiter` begins each entry; `outer` are the tags of the levels around the group."""

    counter: bytes
    delimiter: bytes
    rules: Mapping[bytes, Rule]
    required: tuple[bytes, ...]
    groups: Mapping[bytes, Group]
    outer: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Plan:
    """One MsgType(35): the top level's tags with header and trailer; `inner` are the tags of its groups' entries."""

    rules: Mapping[bytes, Rule]
    required: frozenset[bytes]
    order: tuple[bytes, ...]
    """`required` in the standard's order, in which missing ones are named."""
    groups: Mapping[bytes, Group]
    inner: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Plans:
    """A version. `formats` has the check of format alone of each field, by tag."""

    dictionary: Dictionary
    by_msg_type: Mapping[bytes, Plan]
    formats: Mapping[bytes, Check | None]
    names: Mapping[bytes, str]

    def name_of(self, tag: bytes) -> str:
        """`ClOrdID(11)`, or the bare tag of a field that the version does not have."""
        return self.names.get(tag) or shown(tag)

    def called(self, tag: bytes, message: Message) -> str:
        """`name_of`, but not what may be the rest of a secret: one that holds SOH goes on as if it were a tag."""
        if not tag.isdigit():
            at = next(at for at, (found, _) in enumerate(message.pairs) if found == tag)
            if message.pairs[at - 1][0] in SECRET:
                return "***"
        return self.name_of(tag)

    def is_own(self, tag: bytes) -> bool:
        """Whether a tag is of the range that the standard leaves to the parties."""
        return tag not in self.names and tag.isdigit() and int(tag[:9]) >= FIRST_OWN_TAG

    def bad_tag(self, tag: bytes, message: Message) -> Problem | None:
        """What is wrong with a tag's number, whatever the type of the message."""
        if tag in self.names:
            return None
        if not tag.isdigit() or tag.startswith(b"0") or len(tag) > MAX_TAG_DIGITS:
            return Problem(Reason.INVALID_TAG_NUMBER, f"{self.called(tag, message)} is no tag number", tag)
        if int(tag) < FIRST_OWN_TAG:
            text = f"{shown(tag)} is no tag of {self.dictionary.begin_string}"
            return Problem(Reason.UNDEFINED_TAG, text, tag)
        return None

    def foreign(self, plan: Plan, message: Message, tag: bytes, value: bytes) -> Problem | None:
        """What is wrong with a field that the top level of the message has no rule for."""
        problem = self.bad_tag(tag, message)
        if problem is not None or tag not in self.names:
            return problem or (None if value else self.bad_value(tag, value))
        if tag in plan.inner and not plan.groups.keys().isdisjoint(message.fields):
            text = f"{self.name_of(tag)} is of a repeating group, and not within its entries"
            return Problem(Reason.GROUP_OUT_OF_ORDER, text, tag)
        name = self.dictionary.messages[message.msg_type.decode()].name
        text = f"{self.name_of(tag)} is not a field of {name}({message.msg_type.decode()})"
        return Problem(Reason.TAG_NOT_DEFINED_FOR_MESSAGE, text, tag)

    def bad_value(self, tag: bytes, value: bytes) -> Problem:
        """Without a value, without the format of its type, or not among its values."""
        name = self.name_of(tag)
        if not value:
            return Problem(Reason.TAG_WITHOUT_VALUE, f"{name} has no value", tag)
        said = "***" if tag in SECRET else shown(value)
        check = self.formats.get(tag)
        if check is not None and not check(value):
            kind = self.dictionary.fields[int(tag)].type
            return Problem(Reason.INCORRECT_FORMAT, f"{name} is {said}, which is no {kind}", tag)
        text = f"{name} is {said}, which is not one of its values"
        return Problem(Reason.VALUE_INCORRECT, text, tag)

    def missing(self, tag: bytes, where: str = "") -> Problem:
        return Problem(Reason.REQUIRED_TAG_MISSING, f"{self.name_of(tag)} is required{where}", tag)

    def twice(self, tag: bytes) -> Problem:
        return Problem(Reason.TAG_TWICE, f"{self.name_of(tag)} is there more than once", tag)

    def out_of_order(self, tag: bytes) -> Problem:
        text = f"{self.name_of(tag)} is out of order: header, body and trailer follow each other"
        return Problem(Reason.TAG_OUT_OF_ORDER, text, tag)


@cache
def plans_of(begin_string: bytes) -> Plans:
    """Of `FIX.4.2` or `FIX.4.4`. Raises DictionaryError."""
    dictionary = load(begin_string.decode())
    compiler = _Compiler(dictionary)
    plans = {
        msg_type.encode(): compiler.plan(
            message.members, _LOGON_42 if _is_logon_42(dictionary, msg_type) else ()
        )
        for msg_type, message in dictionary.messages.items()
    }
    fields = dictionary.fields.values()
    return Plans(
        dictionary,
        plans,
        {_tag(field): _format(field) for field in fields},
        {_tag(field): str(field) for field in fields},
    )


def _is_logon_42(dictionary: Dictionary, msg_type: str) -> bool:
    return msg_type == "A" and dictionary.begin_string == "FIX.4.2"


def _tag(field: Field) -> bytes:
    return b"%d" % field.tag


def _is_instrument(use: FieldUse | GroupUse, members: tuple[Member, ...]) -> bool:
    """FIX.4.4 leaves open which field of a required Instrument is there; here it is the Symbol(55)."""
    return use.field.name == "Symbol" and any(
        isinstance(member, Component) and member.name == "Instrument" and member.required
        for member in members
    )


def _format(field: Field) -> Check | None:
    return is_count if field.tag in _SEQ_NUMS else CHECKS[field.type]


def right_value(field: Field) -> Check | None:
    """Format and enumeration in one."""
    check = _format(field)
    if not field.values or field.type == "BOOLEAN":
        return check
    values = frozenset(code.encode() for code in field.values)
    if field.type == "MULTIPLEVALUESTRING":
        return lambda value: value in values or (is_multiple(value) and values.issuperset(value.split(b" ")))
    other = _OPEN_VALUES.get(field.tag)
    if other is not None:
        return lambda value: value in values or other(value)
    if field.type in _COUNTER_TYPES:
        # A number may have leading zeros.
        return lambda value: value in values or (is_count(value) and b"%d" % int(value) in values)
    return values.__contains__


class _Compiler:
    def __init__(self, dictionary: Dictionary) -> None:
        self._checks = {tag: right_value(field) for tag, field in dictionary.fields.items()}
        self._header = dictionary.header
        self._trailer = dictionary.trailer

    def plan(self, members: tuple[Member, ...], more: tuple[Field, ...]) -> Plan:
        body = [*flat(members), *(FieldUse(field, False) for field in more)]
        sections = ((HEADER, list(flat(self._header))), (BODY, body), (TRAILER, list(flat(self._trailer))))
        rules: dict[bytes, Rule] = {}
        uses: list[FieldUse | GroupUse] = []
        for section, of_section in sections:
            uses += of_section
            for use in of_section:
                rules[_tag(use.field)] = self._rule(section, use.field)
        # The session looks at these itself, before it comes to the fields; MsgType(35) has a reason of its own.
        for tag in (b"8", b"9", b"10", b"35"):
            rules[tag] = Rule(rules[tag].section, None)
        order = tuple(_tag(use.field) for use in uses if use.required or _is_instrument(use, members))
        groups = self._groups(uses, frozenset(rules))
        inner = frozenset(tag for group in groups.values() for tag in _tags_within(group))
        return Plan(rules, frozenset(order), order, groups, inner)

    def _rule(self, section: int, field: Field) -> Rule:
        return Rule(section, self._checks.get(field.tag))

    def _groups(self, uses: list[FieldUse | GroupUse], around: frozenset[bytes]) -> dict[bytes, Group]:
        return {_tag(use.field): self._group(use, around) for use in uses if isinstance(use, GroupUse)}

    def _group(self, use: GroupUse, outer: frozenset[bytes]) -> Group:
        members = list(flat(use.members))
        rules = {_tag(member.field): self._rule(BODY, member.field) for member in members}
        return Group(
            _tag(use.field),
            _tag(members[0].field),
            rules,
            tuple(_tag(one.field) for one in members if one.required or _is_instrument(one, use.members)),
            self._groups(members, outer | rules.keys()),
            outer,
        )


def _tags_within(group: Group) -> frozenset[bytes]:
    return frozenset(group.rules).union(*(_tags_within(inner) for inner in group.groups.values()))
