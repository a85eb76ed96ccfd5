"""Profiles with what people wrote and like, their followers, and the card that appears over a name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from bson import ObjectId
from quart import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound
from app.notifications.service import read_about
from app.people.presence import PRESENCE, Presence
from app.text.names import username_key
from app.topics.pages import TopicList
from app.topics.routes import listed
from app.users import circle, feed, written
from app.users.pages import People, Tab, Written
from app.users.views import profile_of, standing_of
from app.viewer import Viewer
from app.web.context import fragment, look_again, page, require_login, to, viewer
from app.web.needs import EVERYBODY, MEMBERS, declare
from app.web.shared import LISTS, list_page
from documents import User

blueprint = Blueprint("users", __name__)
declare(blueprint, EVERYBODY, followed=MEMBERS)
Answer = Response | WerkzeugResponse


async def visible_person(id: ObjectId) -> User:
    """The person; a deleted one is there for moderators alone."""
    person = await User.load(id)
    if person is None or not (person.live or viewer().may("see_gone")):
        raise NotFound
    return person


def presence() -> Presence:
    """Who is here, as this process knows it."""
    return cast(Presence, current_app.extensions[PRESENCE])


async def _page(
    person: User, tab: Tab, load_list: Callable[[Viewer], Awaitable[TopicList | Written | People]]
) -> Response:
    found = viewer()
    if found.may_be_told_of_people and await read_about(found, person.oid):
        await look_again()
    profile = await profile_of(person, found, presence())
    standing = await standing_of(person, found)

    async def load(who: Viewer) -> dict[str, Any]:
        shown = await load_list(who)
        parts: dict[str, Any] = {"topics": None, "written": None, "people": None}
        parts[{TopicList: "topics", Written: "written", People: "people"}[type(shown)]] = shown
        about = {
            "standing": standing,
            "tab": tab,
            "pager": shown.pager,
            "moderates": who.may("warn") or who.may("silence") or who.may("ban"),
        }
        return {"profile": profile, **about, **parts}

    return await list_page("users/show.html", load, profile, standing, keep=(LISTS, f"person:{person.oid}"))


@blueprint.get("/users/<oid:user_id>")
@blueprint.get("/users/<oid:user_id>/topics")
async def show(user_id: ObjectId) -> Answer:
    """A person with the topics they have opened."""
    person = await visible_person(user_id)
    return await _page(person, "topics", lambda who: listed(who, {"author": user_id}, f"/users/{user_id}"))


@blueprint.get("/users/<oid:user_id>/commented")
async def commented(user_id: ObjectId) -> Answer:
    """The topics that they have commented in."""
    person = await visible_person(user_id)
    return await _page(person, "commented", lambda who: written.commented_by(who, user_id, request.args.get("after")))


@blueprint.get("/users/<oid:user_id>/comments")
async def comments(user_id: ObjectId) -> Answer:
    """Each of their comments."""
    person = await visible_person(user_id)
    return await _page(person, "comments", lambda who: written.written_by(who, user_id, request.args.get("after")))


@blueprint.get("/users/<oid:user_id>/likes")
async def likes(user_id: ObjectId) -> Answer:
    """What they like, if they show it."""
    person = await visible_person(user_id)
    if not person.shows_likes and viewer().id != user_id:
        raise NotFound
    return await _page(person, "likes", lambda who: written.liked_by(who, user_id, request.args.get("after")))


@blueprint.get("/users/<oid:user_id>/followers")
async def followers(user_id: ObjectId) -> Answer:
    """Who follows them."""
    person = await visible_person(user_id)
    return await _page(person, "followers", lambda _: circle.followers(user_id, request.args.get("after")))


@blueprint.get("/users/<oid:user_id>/following")
async def following(user_id: ObjectId) -> Answer:
    """Whom they follow."""
    person = await visible_person(user_id)
    return await _page(person, "following", lambda _: circle.following(user_id, request.args.get("after")))


@blueprint.get("/users/<oid:user_id>/card")
async def card(user_id: ObjectId) -> Answer:
    """The card: a fragment for the page that asks for it, a page of its own for whoever opens it as one."""
    person = await visible_person(user_id)
    if request.headers.get("Sec-Fetch-Dest") == "document":
        profile = await profile_of(person, viewer(), presence())
        return await page("users/card.html", profile=profile, standing=await standing_of(person, viewer()))
    return await card_fragment(person)


async def card_fragment(person: User) -> Response:
    """The card as it is put over a page."""
    found = viewer()
    html = fragment(
        "users/_card.html",
        profile=await profile_of(person, found, presence()),
        standing=await standing_of(person, found),
    )
    return Response(html, content_type="text/html; charset=utf-8", headers={"Cache-Control": "private, no-store"})


@blueprint.get("/following")
async def followed() -> Answer:
    """What the people whom the viewer follows have written."""
    found = require_login()
    shown = await feed.feed(found, request.args.get("after"))
    return await page("users/following.html", written=shown, pager=shown.pager)


@blueprint.get("/@<name>")
async def by_name(name: str) -> Answer:
    """To the profile of this name."""
    person = await User.by_username_key(username_key(name)[:100])
    if person is None:
        raise NotFound
    response = to(f"/users/{person.oid}")
    response.status_code = 302
    return response
