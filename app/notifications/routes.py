"""The bell: what one was told, and the feed for those without websockets."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from quart import Blueprint, Response, jsonify, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import Invalid
from app.notifications import lists, service, views
from app.notifications.bell import KINDS, Filter
from app.web.context import page, require_login, safe_next, speak_json, to
from app.web.i18n import N_, Text
from app.web.needs import EVERYBODY, MEMBERS, declare
from app.web.routing import as_id
from app.web.withheld import unconfirmed_may
from documents import Notification

blueprint = Blueprint("notifications", __name__, url_prefix="/notifications")
# The feed is for programs: it refuses guests itself, in JSON.
declare(blueprint, MEMBERS, feed=EVERYBODY)
Answer = Response | WerkzeugResponse

IDS_MAX = 200


@blueprint.get("")
async def index() -> Answer:
    """The bell's list."""
    found, which = require_login(), Filter.of(request.args)
    shown: dict[str, Any] = {"notices": (), "groups": (), "which": which, "kinds": KINDS, "turn": found.turn}
    if which.grouped:
        shown["groups"], shown["pager"] = await lists.groups(found, which)
    else:
        shown["notices"], shown["pager"] = await lists.bell_rows(found, which)
    return await page("notifications/index.html", **shown)


@blueprint.get("/log")
async def log() -> Answer:
    """Everything one was ever told, when and how; nobody else can see it."""
    entries, pager = await lists.log(require_login(), Filter.of(request.args).before)
    return await page("notifications/log.html", entries=entries, pager=pager)


@blueprint.post("/read")
@unconfirmed_may
async def read() -> Answer:
    """Mark one (`one`), some (`ids`) or all (`all=1`) as read."""
    found = require_login()
    form = await request.form
    if form.get("all") == "1":
        await service.read_all(found)
    else:
        await service.read_some(found, _ids(form))
    return to(safe_next(form.get("next"), "/notifications"))


@blueprint.post("/unread")
@unconfirmed_may
async def unread() -> Answer:
    """Mark one (`one`) or some (`ids`) as unread again."""
    found = require_login()
    form = await request.form
    await service.unread_some(found, _ids(form))
    return to(safe_next(form.get("next"), "/notifications"))


def _ids(form: MultiDict[str, str]) -> list[ObjectId]:
    """A button of one row means that row, whatever else is ticked."""
    given = form.getlist("one") or form.getlist("ids")
    ids = [as_id(id) for id in given[:IDS_MAX]]
    if not ids or None in ids:
        raise Invalid(Text(N_("Please choose some notifications first.")))
    return [id for id in ids if id is not None]


@blueprint.get("/feed")
async def feed() -> Answer:
    """Every event after `after`, oldest first; `more` says that there are others, `resync` does not happen here."""
    speak_json()
    found = require_login()
    after = request.args.get("after", "0")
    if not after.isdecimal() or len(after) > 15:
        raise Invalid(Text(N_("“after” is the number of the last event that you have.")))
    stored = await Notification.after(found.me, int(after), views.FEED_MAX + 1)
    shown = await views.notices(found, stored[: views.FEED_MAX])
    response: Response = jsonify(
        seq=max([found.seq, *(notice.seq for notice in shown)]),
        unread=found.unread.as_json(),
        turn=found.turn,
        events=[views.as_json(notice) for notice in shown],
        more=len(stored) > views.FEED_MAX,
    )
    return response
