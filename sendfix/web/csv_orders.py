"""Orders out of a CSV text: a line of names, then an order on each line."""

from __future__ import annotations

import csv
import io
from typing import Any

from sendfix.domain.errors import FieldError, InvalidRequest

MOST_ORDERS = 1_000


def orders_of_csv(text: str, session_name: str | None) -> list[dict[str, Any]]:
    """As `POST /api/send_order` takes them. Names are those of its fields and their aliases, in any case; a number is a
    custom tag; an empty cell is not given. Semicolons and tabs separate as well as commas do. `session_name` is for
    orders that name none. Raises `InvalidRequest`."""
    lines = text.lstrip("\ufeff").splitlines()
    head = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    try:
        read = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, strict=True)
        rows = [row for row in read if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise _wrong(f"can't be read: {error}") from error
    if len(rows) < 2:
        raise _wrong("needs a line of field names, and an order on each line below")
    names = [name.strip().lower().replace(" ", "_") for name in rows[0]]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise _wrong(f"has two columns {twice}")
    if len(rows) - 1 > MOST_ORDERS:
        raise _wrong(f"has {len(rows) - 1} orders; at most {MOST_ORDERS} go at once")
    return [_order(names, row, session_name) for row in rows[1:]]


def _order(names: list[str], row: list[str], session_name: str | None) -> dict[str, Any]:
    order: dict[str, Any] = {}
    custom_tags: dict[str, str] = {}
    for number, cell in enumerate(row):
        name = names[number] if number < len(names) and names[number] else f"column_{number + 1}"
        value = cell.strip()
        if not value:
            continue
        if name.isascii() and name.isdigit():
            custom_tags[name] = value
        else:
            order[name] = value
    if session_name and "session_name" not in order and "session" not in order:
        order["session_name"] = session_name
    if custom_tags:
        order["custom_tags"] = custom_tags
    return order


def _wrong(problem: str) -> InvalidRequest:
    return InvalidRequest([FieldError("csv", problem)])
