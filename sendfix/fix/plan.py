"""How to write one type of message in one FIX version: worked out once from the dictionary, used for each message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from sendfix.domain.enums import FixEnum
from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.domain.order import Order, Pending
from sendfix.domain.values import format_decimal
from sendfix.fix.dictionary import Dictionary, Field
from sendfix.fix.fieldtypes import Formatter, format_text, format_utc, formatter_of
from sendfix.fix.groups import LENGTH_OF_DATA, MOST_ERRORS, GroupPlan
from sendfix.fix.parse import DATA_OF_LENGTH, SOH

TRANSACT_TIME = 60
# The command gives these; nobody else may.
SET_BY_DESK = frozenset({11, 41, 60, 37})
# What was said beside the order, not of it: not repeated in later messages.
_REMARKS = frozenset({58, 354, 355})


class Plan:
    """Fields are collected as {tag: text}, a repeating group as the text of its counter with the entries behind it;
    problems as `FieldError`s, so that a person sees all of them at once."""

    def __init__(self, dictionary: Dictionary, msg_type: str) -> None:
        message = dictionary.message(msg_type)
        if message is None:
            raise InvalidRequest(
                [FieldError("session_name", f"{dictionary.version} has no message {msg_type}")]
            )
        self.dictionary = dictionary
        self.message = message
        self._start = f"35={msg_type}"
        self._tags = message.fields.keys()
        self._required = frozenset(tag for tag, required in message.fields.items() if required)
        self._rank = {tag: rank for rank, tag in enumerate(message.fields)}
        self._formatters: dict[str, tuple[int, str, Formatter]] = {}
        for tag in message.fields:
            field = dictionary.fields[tag]
            label = f"{field.name}({tag})"
            self._formatters[field.key] = (tag, label, formatter_of(field))
        self._groups = {tag: GroupPlan(dictionary, group) for tag, group in message.groups.items()}
        self._in_groups = message.group_tags

    def requires(self, tag: int) -> bool:
        return tag in self._required

    def add_transact_time(self, texts: dict[int, str], moment: datetime) -> None:
        """TransactTime(60), where the message has it: FIX 4.0 and 4.1 have it in none of ours."""
        if TRANSACT_TIME in self._tags:
            texts[TRANSACT_TIME] = format_utc(moment)

    def add_own(self, texts: dict[int, str], errors: list[FieldError], key: str, value: object) -> None:
        """A field that the desk itself sets."""
        tag, label, formatter = self._formatters[key]
        try:
            texts[tag] = formatter(value)
        except ValueError as error:
            errors.append(FieldError(key, f"{label} {error}"))

    def add_all(
        self,
        texts: dict[int, str],
        errors: list[FieldError],
        fields: Mapping[str, object],
        set_by_desk: frozenset[int] = SET_BY_DESK,
    ) -> None:
        """Fields as a person gave them; None takes away what `texts` had. Nobody may give what is `set_by_desk`."""
        for key, value in fields.items():
            if len(errors) >= MOST_ERRORS:
                break
            entry = self._formatters.get(key)
            if entry is None:
                errors.append(FieldError(key, self._no_field(key)))
                continue
            tag, label, formatter = entry
            if tag in set_by_desk:
                errors.append(FieldError(key, f"{label} is set by the desk"))
            elif value is None:
                texts.pop(tag, None)
            elif tag in self._groups:
                self._add_group(texts, errors, key, tag, value)
            else:
                try:
                    texts[tag] = formatter(value)
                except ValueError as error:
                    errors.append(FieldError(key, f"{label} {error}"))

    def _add_group(
        self, texts: dict[int, str], errors: list[FieldError], key: str, tag: int, entries: object
    ) -> None:
        text = self._groups[tag].text(entries, key, errors)
        if text:
            texts[tag] = text
        else:
            texts.pop(tag, None)

    def missing(self, texts: Mapping[int, str]) -> list[Field]:
        """What is required and not there, in the dictionary's order."""
        missing = sorted(self._required - texts.keys(), key=self._rank.__getitem__)
        return [self.dictionary.fields[tag] for tag in missing]

    def custom(
        self,
        errors: list[FieldError],
        tags: Mapping[int, str],
        set_by_desk: frozenset[int] = SET_BY_DESK,
    ) -> dict[int, str]:
        """Tags that the message does not have in this version."""
        texts: dict[int, str] = {}
        for tag, value in tags.items():
            try:
                texts[int(tag)] = self._custom(int(tag), value, set_by_desk)
            except ValueError as error:
                errors.append(FieldError(f"custom_tags.{tag}", f"tag {tag} {error}"))
        return texts

    def _custom(self, tag: int, value: object, set_by_desk: frozenset[int]) -> str:
        if tag <= 0 or tag > 999_999_999:
            raise ValueError("is no FIX tag; tags are whole numbers above zero")
        if tag in self.dictionary.header or tag in self.dictionary.trailer:
            raise ValueError("belongs to the header or trailer, which the engine writes")
        if tag in set_by_desk:
            raise ValueError("is set by the desk")
        if tag in self._tags:
            raise ValueError(
                f"is a field of {self.message.name}: give it as {self.dictionary.fields[tag].key}"
            )
        if tag in self._in_groups:
            raise ValueError(f"is inside a repeating group of {self.message.name}: {self._within(tag)}")
        if tag in DATA_OF_LENGTH or tag in LENGTH_OF_DATA:
            raise ValueError("is raw data or its length, which a custom tag can't be")
        return format_text(value)

    def order_texts(
        self, order: Order, replace: Pending | None = None, errors: list[FieldError] | None = None
    ) -> dict[int, str]:
        """What the order has of this message's fields: as confirmed last, or as the unanswered `replace` wants it.
        `errors` gets what of its repeating groups can't be said again, since it was sent without validation."""
        texts: dict[int, str] = {}
        terms = order if replace is None else replace
        for key, value in (
            ("account", terms.account),
            ("symbol", order.symbol),
            ("side", order.side),
            ("order_qty", terms.order_qty),
            ("ord_type", terms.ord_type),
            ("price", terms.price),
            ("stop_px", terms.stop_px),
            ("time_in_force", terms.time_in_force),
            # It names the order beside its ClOrdID: better none than no request at all.
            ("order_id", order.order_id if order.order_id is None or order.order_id.isascii() else None),
            *(
                (key, value)
                for key, value in order.fields.items()
                if replace is None or key not in replace.dropped
            ),
            *(replace.fields.items() if replace is not None else ()),
        ):
            entry = self._formatters.get(key)
            if value is None or entry is None or entry[0] in _REMARKS:
                continue
            if entry[0] in self._groups:
                self._add_group(texts, [] if errors is None else errors, key, entry[0], value)
            elif isinstance(value, str):
                texts[entry[0]] = value
            elif not isinstance(value, list):
                texts[entry[0]] = value.value if isinstance(value, FixEnum) else format_decimal(value)
        return texts

    def body(self, texts: dict[int, str], custom: Mapping[int, str], errors: list[FieldError]) -> bytes:
        """The message without header and trailer. Raises `InvalidRequest` if there are errors or something that the
        version requires is missing."""
        if not self._required <= texts.keys():
            complained = {error.field for error in errors}
            for field in self.missing(texts):
                if field.key not in complained:
                    errors.append(FieldError(field.key, f"{field.name}({field.tag}) is required"))
        if errors:
            raise InvalidRequest(errors)
        for tag in texts.keys() & LENGTH_OF_DATA.keys():
            texts[LENGTH_OF_DATA[tag]] = str(len(texts[tag]))
        parts = [self._start]
        parts += [f"{tag}={texts[tag]}" for tag in sorted(texts, key=self._rank.__getitem__)]
        parts += [f"{tag}={text}" for tag, text in custom.items()]
        parts.append("")
        try:
            return SOH.join(parts).encode("ascii")
        except UnicodeEncodeError:
            # Of an order that is known from the counterparty's reports alone.
            raise InvalidRequest(
                [
                    FieldError(
                        known.key,
                        f"{known.name}({tag}) is {text!r}, which is not ASCII: call the counterparty",
                    )
                    for tag, text in texts.items()
                    if not text.isascii()
                    for known in (self.dictionary.fields[tag],)
                ]
            ) from None

    def _within(self, tag: int) -> str:
        """Where a field of a repeating group is to be given."""
        key = self.dictionary.fields[tag].key
        for counter, group in self.message.groups.items():
            if tag in group.fields:
                return f'give it as {self.dictionary.fields[counter].key}: [{{"{key}": ...}}]'
        return f"give {key} in an entry of the group"

    def _no_field(self, key: str) -> str:
        text = f"is no field of {self.message.name} in {self.dictionary.version}"
        known = self.dictionary.field_by_key(key)
        if known is not None and known.tag in self._in_groups:
            return f"{known.name}({known.tag}) is inside a repeating group: {self._within(known.tag)}"
        if known is not None and (
            known.tag in self.dictionary.header or known.tag in self.dictionary.trailer
        ):
            return f"{known.name}({known.tag}) belongs to the header or trailer, which the engine writes"
        if known is not None:
            return f"{known.name}({known.tag}) {text}; to send it all the same, use custom_tags"
        return f"{key} {text}; give other tags by number in custom_tags"


@cache
def plan(dictionary: Dictionary, msg_type: str) -> Plan:
    """The plan for that message in that dictionary, made once."""
    return Plan(dictionary, msg_type)
