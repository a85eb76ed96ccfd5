"""Every refusal and fault becomes a page that says what, why and what now, with the text one typed still there."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

import structlog
from markupsafe import Markup
from pymongo.errors import DuplicateKeyError, PyMongoError
from quart import Quart, Response, g, jsonify, redirect, request
from quart.ctx import has_request_context
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import Busy, MovedAway, NeedsLogin, NotFound, Refusal
from app.web.context import for_programs, page, path_for_log, plumbing, status_of
from app.web.i18n import N_, Linked, Text
from app.web.routes import came_from

log = structlog.get_logger()

# Fields that people write: shown again when a form is refused as a whole.
KEPT_FIELDS: Final = ("title", "body", "tags", "to", "description", "bio", "signature")

TITLES: Final[dict[int, str]] = {
    400: N_("This request cannot be understood"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("This cannot be done here"),
    408: N_("That took too long"),
    409: N_("Something has changed"),
    413: N_("Too large"),
    414: N_("This address is too long"),
    415: N_("Another kind of file, please"),
    422: N_("Please check your input"),
    429: N_("A little slower, please"),
    500: N_("Something broke on our side"),
    503: N_("Back in a moment"),
}
TEXTS: Final[dict[int, str]] = {
    400: N_("Your browser sent something the forum does not understand."),
    404: N_("There is nothing here, or you cannot see it."),
    405: N_("This page does not accept that kind of request."),
    408: N_("The request did not arrive completely. Please try again."),
    413: N_("What you sent is too large for the forum. Please shorten it."),
    500: N_("The problem has been logged, and nothing you saved is lost. Please try again."),
    503: N_("The database is not responding right now. Nothing you saved is lost."),
}


def install(app: Quart) -> None:
    """Have `app` answer all errors this way."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(MovedAway, _moved)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(PyMongoError, _database)
    # One that nobody expected: the database does answer, and what it says is that we have made a mistake.
    app.register_error_handler(DuplicateKeyError, _fault)
    app.register_error_handler(Exception, _fault)


async def refused(refusal: Refusal) -> Response:
    """The page that says why not."""
    return await error_page(
        status_of(refusal),
        refusal.text,
        login=isinstance(refusal, NeedsLogin),
        confirm=getattr(refusal, "confirm", False),
        fields=refusal.fields,
    )


async def _moved(moved: MovedAway) -> Response | WerkzeugResponse:
    """To the same page of the topic that this one has become part of."""
    if request.method not in ("GET", "HEAD"):
        return await refused(moved)
    there = request.path.replace(str(moved.topic), str(moved.to))
    if for_programs():
        answer = _json(301, moved.text, None, None)
        answer.headers["Location"] = there
        return answer
    return redirect(there, 301)


async def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status == 404:
        return await refused(NotFound())
    response = await error_page(status, _too_large() if status == 413 else _text_of(status))
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def _text_of(status: int) -> Text:
    return Text(TEXTS.get(status, N_("That did not work")))


def _too_large() -> Text:
    """Where files are taken it is the file that is too large, not a text."""
    uploads = getattr(request, "uploads", None)
    return uploads.too_large(plumbing().settings) if uploads is not None else _text_of(413)


async def _database(error: PyMongoError) -> Response:
    log.error("database.failed", error=type(error).__name__, detail=str(error)[:300])
    return await refused(Busy(Text(TEXTS[503])))


async def _fault(error: Exception) -> Response:
    incident = secrets.token_hex(4)
    log.error("fault", incident=incident, method=request.method, path=path_for_log(), exc_info=error)
    return await error_page(500, Text(TEXTS[500]), incident=incident)


async def error_page(
    status: int,
    text: Text,
    *,
    incident: str | None = None,
    login: bool = False,
    confirm: bool = False,
    fields: Mapping[str, Text] | None = None,
) -> Response:
    """The page, or JSON for those who ask for it."""
    if wants_json():
        if login and for_programs():
            return _json(401, Text(N_("This needs a token, in the header Authorization.")), incident, fields)
        return _json(status, text, incident, fields)
    title = Text(TITLES.get(status, TITLES[400]))
    return await page(
        "errors/error.html",
        status=status,
        title=str(title),
        text=str(text),
        incident=incident,
        back=_back(),
        form=came_from("") if request.method == "POST" else "",
        kept=await typed() if status != 413 else (),
        needs_login=login,
        needs_confirming=confirm,
    )


def _json(status: int, text: Text, incident: str | None, fields: Mapping[str, Text] | None) -> Response:
    """`fields` are those that programs sent: forms of pages show such sentences themselves."""
    more: dict[str, Any] = {"incident": incident} if incident else {}
    if fields and for_programs():
        more["fields"] = {name: str(each) for name, each in fields.items()}
    response: Response = jsonify(
        errno=status, errmsg=Markup(text).striptags() if isinstance(text, Linked) else str(text), **more
    )
    response.status_code = status
    return response


def wants_json() -> bool:
    """Whether the answer is for a program."""
    accepted = request.accept_mimetypes
    return (
        bool(g.get("speaks_json"))
        or request.path.startswith("/api/")
        or (
            accepted.best_match(["text/html", "application/json"]) == "application/json"
            and accepted["application/json"] > accepted["text/html"]
        )
    )


def _back() -> str:
    return request.path if request.method in ("GET", "HEAD") else "/"


async def typed() -> tuple[tuple[str, str], ...]:
    """What people had typed into the form that is refused."""
    if not has_request_context() or request.method != "POST":
        return ()
    try:
        form: Any = await request.form
    except HTTPException:
        return ()
    return tuple((name, form[name]) for name in KEPT_FIELDS if form.get(name, "").strip())
