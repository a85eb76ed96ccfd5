"""Profiles."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound
from app.people.cards import card_of
from app.text.names import username_key
from app.topics.routes import listed
from app.users.pages import Profile
from app.users.written import written_by
from app.web.context import page, to, viewer
from documents import User

blueprint = Blueprint("users", __name__)
Answer = Response | WerkzeugResponse


async def _person(id: ObjectId) -> User:
    person = await User.get(id)
    if person is None or not (person.live or viewer().moderates):
        raise NotFound
    return person


def _profile(person: User) -> Profile:
    raw = person.model_dump(include={"username", "display_name", "role", "deleted_at"})
    return Profile(
        card=card_of({"_id": person.oid, **raw}),
        joined_at=person.created_at,
        seen_at=person.seen_at,
        topic_count=person.topic_count,
        comment_count=person.comment_count,
        like_count=person.like_count,
        deleted=not person.live,
    )


def _may_message(person: User) -> bool:
    return viewer().known and person.live and viewer().id != person.oid


@blueprint.get("/users/<oid:user_id>")
@blueprint.get("/users/<oid:user_id>/topics")
async def show(user_id: ObjectId) -> Answer:
    """A person with their topics."""
    person = await _person(user_id)
    topics = await listed({"author": user_id}, f"/users/{user_id}")
    return await page(
        "users/show.html",
        keep=("lists",),
        profile=_profile(person),
        tab="topics",
        topics=topics,
        written=(),
        pager=topics.pager,
        may_message=_may_message(person),
    )


@blueprint.get("/users/<oid:user_id>/comments")
async def comments(user_id: ObjectId) -> Answer:
    """A person with their comments."""
    person = await _person(user_id)
    written, pager = await written_by(viewer(), user_id, request.args.get("after"))
    return await page(
        "users/show.html",
        keep=("lists",),
        profile=_profile(person),
        tab="comments",
        topics=None,
        written=written,
        pager=pager,
        may_message=_may_message(person),
    )


@blueprint.get("/@<name>")
async def by_name(name: str) -> Answer:
    """To the profile of this name."""
    person = await User.by_username_key(username_key(name)[:100])
    if person is None:
        raise NotFound
    response = to(f"/users/{person.oid}")
    response.status_code = 302
    return response
