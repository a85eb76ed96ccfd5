"""The OpenAPI 3.1 document, made of the same table that the routes are made of."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api.scopes import SCOPES
from app.api.shapes import Error
from app.api.table import PREFIX, Operation, operations

Json = dict[str, Any]
REF: Final = "#/components/schemas/{model}"
ID: Final[Json] = {"type": "string", "pattern": "^[0-9a-fA-F]{24}$"}
NUMBER: Final[Json] = {"type": "integer", "minimum": 1}
ARGUMENT: Final = re.compile(r"<(?:(\w+):)?(\w+)>")
REFUSALS: Final[dict[int, str]] = {
    400: "The body is not a JSON object.",
    401: "There is no token where one is needed, or it is not good any more.",
    403: "You, or this token, may not do that.",
    404: "There is nothing here, or you cannot see it: both look the same.",
    409: "Somebody or something else was first.",
    412: "If-Match names another version than there is.",
    413: "The body is too large.",
    415: "The body is of another content type.",
    422: "A field does not fit; fields says which, and why.",
    429: "Too many; Retry-After says in how many seconds to come again.",
}
READ_REFUSALS: Final = (404, 422, 429)
WRITE_REFUSALS: Final = (400, 401, 403, 404, 409, 413, 415, 422, 429)


@cache
def document() -> Json:
    """The whole document."""
    found = operations().values()
    paths: dict[str, Json] = {}
    for each in found:
        paths.setdefault(PREFIX + path_of(each), {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "Quorum", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(each.tag for each in found)],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": SCOPES_SAID}},
            "schemas": _schemas(),
        },
    }


DESCRIPTION: Final = (
    "What people can do in a browser, for their programs. A token from /settings/tokens goes into the header "
    "`Authorization: Bearer quorum_…`; cookies are never looked at. Lists go on with `cursor`. Answers carry an ETag "
    "for If-None-Match, texts one for If-Match. Refusals are `{errno, errmsg}` in the language of Accept-Language."
)
SCOPES_SAID: Final = "A personal token. Scopes: " + " ".join(
    f"`{scope}`: {about.sentence}" for scope, about in SCOPES.items()
)


def path_of(operation: Operation) -> str:
    """The path as OpenAPI writes it."""
    return ARGUMENT.sub(r"{\2}", operation.path)


def _models() -> list[tuple[type[BaseModel], Any]]:
    found: dict[tuple[type[BaseModel], str], None] = {(Error, "serialization"): None}
    for each in operations().values():
        if each.takes is not None:
            found[each.takes, "validation"] = None
        if each.gives is not None:
            found[each.gives, "serialization"] = None
    return list(found)


def _schemas() -> Json:
    _, defined = models_json_schema(_models(), ref_template=REF)
    schemas: Json = defined["$defs"]
    return schemas


def _operation(each: Operation) -> Json:
    made: Json = {
        "operationId": each.name,
        "summary": each.summary,
        "tags": [each.tag],
        "parameters": [*_in_path(each), *_in_query(each), *_in_headers(each)],
        "responses": _responses(each),
        "x-scope": each.scope,
    }
    if not each.need.login:
        made["security"] = [{}, {"token": []}]
    if each.takes is not None:
        schema = {"$ref": REF.format(model=each.takes.__name__)}
        required = any(field.is_required() for field in each.takes.model_fields.values())
        made["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    if each.files:
        file = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
        made["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": file}}}
    return made


def _in_path(each: Operation) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": NUMBER if kind == "int" else ID}
        for kind, name in ARGUMENT.findall(each.path)
    ]


def _in_query(each: Operation) -> list[Json]:
    if each.asks is None:
        return []
    schema = each.asks.model_json_schema(ref_template=REF)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": about}
        for name, about in schema["properties"].items()
    ]


def _in_headers(each: Operation) -> list[Json]:
    names = [name for name, wanted in (("Idempotency-Key", each.once), ("If-Match", each.matches)) if wanted]
    return [{"name": name, "in": "header", "required": False, "schema": {"type": "string"}} for name in names]


def _responses(each: Operation) -> Json:
    answer: Json = {"description": each.summary}
    if each.gives is not None:
        schema = {"$ref": REF.format(model=each.gives.__name__)}
        answer["content"] = {"application/json": {"schema": schema}}
        answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
    found: Json = {str(each.status): answer}
    refusals = {*(READ_REFUSALS if each.method == "GET" else WRITE_REFUSALS), 401, 403}
    for status in sorted(refusals | ({412} if each.matches else set())):
        error = {"application/json": {"schema": {"$ref": REF.format(model=Error.__name__)}}}
        found[str(status)] = {"description": REFUSALS[status], "content": error}
    if each.method == "GET":
        found["304"] = {"description": "If-None-Match names what there is."}
    return found
