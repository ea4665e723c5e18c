"""The fields of an order as they come in over REST: their aliases, and custom tags."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from sendfix.domain.errors import FieldError, InvalidRequest

ALIASES = {
    "quantity": "order_qty",
    "qty": "order_qty",
    "order_type": "ord_type",
    "tif": "time_in_force",
}


def fields_of(body: BaseModel) -> dict[str, Any]:
    """The order's fields by their own names; a field that is null counts as not given. Raises
    `InvalidRequest`."""
    fields: dict[str, Any] = {}
    errors = []
    for name, value in (body.model_extra or {}).items():
        if value is None:
            continue
        key = ALIASES.get(name, name)
        if key in fields:
            errors.append(FieldError(name, f"is given twice: {key} has another name here"))
        fields[key] = value
    if errors:
        raise InvalidRequest(errors)
    return fields


def custom_tags_of(tags: Mapping[str, Any]) -> dict[int, str]:
    """Raises `InvalidRequest`."""
    found: dict[int, str] = {}
    errors = []
    for name, value in tags.items():
        if not (name.isascii() and name.isdigit() and 0 < int(name[:10]) <= 2**31 - 1 and len(name) <= 10):
            errors.append(FieldError(f"custom_tags.{name}", "a tag is a whole number above 0"))
        elif isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            errors.append(FieldError(f"custom_tags.{name}", "must be a string or a number"))
        else:
            found[int(name)] = str(value)
    if errors:
        raise InvalidRequest(errors)
    return found
