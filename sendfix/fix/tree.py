"""A message as the dictionary builds it: header, body and trailer, in each repeating group its entries, and whether
BodyLength(9) and CheckSum(10) are right. Lenient: whatever is wrong with a message, all of it is in the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sendfix.fix.decode import MULTIPLE, DecodedField, decode
from sendfix.fix.dictionary import Dictionary, Group
from sendfix.fix.integrity import Integrity, integrity

Presence = Literal["required", "optional", "custom", "unknown", "elsewhere"]

# FIX leaves tags from 5000 on to users; below that, one which the dictionary does not have is of another version.
FIRST_CUSTOM = 5000
_HEADER_REQUIRED = frozenset({8, 9, 34, 35, 49, 52, 56})
_TRAILER_REQUIRED = frozenset({10})
_LOOK_AHEAD = 100


@dataclass(frozen=True, slots=True)
class Node:
    """A field in its place. `presence` says what the dictionary has to say of it there: `custom` is a tag of the users'
    own, `unknown` one that no table has, `elsewhere` a field that does not belong to this message or group. `problem`
    is what is wrong with it, in words. `entries` are those of the group that the field counts, else None."""

    field: DecodedField
    presence: Presence
    problem: str | None = None
    entries: tuple[tuple[Node, ...], ...] | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A required field that is not there; `place` is "header", "body", "trailer" or the entry, "NoLegs(555) 2"."""

    tag: int
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Tree:
    header: tuple[Node, ...]
    body: tuple[Node, ...]
    trailer: tuple[Node, ...]
    missing: tuple[Missing, ...]
    integrity: Integrity


@dataclass(frozen=True, slots=True)
class _Level:
    """What may stand at one level; `open` takes any field of the dictionary as at home there."""

    fields: Mapping[int, bool]
    groups: Mapping[int, Group]
    open: bool = False


def tree(raw: bytes, dictionary: Dictionary) -> Tree:
    """Never raises."""
    fields = decode(raw, dictionary)
    return _Walk(fields, dictionary).tree(integrity(raw, fields))


class _Walk:
    """Goes over the flat fields once, from the first to the last."""

    def __init__(self, fields: list[DecodedField], dictionary: Dictionary) -> None:
        self._fields = fields
        self._dictionary = dictionary
        msg_type = next((field.value for field in fields if field.tag == 35), "")
        self._message = dictionary.message(msg_type)
        self._at = 0
        self._missing: list[Missing] = []

    def tree(self, checked: Integrity) -> Tree:
        header = dict.fromkeys(sorted(self._dictionary.header), False)
        header.update((tag, True) for tag in _HEADER_REQUIRED)
        trailer = dict.fromkeys(sorted(self._dictionary.trailer), False)
        trailer.update((tag, True) for tag in _TRAILER_REQUIRED)
        end = len(self._fields)
        while end and self._fields[end - 1].tag in trailer:
            end -= 1
        in_header = _Level(header, self._dictionary.header_groups)
        stop = next((at for at, field in enumerate(self._fields) if not self._of_header(field.tag)), end)
        return Tree(
            self._section(in_header, min(stop, end), "header"),
            self._section(self._body(), end, "body"),
            self._section(_Level(trailer, {}), len(self._fields), "trailer"),
            tuple(self._missing),
            checked,
        )

    def _of_header(self, tag: int) -> bool:
        dictionary = self._dictionary
        return tag in dictionary.header or any(
            tag in group.fields for group in dictionary.header_groups.values()
        )

    def _body(self) -> _Level:
        message = self._message
        return _Level({}, {}, open=True) if message is None else _Level(message.fields, message.groups)

    def _section(self, level: _Level, end: int, place: str) -> tuple[Node, ...]:
        nodes: list[Node] = []
        seen: set[int] = set()
        while self._at < end:
            nodes.append(self._node(level, seen))
        self._require(level.fields, seen, place)
        return tuple(nodes)

    def _node(self, level: _Level, seen: set[int], problem: str | None = None) -> Node:
        field = self._fields[self._at]
        self._at += 1
        if field.tag in seen:
            problem = "is there more than once"
        seen.add(field.tag)
        group = level.groups.get(field.tag)
        entries = None if group is None else self._entries(group, field)
        problem = problem or self._problem(field)
        if entries is not None and field.value != str(len(entries)) and not problem:
            problem = f"says {field.value}, there are {len(entries)}"
        return Node(field, self._presence(field, level), problem, entries)

    def _entries(self, group: Group, counter: DecodedField) -> tuple[tuple[Node, ...], ...]:
        first = next(iter(group.fields))
        level = _Level(group.fields, group.groups)
        entries: list[list[Node]] = []
        seen: set[int] = set()
        while self._at < len(self._fields):
            tag = self._fields[self._at].tag
            begins = tag == first or (tag in group.fields and (not entries or tag in seen))
            if not begins and tag not in group.fields and not (entries and self._stray_within(group)):
                break
            problem = None
            if begins:
                self._close(group, counter, len(entries), seen)
                entries.append([])
                seen = set()
                if tag != first:
                    problem = f"begins an entry; {self._name(first)} does"
            entries[-1].append(self._node(level, seen, problem))
        self._close(group, counter, len(entries), seen)
        return tuple(tuple(entry) for entry in entries)

    def _close(self, group: Group, counter: DecodedField, number: int, seen: set[int]) -> None:
        if number:
            self._require(group.fields, seen, f"{counter.name}({counter.tag}) {number}")

    def _stray_within(self, group: Group) -> bool:
        """A tag that this message does not have belongs to the entry if that, or the next one, goes on behind it."""
        for field in self._fields[self._at : self._at + _LOOK_AHEAD]:
            if field.tag in group.fields:
                return True
            if self._is_known_here(field.tag):
                return False
        return False

    def _is_known_here(self, tag: int) -> bool:
        message = self._message
        if tag in self._dictionary.trailer:
            return True
        return message is not None and (tag in message.fields or tag in message.group_tags)

    def _presence(self, field: DecodedField, level: _Level) -> Presence:
        if field.tag in level.fields:
            return "required" if level.fields[field.tag] else "optional"
        if field.name is None:
            return "custom" if field.tag >= FIRST_CUSTOM else "unknown"
        return "optional" if level.open else "elsewhere"

    def _problem(self, field: DecodedField) -> str | None:
        if field.value == "":
            return "has no value"
        known = self._dictionary.field(field.tag)
        if field.tag == 35:
            return None if self._message else "is no message of the dictionary"
        if known is None or not known.values or field.value == "***":
            return None
        codes = field.value.split() if known.type in MULTIPLE else [field.value]
        return None if all(code in known.values for code in codes) else "is no value of the dictionary"

    def _require(self, fields: Mapping[int, bool], seen: set[int], place: str) -> None:
        self._missing += [
            Missing(tag, known.name, place)
            for tag, required in fields.items()
            if required and tag not in seen and (known := self._dictionary.field(tag)) is not None
        ]

    def _name(self, tag: int) -> str:
        known = self._dictionary.field(tag)
        return f"tag {tag}" if known is None else f"{known.name}({tag})"
