"""A message field by field, with the names that a person knows them by."""

from __future__ import annotations

from dataclasses import dataclass

from sendfix.fix.dictionary import Dictionary
from sendfix.fix.parse import parse

MULTIPLE = frozenset({"MULTIPLEVALUESTRING", "MULTIPLECHARVALUE", "MULTIPLESTRINGVALUE"})


@dataclass(frozen=True, slots=True)
class DecodedField:
    """`name` is None for a tag that the dictionary does not have, `value_name` for a value that it has no name for."""

    tag: int
    name: str | None
    value: str
    value_name: str | None


def decode(raw: bytes, dictionary: Dictionary) -> list[DecodedField]:
    """The fields in the order of the wire; never raises."""
    return [_decode(tag, value, dictionary) for tag, value in parse(raw)]


def _decode(tag: int, value: str, dictionary: Dictionary) -> DecodedField:
    if tag == 35:
        return DecodedField(tag, "MsgType", value, dictionary.msg_type_name(value))
    field = dictionary.field(tag)
    if field is None:
        return DecodedField(tag, None, value, None)
    if field.type in MULTIPLE and field.values:
        names = [field.values.get(code, code) for code in value.split()]
        return DecodedField(tag, field.name, value, " ".join(names) or None)
    return DecodedField(tag, field.name, value, field.values.get(value))
