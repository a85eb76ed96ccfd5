"""What programs send: JSON and queries against their models, with what is wrong said for each field."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from bson import ObjectId
from pydantic import BaseModel, ValidationError
from quart import request

from app.api.errors import ChangedSince, NotJson, Unreadable
from app.errors import Invalid
from app.web.context import viewer
from app.web.forms import Form
from app.web.i18n import N_, Text

M = TypeVar("M", bound=BaseModel)
F = TypeVar("F", bound=Form)
KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
DEPTH_MAX: Final = 20
FIELDS_NAMED_MAX: Final = 30
ERRORS: Final[dict[str, str]] = {
    "missing": N_("Please fill this in."),
    "extra_forbidden": N_("There is no such field."),
    "string_type": N_("This has to be a text."),
    "string_unicode": N_("This has to be a text."),
    "int_type": N_("This has to be a whole number."),
    "int_parsing": N_("This has to be a whole number."),
    "int_from_float": N_("This has to be a whole number."),
    "bool_type": N_("This has to be true or false."),
    "bool_parsing": N_("This has to be true or false."),
    "list_type": N_("This has to be a list."),
    "literal_error": N_("Please choose one of the list."),
    "model_type": N_("This has to be an object."),
}
OTHERWISE: Final = N_("This does not fit here.")
SOME: Final = Text(N_("Some fields do not fit."))


async def json_body() -> dict[str, Any]:
    """The object in the body; an absent body is an empty one."""
    data = await request.get_data(cache=True)
    if not data:
        return {}
    if request.mimetype != "application/json":
        raise NotJson
    try:
        found = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(found, dict) or _too_deep(found):
        raise Unreadable
    return found


def _no_number(text: str) -> None:
    raise ValueError(text)


def _too_deep(value: Any, depth: int = 0) -> bool:
    if depth > DEPTH_MAX:
        return True
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_too_deep(each, depth + 1) for each in inside)


def read(model: type[M], given: Mapping[str, Any]) -> M:
    """The model; `Invalid` with a sentence for each field that does not fit."""
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        raise Invalid(SOME, fields=_faults(error)) from None


def _faults(error: ValidationError) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for each in error.errors(include_url=False, include_input=False)[:FIELDS_NAMED_MAX]:
        name = ".".join(str(part) for part in each["loc"])[:100]
        found.setdefault(name, Text(ERRORS.get(each["type"], OTHERWISE)))
    return found


def checked(form: type[F], **fields: Any) -> F:
    """A form of the pages filled with these: the same rules for both, with the same sentences."""
    found = form(data=fields)
    if not found.validate():
        raise Invalid(SOME, fields={name: Text(errors[0]) for name, errors in _errors(found).items()})
    return found


def _errors(form: Form) -> dict[str, list[str]]:
    return {str(name): [str(error) for error in errors] for name, errors in form.errors.items() if errors}


def once_key() -> str | None:
    """The Idempotency-Key as services take it: the caller's own, apart for each path; None when there is none."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    if not KEY.fullmatch(given):
        raise Invalid(Text(N_("An Idempotency-Key is 1 to 255 visible characters.")))
    return "api:" + hashlib.sha256(f"{request.path}\n{given}".encode()).hexdigest()


def once_turn() -> tuple[ObjectId, ...]:
    """Where those who send the same key at once wait for each other, so that only the first of them has work to do."""
    given = request.headers.get("Idempotency-Key")
    if given is None or not viewer().known:
        return ()
    return (ObjectId(hashlib.sha256(f"{viewer().me}\n{request.path}\n{given}".encode()).digest()[:12]),)


def used_otherwise() -> Invalid:
    """The key of something else: nothing is stored, and nothing is lost unseen."""
    return Invalid(Text(N_("This Idempotency-Key was used for something else.")))


def seen_version(version: int) -> int | None:
    """`version` when If-Match names it, None when there is no If-Match; `ChangedSince` for another one."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    named = re.findall(r'"(\d{1,9})-[\w-]*"', given)
    if str(version) not in named:
        raise ChangedSince
    return version
