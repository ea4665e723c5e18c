"""All conversations, and how a line is read. `|` divides what is said from what the desk then shows.

- `> D X 10000 [TIF]`, `> G Y X 8000`, `> F Y X`, `> H X`: the desk sends; Y is the ClOrdID, X the OrigClOrdID.
- `< ExecType OrdStatus ClOrdID OrigClOrdID OrderQty CumQty LeavesQty`: the counterparty reports. `-` is a field that is
  left out, `*` a ClOrdID that it does not have, `a/b` one word for FIX.4.2 and one for FIX.4.4. The first execution is
  `A`; `ref=A` is ExecRefID, `last=100@50` LastQty and LastPx, `avg=` AvgPx; `378=2` is any other tag.
- `9 Y X OrdStatus`: the counterparty refuses the request Y.
- `or` begins an alternative that ends the conversation; the next line is what happens otherwise.

A line without `|` shows what it says: status and quantities as reported, a request as pending until it is answered, the
quantity and id of a replace once it is confirmed, and no warnings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tests.support.matrices.lasting import LASTING
from tests.support.matrices.replaces import REPLACES
from tests.support.matrices.unsolicited import UNSOLICITED
from tests.support.matrices.vanilla import VANILLA

MATRICES = {**VANILLA, **REPLACES, **UNSOLICITED, **LASTING}


class Line(NamedTuple):
    words: list[str]
    shown: dict[str, str]
    text: str


def conversations(matrix: str) -> Iterator[list[Line]]:
    """That of each alternative, and the whole one last."""
    said: list[Line] = []
    for text in filter(None, map(str.strip, MATRICES[matrix].splitlines())):
        line = _line(text.removeprefix("or "))
        if text.startswith("or "):
            yield [*said, line]
        else:
            said.append(line)
    yield said


def _line(text: str) -> Line:
    said, _, shown = text.partition("|")
    return Line(said.split(), dict(pair.split("=") for pair in shown.split()), text)
