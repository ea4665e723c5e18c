"""The fields and messages of a FIX version, from the XML files that QuickFIX brings."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from types import MappingProxyType

_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Abbreviations whose capitals would be cut at the wrong place.
_ABBREVIATIONS = {"IDs": "Ids", "IOIID": "IoiId", "IOIid": "IoiId", "Rule80A": "Rule80a"}
# FIX 4.0 and 4.1 call all text "char", and times and dates by names that 4.2 has specified; ExecInst(18) "can contain
# multiple instructions, space delimited".
_BEFORE_TYPES = frozenset({("FIX", "4", "0"), ("FIX", "4", "1")})
_OLD_TYPES = {"CHAR": "STRING", "TIME": "UTCTIMESTAMP", "DATE": "LOCALMKTDATE"}
_EXEC_INST = 18


class DictionaryError(Exception):
    """A dictionary can't be found or read. `str(error)` names the file or version."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of this FIX version. `values` maps a code to its name and is empty for a field of any value."""

    tag: int
    name: str
    key: str
    type: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """A repeating group; the first of `fields` starts each entry."""

    tag: int
    required: bool
    fields: Mapping[int, bool]
    groups: Mapping[int, Group]


@dataclass(frozen=True, slots=True)
class Message:
    """`fields` maps the tags of the message's own level to whether they are required, in the file's order; the
    counter of a group is among them, what is inside a group is in `groups`, and in `group_tags` at any depth."""

    msg_type: str
    name: str
    fields: Mapping[int, bool]
    groups: Mapping[int, Group]
    group_tags: frozenset[int]


class Dictionary:
    """Immutable. `version` is as the file says, e.g. "FIX.4.2" or "FIX.5.0SP2"."""

    def __init__(
        self,
        version: str,
        fields: Mapping[int, Field],
        messages: Mapping[str, Message],
        header: frozenset[int],
        trailer: frozenset[int],
        header_groups: Mapping[int, Group],
    ) -> None:
        self.version = version
        self.fields = MappingProxyType(dict(fields))
        self.messages = MappingProxyType(dict(messages))
        self.header = header
        self.trailer = trailer
        self.header_groups = MappingProxyType(dict(header_groups))
        self._by_name = {field.name: field for field in fields.values()}
        self._by_key = {field.key: field for field in fields.values()}

    def field(self, tag: int) -> Field | None:
        return self.fields.get(tag)

    def field_by_name(self, name: str) -> Field | None:
        """By the standard's name, e.g. "OrderQty"."""
        return self._by_name.get(name)

    def field_by_key(self, key: str) -> Field | None:
        """By the name in JSON, e.g. "order_qty"."""
        return self._by_key.get(key)

    def message(self, msg_type: str) -> Message | None:
        return self.messages.get(msg_type)

    def msg_type_name(self, msg_type: str) -> str | None:
        message = self.messages.get(msg_type)
        return None if message is None else message.name


def key_of(name: str) -> str:
    """The standard's name in snake_case: ClOrdID is cl_ord_id, NoPartyIDs no_party_ids, IOIID ioi_id."""
    for abbreviation, word in _ABBREVIATIONS.items():
        name = name.replace(abbreviation, word)
    return _WORD_BORDER.sub("_", name).lower()


@cache
def load(version: str) -> Dictionary:
    """The dictionary of "FIX.4.2", "FIX.4.4"... among QuickFIX's own files. Raises `DictionaryError`."""
    stem = version.replace(".", "").upper()
    path = _shipped(stem)
    if path is None:
        raise DictionaryError(f"QuickFIX has no data dictionary for FIX version {version!r}")
    # From FIX 5.0 on, header, trailer and session messages are in a file of their own.
    session = _shipped("FIXT11") if stem.startswith("FIX5") else None
    return _read(path, session)


@cache
def load_file(path: str | Path) -> Dictionary:
    """The dictionary in this file, in QuickFIX's format. Raises `DictionaryError`."""
    return _read(Path(path), None)


