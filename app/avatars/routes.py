"""The page of one's picture: send one with the square that was chosen, or take it off."""

from __future__ import annotations

import os
import re
from typing import IO, Any, Final

from quart import Blueprint, Response, current_app, jsonify, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.avatars import service
from app.errors import Invalid, Refusal, TooLarge
from app.files.pictures import EMPTY, MAX_PIXELS, REASONS, Crop, Pictures
from app.files.storage import Storage
from app.settings import Settings
from app.web.context import page, plumbing, require_login, say, spend, status_of, to
from app.web.faults import wants_json
from app.web.guards import csp
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.pages import AVATAR_SIDES, picture_url
from app.web.uploads import takes_files, too_large
from documents import User

blueprint = Blueprint("avatars", __name__)
declare(blueprint, MEMBERS)
Answer = Response | WerkzeugResponse

PICTURES: Final = "quorum.pictures"
STORAGE: Final = "quorum.storage"
NUMBER: Final = re.compile(r"-?[0-9]{1,6}(?:\.0*)?")


def most(settings: Settings) -> int:
    """Bytes of a picture as it is sent."""
    return settings.avatar_max_kib * 1024


PATH: Final = takes_files("/settings/avatar", most)


@blueprint.get(PATH)
async def avatar() -> Answer:
    """One's picture, and a form for another."""
    require_login()
    return await _page()


@blueprint.post(PATH)
async def put_on() -> Answer:
    """Show the picture that was sent: 303 to the page, or JSON with its URLs for programs."""
    viewer = require_login()
    try:
        await spend(Limit.AVATAR)
        file = await sent_picture()
        pictures: Pictures = current_app.extensions[PICTURES]
        storage: Storage = current_app.extensions[STORAGE]
        sha256 = await service.put_on(pictures, storage, viewer, file, crop_in(await request.form))
    except Refusal as refusal:
        if wants_json():
            raise
        return await _page(refusal)
    await say("success", N_("This is your picture now."))
    if wants_json():
        return jsonify(url=picture_url(sha256, AVATAR_SIDES[0]))
    return to(PATH)


@blueprint.post("/settings/avatar/remove")
async def take_off() -> Answer:
    """Show the initial again."""
    viewer = require_login()
    await spend(Limit.AVATAR)
    await service.take_off(viewer)
    await say("success", N_("Your picture is removed."))
    return to(PATH)


async def sent_picture() -> IO[bytes]:
    """The file, outside memory. What the browser says of its name and type is not looked at."""
    found = (await request.files).get("file")
    if found is None or (not found.filename and not _size(found.stream)):
        raise Invalid(Text(N_("Choose a picture first.")))
    size = _size(found.stream)
    if size == 0:
        raise Invalid(EMPTY)
    if size > most(plumbing().settings):
        raise TooLarge(too_large(most(plumbing().settings)))
    return found.stream


def _size(file: IO[bytes]) -> int:
    file.seek(0, os.SEEK_END)
    return file.tell()


def crop_in(form: Any) -> Crop | None:
    """x, y and size in pixels of the upright picture; all of them or none."""
    said = [form.get(name, "").strip() for name in ("x", "y", "size")]
    if not any(said):
        return None
    if not all(NUMBER.fullmatch(each) for each in said):
        raise Invalid(REASONS["crop"])
    x, y, size = (int(float(each)) for each in said)
    return x, y, size


async def _page(refusal: Refusal | None = None) -> Response:
    user = await User.get(require_login().me)
    error = str(refusal.text) if refusal else None
    response = await page(
        "settings/avatar.html",
        status=status_of(refusal),
        error=error,
        has_picture=bool(user and user.avatar),
        most_bytes=most(plumbing().settings),
        most_pixels=MAX_PIXELS,
    )
    # The picture that was chosen is shown before it is sent.
    response.headers["Content-Security-Policy"] = csp(images="blob:")
    return response
