"""The pictures of captchas."""

from __future__ import annotations

from quart import Blueprint, Response

from app.accounts import captcha
from app.errors import NotFound
from app.web.context import plumbing, spend, whence
from app.web.limits import Limit
from app.web.needs import EVERYBODY, declare

blueprint = Blueprint("images", __name__)
declare(blueprint, EVERYBODY)


@blueprint.get("/api/v1/image_codes/<id>")
async def image_code(id: str) -> Response:
    """A picture for the id (a UUID) that a page has chosen; asked again, another one. JSON when there is none."""
    if not captcha.is_id(id):
        raise NotFound
    await spend(Limit.CAPTCHA, whence())
    png = await captcha.picture(plumbing().memory, id)
    return Response(png, content_type="image/png", headers={"Cache-Control": "no-store"})