def _shipped(stem: str) -> Path | None:
    # By the list of installed files, so that QuickFIX itself need not be imported here.
    try:
        installed = files("quickfix") or ()
    except PackageNotFoundError as error:
        raise DictionaryError("QuickFIX is not installed, and its data dictionaries come with it") from error
    for file in installed:
        if file.name == f"{stem}.xml":
            return Path(str(file.locate()))
    return None


def _read(path: Path, session_path: Path | None) -> Dictionary:
    try:
        roots = [ET.parse(each).getroot() for each in (path, session_path) if each is not None]
        reader = _Reader(roots)
        main = roots[0].attrib
        pack = main.get("servicepack", "0")
        version = f"{main.get('type', 'FIX')}.{main['major']}.{main['minor']}"
        return Dictionary(
            version if pack == "0" else f"{version}SP{pack}",
            reader.fields,
            {message.msg_type: message for message in reader.messages()},
            frozenset(reader.section("header")[0]),
            frozenset(reader.section("trailer")[0]),
            reader.section("header")[1],
        )
    except OSError as error:
        raise DictionaryError(f"can't read the data dictionary {path}: {error.strerror}") from error
    except ET.ParseError as error:
        raise DictionaryError(f"the data dictionary {path} is not XML: {error}") from error
    except (KeyError, ValueError, AttributeError) as error:
        raise DictionaryError(f"the data dictionary {path} is not in QuickFIX's format: {error!r}") from error


class _Reader:
    """Flattens the components of one or two XML trees."""

    def __init__(self, roots: list[ET.Element]) -> None:
        self._roots = roots
        self._components = {node.attrib["name"]: node for node in self._nodes("components")}
        self.fields: dict[int, Field] = {}
        self._tags: dict[str, int] = {}
        main = roots[0].attrib
        old = (main.get("type", "FIX"), main["major"], main["minor"]) in _BEFORE_TYPES
        for node in self._nodes("fields"):
            field = _field(node, old)
            if field.name not in self._tags:
                self.fields[field.tag] = field
                self._tags[field.name] = field.tag

    def messages(self) -> Iterator[Message]:
        for node in self._nodes("messages"):
            fields, groups = self._content(node, True)
            yield Message(
                node.attrib["msgtype"],
                node.attrib["name"],
                MappingProxyType(fields),
                MappingProxyType(groups),
                frozenset(_group_tags(groups)),
            )

    def section(self, name: str) -> tuple[dict[int, bool], dict[int, Group]]:
        fields: dict[int, bool] = {}
        groups: dict[int, Group] = {}
        for root in self._roots:
            section = root.find(name)
            if section is not None:
                inner_fields, inner_groups = self._content(section, True)
                fields.update(inner_fields)
                groups.update(inner_groups)
        return fields, groups

    def _nodes(self, section: str) -> Iterator[ET.Element]:
        for root in self._roots:
            found = root.find(section)
            if found is not None:
                yield from found

    def _content(self, node: ET.Element, required: bool) -> tuple[dict[int, bool], dict[int, Group]]:
        fields: dict[int, bool] = {}
        groups: dict[int, Group] = {}
        for child in node:
            needed = required and child.attrib.get("required") == "Y"
            if child.tag == "component":
                inner_fields, inner_groups = self._content(self._components[child.attrib["name"]], needed)
                fields.update(inner_fields)
                groups.update(inner_groups)
                continue
            tag = self._tags[child.attrib["name"]]
            fields[tag] = needed
            if child.tag == "group":
                inner_fields, inner_groups = self._content(child, True)
                groups[tag] = Group(
                    tag, needed, MappingProxyType(inner_fields), MappingProxyType(inner_groups)
                )
        return fields, groups


def _group_tags(groups: Mapping[int, Group]) -> Iterator[int]:
    for group in groups.values():
        yield from group.fields
        yield from _group_tags(group.groups)


def _field(node: ET.Element, old: bool) -> Field:
    name, tag = node.attrib["name"], int(node.attrib["number"])
    values = {value.attrib["enum"]: value.attrib["description"] for value in node}
    field_type = node.attrib["type"]
    if old and tag == _EXEC_INST:
        field_type = "MULTIPLEVALUESTRING"
    elif old and not values:
        field_type = _OLD_TYPES.get(field_type, field_type)
    return Field(tag, name, key_of(name), field_type, MappingProxyType(values))
