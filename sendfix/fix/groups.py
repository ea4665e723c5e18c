"""Repeating groups, as the data dictionary has them: from the wire to entries, and from entries to the wire.

A group is a list of entries under the key of its counter: `no_allocs: [{"alloc_account": "A", "alloc_shares": "50"}]`.
An entry's values are text, or lists of entries where it has groups of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sendfix.domain.errors import FieldError
from sendfix.domain.values import FieldValue
from sendfix.fix.dictionary import Dictionary, Group
from sendfix.fix.fieldtypes import Formatter, formatter_of
from sendfix.fix.parse import DATA_OF_LENGTH, SOH

MAX_ENTRIES = 1_000
MOST_ERRORS = 100
"""Of a message: who gets so many mends them before asking for more, and a million would take seconds to tell."""
LENGTH_OF_DATA = {data: length for length, data in DATA_OF_LENGTH.items()}


@dataclass(slots=True)
class Fields:
    """Of a message, or of one entry of a group: `values` by tag, counters included, and the entries by the tag of their
    counter. Of a tag that is there more than once on the same level, the first counts. `by_key` leaves out the lengths
    of data, which are counted anew."""

    values: dict[int, str] = field(default_factory=dict)
    groups: dict[int, list[Fields]] = field(default_factory=dict)

    def tags(self) -> Iterator[int]:
        """Of all fields, those of the entries too."""
        yield from self.values
        for entries in self.groups.values():
            for entry in entries:
                yield from entry.tags()

    def by_key(self, dictionary: Dictionary, tags: Iterable[int] | None = None) -> dict[str, FieldValue]:
        """Those of `tags` (None: all) that the dictionary has, by their names in JSON."""
        found: dict[str, FieldValue] = {}
        for tag in self.values if tags is None else tags:
            known = dictionary.field(tag)
            if known is None or tag in DATA_OF_LENGTH:
                continue
            if tag in self.groups:
                found[known.key] = [entry.by_key(dictionary) for entry in self.groups[tag]]
            else:
                found[known.key] = self.values[tag]
        return found


def nest(pairs: Sequence[tuple[int, str]], groups: Mapping[int, Group]) -> Fields:
    """What `parse` gave, with the repeating groups taken apart. Never raises: a group ends at the first field that is
    not its own, whatever its counter says."""
    top = Fields()
    _level(pairs, 0, None, groups, top)
    return top


def _level(
    pairs: Sequence[tuple[int, str]],
    position: int,
    group: Group | None,
    groups: Mapping[int, Group],
    into: Fields,
) -> int:
    """Take fields of one level, until one comes that is none of the entry's or begins the next; its position."""
    first = True
    while position < len(pairs):
        tag, value = pairs[position]
        if group is not None and (tag not in group.fields or (not first and tag in into.values)):
            return position
        first = False
        into.values.setdefault(tag, value)
        position += 1
        inner = groups.get(tag)
        if inner is not None:
            entries = into.groups.setdefault(tag, [])
            while position < len(pairs) and pairs[position][0] in inner.fields:
                entry = Fields()
                position = _level(pairs, position, inner, inner.groups, entry)
                entries.append(entry)
    return position


class GroupPlan:
    """How to write one repeating group, worked out once from the dictionary."""

    def __init__(self, dictionary: Dictionary, group: Group) -> None:
        counter = dictionary.fields[group.tag]
        self.label = f"{counter.name}({group.tag})"
        self._delimiter = next(iter(group.fields))
        self._required = [tag for tag, required in group.fields.items() if required or tag == self._delimiter]
        self._rank = {tag: rank for rank, tag in enumerate(group.fields)}
        self._names = {tag: (dictionary.fields[tag].key, dictionary.fields[tag].name) for tag in group.fields}
        self._formatters: dict[str, tuple[int, str, Formatter]] = {}
        self._inner = {tag: GroupPlan(dictionary, inner) for tag, inner in group.groups.items()}
        for tag in group.fields:
            known = dictionary.fields[tag]
            self._formatters[known.key] = (tag, f"{known.name}({tag})", formatter_of(known))

    def text(self, entries: object, path: str, errors: list[FieldError]) -> str:
        """The counter's value with the entries behind it, as they stand on the wire; empty when there are none. What is
        wrong with them goes into `errors`, by its place: `no_allocs[0].alloc_shares`."""
        if entries is None or entries == []:
            return ""
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            shape = f'a list of entries such as [{{"{self._names[self._delimiter][0]}": ...}}]'
            errors.append(FieldError(path, f"{self.label} is a repeating group: give {shape}"))
            return ""
        if len(entries) > MAX_ENTRIES:
            errors.append(
                FieldError(path, f"{self.label} can have at most {MAX_ENTRIES} entries, got {len(entries)}")
            )
            return ""
        parts = [str(len(entries))]
        for number, entry in enumerate(entries):
            if len(errors) >= MOST_ERRORS:
                break
            parts += self._entry(entry, f"{path}[{number}]", errors)
        return SOH.join(parts)

    def _entry(self, entry: Mapping[str, object], path: str, errors: list[FieldError]) -> Iterator[str]:
        texts: dict[int, str] = {}
        complained = set()
        for key, value in entry.items():
            place = f"{path}.{key}"
            if len(errors) >= MOST_ERRORS:
                break
            known = self._formatters.get(key)
            if known is None:
                errors.append(FieldError(place, f"{key} is no field of the repeating group {self.label}"))
                continue
            tag, label, formatter = known
            if tag in self._inner:
                text = self._inner[tag].text(value, place, errors)
                if text:
                    texts[tag] = text
            elif value is not None and tag not in DATA_OF_LENGTH:
                try:
                    texts[tag] = formatter(value)
                except ValueError as error:
                    complained.add(tag)
                    errors.append(FieldError(place, f"{label} {error}"))
        for tag in self._required:
            if tag not in texts and tag not in complained:
                key, name = self._names[tag]
                why = "is required" if tag != self._delimiter else "is required: it begins the entry"
                errors.append(FieldError(f"{path}.{key}", f"{name}({tag}) {why}"))
        for tag in texts.keys() & LENGTH_OF_DATA.keys():
            texts[LENGTH_OF_DATA[tag]] = str(len(texts[tag]))
        return (f"{tag}={texts[tag]}" for tag in sorted(texts, key=self._rank.__getitem__))
