"""Writes docs/fix-messages.md from the broker's dictionary, its table of fields and a conversation with it in memory.
Run it after a change of what the broker takes or answers:

python -m scripts.fix_messages
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from broker.fix.dictionary import Dictionary, Field, FieldUse, Group, Member, flat, load
from broker.uses import USES
from scripts.fix_conversation import Exchange, play

PAGE = Path(__file__).resolve().parent.parent / "docs" / "fix-messages.md"
VERSIONS = ("FIX.4.2", "FIX.4.4")
MOST_VALUES = 12

INTRODUCTION = """\
# FIX messages

Made by `scripts/fix_messages.py` from the standard data dictionaries, the table in `broker/uses.py` and a
conversation with the broker; change those, not this page. The desk sends D, G, F, H and the session's messages, and
reads all the answers.

Examples are what the broker took and sent, with `|` for SOH. In the tables `required` and `optional` are the
dictionary's; `-` means that the version does not have the field there. Fields within a repeating group are marked `>`.
Values are FIX.4.4's where both versions have the field. A value that the dictionary lists and the broker can't do, such
as OrdType(40) 6, is answered by the message's own refusal; `docs/broker.md` says which ones it can. A client's message
may hold any other field that its version allows: it is checked, and has no effect unless it is listed here.
"""

Place = tuple[int, FieldUse | Group]
"""Depth in groups, and the field in its place."""


def page() -> str:
    """The whole page as Markdown."""
    exchanges = {version: list(play(version)) for version in VERSIONS}
    lines = [INTRODUCTION, "## What clients send", ""]
    for msg_type in USES:
        lines += _message(msg_type, exchanges, True)
    lines += ["## What the broker sends", ""]
    sent = {answer.msg_type: None for all_ in exchanges.values() for one in all_ for answer in one.answers}
    for msg_type in sent:
        lines += _message(msg_type, exchanges, False)
    return "\n".join(lines).rstrip() + "\n"


def _message(msg_type: str, exchanges: Mapping[str, list[Exchange]], incoming: bool) -> list[str]:
    dictionaries = {version: load(version) for version in VERSIONS}
    name = next(d.messages[msg_type].name for d in dictionaries.values() if msg_type in d.messages)
    lines = [f"### {name} ({msg_type})", ""]
    if not incoming:
        causes = [
            f"{one.asked.msg_type}"
            for version in VERSIONS
            for one in exchanges[version]
            if one.asked is not None and any(answer.msg_type == msg_type for answer in one.answers)
        ]
        told = ", ".join(dict.fromkeys(causes))
        lines += [f"Sent after: {told}." if told else "Sent by itself.", ""]
    else:
        lines += [_answers(msg_type, exchanges), ""]
    shown = USES[msg_type] if incoming else _seen(msg_type, exchanges)
    lines += [*_table(msg_type, dictionaries, shown, incoming), ""]
    for version in VERSIONS:
        examples = [
            message.text
            for one in exchanges[version]
            for message in ([one.asked] if incoming else one.answers)
            if message is not None and message.msg_type == msg_type
        ]
        if examples:
            lines += [f"{version}:", "", "```", *dict.fromkeys(examples[:3]), "```", ""]
    return lines


def _answers(msg_type: str, exchanges: Mapping[str, list[Exchange]]) -> str:
    told = []
    for version in VERSIONS:
        kinds = {
            f"{_name(version, answer.msg_type)} ({answer.msg_type})": None
            for one in exchanges[version]
            if one.asked is not None and one.asked.msg_type == msg_type
            for answer in one.answers
        }
        if msg_type in load(version).messages:
            told.append(f"{version}: {', '.join(kinds) or 'no answer'}")
    return f"Answers in the examples: {'; '.join(told)}. One that is wrong gets Reject (3)."


def _name(version: str, msg_type: str) -> str:
    return load(version).messages[msg_type].name


def _seen(msg_type: str, exchanges: Mapping[str, list[Exchange]]) -> frozenset[int]:
    """The tags of all such messages that the broker sent."""
    return frozenset(
        tag
        for all_ in exchanges.values()
        for one in all_
        for answer in one.answers
        if answer.msg_type == msg_type
        for tag in answer.tags
    )


def _table(
    msg_type: str, dictionaries: Mapping[str, Dictionary], shown: frozenset[int], incoming: bool
) -> list[str]:
    places: dict[int, tuple[int, Field]] = {}
    needs: dict[str, dict[int, bool]] = {}
    for version, dictionary in dictionaries.items():
        message = dictionary.messages.get(msg_type)
        needs[version] = {}
        for depth, use in _places(message.members if message else ()):
            needs[version].setdefault(use.field.tag, use.required)
            if use.field.tag in shown or (use.required and (incoming or depth == 0)):
                places[use.field.tag] = depth, use.field
    if not places:
        return ["No fields of its own."]
    last = "the broker acts on it or repeats it" if incoming else "the broker sends it"
    lines = [f"| field | type | FIX.4.2 | FIX.4.4 | {last} | values |", "|---|---|---|---|---|---|"]
    for tag, (depth, field) in places.items():
        has = [
            "-" if tag not in needs[version] else "required" if needs[version][tag] else "optional"
            for version in VERSIONS
        ]
        acts = "yes" if tag in shown else ""
        lines.append(
            f"| {'> ' * depth}{field} | {field.type} | {' | '.join(has)} | {acts} | {_values(field)} |"
        )
    return lines


def _places(members: tuple[Member, ...], depth: int = 0) -> Iterator[Place]:
    for use in flat(members):
        yield depth, use
        if isinstance(use, Group):
            yield from _places(use.members, depth + 1)


def _values(field: Field) -> str:
    values = [f"{code} {name.lower().replace('_', ' ')}" for code, name in field.values.items()]
    more = len(values) - MOST_VALUES
    return ", ".join(values[:MOST_VALUES]) + (f", and {more} more" if more > 0 else "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
