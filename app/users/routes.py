"""Profiles."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound
from app.people.cards import card_of
from app.text.names import username_key
from app.topics.routes import listed
from app.users.pages import Profile
from app.users.written import written_by
from app.viewer import Viewer
from app.web.context import to, viewer
from app.web.shared import list_page
from documents import User
from documents.user import CARD_FIELDS

blueprint = Blueprint("users", __name__)
Answer = Response | WerkzeugResponse


async def _visible_person(viewer: Viewer, id: ObjectId) -> User:
    person = await User.get(id)
    if person is None or not (person.live or viewer.moderates):
        raise NotFound
    return person


def _profile(person: User) -> Profile:
    raw = person.model_dump(include=set(CARD_FIELDS))
    return Profile(
        card=card_of({"_id": person.oid, **raw}),
        joined_at=person.created_at,
        seen_at=person.seen_at,
        topic_count=person.topic_count,
        comment_count=person.comment_count,
        like_count=person.like_count,
        deleted=not person.live,
    )


@blueprint.get("/users/<oid:user_id>")
@blueprint.get("/users/<oid:user_id>/topics")
async def show(user_id: ObjectId) -> Answer:
    """A person with their topics."""

    async def load(somebody: Viewer) -> dict[str, Any]:
        topics = await listed(somebody, {"author": user_id}, f"/users/{user_id}")
        return {"tab": "topics", "topics": topics, "written": (), "pager": topics.pager}

    return await _profile_page(user_id, load)


@blueprint.get("/users/<oid:user_id>/comments")
async def comments(user_id: ObjectId) -> Answer:
    """A person with their comments."""

    async def load(somebody: Viewer) -> dict[str, Any]:
        written, pager = await written_by(somebody, user_id, request.args.get("after"))
        return {"tab": "comments", "topics": None, "written": written, "pager": pager}

    return await _profile_page(user_id, load)


async def _profile_page(user_id: ObjectId, load_tab: Callable[[Viewer], Awaitable[dict[str, Any]]]) -> Response:
    own = viewer().id == user_id

    async def load(somebody: Viewer) -> dict[str, Any]:
        person = await _visible_person(somebody, user_id)
        may_message = somebody.known and person.live and not own
        return {"profile": _profile(person), "may_message": may_message, **await load_tab(somebody)}

    return await list_page("users/show.html", load, own)


@blueprint.get("/@<name>")
async def by_name(name: str) -> Answer:
    """To the profile of this name."""
    person = await User.by_username_key(username_key(name)[:100])
    if person is None:
        raise NotFound
    response = to(f"/users/{person.oid}")
    response.status_code = 302
    return response
