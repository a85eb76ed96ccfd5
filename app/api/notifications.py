"""Notifications: the numbered feed, and what is read of it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from bson import ObjectId
from pydantic import Field
from quart import g

from app.api.me import Unread
from app.api.shapes import Id, Person, Sent, Shape
from app.api.table import operation
from app.errors import Invalid
from app.notifications import service, views
from app.notifications.pages import Notice
from app.web.context import viewer
from app.web.i18n import N_, Text
from documents import Notification

SEQ_MAX = 10**15
IDS_MAX = 200


class NoticeOut(Shape):
    """One number of your feed. `hidden` ones are not for you any more, and about a message without that scope."""

    seq: int
    kind: str
    id: Id
    at: datetime
    read: bool
    title: str = ""
    url: str = ""
    excerpt: str = ""
    reasons: list[str] = Field(default_factory=list)
    actor: Person | None = None

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """Out of what pages show."""
        if notice.kind == "hidden" or (notice.kind == "message" and "messages" not in g.api_scopes):
            return cls(seq=notice.seq, kind="hidden", id=notice.id, at=notice.at, read=notice.read)
        return cls(
            seq=notice.seq,
            kind=notice.kind,
            id=notice.id,
            at=notice.at,
            read=notice.read,
            title=notice.text or notice.title,
            url=notice.url,
            excerpt=notice.excerpt,
            reasons=[notice.kind, *notice.besides],
            actor=Person.of(notice.actor) if notice.actor else None,
        )


class Feed(Shape):
    """What came after `after`, oldest first. `seq` is the last number; `more`: ask again after the last one."""

    items: list[NoticeOut]
    seq: int
    unread: Unread
    more: bool


class FeedQuery(Sent):
    """From where on."""

    after: int = Field(0, ge=0, le=SEQ_MAX, description="The last number that you have.")


class Which(Sent):
    """Some by their ids, or `all`."""

    ids: list[Id] = Field(default_factory=list, max_length=IDS_MAX)
    all: bool = False


@operation("GET", "/notifications", "Follow your notifications", asks=FeedQuery, gives=Feed)
async def list_notifications(query: FeedQuery) -> Feed:
    """Numbered without gaps, so that nothing is missed."""
    found = viewer()
    stored = await Notification.after(found.me, query.after, views.FEED_MAX + 1)
    shown = await views.notices(found, stored[: views.FEED_MAX])
    return Feed(
        items=[NoticeOut.of(notice) for notice in shown],
        seq=max([found.seq, *(notice.seq for notice in shown)]),
        unread=Unread(notifications=found.unread.notifications, messages=found.unread.messages),
        more=len(stored) > views.FEED_MAX,
    )


def _chosen(body: Which) -> list[ObjectId]:
    if not body.ids:
        raise Invalid(Text(N_("Please choose some notifications first.")))
    return [ObjectId(id) for id in body.ids]


@operation("POST", "/notifications/read", "Mark notifications as read", scope="write", takes=Which, unconfirmed=True)
async def read_notifications(body: Which) -> None:
    """Some, or all."""
    if body.all:
        await service.read_all(viewer())
    else:
        await service.read_some(viewer(), _chosen(body))


@operation("POST", "/notifications/unread", "Mark notifications unread", scope="write", takes=Which, unconfirmed=True)
async def unread_notifications(body: Which) -> None:
    """Some."""
    await service.unread_some(viewer(), _chosen(body))
