"""Notifications as page, feed and socket show them: joined with what they are about, checked anew each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from app.notifications.pages import Notice
from app.notifications.subjects import Subjects, subjects_of
from app.viewer import Viewer
from app.web import pace
from app.web.i18n import N_, Text, current_locale
from app.web.pages import Card
from app.web.templating import iso
from documents import Notification
from documents.notification import Reason

FEED_MAX: Final = 100
# So many who like something are named; of more, one fewer and how many others.
NAMED_MAX: Final = 3
NOBODY: Final = {"id": "", "username": "", "name": "", "initial": "⚑", "hue": 0, "avatar": ""}


async def notices(viewer: Viewer, found: Sequence[Notification]) -> list[Notice]:
    """All of them as the viewer may see them now; what they may not see is `hidden`, but keeps its number."""
    return (await notices_of([(viewer, found)]))[0]


async def notices_of(asked: Sequence[tuple[Viewer, Sequence[Notification]]]) -> list[list[Notice]]:
    """The same for each of many viewers; what theirs are about is read once for all."""
    subjects = await subjects_of([notification for _, found in asked for notification in found])
    drawn = []
    for viewer, found in asked:
        drawn.append([_drawn(viewer, notice, subjects) or hidden(notice) for notice in found])
        await pace.rest()
    return drawn


def _drawn(viewer: Viewer, notification: Notification, subjects: Subjects) -> Notice | None:
    """None for what is not for the viewer (any more)."""
    if not notification.site or notification.withdrawn_at is not None or _is_blocked(viewer, notification, subjects):
        return None
    if notification.kind == "moderation":
        return _moderation(viewer, notification)
    if notification.kind == "message":
        return _message(notification, subjects)
    if notification.kind == "follow":
        actor = subjects.people[notification.actor]
        return None if actor.gone else _notice(notification, subjects, url=actor.url)
    return _text(viewer, notification, subjects)


def _is_blocked(viewer: Viewer, notification: Notification, subjects: Subjects) -> bool:
    """Staff reach everybody by messages; likes name more than one person."""
    if notification.actor not in viewer.blocks or notification.kind in ("like", "moderation"):
        return False
    return notification.kind != "message" or subjects.people[notification.actor].role == "member"


def _text(viewer: Viewer, notification: Notification, subjects: Subjects) -> Notice | None:
    found = subjects.text_for(viewer, notification)
    if found is None:
        return None
    topic, comment = found
    url = f"/topics/{topic.oid}/n/{notification.number}"
    about: dict[str, Any] = {"title": topic.title, "url": url, "excerpt": comment["excerpt"], "topic": str(topic.oid)}
    if notification.kind != "like":
        return _notice(notification, subjects, **about)
    people, others = _likers(viewer, notification, subjects)
    return _notice(notification, subjects, people=people, others=others, **about) if people else None


def _likers(viewer: Viewer, notification: Notification, subjects: Subjects) -> tuple[tuple[Card, ...], int]:
    kept = [subjects.people[person] for person in notification.people if person not in viewer.blocks]
    total = (notification.like_count or 0) - len(notification.people) + len(kept)
    named = kept[: NAMED_MAX if total <= NAMED_MAX else NAMED_MAX - 1]
    return tuple(named), total - len(named)


def _message(notification: Notification, subjects: Subjects) -> Notice | None:
    found = subjects.message_for(notification)
    if found is None:
        return None
    conversation, number = found
    return _notice(notification, subjects, title=conversation.title, url=f"/messages/{conversation.oid}#m{number}")


def _moderation(viewer: Viewer, notification: Notification) -> Notice:
    locale = viewer.locale if viewer.locale in ("en", "zh") else current_locale.get()
    text = Text(notification.text, **notification.facts).into(locale)  # type: ignore[arg-type]
    if notification.facts.get("reason") and "%(reason)s" not in notification.text:
        text = Text(N_("%(told)s Reason: %(reason)s"), told=text, reason=notification.facts["reason"]).into(locale)  # type: ignore[arg-type]
    return Notice(
        id=str(notification.oid),
        seq=notification.seq,
        kind="moderation",
        at=notification.created_at,
        read=not notification.unread,
        text=text,
        url=notification.url or "/notifications",
    )


def _notice(notification: Notification, subjects: Subjects, **about: Any) -> Notice:
    if notification.kind == "moved":
        return hidden(notification)
    return Notice(
        id=str(notification.oid),
        seq=notification.seq,
        kind=notification.kind,
        at=notification.created_at,
        read=not notification.unread,
        actor=about["people"][0] if about.get("people") else subjects.people[notification.actor],
        besides=_besides(notification),
        **about,
    )


def _besides(notification: Notification) -> tuple[Reason, ...]:
    return tuple(reason for reason in notification.reasons if reason != notification.kind)


def hidden(notification: Notification) -> Notice:
    """A number whose content is not for the viewer (any more)."""
    return Notice(
        id=str(notification.oid),
        seq=notification.seq,
        kind="hidden",
        at=notification.created_at,
        read=not notification.unread,
    )


def as_json(notice: Notice) -> dict[str, Any]:
    """A notice as the feed and the socket send it: a hidden one is its number alone."""
    event: dict[str, Any] = {"type": "notification", "seq": notice.seq, "kind": notice.kind}
    if notice.kind == "hidden":
        return event
    return event | {
        "id": notice.id,
        "at": iso(notice.at),
        "read": notice.read,
        "title": notice.text or notice.title,
        "url": notice.url,
        "excerpt": notice.excerpt,
        "reasons": [notice.kind, *notice.besides],
        "others": len(notice.people) - 1 + notice.others if notice.people else 0,
        "actor": _actor(notice.actor),
    }


def _actor(actor: Card | None) -> dict[str, Any]:
    if actor is None:
        return dict(NOBODY)
    return {
        "id": actor.id,
        "username": actor.username,
        "name": actor.name,
        "initial": actor.initial,
        "hue": actor.hue,
        "avatar": actor.avatar,
    }
