"""Pinning, announcing, featuring and locking topics."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint
from werkzeug.wrappers import Response as WerkzeugResponse

from app.topics import places
from app.web.context import require_login, to
from app.web.needs import MEMBERS, declare, needs

blueprint = Blueprint("moderating", __name__, url_prefix="/topics")
declare(blueprint, MEMBERS, **{name: needs(verb) for verb in places.VERBS for name in (verb, f"un{verb}")})


def _routes(verb: str) -> None:
    @blueprint.post(f"/<oid:topic_id>/{verb}", endpoint=verb)
    async def begin(topic_id: ObjectId) -> WerkzeugResponse:
        await places.put(require_login(), topic_id, verb, wanted=True)
        return to(f"/topics/{topic_id}")

    @blueprint.post(f"/<oid:topic_id>/un{verb}", endpoint=f"un{verb}")
    async def end(topic_id: ObjectId) -> WerkzeugResponse:
        await places.put(require_login(), topic_id, verb, wanted=False)
        return to(f"/topics/{topic_id}")


for _verb in places.VERBS:
    _routes(_verb)
