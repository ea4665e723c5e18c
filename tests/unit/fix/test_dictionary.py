from __future__ import annotations

from pathlib import Path

import pytest

from sendfix.fix.dictionary import Dictionary, DictionaryError, key_of, load, load_file


def test_a_field_by_tag_name_and_key(dictionary: Dictionary) -> None:
    field = dictionary.field(38)
    assert field is not None
    assert (field.tag, field.name, field.key, field.type) == (38, "OrderQty", "order_qty", "QTY")
    assert dictionary.field_by_name("OrderQty") is field
    assert dictionary.field_by_key("order_qty") is field
    assert dictionary.field(9001) is None


def test_the_values_of_a_field_depend_on_the_version(fix42: Dictionary, fix44: Dictionary) -> None:
    old, new = fix42.field(59), fix44.field(59)
    assert old is not None
    assert new is not None
    assert old.values["6"] == "GOOD_TILL_DATE"
    assert ("7" in old.values, "7" in new.values) == (False, True)


def test_a_message_lists_its_fields_through_components(fix44: Dictionary) -> None:
    message = fix44.message("D")
    assert message is not None
    assert message.name == "NewOrderSingle"
    assert {55, 38, 44, 453} <= message.fields.keys()
    assert [tag for tag, required in message.fields.items() if required] == [11, 54, 60, 40]
    assert list(message.groups[453].fields) == [448, 447, 452, 802]
    assert message.groups[453].groups.keys() == {802}
    assert {448, 523} <= message.group_tags
    assert 448 not in message.fields


def test_fix_42_requires_handl_inst(fix42: Dictionary) -> None:
    message = fix42.message("D")
    assert message is not None
    assert message.fields[21] is True


def test_names_of_messages_and_the_header(dictionary: Dictionary) -> None:
    assert dictionary.msg_type_name("8") == "ExecutionReport"
    assert dictionary.msg_type_name("0") == "Heartbeat"
    assert dictionary.msg_type_name("zz") is None
    assert {8, 9, 34, 35, 49, 52, 56} <= dictionary.header
    assert 10 in dictionary.trailer


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ClOrdID", "cl_ord_id"),
        ("MaxFloor", "max_floor"),
        ("NoAllocs", "no_allocs"),
        ("NoPartyIDs", "no_party_ids"),
        ("IOIid", "ioi_id"),
        ("IOIID", "ioi_id"),
        ("Rule80A", "rule80a"),
        ("StopPx", "stop_px"),
        ("CFICode", "cfi_code"),
        ("MDReqID", "md_req_id"),
        ("OrderQty2", "order_qty2"),
        ("GTBookingInst", "gt_booking_inst"),
    ],
)
def test_keys_are_names_in_snake_case(name: str, key: str) -> None:
    assert key_of(name) == key


@pytest.mark.parametrize("version", ["FIX.4.2", "FIX.4.4", "FIX.5.0SP2"])
def test_no_two_fields_share_a_key(version: str) -> None:
    dictionary = load(version)
    assert dictionary.version == version
    assert load(version) is dictionary, "read once"
    assert all(dictionary.field_by_key(field.key) is field for field in dictionary.fields.values())
    assert dictionary.msg_type_name("A") == "Logon"
    assert 35 in dictionary.header


def test_a_version_that_quickfix_does_not_have() -> None:
    with pytest.raises(DictionaryError, match=r"no data dictionary for FIX version 'FIX\.9\.9'"):
        load("FIX.9.9")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        ("<fix", "is not XML"),
        ("<fix/>", "is not in QuickFIX's format"),
        ("<fix major='4' minor='2'><fields><field/></fields></fix>", "is not in QuickFIX's format"),
    ],
)
def test_a_file_that_is_no_dictionary(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "mine.xml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(DictionaryError, match=said) as caught:
        load_file(path)
    assert str(path) in str(caught.value)
