"""People: profiles, what they wrote, following and blocking."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from bson import ObjectId
from pydantic import Field

from app.api.shapes import Cursor, Line, Page, Person, Sent, Shape, checked_cursor, next_of
from app.api.table import Given, operation
from app.errors import NotFound
from app.text.names import username_key
from app.users import blocks, circle, follows, written
from app.users.pages import People, Profile, Standing, Written
from app.users.routes import presence, visible_person
from app.users.views import profile_of, standing_of
from app.web.context import spend, viewer
from app.web.limits import Limit
from app.web.needs import EVERYBODY
from documents import User


class UserOut(Person):
    """A profile. `following` and `blocked` say how you stand to them; `message`: whether you may write to them."""

    joined_at: datetime
    seen: str = Field(description="online, today, week, or empty where it is not shown.")
    topics: int
    comments: int
    likes: int
    followers: int
    follows: int
    signature: str
    bio_html: str
    website: str
    place: str
    following: bool
    followed_by: bool
    blocked: bool
    message: bool

    @classmethod
    def from_profile(cls, profile: Profile, standing: Standing) -> Self:
        """Out of what pages show."""
        return cls(
            **Person.of(profile.card).model_dump(),
            joined_at=profile.joined_at,
            seen=profile.seen,
            topics=profile.topic_count,
            comments=profile.comment_count,
            likes=profile.like_count,
            followers=profile.follower_count,
            follows=profile.following_count,
            signature=profile.signature,
            bio_html=str(profile.bio),
            website=profile.website,
            place=profile.place,
            **{name: getattr(standing, name) for name in ("following", "followed_by", "blocked", "message")},
        )


class WrittenLine(Shape):
    """A comment in a list of what somebody wrote."""

    topic_title: str
    url: str
    excerpt: str
    at: datetime
    likes: int


class WrittenPage(Page[WrittenLine]):
    """One page of comments."""


class PeoplePage(Page[Person]):
    """One page of people."""


class NameQuery(Sent):
    """A username."""

    username: Line = Field(max_length=100)


async def user_out(person: User) -> UserOut:
    """A profile for who asks."""
    return UserOut.from_profile(await profile_of(person, viewer(), presence()), await standing_of(person, viewer()))


def _written(found: Written) -> Given:
    rows = [
        WrittenLine(topic_title=row.topic_title, url=row.url, excerpt=row.excerpt, at=row.at, likes=row.like_count)
        for row in found.rows
    ]
    following = next_of(found.pager)
    return Given(WrittenPage(items=rows, next=following), next=following)


def people_page(found: People) -> Given:
    """A page of people."""
    following = next_of(found.pager)
    return Given(PeoplePage(items=[Person.of(row.card) for row in found.rows], next=following), next=following)


@operation("GET", "/users", "Find somebody by username", need=EVERYBODY, asks=NameQuery, gives=UserOut)
async def find_user(query: NameQuery) -> UserOut:
    """The one of this name."""
    person = await User.by_username_key(username_key(query.username.lstrip("@＠"))[:100])
    if person is None:
        raise NotFound
    return await user_out(await visible_person(person.oid))


@operation("GET", "/users/<oid:user_id>", "Read a profile", need=EVERYBODY, gives=UserOut)
async def get_user(user_id: ObjectId) -> UserOut:
    """One."""
    return await user_out(await visible_person(user_id))


@operation(
    "GET", "/users/<oid:user_id>/comments", "List what somebody wrote", need=EVERYBODY, asks=Cursor, gives=WrittenPage
)
async def list_user_comments(user_id: ObjectId, query: Cursor) -> Given:
    """Their comments, newest first; their topics are at /topics?author=."""
    await visible_person(user_id)
    return _written(await written.written_by(viewer(), user_id, checked_cursor(query.cursor)))


@operation(
    "GET", "/users/<oid:user_id>/likes", "List what somebody likes", need=EVERYBODY, asks=Cursor, gives=WrittenPage
)
async def list_user_likes(user_id: ObjectId, query: Cursor) -> Given:
    """If they show it."""
    person = await visible_person(user_id)
    if not person.shows_likes and viewer().id != user_id:
        raise NotFound
    return _written(await written.liked_by(viewer(), user_id, checked_cursor(query.cursor)))


@operation(
    "GET", "/users/<oid:user_id>/followers", "List who follows somebody", need=EVERYBODY, asks=Cursor, gives=PeoplePage
)
async def list_followers(user_id: ObjectId, query: Cursor) -> Given:
    """The latest first."""
    await visible_person(user_id)
    return people_page(await circle.followers(user_id, checked_cursor(query.cursor)))


@operation(
    "GET", "/users/<oid:user_id>/following", "List whom somebody follows", need=EVERYBODY, asks=Cursor, gives=PeoplePage
)
async def list_following(user_id: ObjectId, query: Cursor) -> Given:
    """The latest first."""
    await visible_person(user_id)
    return people_page(await circle.following(user_id, checked_cursor(query.cursor)))


@operation("PUT", "/users/<oid:user_id>/follow", "Follow somebody", scope="write")
async def follow_user(user_id: ObjectId) -> None:
    """A second time changes nothing."""
    await visible_person(user_id)
    await spend(Limit.FOLLOW)
    await follows.follow(viewer(), user_id)


@operation("DELETE", "/users/<oid:user_id>/follow", "Follow somebody no more", scope="write")
async def unfollow_user(user_id: ObjectId) -> None:
    """When one does not, nothing changes."""
    await visible_person(user_id)
    await spend(Limit.FOLLOW)
    await follows.unfollow(viewer(), user_id)


@operation("PUT", "/users/<oid:user_id>/block", "Block somebody", scope="write", unconfirmed=True)
async def block_user(user_id: ObjectId) -> None:
    """A second time changes nothing."""
    await visible_person(user_id)
    await spend(Limit.FOLLOW)
    await blocks.block(viewer(), user_id)


@operation("DELETE", "/users/<oid:user_id>/block", "Unblock somebody", scope="write", unconfirmed=True)
async def unblock_user(user_id: ObjectId) -> None:
    """When there is no block, nothing changes."""
    await visible_person(user_id)
    await spend(Limit.FOLLOW)
    await blocks.unblock(viewer(), user_id)
