"""Messages that hold repeating groups: validated and cut into entries in one pass.

An entry begins with the group's first field and ends at the next one, or at a tag that is not of the group (FIX 4.4,
volume 1, "Repeating Groups"). Within an entry the order of the other fields is not insisted upon.
"""

from __future__ import annotations

from broker.fix.plans import Group, Plan, Plans, Rule
from broker.fix.problems import Problem, Reason
from broker.fix.wire import Entry, Message


class Wrong(Exception):
    """Ends the reading at what is wrong."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def read_groups(plans: Plans, plan: Plan, message: Message) -> None:
    """Fill `message.groups`; in `message.fields` a tag of the top level stands before the same tag of an entry.

    Raises Wrong.
    """
    _Reading(plans, plan, message).read()


class _Reading:
    def __init__(self, plans: Plans, plan: Plan, message: Message) -> None:
        self._plans = plans
        self._plan = plan
        self._message = message
        self._pairs = message.pairs
        self._at = 0

    def read(self) -> None:
        plan, pairs, message = self._plan, self._pairs, self._message
        top: dict[bytes, bytes] = {}
        groups: dict[bytes, list[Entry]] = {}
        section = 0
        while self._at < len(pairs):
            tag, value = pairs[self._at]
            self._at += 1
            rule = plan.rules.get(tag)
            if rule is None:
                self._take_foreign(tag, value)
                top.setdefault(tag, value)
                continue
            if rule.section < section:
                raise Wrong(self._plans.out_of_order(tag))
            section = rule.section
            self._check(rule, tag, value)
            if tag in top:
                raise Wrong(self._plans.twice(tag))
            top[tag] = value
            group = plan.groups.get(tag)
            if group is not None:
                groups[tag] = self._entries(group, int(value))
        for tag in plan.order:
            if tag not in top:
                raise Wrong(self._plans.missing(tag))
        message.groups = groups
        message.fields = {**message.fields, **top}

    def _entries(self, group: Group, count: int) -> list[Entry]:
        entries: list[Entry] = []
        while self._next_tag() == group.delimiter:
            if len(entries) >= count and group.delimiter in group.outer:
                break
            entries.append(self._entry(group, len(entries) + 1, count))
        if len(entries) != count:
            raise Wrong(self._wrong_count(group, len(entries), count))
        return entries

    def _entry(self, group: Group, number: int, count: int) -> Entry:
        fields: dict[bytes, bytes] = {}
        groups: dict[bytes, list[Entry]] = {}
        while self._at < len(self._pairs):
            tag, value = self._pairs[self._at]
            rule = group.rules.get(tag)
            if rule is None:
                if not self._plans.is_own(tag):
                    break
                self._take_foreign(tag, value)
                fields.setdefault(tag, value)
                self._at += 1
                continue
            if tag in fields:
                if tag == group.delimiter or tag in group.outer:
                    break
                raise Wrong(self._repeated(group, tag, number, count))
            self._check(rule, tag, value)
            fields[tag] = value
            self._at += 1
            inner = group.groups.get(tag)
            if inner is not None:
                groups[tag] = self._entries(inner, int(value))
        for tag in group.required:
            if tag not in fields:
                raise Wrong(self._plans.missing(tag, f" in entry {number} of {self._name(group)}"))
        return Entry(fields, groups)

    def _next_tag(self) -> bytes:
        return self._pairs[self._at][0] if self._at < len(self._pairs) else b""

    def _check(self, rule: Rule, tag: bytes, value: bytes) -> None:
        if not value or (rule.check is not None and not rule.check(value)):
            raise Wrong(self._plans.bad_value(tag, value))

    def _take_foreign(self, tag: bytes, value: bytes) -> None:
        problem = self._plans.foreign(self._plan, self._message, tag, value)
        if problem is not None:
            raise Wrong(problem)

    def _name(self, group: Group) -> str:
        return self._plans.name_of(group.counter)

    def _wrong_count(self, group: Group, found: int, count: int) -> Problem:
        tag, delimiter = self._next_tag(), self._plans.name_of(group.delimiter)
        if tag in group.rules and tag not in group.outer:
            text = f"an entry of {self._name(group)} begins with {self._plans.name_of(tag)}, not {delimiter}"
            return Problem(Reason.GROUP_OUT_OF_ORDER, text, tag)
        text = f"{self._name(group)} is {count}, but {found} of its entries follow (each begins with {delimiter})"
        return Problem(Reason.NUM_IN_GROUP_INCORRECT, text, group.counter)

    def _repeated(self, group: Group, tag: bytes, number: int, count: int) -> Problem:
        if number == count:
            return self._plans.twice(tag)
        text = (
            f"{self._plans.name_of(tag)} is twice in entry {number} of {self._name(group)}; "
            f"an entry begins with {self._plans.name_of(group.delimiter)}"
        )
        return Problem(Reason.GROUP_OUT_OF_ORDER, text, tag)
