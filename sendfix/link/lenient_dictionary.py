"""The data dictionary that QuickFIX gets: it knows every field and repeating group, and objects to no message.

QuickFIX answers a message that its dictionary does not allow with a Reject and counts it as done. For an
ExecutionReport with an unlisted code that would tell the counterparty that its fill was refused, which is never
what the desk wants. What is kept is what QuickFIX needs to take messages apart: names, numbers, groups, data fields.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

_KEPT_TYPES = frozenset({"DATA", "XMLDATA", "LENGTH"})


class DictionaryError(Exception):
    """The data dictionary can't be used; the text names the file."""


@cache
def shipped_dictionary(fix_version: str) -> Path:
    """The dictionary of that version (`FIX.4.4`) among the files of the installed QuickFIX."""
    wanted = fix_version.replace(".", "") + ".xml"
    try:
        found = next(file for file in files("quickfix") or () if file.name == wanted)
    except (PackageNotFoundError, StopIteration):
        raise DictionaryError(f"the installed quickfix has no {wanted}; set data_dictionary") from None
    return Path(str(found.locate())).resolve()


def lenient_dictionary(source: Path) -> bytes:
    """The same dictionary without enumerations, formats and required fields of application messages. Raises
    `DictionaryError`."""
    try:
        found = source.stat()
    except OSError as error:
        raise DictionaryError(f"the data dictionary {source} can't be read: {error.strerror}") from error
    return _made_lenient(source, (found.st_mtime_ns, found.st_size, found.st_ino))


# Each connection wants one, and making it takes 20 ms in which nothing else of the process goes on.
@lru_cache(maxsize=32)
def _made_lenient(source: Path, _version: tuple[int, int, int]) -> bytes:
    try:
        root = ET.parse(source).getroot()
    except OSError as error:
        raise DictionaryError(f"the data dictionary {source} can't be read: {error.strerror}") from error
    except ET.ParseError as error:
        raise DictionaryError(f"the data dictionary {source} is not XML: {error}") from error
    if root.tag != "fix" or root.find("fields") is None or root.find("messages") is None:
        raise DictionaryError(
            f"the data dictionary {source} is not a QuickFIX dictionary (<fix> with <fields>)"
        )
    for field in root.iterfind("./fields/field"):
        if field.get("type") not in _KEPT_TYPES:
            field.set("type", "STRING")
        for value in list(field):
            field.remove(value)
    for message in root.iterfind("./messages/message"):
        if message.get("msgcat") != "admin":
            _nothing_required(message)
    for component in root.iterfind("./components/component"):
        _nothing_required(component)
    result: bytes = ET.tostring(root)
    return result


def _nothing_required(parent: ET.Element) -> None:
    for node in parent.iter():
        if "required" in node.attrib:
            node.set("required", "N")
