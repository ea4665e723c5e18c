"""A hypothesis strategy of messages, made from the data dictionary: whatever it makes is right."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from broker.fix.dictionary import Field
from broker.fix.plans import BODY, Group, Plan, Plans, plans_of
from broker.fix.wire import Entry, Pair, encode

HEADER = [(b"49", b"CLIENT"), (b"56", b"BROKER"), (b"34", b"2"), (b"52", b"20270115-08:00:00")]

digits = st.text("0123456789", min_size=1, max_size=8).map(str.encode)
decimals = st.decimals(-(10**6), 10**6, allow_nan=False, places=4).map(lambda number: f"{number:f}".encode())
dates = st.dates().map(lambda day: f"{day:%Y%m%d}".rjust(8, "0").encode()).filter(lambda text: text[0] != 48)
times = st.times().map(lambda time: f"{time:%H:%M:%S}.{time.microsecond // 1000:03}".encode())
texts = st.binary(min_size=1, max_size=8).filter(lambda text: b"\x01" not in text)

VALUES: dict[str, st.SearchStrategy[bytes]] = {
    "STRING": texts,
    "DATA": st.binary(min_size=1, max_size=8),
    "CHAR": st.characters(min_codepoint=32, max_codepoint=126).map(str.encode),
    "BOOLEAN": st.sampled_from([b"Y", b"N"]),
    "INT": st.integers(-(10**9), 10**9).map(lambda number: b"%d" % number),
    **dict.fromkeys(("SEQNUM", "LENGTH", "NUMINGROUP"), digits),
    **dict.fromkeys(("FLOAT", "QTY", "PRICE", "PRICEOFFSET", "AMT", "PERCENTAGE"), decimals),
    "DAYOFMONTH": st.integers(1, 31).map(lambda day: b"%d" % day),
    "MULTIPLEVALUESTRING": st.sampled_from([b"A", b"A B"]),
    "CURRENCY": st.sampled_from([b"USD", b"GBp"]),
    "COUNTRY": st.just(b"DE"),
    "EXCHANGE": st.sampled_from([b"N", b"XNAS"]),
    "UTCTIMESTAMP": st.tuples(dates, times).map(lambda both: b"-".join(both)),
    "UTCTIMEONLY": times,
    **dict.fromkeys(("UTCDATE", "UTCDATEONLY", "LOCALMKTDATE"), dates),
    "MONTHYEAR": dates.map(lambda text: text[:6]) | dates,
}
SEQ_NUMS = {7, 16, 36, 45, 369}


@dataclass
class Body:
    """One level of a message: its fields in order, then its groups."""

    fields: list[Pair] = field(default_factory=list)
    groups: list[tuple[bytes, list[Body]]] = field(default_factory=list)

    def pairs(self) -> list[Pair]:
        found = list(self.fields)
        for counter, entries in self.groups:
            found.append((counter, b"%d" % len(entries)))
            for entry in entries:
                found += entry.pairs()
        return found

    def as_groups(self) -> dict[bytes, list[Entry]]:
        """What `Message.groups` must be."""
        return {counter: [body.as_entry() for body in entries] for counter, entries in self.groups}

    def as_entry(self) -> Entry:
        counters = [(counter, b"%d" % len(entries)) for counter, entries in self.groups]
        return Entry(dict([*self.fields, *counters]), self.as_groups())


@dataclass
class Right:
    """A message that nothing is wrong with."""

    version: bytes
    msg_type: bytes
    body: Body

    @property
    def plan(self) -> Plan:
        return plans_of(self.version).by_msg_type[self.msg_type]

    def frame(self, pairs: list[Pair] | None = None) -> bytes:
        return encode(self.version, self.msg_type, HEADER, self.body.pairs() if pairs is None else pairs)


def value_of(of: Field) -> st.SearchStrategy[bytes]:
    if of.tag in SEQ_NUMS:
        return digits
    if of.values and of.type != "BOOLEAN":
        return st.sampled_from([code.encode() for code in of.values])
    return VALUES[of.type]


def tags(of: dict[bytes, object] | frozenset[bytes] | tuple[bytes, ...]) -> list[bytes]:
    return sorted(of, key=int)


@st.composite
def bodies(
    draw: st.DrawFn,
    plans: Plans,
    allowed: list[bytes],
    required: tuple[bytes, ...],
    groups: dict[bytes, Group],
) -> Body:
    fields = plans.dictionary.fields
    data = {tag for tag in allowed if fields[int(tag)].type == "DATA"}
    lengths = {tag for tag in allowed if fields[int(tag)].type == "LENGTH" and tag != b"383"}
    plain = [tag for tag in allowed if tag not in data | lengths and tag not in groups]
    some = draw(st.lists(st.sampled_from(plain), max_size=4, unique=True)) if plain else []
    body = Body()
    for tag in dict.fromkeys([*(tag for tag in required if tag in plain), *some]):
        body.fields.append((tag, draw(value_of(fields[int(tag)]))))
    if len(data) == len(lengths) and data and draw(st.booleans()):
        # A length is the tag before its data in every pair of the standard but that of the signature.
        tag = draw(st.sampled_from(tags(frozenset(data))))
        text = draw(VALUES["DATA"])
        length = next(one for one in tags(frozenset(lengths))[::-1] if int(one) < int(tag))
        body.fields += [(length, b"%d" % len(text)), (tag, text)]
    wanted = [tag for tag in required if tag in groups]
    if groups:
        wanted += draw(st.lists(st.sampled_from(tags(frozenset(groups))), max_size=2))
    within: set[bytes] = set()
    for counter in dict.fromkeys(wanted):
        if counter in within:
            continue  # it would be read as a group within the one before
        group = groups[counter]
        within |= {*group.rules}
        others = [tag for tag in tags(frozenset(group.rules)) if tag != group.delimiter]
        count = draw(st.integers(1, 2))
        entries = []
        for _ in range(count):
            entry = draw(bodies(plans, others, group.required, dict(group.groups)))
            entry.fields.insert(0, (group.delimiter, draw(value_of(fields[int(group.delimiter)]))))
            entries.append(entry)
        body.groups.append((counter, entries))
    return body


@st.composite
def right_messages(
    draw: st.DrawFn,
    versions: tuple[bytes, ...] = (b"FIX.4.2", b"FIX.4.4"),
    only: frozenset[bytes] = frozenset(),
) -> Right:
    """Of any MsgType(35), or of those in `only` that the version has."""
    version = draw(st.sampled_from(versions))
    plans = plans_of(version)
    msg_type = draw(st.sampled_from(sorted(only & plans.by_msg_type.keys() or plans.by_msg_type)))
    plan = plans.by_msg_type[msg_type]
    known = [tag for tag in tags(frozenset(plan.rules)) if int(tag) in plans.dictionary.fields]
    allowed = [tag for tag in known if plan.rules[tag].section == BODY]
    required = tuple(tag for tag in plan.order if plan.rules[tag].section == BODY)
    groups = {tag: group for tag, group in plan.groups.items() if tag in allowed}
    return Right(version, msg_type, draw(bodies(plans, allowed, required, groups)))
