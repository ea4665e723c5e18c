from __future__ import annotations

from pathlib import Path

import pytest

from broker.fix.dictionary import (
    Component,
    DictionaryError,
    FieldUse,
    Group,
    Member,
    MessageType,
    flat,
    load,
    read,
)

BOTH = pytest.mark.parametrize("version", ["FIX.4.2", "FIX.4.4"])


def names(members: tuple[Member, ...]) -> list[str]:
    return [member.name if isinstance(member, Component) else member.field.name for member in members]


@BOTH
def test_fields_have_names_types_and_values(version: str) -> None:
    dictionary = load(version)
    assert dictionary.begin_string == version
    assert dictionary.name_of(11) == "ClOrdID(11)"
    assert dictionary.name_of(4999) == "4999"
    assert dictionary.fields[60].type == "UTCTIMESTAMP"
    assert dictionary.fields[54].values["1"] == "BUY"
    assert not dictionary.fields[55].values


@BOTH
def test_messages_keep_the_order_of_the_standard(version: str) -> None:
    dictionary = load(version)
    order = dictionary.messages["D"]
    assert (order.name, order.is_admin) == ("NewOrderSingle", False)
    assert names(order.members)[0] == "ClOrdID"
    assert dictionary.messages["A"].is_admin
    assert names(dictionary.header)[:3] == ["BeginString", "BodyLength", "MsgType"]
    assert names(dictionary.trailer)[-1] == "CheckSum"


def test_components_stand_where_they_are_and_can_be_laid_out_flat() -> None:
    dictionary = load("FIX.4.4")
    order = dictionary.messages["D"]
    assert names(order.members)[3] == "Parties"
    assert [use.field.tag for use in flat(order.members)][:5] == [11, 526, 583, 453, 229]
    assert names(dictionary.components["OrderQtyData"].members)[0] == "OrderQty"


def test_a_required_field_of_an_optional_component_is_optional() -> None:
    dictionary = load("FIX.4.4")
    inner = FieldUse(dictionary.fields[55], True)
    group = Group(dictionary.fields[453], True, (inner,))
    optional = Component("Some", False, (inner, group))
    assert [use.required for use in flat((optional,))] == [False, False]
    assert [use.required for use in flat((Component("Some", True, (inner, group)),))] == [True, True]


def test_groups_hold_groups() -> None:
    def group(message: MessageType | Group, tag: int) -> Group:
        return next(use for use in flat(message.members) if isinstance(use, Group) and use.field.tag == tag)

    parties = group(load("FIX.4.4").messages["D"], 453)
    assert [use.field.name for use in flat(parties.members)][:2] == ["PartyID", "PartyIDSource"]
    assert [use.field.tag for use in flat(group(parties, 802).members)] == [523, 803]
    assert group(load("FIX.4.2").messages["V"], 146).required


def test_a_version_without_a_dictionary_is_named() -> None:
    with pytest.raises(DictionaryError, match=r"FIX39\.xml"):
        load("FIX.3.9")


def test_a_missing_package_is_named_with_what_to_do() -> None:
    with pytest.raises(DictionaryError, match=r"no-such-package is not installed.* install it"):
        load("FIX.4.4", "no-such-package")


@pytest.mark.parametrize(
    "text",
    [
        "not xml",
        "<fix/>",
        "<fix major='4' minor='4'><fields/><components/><messages/><header/></fix>",
        "<fix major='4' minor='4'><fields/><components/><messages/><trailer/>"
        "<header><field name='No' required='Y'/></header></fix>",
        "<fix major='4' minor='4'><fields/><messages/><header/><trailer/>"
        "<components><component name='A'><component name='A' required='Y'/></component></components></fix>",
        "<fix major='4' minor='4'><fields><field number='x' name='A' type='INT'/></fields></fix>",
    ],
)
def test_a_file_that_is_no_dictionary_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "FIX99.xml"
    file.write_text(text)
    with pytest.raises(DictionaryError, match=r"FIX99\.xml"):
        read(file)
    with pytest.raises(DictionaryError, match=r"none\.xml"):
        read(tmp_path / "none.xml")
