"""The API as its page shows it, out of the OpenAPI document: operations by noun, with an example to copy of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from app.api.openapi import Json, document
from app.api.scopes import SCOPES
from app.text.marks import N_

TAGS: Final[dict[str, str]] = {
    "boards": N_("Boards"),
    "topics": N_("Topics"),
    "comments": N_("Comments"),
    "users": N_("People"),
    "me": N_("Yourself"),
    "preferences": N_("Your settings"),
    "conversations": N_("Conversations"),
    "groups": N_("Groups"),
    "messages": N_("Messages"),
    "notifications": N_("Notifications"),
    "bookmarks": N_("Bookmarks and watching"),
    "drafts": N_("Drafts and preview"),
    "uploads": N_("Files"),
    "search": N_("Search"),
    "reports": N_("Reports"),
    "arranging": N_("Moderating"),
    "queues": N_("What waits for moderators"),
    "administration": N_("Administration"),
}
# What stands on the page as it is in every language.
SAID: Final = {
    "first": 'export QUORUM_TOKEN=quorum_…\ncurl {base}/api/v1/me -H "Authorization: Bearer $QUORUM_TOKEN"',
    "document": "OpenAPI 3.1",
    "shape": '{"errno": 422, "errmsg": "…", "fields": {"title": "…"}}',
    "next": "next",
    "cursor": "?cursor=",
    "key": "Idempotency-Key",
    "kept": "If-None-Match",
    "match": "If-Match",
}
EXAMPLE_ID: Final = "65f1c0ffee65f1c0ffee65f1"
EXAMPLES: Final[dict[str, Any]] = {
    "title": "Hello",
    "body": "**Hello**, 你好",
    "tags": ["news"],
    "reason": "typo",
    "number": 7,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body or of a query. `kind` is how JSON Schema calls what it holds."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One operation. `curl` is a whole command, in which $QUORUM_TOKEN stands for the token."""

    id: str
    method: str
    path: str
    summary: str
    scope: str
    public: bool
    query: tuple[Field, ...]
    headers: tuple[str, ...]
    body: tuple[Field, ...]
    answer: str
    about: str
    fields: tuple[Field, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Group:
    """The operations about one noun."""

    tag: str
    title: str
    operations: tuple[Explained, ...]


def scopes() -> tuple[tuple[str, str, str], ...]:
    """Name, title and sentence of each scope; the last two are texts to translate."""
    return tuple((scope, about.title, about.sentence) for scope, about in SCOPES.items())


def groups() -> tuple[Group, ...]:
    """All operations, by noun."""
    found: dict[str, list[Explained]] = {}
    for path, methods in document()["paths"].items():
        for method, each in methods.items():
            found.setdefault(each["tags"][0], []).append(_explained(path, method.upper(), each))
    return tuple(Group(tag, title, tuple(found[tag])) for tag, title in TAGS.items())


def texts() -> list[str]:
    """Everything in the document that the page says in the language of its reader, for the catalogues."""
    found: dict[str, None] = {}
    for group in groups():
        for each in group.operations:
            said = (each.summary, each.about, *(row.about for row in (*each.query, *each.body, *each.fields)))
            found |= dict.fromkeys(text for text in said if text)
    return list(found)


def _explained(path: str, method: str, each: Json) -> Explained:
    body = _schema(each.get("requestBody", {}))
    status = min(status for status in each["responses"] if status.startswith("2"))
    parameters = each["parameters"]
    return Explained(
        id=each["operationId"],
        method=method,
        path=path,
        summary=each["summary"],
        scope=each["x-scope"],
        public={} in each.get("security", ()),
        query=tuple(_field(p["name"], p["schema"], p["required"]) for p in parameters if p["in"] == "query"),
        headers=tuple(p["name"] for p in parameters if p["in"] == "header"),
        body=_fields(body),
        answer=status,
        about=_about(_schema(each["responses"][status])),
        fields=_fields(_schema(each["responses"][status])),
        curl=_curl(path, method, each, body),
    )


def _schema(holder: Json) -> Json:
    """The schema of a body or an answer."""
    content = holder.get("content", {})
    schema: Json = next(iter(content.values()))["schema"] if content else {}
    return _resolved(schema)


def _about(schema: Json) -> str:
    """What the model says of itself, as one line."""
    return " ".join(str(schema.get("description", "")).replace("`", "").split())


def _resolved(schema: Json) -> Json:
    if "$ref" not in schema:
        return schema
    found: Json = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _fields(schema: Json) -> tuple[Field, ...]:
    required = schema.get("required", ())
    return tuple(_field(name, about, name in required) for name, about in schema.get("properties", {}).items())


def _field(name: str, schema: Json, required: bool) -> Field:
    about = schema.get("description", "") if "$ref" not in schema else ""
    return Field(name, _kind(schema), required, " ".join(str(about).replace("`", "").split()))


def _kind(schema: Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if schema.get("type") == "array":
        return f"{_kind(schema.get('items', {}))}[]"
    return str(schema.get("format") or schema.get("type", "object"))


def _curl(path: str, method: str, each: Json, body: Json) -> str:
    for parameter in each["parameters"]:
        if parameter["in"] == "path":
            value = EXAMPLE_ID if parameter["schema"]["type"] == "string" else "1"
            path = path.replace("{" + parameter["name"] + "}", value)
    lines = ["curl" + ("" if method == "GET" else f" -X {method}") + f" {{base}}{path}"]
    lines.append('-H "Authorization: Bearer $QUORUM_TOKEN"')
    required = {name: _example(name, about) for name, about in body.get("properties", {}).items() if _shown(name, body)}
    if "multipart/form-data" in each.get("requestBody", {}).get("content", {}):
        lines.append("-F file=@picture.png")
    elif required:
        lines.append("--json '" + json.dumps(required, ensure_ascii=False) + "'")
    if any(parameter["name"] == "Idempotency-Key" for parameter in each["parameters"]):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    return " \\\n  ".join(lines)


def _shown(name: str, body: Json) -> bool:
    return name in body.get("required", ()) or (not body.get("required") and name in EXAMPLES)


def _example(name: str, schema: Json) -> Any:
    if name in EXAMPLES:
        return EXAMPLES[name]
    kind = _kind(schema)
    return {"integer": 1, "boolean": True}.get(kind, [] if kind.endswith("[]") else _example_text(schema))


def _example_text(schema: Json) -> str:
    choices = schema.get("enum")
    return str(choices[0]) if choices else EXAMPLE_ID if "pattern" in schema else "text"
