"""Messages by tag and value: `55:AAPL` has Symbol(55) with just that value, `58~cancel` has it somewhere in Text(58),
`58` has Text(58) at all. A tag counts wherever in the message it is, in each entry of a repeating group too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sendfix.fix.dictionary import Dictionary
from sendfix.fix.parse import SOH

_FORM = re.compile(r"\s*(?P<tag>\w+)\s*(?:(?P<op>[:~])(?P<value>.*))?", re.ASCII | re.DOTALL)
HIGHEST_TAG = 2**31 - 1
GRAMMAR = "write 55:AAPL for a value, 58~cancel for a part of one, 58 for any; the tag by number or by name"


@dataclass(frozen=True, slots=True)
class TagTest:
    """One of `values` stands there; `contains`: as a part, whatever the case of ASCII letters. No values: any."""

    tag: int
    values: tuple[str, ...] = ()
    contains: bool = False

    @property
    def pieces(self) -> tuple[str, ...]:
        """What a message that passes has one of, with SOH before it; whole unless `is_approximate`."""
        if self.contains or not self.values:
            return (f"{SOH}{self.tag}=",)
        return tuple(f"{SOH}{self.tag}={value}{SOH}" for value in self.values)

    @property
    def is_approximate(self) -> bool:
        """A message that has the pieces must still be asked by `passes`."""
        return self.contains

    def passes(self, raw: str) -> bool:
        """`raw` with SOH between its fields."""
        text = f"{SOH}{raw}{SOH}"
        if not self.is_approximate:
            return any(piece in text for piece in self.pieces)
        wanted = "|".join(re.escape(value) for value in self.values)
        return re.search(f"{SOH}{self.tag}=[^{SOH}]*(?:{wanted})", text, re.IGNORECASE | re.ASCII) is not None


def parse_tag_test(text: str, dictionaries: Iterable[Dictionary], hidden: frozenset[int]) -> TagTest:
    """Names are looked up in the dictionaries, one after the other, as is the name of a listed value. Raises ValueError
    with words that can follow a field's name."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(f"has {text[:40]!r}: {GRAMMAR}")
    known = tuple(dictionaries)
    tag = _tag_of(form["tag"], known)
    if tag in hidden:
        raise ValueError(f"has {form['tag']}, which SENDFIX_REDACT_TAGS hides")
    if form["op"] is None:
        return TagTest(tag)
    value = form["value"]
    if not value or SOH in value:
        raise ValueError(f"has {text[:40]!r}, without a value: {GRAMMAR}")
    if form["op"] == "~":
        return TagTest(tag, (value,), contains=True)
    return TagTest(tag, (_code_of(tag, value, known),))


def _tag_of(text: str, dictionaries: tuple[Dictionary, ...]) -> int:
    if text.isdigit():
        if not 0 < int(text[:11]) <= HIGHEST_TAG:
            raise ValueError(f"has {text[:20]!r}, which is no tag")
        return int(text)
    for dictionary in dictionaries:
        wanted = text.lower()
        for field in dictionary.fields.values():
            if wanted in (field.name.lower(), field.key):
                return field.tag
    raise ValueError(f"has {text[:40]!r}, which is no field of the sessions' FIX versions: {GRAMMAR}")


def _code_of(tag: int, value: str, dictionaries: tuple[Dictionary, ...]) -> str:
    """The code of a value that is given by its name, `OrdStatus:FILLED`; else the value as it is."""
    for dictionary in dictionaries:
        field = dictionary.field(tag)
        if field is None:
            continue
        if value in field.values:
            return value
        for code, name in field.values.items():
            if name.lower() == value.lower():
                return code
    return value
