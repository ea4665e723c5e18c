"""Writes docs/order-states.md from the order's transition table. Run it after a change of the table:

python -m scripts.order_states
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from sendfix.domain.contradictions import MEANINGS
from sendfix.domain.enums import OrdStatus
from sendfix.domain.transitions import CLOSED, OPEN, ROWS, TRANSITIONS, Kind

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "order-states.md"

INTRODUCTION = """\
# The states of an order

Made by `scripts/order_states.py` from the table in `sendfix/domain/transitions.py`; change that, not this page.

An order's `status` is the last OrdStatus(39) that the counterparty reported. Before any report it is PENDING_NEW.
A report brings its own next status, and the table says whether it can be. What is not in the table is impossible: it is
written to the log, marked on the order, and leaves it as it was; but an execution counts all the same. A cancel or
replace that waits for its answer is no state of its own; it is the order's `pending` request, beside whatever the
counterparty reports meanwhile.

Sources: FIX 4.2 Appendix D and FIX 4.4 Volume 4, "Order State Change Matrices".

## What does not add up

An order shows what its counterparty says. Where that contradicts itself, the order has `warnings` that say so, each
with a `code`; the page marks it with a red triangle. Each is an event in the message log, too.

{warnings}

## The common life

All that a day's orders usually do. The full table is below.
"""

# What the picture shows: all would be a thicket. Each kind of event with the statuses it usually leads to.
LIFE = (
    OrdStatus.PENDING_NEW,
    OrdStatus.NEW,
    OrdStatus.PARTIALLY_FILLED,
    OrdStatus.PENDING_CANCEL,
    OrdStatus.PENDING_REPLACE,
    OrdStatus.FILLED,
    OrdStatus.CANCELED,
    OrdStatus.EXPIRED,
    OrdStatus.REJECTED,
)
REQUESTED = (OrdStatus.PENDING_CANCEL, OrdStatus.PENDING_REPLACE)
USUALLY = {
    Kind.NEW: ((OrdStatus.PENDING_NEW,), (OrdStatus.NEW,)),
    Kind.TRADE: (LIFE, (OrdStatus.PARTIALLY_FILLED, OrdStatus.FILLED)),
    Kind.TRADE_CANCEL: (
        (OrdStatus.PARTIALLY_FILLED, OrdStatus.FILLED),
        (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED),
    ),
    Kind.PENDING_CANCEL: ((OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED), (OrdStatus.PENDING_CANCEL,)),
    Kind.PENDING_REPLACE: ((OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED), (OrdStatus.PENDING_REPLACE,)),
    Kind.CANCELED: (LIFE, (OrdStatus.CANCELED,)),
    Kind.REPLACED: ((OrdStatus.PENDING_REPLACE,), (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED)),
    Kind.CANCEL_REJECTED: (REQUESTED, (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED, OrdStatus.FILLED)),
    Kind.EXPIRED: ((OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED), (OrdStatus.EXPIRED,)),
    Kind.REJECTED: ((OrdStatus.PENDING_NEW, OrdStatus.NEW), (OrdStatus.REJECTED,)),
    Kind.ORDER_REFUSED: ((OrdStatus.PENDING_NEW,), (OrdStatus.REJECTED,)),
}


def page() -> str:
    """The whole page as Markdown."""
    warnings = [
        "| code | means |",
        "|---|---|",
        *(f"| `{code}` | {text} |" for code, text in MEANINGS.items()),
    ]
    introduction = INTRODUCTION.format(warnings="\n".join(warnings))
    return "\n".join([introduction, *_diagram(), "", *_table()]) + "\n"


def _diagram() -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> PENDING_NEW : new order sent"]
    for before in LIFE:
        for after in LIFE:
            kinds = ", ".join(kind for kind in USUALLY if _usual(before, kind, after))
            if kinds:
                lines.append(f"    {before.name} --> {after.name} : {kinds}")
    lines += [f"    {status.name} --> [*]" for status in LIFE if status in CLOSED]
    return [*lines, "```"]


def _usual(before: OrdStatus, kind: Kind, after: OrdStatus) -> bool:
    usual_before, usual_after = USUALLY[kind]
    usual = before in usual_before and after in usual_after and before is not after
    return usual and after in TRANSITIONS.get((before, kind), ())


def _table() -> list[str]:
    lines = ["## The full table"]
    for kind, rows in groupby(ROWS, key=lambda row: row.kind):
        lines += [
            "",
            f"### {str(kind).capitalize()}",
            "",
            "| while it is | it can become | why |",
            "|---|---|---|",
        ]
        for row in rows:
            after = "(stays as it is)" if row.after is None else _names(row.after)
            lines.append(f"| {_names(row.before)} | {after} | {row.why} |")
    return lines


def _names(statuses: Iterable[OrdStatus]) -> str:
    chosen = set(statuses)
    if chosen == set(OrdStatus):
        return "any status"
    if chosen == OPEN:
        return "any open status (all but FILLED, CANCELED, EXPIRED, REJECTED)"
    return ", ".join(status.name for status in OrdStatus if status in chosen)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
