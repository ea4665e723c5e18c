"""Routes that know their own documentation: each is declared with the models of its input and answers, parsed by them,
and listed in the OpenAPI document by the same declaration."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

import orjson
from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError

from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.web.problems import MalformedRequest, WrongMediaType

M = TypeVar("M", bound=BaseModel)

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as OpenAPI describes it."""

    method: str
    path: str
    name: str
    summary: str
    description: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answers: Mapping[int, type[BaseModel] | str]


@dataclass(slots=True)
class Api:
    """A blueprint whose operations are documented."""

    name: str
    blueprint: Blueprint = field(init=False)
    operations: list[Operation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.blueprint = Blueprint(self.name, __name__)

    def route(
        self,
        method: str,
        path: str,
        *,
        answers: Mapping[int, type[BaseModel] | str],
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
    ) -> Callable[[View], View]:
        """The view gets `body=` and `query=` as instances of these models; it answers with a dict or (dict, status), or
        with a whole response, for an answer that is a media type here and no model."""

        def decorate(view: View) -> View:
            summary, _, description = (view.__doc__ or "").strip().partition("\n")
            self.operations.append(
                Operation(
                    method,
                    path,
                    view.__name__,
                    summary.rstrip("."),
                    " ".join(description.split()),
                    body,
                    query,
                    answers,
                )
            )

            def handle(**path_values: Any) -> Response:
                if body is not None:
                    path_values["body"] = validate(body, read_json())
                if query is not None:
                    path_values["query"] = validate(query, _read_query(query))
                answer = view(**path_values)
                if isinstance(answer, Response):
                    return answer
                payload, status = answer if isinstance(answer, tuple) else (answer, 200)
                return Response(orjson.dumps(payload), status, content_type="application/json")

            self.blueprint.add_url_rule(path, view.__name__, handle, methods=[method])
            return view

        return decorate


def read_json() -> dict[str, Any]:
    """The body, an object. Numbers with a point stay exact. Raises `MalformedRequest`, `WrongMediaType`."""
    if not request.is_json:
        raise WrongMediaType("Send the body as JSON, with the header Content-Type: application/json.")
    data = request.get_data(cache=False)
    try:
        value = json.loads(
            data, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_without_duplicates
        )
    except UnicodeDecodeError as error:
        raise MalformedRequest(f"The body is not UTF-8: byte {error.start} is wrong.") from error
    except json.JSONDecodeError as error:
        what = (
            "The body is empty; a JSON object is needed"
            if not data.strip()
            else (f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}")
        )
        raise MalformedRequest(f"{what}.") from error
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise MalformedRequest(f"The body can't be used: {why}.") from error
    if not isinstance(value, dict):
        raise MalformedRequest(f"The body must be a JSON object, not {_KINDS.get(type(value), 'a number')}.")
    return value


_KINDS: dict[type[Any], str] = {list: "an array", str: "a string", type(None): "null", bool: "true or false"}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is given twice")
    return found


def _read_query(model: type[BaseModel]) -> dict[str, Any]:
    """Models name in `REPEATABLE` what can be given several times."""
    found: dict[str, Any] = {}
    for name, values in request.args.lists():
        if any("\0" in value for value in values):
            # Where it stands, a database may take the text to end, and find everything.
            raise InvalidRequest([FieldError(name, "has a NUL character in it")])
        if name in getattr(model, "REPEATABLE", ()):
            found[name] = [value for value in values if value != ""]
            continue
        if len(values) > 1:
            raise InvalidRequest([FieldError(name, "is given more than once")])
        if values[0] != "":
            found[name] = values[0]
    return found


def validate(model: type[M], data: Mapping[str, Any]) -> M:
    """Raises `InvalidRequest`, an error for each field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        known = ", ".join(str(info.alias or name) for name, info in model.model_fields.items())
        raise InvalidRequest(
            [
                FieldError(".".join(str(part) for part in item["loc"]) or "body", _message(item, known))
                for item in error.errors(include_url=False)
            ]
        ) from error


def _message(item: Mapping[str, Any], known: str) -> str:
    kind = item["type"]
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return f"is not known here; there are: {known}"
    return str(item["msg"]).removeprefix("Value error, ").replace("Input should be", "must be")
