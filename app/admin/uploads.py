"""All files: what there is, whose, where; taking some down and putting them back."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from bson import ObjectId
from quart import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import StringField

from app.admin import dashboard
from app.avatars.routes import STORAGE
from app.errors import NotFound, Refusal
from app.files.storage import Storage
from app.moderation import takedowns, views
from app.moderation.days import day_in, person_named
from app.uploads import listing, sums
from app.uploads.inspecting import inspected
from app.uploads.listing import Asked
from app.web.context import page, plumbing, say, status_of, to, viewer
from app.web.forms import AtMost, Form, one_line
from app.web.i18n import N_
from app.web.needs import declare, staff
from app.web.pages import KeyPager
from app.web.routing import as_id
from documents import Upload

blueprint = Blueprint("admin_uploads", __name__, url_prefix="/admin/uploads")
declare(blueprint, staff("manage_uploads"))
Answer = Response | WerkzeugResponse
CHARS_MAX: Final = 100
FIELDS: Final = ("owner", "kind", "state", "larger", "from", "to", "order")


class ReasonForm(Form):
    """Why."""

    reason = StringField(filters=[one_line], validators=[AtMost(300)])


@blueprint.get("")
async def index() -> Answer:
    """The list, or everybody's picture."""
    return await _list_page()


async def _list_page(refusal: Refusal | None = None, form: ReasonForm | None = None) -> Response:
    asked = {name: one_line(request.args.get(name))[:CHARS_MAX] for name in FIELDS}
    after = request.args.get("after", "")[:CHARS_MAX]
    if asked["state"] == "avatars":
        faces, following = await sums.faces(after)
        return await page(
            "admin/faces.html", faces=faces, sums=await sums.sums(), pager=_pager(asked, after, following)
        )
    found = await listing.file_page(viewer(), await _asked(asked), after, _kept_days())
    charts = await dashboard.charts("days", plumbing().settings.time_zone)
    return await page(
        "admin/uploads.html",
        status=status_of(refusal),
        files=found.rows,
        asked=asked,
        kinds=[(key, title) for key, (title, _) in sums.KINDS.items()],
        states=list(listing.STATES.items()),
        sums=await sums.sums(),
        owners=await sums.owners(),
        storage=next(chart for chart in charts if chart.key == "storage"),
        pager=_pager(asked, after, found.after),
        chosen=(await request.form).getlist("upload") if form else [],
        form=form or ReasonForm(),
        error=form.refuse(refusal) if form and refusal else None,
    )


def _kept_days() -> int:
    return plumbing().settings.file_retention_days


async def _asked(asked: dict[str, str]) -> Asked:
    until = day_in(asked["to"])
    larger = asked["larger"]
    return Asked(
        owner=await person_named(asked["owner"]) if asked["owner"] else None,
        kind=asked["kind"],
        state=asked["state"],
        larger=int(larger) if larger.isascii() and larger.isdigit() and len(larger) < 7 else 0,
        since=day_in(asked["from"]),
        until=until + timedelta(days=1) if until else None,
        order="largest" if asked["order"] == "largest" else "newest",
    )


def _pager(asked: dict[str, str], after: str, following: str) -> KeyPager:
    filters = {name: value for name, value in asked.items() if value}
    first = "/admin/uploads" + (f"?{urlencode(filters)}" if filters else "")
    onward = "/admin/uploads?" + urlencode({**filters, "after": following}) if following else None
    return KeyPager(first=first if after else None, next=onward)


@blueprint.post("/take-down")
async def take_down_many() -> Answer:
    """Those that were ticked."""
    form = await ReasonForm.read()
    ids = [found for found in map(as_id, (await request.form).getlist("upload")) if found is not None]
    try:
        form.check()
        count = await takedowns.take_down(viewer(), ids, form.text("reason"))
    except Refusal as refusal:
        return await _list_page(refusal, form)
    await say("success", N_("Taken down: %(count)s."), count=count)
    return to("/admin/uploads?state=taken")


async def _upload(upload_id: ObjectId) -> Upload:
    found = await Upload.load(upload_id)
    if found is None:
        raise NotFound
    return found


@blueprint.get("/<oid:upload_id>")
async def one(upload_id: ObjectId) -> Answer:
    """One file."""
    return await _page(await _upload(upload_id), ReasonForm())


async def _page(upload: Upload, form: ReasonForm, refusal: Refusal | None = None) -> Response:
    (row,) = await listing.file_rows(viewer(), [upload.as_stored()], _kept_days())
    copies = await Upload.raw().count_documents({"sha256": upload.sha256}, limit=1_000)
    return await page(
        "admin/upload.html",
        status=status_of(refusal),
        file=row,
        copies=copies - 1,
        form=form,
        error=form.refuse(refusal) if refusal else None,
        operations=await views.about(viewer(), upload.oid),
    )


@blueprint.post("/<oid:upload_id>/take-down")
async def take_down(upload_id: ObjectId) -> Answer:
    """This one."""
    upload = await _upload(upload_id)
    form = await ReasonForm.read()
    try:
        form.check()
        await takedowns.take_down(viewer(), [upload.oid], form.text("reason"))
    except Refusal as refusal:
        return await _page(upload, form, refusal)
    await say("success", N_("Taken down. Nobody can see it any more; you can put it back here."))
    return to(f"/admin/uploads/{upload_id}")


@blueprint.post("/<oid:upload_id>/restore")
async def restore(upload_id: ObjectId) -> Answer:
    """Back to where it was."""
    await takedowns.put_back(viewer(), [(await _upload(upload_id)).oid])
    await say("success", N_("The file is there again."))
    return to(f"/admin/uploads/{upload_id}")


@blueprint.get("/<oid:upload_id>/preview")
async def preview(upload_id: ObjectId) -> Answer:
    """A small picture of one that they may look at, be it taken down."""
    upload = await _upload(upload_id)
    if not upload.is_picture or not await listing.may_look(viewer(), upload):
        raise NotFound
    storage: Storage = current_app.extensions[STORAGE]
    return await inspected(storage, upload)
