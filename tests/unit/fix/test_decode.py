from __future__ import annotations

from sendfix.fix.decode import DecodedField, decode
from sendfix.fix.dictionary import Dictionary
from tests.unit.fix.kit import fix


def test_each_field_has_its_name_and_the_name_of_its_value(dictionary: Dictionary) -> None:
    raw = fix("35=8|39=2|58=hello|18=G 1 ?|9001=x|54=Z|")
    assert decode(raw, dictionary) == [
        DecodedField(35, "MsgType", "8", "ExecutionReport"),
        DecodedField(39, "OrdStatus", "2", "FILLED"),
        DecodedField(58, "Text", "hello", None),
        DecodedField(18, "ExecInst", "G 1 ?", "ALL_OR_NONE NOT_HELD ?"),
        DecodedField(9001, None, "x", None),
        DecodedField(54, "Side", "Z", None),
    ]
