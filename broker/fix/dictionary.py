"""The standard data dictionaries FIX.4.2 and FIX.4.4, read from the XML files that the package quickfix brings.

They keep the standard's structure and order: messages, components, groups, fields and their values. What validation
makes of them is in `plans`.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Final

PACKAGE: Final = "quickfix"


class DictionaryError(Exception):
    """A dictionary can't be found or read; the text says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Field:
    """`type` is the standard's, such as `UTCTIMESTAMP`; `values` gives each code of an enumeration its name."""

    tag: int
    name: str
    type: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.name}({self.tag})"


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A field in its place."""

    field: Field
    required: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A repeating group in its place: `field` counts the entries, the first field of `members` begins each of them."""

    field: Field
    required: bool
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """A component block in its place; its fields stand where it stands."""

    name: str
    required: bool
    members: tuple[Member, ...]


Member = FieldUse | Group | Component


@dataclass(frozen=True, slots=True)
class MessageType:
    """What a message has between header and trailer, in the standard's order."""

    msg_type: str
    name: str
    is_admin: bool
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """`begin_string` is such as `FIX.4.2`; `messages` are by MsgType(35), `fields` by tag, `components` by name."""

    begin_string: str
    header: tuple[Member, ...]
    trailer: tuple[Member, ...]
    messages: Mapping[str, MessageType]
    components: Mapping[str, Component]
    fields: Mapping[int, Field]

    def name_of(self, tag: int) -> str:
        """`ClOrdID(11)`, or the bare tag of a field that this version does not have."""
        field = self.fields.get(tag)
        return str(tag) if field is None else str(field)


def flat(members: tuple[Member, ...]) -> Iterator[FieldUse | Group]:
    """The fields and groups of one level, those of components in their place; required only if all around them is."""
    for member in members:
        if isinstance(member, Component):
            for inner in flat(member.members):
                if inner.required and not member.required:
                    yield (
                        FieldUse(inner.field, False)
                        if isinstance(inner, FieldUse)
                        else Group(inner.field, False, inner.members)
                    )
                else:
                    yield inner
        else:
            yield member


@cache
def load(begin_string: str, package: str = PACKAGE) -> Dictionary:
    """The dictionary of `FIX.4.2` or `FIX.4.4`, read once. Raises DictionaryError."""
    name = f"{begin_string.replace('.', '')}.xml"
    try:
        installed = files(package) or ()
    except PackageNotFoundError as error:
        raise DictionaryError(
            f"the package {package} is not installed, and the FIX data dictionaries come with it; install it"
        ) from error
    for file in installed:
        if file.name == name:
            return read(Path(str(file.locate())))
    raise DictionaryError(f"{name} is not among the files of the package {package}; install it anew")


def read(path: Path) -> Dictionary:
    """A file in QuickFIX's format. Raises DictionaryError."""
    try:
        root = ET.parse(path).getroot()
        return _Reader(root).dictionary
    except OSError as error:
        raise DictionaryError(f"the data dictionary {path} can't be read: {error.strerror}") from error
    except (ET.ParseError, LookupError, ValueError) as error:
        raise DictionaryError(f"{path} is no data dictionary in QuickFIX's format: {error!r}") from error


class _Reader:
    def __init__(self, root: ET.Element) -> None:
        fields = [_field(node) for node in _section(root, "fields")]
        self._fields = {field.name: field for field in fields}
        self._nodes = {node.attrib["name"]: node for node in _section(root, "components")}
        self._members: dict[str, tuple[Member, ...]] = {}
        self._open: set[str] = set()
        messages = [
            MessageType(
                node.attrib["msgtype"],
                node.attrib["name"],
                node.attrib["msgcat"] == "admin",
                self._read(node),
            )
            for node in _section(root, "messages")
        ]
        self.dictionary = Dictionary(
            f"FIX.{root.attrib['major']}.{root.attrib['minor']}",
            self._read(_section(root, "header")),
            self._read(_section(root, "trailer")),
            {message.msg_type: message for message in messages},
            {name: Component(name, True, self._component(name)) for name in self._nodes},
            {field.tag: field for field in fields},
        )

    def _read(self, parent: ET.Element) -> tuple[Member, ...]:
        return tuple(self._member(node) for node in parent)

    def _member(self, node: ET.Element) -> Member:
        name, required = node.attrib["name"], node.attrib["required"] == "Y"
        if node.tag == "field":
            return FieldUse(self._fields[name], required)
        if node.tag == "group":
            return Group(self._fields[name], required, self._read(node))
        if node.tag == "component":
            return Component(name, required, self._component(name))
        raise ValueError(f"<{node.tag}> in a message")

    def _component(self, name: str) -> tuple[Member, ...]:
        if name not in self._members:
            if name in self._open:
                raise ValueError(f"the component {name} is within itself")
            self._open.add(name)
            self._members[name] = self._read(self._nodes[name])
        return self._members[name]


def _section(root: ET.Element, name: str) -> ET.Element:
    found = root.find(name)
    if found is None:
        raise ValueError(f"there is no <{name}>")
    return found


def _field(node: ET.Element) -> Field:
    values = {value.attrib["enum"]: value.attrib["description"] for value in node}
    return Field(int(node.attrib["number"]), node.attrib["name"], node.attrib["type"], values)
