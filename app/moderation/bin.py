"""The recycle bin: a list for each kind, with filters, a look at what it holds, and the way back."""

from __future__ import annotations

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
from documents.base import GONE
from documents.clock import now

blueprint = Blueprint("bin", __name__, url_prefix="/moderation/bin")
declare(blueprint, staff("see_deleted", "manage_boards", "manage_uploads", "see_gone"))
Answer = Response | WerkzeugResponse
SHOWN: Final = 30
CHARS_MAX: Final = 100
FILTERS: Final = ("board", "by", "reason", "from", "to")


def _kept() -> Kept:
    settings = plumbing().settings
    return Kept(settings.retention_days, settings.file_retention_days, settings.account_grace_days)


@blueprint.get("")
async def index() -> Answer:
    """What is in it, newest first."""
    return await _page(request.args.get("kind", ""), {name: request.args.get(name, "") for name in FILTERS})


async def _page(kind: str, given: dict[str, str], refusal: Refusal | None = None) -> Response:
    found = require_login()
    kinds = await gone.kinds_for(found)
    if not kinds or (kind and kind not in kinds):
        raise NotFound
    kind, kept = kind or kinds[0], _kept()
    asked = {name: text[:CHARS_MAX].strip() for name, text in given.items()}
    which = await gone.query(found, kind, await _asked(asked), unused_before=now())
    field = "touched_at" if kind == "uploads" else "deleted_at"
    key = time_key(request.args.get("after"))
    wanted = {"$and": [which, key.older(field)]} if key else which
    order = [(field, -1), ("_id", -1)]
    raws = await gone.DOCUMENTS[kind].raw().find(wanted).sort(order).limit(SHOWN + 1).to_list()
    first = f"/moderation/bin?{urlencode({'kind': kind, **{name: text for name, text in asked.items() if text}})}"
    last = raws[SHOWN - 1] if len(raws) > SHOWN else None
    following = f"{first}&{urlencode({'after': str(TimeKey(last[field], last['_id']))})}" if last else None
    return await page(
        "moderation/bin.html",
        status=status_of(refusal),
        kind=kind,
        kinds=[(name, await gone.count(found, name, unused_before=now())) for name in kinds],
        counted_max=gone.COUNTED_MAX,
        rows=await rows_of(kind, raws[:SHOWN], kept),
        asked=asked,
        boards=[ref(board) for board in await gone.seen_boards(found)],
        messages=await Message.raw().count_documents(GONE) if found.may("manage_people") else None,
        restores=kind in gone.RESTORERS,
        kept=kept,
        chosen=(await request.form).getlist("id") if request.method == "POST" else [],
        here=first,
        error=str(refusal.text) if refusal else None,
        pager=KeyPager(next=following, first=first if key else None),
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
    try:
        count = await gone.restore(found, kind, ids)
    except Invalid as refusal:
        return await _page(kind, dict.fromkeys(FILTERS, ""), refusal)
    if count:
        await say("success", N_("Kept.") if kind == "uploads" else N_("Restored: %(count)s."), count=count)
    else:
        await say("info", N_("Nothing was restored: it is not in the bin any more, or not yours to restore."))
    return to(f"/moderation/bin?{urlencode({'kind': kind})}")


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
    (row,) = await rows_of(kind, [thing.model_dump(by_alias=True)], _kept())
    return await page("moderation/binned.html", kind=kind, row=row, text=previewed(text, about, ref(board)))
