"""People as templates print them."""

from __future__ import annotations

from urllib.parse import urlsplit

from markupsafe import Markup

from app.people import reach
from app.people.cards import card_of
from app.people.presence import Presence
from app.users.pages import Profile, Standing
from app.viewer import Viewer
from documents import User


async def profile_of(person: User, viewer: Viewer, presence: Presence) -> Profile:
    """What a person shows of themselves to this viewer. Whether they are here is for members, not for everyone."""
    near = viewer.known and viewer.me not in person.blocks
    return Profile(
        card=card_of({**person.model_dump(), "_id": person.oid}),
        joined_at=person.created_at,
        seen=await presence.seen(person) if near else "",
        topic_count=person.topic_count,
        comment_count=person.comment_count,
        like_count=person.like_count,
        follower_count=person.follower_count,
        following_count=person.following_count,
        signature=person.signature,
        bio=Markup(person.bio_html),
        website=person.website,
        site=_site(person.website),
        place=person.place,
        shows_likes=person.shows_likes or viewer.id == person.oid,
        deleted=not person.live,
    )


def _site(website: str) -> str:
    """An address as people read it: without scheme and the last slash."""
    parts = urlsplit(website)
    return f"{parts.netloc.removeprefix('www.')}{parts.path}".rstrip("/")


async def standing_of(person: User, viewer: Viewer) -> Standing:
    """What the viewer may do with a person, and has done."""
    if not viewer.known:
        return Standing(id=str(person.oid))
    mine = viewer.id == person.oid
    stands = reach.Between() if mine else await reach.between(viewer.me, person.oid)
    return Standing(
        id=str(person.oid),
        known=True,
        me=mine,
        message=person.oid not in viewer.blocks and await reach.takes_first_word(person, viewer, known=stands),
        # Shown also to somebody whom they have blocked: that it is missing would tell them.
        follow=not mine and person.live and person.oid not in viewer.blocks,
        following=stands.follows,
        followed_by=stands.followed,
        block=reach.may_block(person, viewer),
        blocked=person.oid in viewer.blocks,
    )
