"""The settings of the forum: a page a section, and the logo."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from quart import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.admin import site
from app.admin.site_pages import fields
from app.avatars.routes import PICTURES, STORAGE, sent_picture
from app.errors import NotFound, Refusal
from app.files.pictures import Pictures
from app.files.service import keep, picture
from app.files.storage import Storage
from app.settings import Settings
from app.site.catalogue import SECTIONS, Section
from app.web.context import page, plumbing, say, spend, status_of, to, viewer
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import declare, staff
from app.web.pages import AVATAR_SIDES
from app.web.uploads import takes_files
from app.work import Work, together
from documents import Site
from documents.site import SITE_ID

blueprint = Blueprint("admin_site", __name__, url_prefix="/admin/settings")
declare(blueprint, staff("manage_settings"))
Answer = Response | WerkzeugResponse

FIRST: Final = "general"


def _most(settings: Settings) -> int:
    return settings.avatar_max_kib * 1024


takes_files("/admin/settings/logo", _most)


@blueprint.get("")
async def index() -> Answer:
    """The first section."""
    return await _shown(SECTIONS[FIRST])


@blueprint.get("/<section>")
async def section(section: str) -> Answer:
    """One section."""
    return await _shown(_section(section))


def _section(key: str) -> Section:
    if key not in SECTIONS:
        raise NotFound
    return SECTIONS[key]


async def _shown(found: Section) -> Response:
    stored = site.stored_of(found, await Site.now())
    return await _page(found, stored, site.mark_of(stored))


async def _page(found: Section, values: dict[str, Any], seen: str, refusal: Refusal | None = None) -> Response:
    environment = plumbing().environment
    theirs = refusal.theirs if isinstance(refusal, site.Overtaken) else None
    return await page(
        "admin/settings.html",
        status=status_of(refusal),
        section=found,
        sections=tuple(SECTIONS.values()),
        fields=fields(found, values, environment, errors=refusal.fields if refusal else None, theirs=theirs),
        seen=seen,
        error=str(refusal.text) if refusal else None,
    )


@blueprint.post("/<section>")
async def change(section: str) -> Answer:
    """Set it. What does not fit comes back with all that was typed."""
    found, form = _section(section), await request.form
    sent = {setting.name: form.getlist(setting.name) for setting in found.settings}
    seen = form.get("seen", "")
    values: dict[str, Any] = {name: " ".join(said) for name, said in sent.items()}
    try:
        values = site.read(found, sent, plumbing().environment)
        changed = await site.change(viewer(), section, values, seen=seen)
    except site.Overtaken as overtaken:
        return await _page(found, values, site.mark_of(overtaken.theirs), overtaken)
    except Refusal as refusal:
        return await _page(found, values, seen, refusal)
    await say("success", N_("Saved. It applies everywhere now.") if changed else N_("Nothing was different."))
    return to(f"/admin/settings/{section}")


@blueprint.post("/logo")
async def put_logo() -> Answer:
    """Show the picture that was sent."""
    pictures: Pictures = current_app.extensions[PICTURES]
    storage: Storage = current_app.extensions[STORAGE]
    try:
        await spend(Limit.AVATAR)
        content = picture("avatar", await pictures.squares(await sent_picture(), AVATAR_SIDES, None))
    except Refusal as refusal:
        return await _refused(refusal)

    async def steps(work: Work, use: Callable[[], Awaitable[None]]) -> None:
        if await site.put_logo(work, viewer(), content.file.sha256):
            await use()

    await keep(storage, content, steps, hot=[SITE_ID])
    await say("success", N_("Saved. It applies everywhere now."))
    return to("/admin/settings/general")


async def _refused(refusal: Refusal) -> Response:
    found = SECTIONS[FIRST]
    stored = site.stored_of(found, await Site.now())
    return await _page(found, stored, site.mark_of(stored), refusal)


@blueprint.post("/logo/remove")
async def remove_logo() -> Answer:
    """Show the mark of the software again."""
    await together(lambda work: site.put_logo(work, viewer(), ""), hot=[SITE_ID])
    await say("success", N_("Saved. It applies everywhere now."))
    return to("/admin/settings/general")
