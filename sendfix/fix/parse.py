"""A message's bytes to tags and values, fast and lenient: what can't be cut is left out, nothing is checked."""

from __future__ import annotations

SOH = "\x01"

# Fields of type data may hold SOH; each follows a field with its length in bytes. tag of the length -> of the data
DATA_OF_LENGTH = {
    90: 91,  # SecureData
    93: 89,  # Signature
    95: 96,  # RawData
    212: 213,  # XmlData
    348: 349,  # EncodedIssuer
    350: 351,  # EncodedSecurityDesc
    352: 353,  # EncodedListExecInst
    354: 355,  # EncodedText
    356: 357,  # EncodedSubject
    358: 359,  # EncodedHeadline
    360: 361,  # EncodedAllocText
    362: 363,  # EncodedUnderlyingIssuer
    364: 365,  # EncodedUnderlyingSecurityDesc
    445: 446,  # EncodedListStatusText
    618: 619,  # EncodedLegIssuer
    621: 622,  # EncodedLegSecurityDesc
}


# Looking a tag up is twice as fast as int(), and tells a plain number from what int() would also take.
_TAGS = {str(tag): tag for tag in range(10_000)}


def text_of(raw: bytes) -> str:
    """UTF-8 where it is that, else Latin-1, which gives each byte a character."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def parse(raw: bytes) -> list[tuple[int, str]]:
    """The fields in the order of the wire. Never raises; parts without a numeric tag and "=" are left out."""
    try:
        fields = [(_TAGS[tag], value) for tag, value in [part.split("=", 1) for part in _parts(raw)]]
    except (KeyError, ValueError):
        return _parse_bytes(raw)
    return fields if DATA_OF_LENGTH.keys().isdisjoint(dict(fields)) else _parse_bytes(raw)


def parse_values(raw: bytes) -> dict[int, str]:
    """The same as a dictionary, in reverse order; of a tag that is there more than once, the first counts."""
    parts = _parts(raw)
    parts.reverse()  # of two with the same tag the first is put in last
    try:
        values = {_TAGS[tag]: value for tag, value in [part.split("=", 1) for part in parts]}
    except (KeyError, ValueError):
        return dict(reversed(_parse_bytes(raw)))
    return values if DATA_OF_LENGTH.keys().isdisjoint(values) else dict(reversed(_parse_bytes(raw)))


def _parts(raw: bytes) -> list[str]:
    try:
        parts = raw.decode().split(SOH)
    except UnicodeDecodeError:
        parts = text_of(raw).split(SOH)
    if not parts[-1]:
        parts.pop()
    return parts


def _parse_bytes(raw: bytes) -> list[tuple[int, str]]:
    """Field by field, over the bytes, because lengths count bytes."""
    fields: list[tuple[int, str]] = []
    position, end = 0, len(raw)
    data_tag, data_length = 0, 0
    while position < end:
        equals = raw.find(b"=", position)
        stop = raw.find(b"\x01", position)
        stop = end if stop < 0 else stop
        if equals < 0 or equals > stop or not raw[position:equals].isdigit() or equals - position > 9:
            position = stop + 1
            continue
        tag = int(raw[position:equals])
        if tag == data_tag and raw[equals + 1 + data_length : equals + 2 + data_length] == b"\x01":
            stop = equals + 1 + data_length
        value = text_of(raw[equals + 1 : stop])
        fields.append((tag, value))
        data_tag = DATA_OF_LENGTH.get(tag, 0)
        data_length = int(value) if data_tag and value.isascii() and value.isdigit() and len(value) < 9 else 0
        position = stop + 1
    return fields


def msg_type_of(raw: bytes) -> str | None:
    """MsgType(35), without parsing the rest."""
    return _find(raw, b"35=")


def header(raw: bytes) -> tuple[str | None, int | None]:
    """MsgType(35) and MsgSeqNum(34), without parsing the rest."""
    msg_type = _find(raw, b"35=")
    number = _find(raw, b"34=")
    plain = number is not None and number.isascii() and number.isdigit() and len(number) < 19
    return msg_type, int(number) if number is not None and plain else None


def _find(raw: bytes, tag: bytes) -> str | None:
    if raw.startswith(tag):
        start = len(tag)
    else:
        start = raw.find(b"\x01" + tag) + 1 + len(tag)
        if start <= len(tag):
            return None
    stop = raw.find(b"\x01", start)
    return text_of(raw[start:stop] if stop >= 0 else raw[start:])
