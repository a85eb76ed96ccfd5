"""Settings of what others see of one, and of who may come near."""

from __future__ import annotations

from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.comments.pages import Preview
from app.comments.routes import preview_of
from app.drafts.rescue import profile_done, profile_waiting
from app.drafts.resuming import browser_here
from app.errors import NotFound, Refusal
from app.users import circle, profile
from app.users.forms import PrivacyForm, ProfileForm
from app.web.context import page, require_login, say, spend, status_of, to
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.withheld import unconfirmed_may
from documents import User

blueprint = Blueprint("user_settings", __name__, url_prefix="/settings")
declare(blueprint, MEMBERS)
Answer = Response | WerkzeugResponse


async def _me() -> User:
    person = await User.load(require_login().me)
    if person is None:
        raise NotFound
    return person


@blueprint.get("/profile")
async def show_profile() -> Answer:
    """What one says about oneself."""
    person = await _me()
    fields = profile.Written.__dataclass_fields__
    waiting = await profile_waiting(require_login(), browser_here())
    given = waiting or {name: getattr(person, name) for name in fields}
    return await _profile_page(ProfileForm(data=given), unsaved=waiting is not None)


@blueprint.post("/profile")
async def save_profile() -> Answer:
    """Save, or show what it will look like."""
    found = require_login()
    form = await ProfileForm.read()
    try:
        form.check()
        if "preview" in await request.form:
            return await _profile_page(form, preview=await preview_of(form.text("bio")))
        await spend(Limit.PROFILE)
        await profile.save(found, form.written())
        await profile_done(found, browser_here())
    except Refusal as refusal:
        return await _profile_page(form, refusal=refusal)
    await say("success", N_("Saved."))
    return to("/settings/profile")


@blueprint.post("/profile/discard")
async def discard_profile() -> Answer:
    """Forget what was typed before a log-in ended."""
    await profile_done(require_login(), browser_here())
    return to("/settings/profile")


async def _profile_page(
    form: ProfileForm, *, unsaved: bool = False, preview: Preview | None = None, refusal: Refusal | None = None
) -> Response:
    return await page(
        "settings/profile.html",
        status=status_of(refusal),
        form=form,
        unsaved=unsaved,
        preview=preview,
        error=form.refuse(refusal) if refusal else None,
    )


@blueprint.get("/privacy")
async def show_privacy() -> Answer:
    """Who may write to one, what others see, and whom one has blocked."""
    person = await _me()
    names = ("messages_from", *profile.SHOWS)
    return await _privacy_page(PrivacyForm(data={name: getattr(person, name) for name in names}))


@blueprint.post("/privacy")
@unconfirmed_may
async def save_privacy() -> Answer:
    """Save it."""
    found = require_login()
    form = await PrivacyForm.read()
    try:
        await spend(Limit.PROFILE)
        await profile.save_privacy(
            found,
            messages_from=form.text("messages_from"),
            **{name: bool(form[name].data) for name in profile.SHOWS},
        )
    except Refusal as refusal:
        return await _privacy_page(form, refusal)
    await say("success", N_("Saved."))
    return to("/settings/privacy")


async def _privacy_page(form: PrivacyForm, refusal: Refusal | None = None) -> Response:
    blocked = await circle.blocked(require_login(), request.args.get("after"))
    error = form.refuse(refusal) if refusal else None
    return await page("settings/privacy.html", status=status_of(refusal), form=form, blocked=blocked, error=error)
