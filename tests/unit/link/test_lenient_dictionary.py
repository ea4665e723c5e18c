from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sendfix.link.lenient_dictionary import DictionaryError, lenient_dictionary, shipped_dictionary


@pytest.mark.parametrize("version", ["FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4"])
def test_quickfix_ships_a_dictionary_for_each_version(version: str) -> None:
    assert shipped_dictionary(version).name == version.replace(".", "") + ".xml"


def test_a_version_without_a_dictionary_says_so() -> None:
    with pytest.raises(DictionaryError, match="set data_dictionary"):
        shipped_dictionary("FIX.9.9")


@pytest.mark.parametrize("version", ["FIX.4.2", "FIX.4.4"])
def test_nothing_refuses_an_application_message_any_more_but_all_fields_and_groups_are_there(
    version: str,
) -> None:
    source = ET.parse(shipped_dictionary(version)).getroot()
    made = ET.fromstring(lenient_dictionary(shipped_dictionary(version)))
    assert made.findall("./fields/field/value") == []
    types = {field.get("type") for field in made.iterfind("./fields/field")}
    assert types <= {"STRING", "DATA", "XMLDATA", "LENGTH"}
    app = [m for m in made.iterfind("./messages/message") if m.get("msgcat") == "app"]
    assert app
    assert [node for message in app for node in message.iter() if node.get("required") == "Y"] == []
    assert made.findall("./components//*[@required='Y']") == []
    for path in ("./fields/field", "./messages/message", ".//group"):
        assert [n.get("name") for n in made.iterfind(path)] == [n.get("name") for n in source.iterfind(path)]


@pytest.mark.parametrize(
    ("content", "message"), [("<fix", "is not XML"), ("<a/>", "is not a QuickFIX dictionary")]
)
def test_a_file_that_is_no_dictionary_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "custom.xml"
    path.write_text(content)
    with pytest.raises(DictionaryError, match=rf"custom\.xml {message}"):
        lenient_dictionary(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DictionaryError, match=r"none\.xml can't be read: No such file"):
        lenient_dictionary(tmp_path / "none.xml")
