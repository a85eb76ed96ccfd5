"""The recycle bin: a list for each kind, with filters, a look at what it holds, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.boards.views import ref
from app.errors import Invalid, NotFound, Refusal
from app.moderation import gone
from app.moderation.binned import Kept, previewed, rows_of
from app.moderation.days import day_in, person_named
from app.web.context import page, plumbing, require_login, say, status_of, to, viewer
from app.web.i18n import N_
from app.web.keys import TimeKey, time_key
from app.web.needs import declare, staff
from app.web.pages import KeyPager
from app.web.routing import as_id
from documents import Message
from documents.base import GONE, Raw
from documents.clock import now

blueprint = Blueprint("bin", __name__, url_prefix="/moderation/bin")
declare(blueprint, staff("see_deleted", "manage_boards", "manage_uploads", "see_gone"))
Answer = Response | WerkzeugResponse
SHOWN: Final = 30
CHARS_MAX: Final = 100
KEYS: Final = ("after", "before")
# Only of what stands in boards one can ask in which.
BOARDED: Final = ("topics", "comments")
FILTERS: Final = ("board", "by", "reason", "from", "to")


def _kept() -> Kept:
    settings = plumbing().settings
    return Kept(settings.retention_days, settings.file_retention_days, settings.account_grace_days)


@blueprint.get("")
async def index() -> Answer:
    """What is in it, newest first."""
    return await _page(request.args.get("kind", ""), request.args)


async def _page(kind: str, given: Mapping[str, str], refusal: Refusal | None = None) -> Response:
    """`given` are the filters, and the key of the page, of an address or a form."""
    found = require_login()
    kinds = await gone.kinds_for(found)
    if not kinds or (kind and kind not in kinds):
        raise NotFound
    kind, kept = kind or kinds[0], _kept()
    asked = _filters(given)
    place = {name: given[name] for name in KEYS if time_key(given.get(name))}
    which = await gone.query(found, kind, await _asked(asked), unused_before=now())
    raws, pager = await _window(kind, which, {"kind": kind, **_said(asked)}, place)
    return await page(
        "moderation/bin.html",
        status=status_of(refusal),
        kind=kind,
        kinds=[(name, address_of(name, asked), await gone.count(found, name, unused_before=now())) for name in kinds],
        counted_max=gone.COUNTED_MAX,
        rows=await rows_of(found, kind, raws, kept),
        asked=asked,
        place=place,
        boards=[ref(board) for board in await gone.seen_boards(found)],
        messages=await Message.raw().count_documents(GONE) if found.may("manage_people") else None,
        restores=kind in gone.restored_by(found),
        kept=kept,
        chosen=(await request.form).getlist("id") if request.method == "POST" else [],
        query=urlencode({**_said(asked), **place}),
        error=str(refusal.text) if refusal else None,
        pager=pager,
    )


def _filters(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "")[:CHARS_MAX].strip() for name in FILTERS}


def _said(asked: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in asked.items() if text}


def address_of(kind: str, asked: Mapping[str, str], place: Mapping[str, str] | None = None) -> str:
    """The list of a kind, with the filters that it has."""
    fits = {name: text for name, text in _said(asked).items() if name != "board" or kind in BOARDED}
    return f"/moderation/bin?{urlencode({'kind': kind, **fits, **(place or {})})}"


async def _window(kind: str, which: Raw, asked: Raw, place: Mapping[str, str]) -> tuple[list[Raw], KeyPager]:
    """A page of the list, newest first: after a key, before one, or the first; with the ways to those beside it."""
    field = "touched_at" if kind == "uploads" else "deleted_at"
    after, before = time_key(place.get("after")), time_key(place.get("before"))
    back = before is not None and after is None
    beyond = after.older(field) if after else before.newer(field) if before else {}
    order = [(field, 1 if back else -1), ("_id", 1 if back else -1)]
    found = gone.DOCUMENTS[kind].raw().find({"$and": [which, beyond]} if beyond else which)
    cursor, last = found.sort(order), None
    if kind == "uploads":
        raws, last = await gone.unused(cursor, SHOWN + 1)
    else:
        raws = await cursor.limit(SHOWN + 1).to_list()
    more, rows = len(raws) > SHOWN or last is not None, raws[:SHOWN][:: -1 if back else 1]
    first = f"/moderation/bin?{urlencode(asked)}"

    def at(name: str, raw: Raw) -> str:
        return f"{first}&{urlencode({name: str(TimeKey(raw[field], raw['_id']))})}"

    beneath = rows[-1] if rows and (back or len(raws) > SHOWN) else last
    older = more or (back and rows)
    newer = rows and (more if back else after is not None)
    return rows, KeyPager(
        previous=at("before", rows[0]) if newer else None,
        next=at("after", beneath) if older and beneath else None,
        first=first if after or before else None,
    )


async def _asked(asked: dict[str, str]) -> gone.Asked:
    """Filters as the service knows them; what is no day or no board bounds nothing, who is not there did nothing."""
    until = day_in(asked["to"])
    return gone.Asked(
        board=as_id(asked["board"]),
        by=await person_named(asked["by"]) if asked["by"] else None,
        reason=asked["reason"],
        since=day_in(asked["from"]),
        until=until + timedelta(days=1) if until else None,
    )


@blueprint.post("/restore")
async def restore() -> Answer:
    """Bring back what was ticked, or the one whose button was pressed."""
    found = require_login()
    form = await request.form
    kind = form.get("kind", "")
    texts = [form["one"]] if form.get("one") else form.getlist("id")
    ids = [id for id in map(as_id, texts) if id is not None]
    asked = _filters(form)
    try:
        count = await gone.restore(found, kind, ids)
    except Invalid as refusal:
        return await _page(kind, form, refusal)
    if count:
        await say("success", N_("Kept.") if kind == "uploads" else N_("Restored: %(count)s."), count=count)
    else:
        await say("info", N_("Nothing was restored: it is not in the bin any more, or not yours to restore."))
    return to(address_of(kind, asked, {name: form[name] for name in KEYS if time_key(form.get(name))}))


@blueprint.get("/topics/<oid:topic_id>")
async def topic(topic_id: ObjectId) -> Answer:
    """Read a deleted topic's opening post."""
    return await _preview("topics", topic_id)


@blueprint.get("/comments/<oid:comment_id>")
async def comment(comment_id: ObjectId) -> Answer:
    """Read a deleted comment."""
    return await _preview("comments", comment_id)


async def _preview(kind: str, id: ObjectId) -> Response:
    require_login()
    thing, text, about, board = await gone.deleted_text(viewer(), kind, id)
    (row,) = await rows_of(viewer(), kind, [thing.model_dump(by_alias=True)], _kept())
    asked = _filters(request.args)
    place = {name: request.args[name] for name in KEYS if time_key(request.args.get(name))}
    return await page(
        "moderation/binned.html",
        kind=kind,
        row=row,
        text=previewed(text, about, ref(board)),
        asked=_said(asked) | place,
        back=address_of(kind, asked, place),
    )
