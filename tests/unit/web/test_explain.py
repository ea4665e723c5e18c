"""The words that the page has for fields: each is of a field that some version has."""

from __future__ import annotations

import re
from pathlib import Path

from sendfix.fix.dictionary import load

TABLE = Path(__file__).resolve().parents[3] / "static" / "js" / "fix" / "explain.js"
VERSIONS = [load(version) for version in ("FIX.4.2", "FIX.4.4", "FIX.5.0SP2")]


def test_each_line_is_of_a_field_and_in_order() -> None:
    text = TABLE.read_text()
    lines = [line for line in text.splitlines() if re.match(r"\s+\d", line)]
    found = [re.fullmatch(r"  (\d+): '([A-Z][^'\\]{10,110}\.)',", line) for line in lines]
    assert [line for line, match in zip(lines, found, strict=True) if match is None] == []
    tags = [int(match[1]) for match in found if match is not None]
    assert len(tags) >= 120
    assert tags == sorted(set(tags))
    assert [tag for tag in tags if not any(version.field(tag) for version in VERSIONS)] == []
