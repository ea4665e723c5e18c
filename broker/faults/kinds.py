"""The kinds of faults with their parameters, and how they are read from what a person gives (JSON or YAML)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from broker.trading.by_hand import Refused

MAX_COUNT: Final = 1_000_000
MAX_SECONDS: Final = 60
MAX_TEXT: Final = 200
MAX_ENTRIES: Final = 50
FRAMING: Final = frozenset({8, 9, 10, 35})
"""Tags that the faults of fields leave alone: other kinds are there for them."""

Errors = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """`type` is what a page shows; `parse` raises ValueError with what is wrong."""

    type: str
    default: Any
    parse: Callable[[Any], Any]
    limits: tuple[Any, ...] = ()
    """Lowest and highest of a number; all choices."""


@dataclass(frozen=True, slots=True)
class Kind:
    text: str
    parameters: Mapping[str, Parameter]


def _whole(default: int | None, low: int, high: int) -> Parameter:
    def parse(given: Any) -> int:
        if isinstance(given, bool) or not isinstance(given, int) or not low <= given <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return given

    return Parameter("whole", default, parse, (low, high))


def _seconds(default: float | None) -> Parameter:
    def parse(given: Any) -> float:
        # NaN is in no range.
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= MAX_SECONDS:
            raise ValueError(f"must be a number of seconds from 0 to {MAX_SECONDS}")
        return float(given)

    return Parameter("seconds", default, parse, (0, MAX_SECONDS))


def _yes_or_no(default: bool) -> Parameter:
    def parse(given: Any) -> bool:
        if not isinstance(given, bool):
            raise ValueError("must be true or false")
        return given

    return Parameter("boolean", default, parse)


def _choice(default: str | None, *choices: str) -> Parameter:
    def parse(given: Any) -> str:
        if given not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return str(given)

    return Parameter("choice", default, parse, choices)


def _parse_text(given: Any) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= MAX_TEXT or not given.isprintable():
        raise ValueError(f"must be 1 to {MAX_TEXT} characters without control characters")
    try:
        given.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError("must be of characters that Latin-1 has") from None
    return given


def _text(default: str | None) -> Parameter:
    return Parameter("text", default, _parse_text)


def _parse_tag(given: Any) -> int:
    text = str(given) if isinstance(given, int | str) and not isinstance(given, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and int(text) > 0):
        raise ValueError("must have tags from 1 to 9999999")
    if int(text) in FRAMING:
        raise ValueError("must not have the tags 8, 9, 10 and 35")
    return int(text)


def _parse_tags(given: Any) -> tuple[int, ...]:
    if not isinstance(given, list | tuple) or not 0 < len(given) <= MAX_ENTRIES:
        raise ValueError(f"must be a list of 1 to {MAX_ENTRIES} tags")
    return tuple(map(_parse_tag, given))


def _parse_fields(given: Any) -> dict[int, str]:
    if not isinstance(given, Mapping) or not 0 < len(given) <= MAX_ENTRIES:
        raise ValueError(f"must be an object of 1 to {MAX_ENTRIES} tags with their values")
    return {_parse_tag(tag): _parse_text(value) for tag, value in given.items()}


def _parse_types(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or not 0 < len(given) <= MAX_ENTRIES:
        raise ValueError(f"must be a list of 1 to {MAX_ENTRIES} MsgTypes")
    for one in given:
        if not (isinstance(one, str) and one.isascii() and one.isalnum() and len(one) <= 10):
            raise ValueError("must be a list of MsgTypes such as 8 or AE, as strings")
    return tuple(given)


def _tags(*default: int) -> Parameter:
    return Parameter("tags", default, _parse_tags)


def _fields(default: dict[int, str]) -> Parameter:
    return Parameter("fields", default, _parse_fields)


def _types(*default: str) -> Parameter:
    """Without a default: all but Logon(A)."""
    return Parameter("msg_types", default or None, _parse_types)


_HOW_OFTEN: Final = {"times": _whole(None, 1, MAX_COUNT), "every": _whole(1, 1, MAX_COUNT)}
_MESSAGES: Final = {**_HOW_OFTEN, "msg_types": _types()}
_REPORTS: Final = {**_HOW_OFTEN, "msg_types": _types("8")}
_SEED: Final = _whole(1, 0, MAX_COUNT)

KINDS: Final[dict[str, Kind]] = {
    "delay": Kind(
        "what goes out waits; its order is kept",
        {
            "seconds": _seconds(None),
            "distribution": _choice(None, "uniform", "normal", "exponential"),
            "min": _seconds(0.0),
            "max": _seconds(1.0),
            "mean": _seconds(0.1),
            "deviation": _seconds(0.05),
            "seed": _SEED,
            **_MESSAGES,
        },
    ),
    "drop_heartbeats": Kind(
        "no Heartbeat is sent, nor, with answers, an answer to a TestRequest",
        {"answers": _yes_or_no(True), **_HOW_OFTEN},
    ),
    "skip_sequence_numbers": Kind(
        "numbers are passed over before a message", {"count": _whole(1, 1, 10_000), **_MESSAGES}
    ),
    "reset_sequence_numbers": Kind(
        "a SequenceReset in reset mode raises the numbers, or a message has a number that was used before",
        {
            "how": _choice("sequence_reset", "sequence_reset", "too_low"),
            "count": _whole(10, 1, 10_000),
            **_MESSAGES,
        },
    ),
    "duplicate": Kind(
        "a message goes out again under its number",
        {"poss_dup": _yes_or_no(True), "copies": _whole(1, 1, 100), **_MESSAGES},
    ),
    "garble": Kind(
        "bytes of a message are changed", {"bytes": _whole(1, 1, 1000), "seed": _SEED, **_MESSAGES}
    ),
    "wrong_checksum": Kind("CheckSum(10) is one too high", _MESSAGES),
    "wrong_body_length": Kind(
        "BodyLength(9) is off by so much", {"by": _whole(-1, -1000, 1000), **_MESSAGES}
    ),
    "wrong_comp_ids": Kind(
        "SenderCompID(49) or TargetCompID(56) is another",
        {"sender_comp_id": _text(None), "target_comp_id": _text(None), **_MESSAGES},
    ),
    "unlisted_tags": Kind(
        "fields that the dictionary does not list are added",
        {"fields": _fields({9001: "UNLISTED"}), **_REPORTS},
    ),
    "missing_fields": Kind("fields are left out", {"tags": _tags(37), **_REPORTS}),
    "wrong_values": Kind("fields have other values", {"fields": _fields({54: "Z"}), **_REPORTS}),
    "refuse_logon": Kind(
        "a Logon is answered by a Logout", {"text": _text("refused by the broker"), **_HOW_OFTEN}
    ),
    "ignore_logon": Kind("a Logon is not answered", _HOW_OFTEN),
    "refuse_resends": Kind(
        "a ResendRequest is ignored, or answered by one gap fill over all",
        {"how": _choice("ignore", "ignore", "gap_fill"), **_HOW_OFTEN},
    ),
    "reject_orders": Kind(
        "a new order is rejected", {"text": _text("rejected by a fault on demand"), **_HOW_OFTEN}
    ),
    "disconnect_on_order": Kind(
        "the connection breaks when a NewOrderSingle was taken and stored, before or after its first report is sent",
        {"when": _choice("before_report", "before_report", "after_report"), **_HOW_OFTEN},
    ),
    "fragment": Kind(
        "a message goes out in pieces",
        {
            "size": _whole(1, 1, 1000),
            "interval": Parameter("seconds", 0.0, _seconds(0.0).parse, (0, 1)),
            **_MESSAGES,
        },
    ),
    "stop_reading": Kind(
        "the connection stays open, but nothing is read and nothing sent; without seconds until it is taken back",
        {"seconds": _seconds(None), "times": _HOW_OFTEN["times"]},
    ),
}


def parse_faults(body: object) -> dict[str, dict[str, Any]]:
    """Kinds with all their parameters. Raises Refused, which names each field at fault as `kind.parameter`."""
    if not isinstance(body, Mapping):
        raise Refused(400, "The faults must be a JSON object of kinds with their parameters.")
    errors: Errors = []
    found = {str(name): _parse_kind(str(name), given, errors) for name, given in body.items()}
    if errors:
        name, message = errors[0]
        raise Refused(422, f"{name} {message}", errors)
    return found


def _parse_kind(name: str, given: Any, errors: Errors) -> dict[str, Any]:
    kind = KINDS.get(name)
    if kind is None:
        errors.append((name, f"is no kind of fault; there are {', '.join(KINDS)}"))
        return {}
    if not isinstance(given, Mapping):
        errors.append((name, "must be an object of parameters, which may be empty"))
        return {}
    values = {key: parameter.default for key, parameter in kind.parameters.items()}
    before = len(errors)
    for key, one in given.items():
        parameter = kind.parameters.get(str(key))
        if parameter is None:
            errors.append((f"{name}.{key}", f"is unknown; there are {', '.join(kind.parameters)}"))
        elif one is not None:
            try:
                values[str(key)] = parameter.parse(one)
            except ValueError as error:
                errors.append((f"{name}.{key}", str(error)))
    if len(errors) == before:
        _check_together(name, values, errors)
    return values


def _check_together(name: str, values: dict[str, Any], errors: Errors) -> None:
    """What parameters of one kind must be to each other."""
    if name == "delay":
        if (values["seconds"] is None) == (values["distribution"] is None):
            errors.append(("delay.seconds", "is required, or distribution in its place"))
        if values["min"] > values["max"]:
            errors.append(("delay.min", "must not be above max"))
    elif name == "wrong_body_length" and values["by"] == 0:
        errors.append(("wrong_body_length.by", "must not be 0"))
    elif name == "wrong_comp_ids" and values["sender_comp_id"] is values["target_comp_id"] is None:
        values["sender_comp_id"] = "WRONG"
    elif name == "fragment" and values["interval"] > 1:
        errors.append(("fragment.interval", "must not be above 1"))
