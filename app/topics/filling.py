"""A drawn conversation with the buttons of one viewer in its holes.

Most people have the same buttons: those who wrote nothing on a page and like nothing there. What was filled in for one
serves the others.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from bson import ObjectId
from markupsafe import Markup

from app.boards.views import ref
from app.comments import policy as comment_policy
from app.comments.likes import liked_in
from app.comments.pages import CommentActions, CommentView
from app.interest.kept import kept_in
from app.interest.pages import Eye
from app.markers.pages import Left
from app.topics import policy
from app.topics.conversation import Window
from app.topics.pages import TopicActions
from app.topics.places import VERBS
from app.viewer import Viewer
from app.web.context import plumbing
from app.web.fragments import Fragment
from app.web.i18n import current_locale, current_zone
from app.web.pages import Card, Locale
from documents import Board, Topic

# Stand-ins in drawn buttons, replaced by a comment's own id and number. No stored id begins like this.
ANY_ID: Final = "f" * 24
ANY_NUMBER: Final = 999_999_937
ANY_AUTHOR: Final = "fe" * 12
ANY_TOPIC: Final = "fd" * 12
# So many comments are seen without a jump.
AT_HAND: Final = 2


async def filled_for(
    viewer: Viewer, topic: Topic, board: Board, window: Window, *, left: Left | None, fresh: bool
) -> Markup:
    """The conversation as this person sees it, who `left` it somewhere before."""
    locale = current_locale.get()
    liked = await _liked(viewer, topic, window, fresh=fresh)
    at = (topic.oid, topic.version, ref(board), window.page.pager.page)
    folded = _folded(viewer, window)
    kept = await kept_in(viewer, topic.oid, fresh=fresh)
    bookmarks = kept.bookmarks & window.numbers
    case = (*_case(viewer, topic, window, liked), kept.level, bookmarks)
    news = _news(viewer, topic, window, left)
    key = ("filled", *at, locale, current_zone.get(), topic.view_count, *case, folded, news)
    drawn = plumbing().windows.get(key)
    if drawn is None:
        actions = actions_in(viewer, topic, board, window, liked, bookmarks)
        own = unseen_for(viewer, board, window)
        head = topic_actions(viewer, topic, board, kept.level)
        made = _fill(topic, window, actions, head, locale, folded, news, own)
        drawn = plumbing().windows.put(key, made, len(made))
    return cast(Markup, drawn)


async def _liked(viewer: Viewer, topic: Topic, window: Window, *, fresh: bool) -> frozenset[int]:
    """What they like here; nobody is asked where nothing has a like."""
    if not (viewer.known and window.liked_at_all):
        return frozenset()
    return window.numbers & await liked_in(viewer, topic.oid, fresh=fresh)


def _case(viewer: Viewer, topic: Topic, window: Window, liked: frozenset[int]) -> tuple[object, ...]:
    """All that policies look at in a viewer and what they did here: equal for two, their buttons are equal."""
    own = window.written.get(viewer.id, ()) if viewer.id else ()
    return viewer.standing, viewer.id == topic.author, own, liked


@dataclass(frozen=True, slots=True)
class NewHere:
    """What is new on a page: the number of the `first` such comment, or 0; where to jump to, if it is far."""

    first: int = 0
    jump: str = ""


def _news(viewer: Viewer, topic: Topic, window: Window, left: Left | None) -> NewHere:
    """Only for somebody who has been here before."""
    if left is None or left.number is None or left.number >= topic.last_visible or topic.active_at <= left.since:
        return NewHere()
    shown = window.page.comments
    first = next((comment.number for comment in shown if _is_new(viewer, comment, left)), 0)
    begins = bool(shown) and shown[0].number > left.number + 1  # what is unread begins before this page
    if begins or not first:
        return NewHere(0, f"/topics/{topic.oid}/unread")
    return NewHere(first, "#new" if first > shown[0].number + AT_HAND else "")


def _is_new(viewer: Viewer, comment: CommentView, left: Left) -> bool:
    """As `app.markers.unread` counts."""
    assert left.number is not None
    if comment.number <= left.number or comment.tombstone is not None:
        return False
    return comment.created_at > left.since and comment.author.id != str(viewer.id)


def _folded(viewer: Viewer, window: Window) -> frozenset[Card]:
    """Those on this page whom the viewer has blocked: what they wrote is folded away."""
    blocked = viewer.blocks and viewer.blocks & window.written.keys()
    if not blocked:
        return frozenset()
    ids = {str(person) for person in blocked}
    return frozenset(comment.author for comment in window.page.comments if comment.author.id in ids)


def topic_actions(viewer: Viewer, topic: Topic, board: Board, level: str = "") -> TopicActions:
    """What this person may do with the topic."""
    return TopicActions(
        id=str(topic.oid),
        edit=policy.may_edit(viewer, topic, board),
        delete=policy.may_delete(viewer, topic, board),
        restore=policy.may_restore(viewer, topic, board),
        withdraw=policy.may_withdraw(viewer, topic, board),
        again=topic.deleted_as in ("rejected", "withdrawn"),
        arrange=policy.may_arrange(viewer, topic, board),
        places=tuple(
            (verb, getattr(topic, field))
            for verb, field in VERBS.items()
            if policy.may_place(viewer, topic, verb, board)
        ),
        eye=Eye(f"/topics/{topic.oid}", level) if viewer.known and topic.live else None,
    )


def actions_in(
    viewer: Viewer,
    topic: Topic,
    board: Board,
    window: Window,
    liked: frozenset[int],
    bookmarks: frozenset[int],
) -> list[CommentActions]:
    """What this person may do with each comment, in their order; the ids in it are stand-ins.

    Of comments that policies cannot tell apart one is asked about.
    """
    cases: dict[tuple[object, ...], CommentActions] = {}
    found = []
    for facts in window.comments.values():
        likes, marked = facts.number in liked, facts.number in bookmarks
        case = (*facts.case(viewer), likes, marked)
        if case not in cases:
            such = facts.as_another(ObjectId(ANY_ID), ANY_NUMBER)
            cases[case] = comment_policy.actions(viewer, such, topic, board, liked=likes, bookmarked=marked)
        found.append(cases[case])
    return found


async def filled_comments(
    viewer: Viewer, topic: Topic, board: Board, window: Window, wanted: Sequence[CommentView]
) -> list[Markup]:
    """Some comments of a window, each as on the page of this person."""
    if not wanted:
        return []
    locale, drawn = current_locale.get(), plumbing().templates.drawn
    liked = await _liked(viewer, topic, window, fresh=True)
    bookmarks = (await kept_in(viewer, topic.oid)).bookmarks
    allowed_in = actions_in(viewer, topic, board, window, liked, bookmarks)
    actions = dict(zip(window.comments.values(), allowed_in, strict=True))
    buttons = {str(facts.oid): _buttons(topic, allowed, facts, locale) for facts, allowed in actions.items()}
    by_key = _folds(_folded(viewer, window), locale) | {"comment": buttons}
    shared = (Fragment(drawn("topics/_comment.html", locale=locale, comment=comment)) for comment in wanted)
    return [each.fill(lambda kind, key: by_key[kind].get(key, "")) for each in shared]


def unseen_for(viewer: Viewer, board: Board, window: Window) -> list[CommentView]:
    """What waits or was turned down on a page: their own, and all for moderators."""
    if not window.unseen:
        return []
    everything = viewer.may("see_deleted", board)
    return [comment for comment in window.unseen if everything or comment.author.id == str(viewer.id)]


def _folds(folded: frozenset[Card], locale: Locale) -> dict[str, Mapping[str, str]]:
    """What stands before and after a text of somebody who is blocked."""
    folds = {who.id: plumbing().templates.drawn("topics/_fold.html", locale=locale, who=who) for who in folded}
    return {"fold": folds, "unfold": dict.fromkeys(folds, "</details>")}


def _fill(
    topic: Topic,
    window: Window,
    actions: Sequence[CommentActions],
    head: TopicActions,
    locale: Locale,
    folded: frozenset[Card],
    news: NewHere,
    unseen: Sequence[CommentView],
) -> Markup:
    drawn = plumbing().templates.drawn
    shown = zip(window.comments.values(), actions, strict=True)
    buttons = {str(facts.oid): _buttons(topic, allowed, facts, locale) for facts, allowed in shown}
    # Views do not make a new version of the topic, so that the window says nothing of them.
    once = {
        "views": drawn("topics/_views.html", locale=locale, count=topic.view_count),
        "topic": drawn("topics/_topic_actions.html", locale=locale, t=head),
        "jump": drawn("topics/_jump.html", locale=locale, url=news.jump) if news.jump else "",
    }
    line = {str(news.first): drawn("topics/_new_line.html", locale=locale)} if news.first else {}
    by_key: dict[str, Mapping[str, str]] = _folds(folded, locale) | {"comment": buttons, "line": line}
    parts = {each.number: Fragment(drawn("topics/_comment.html", locale=locale, comment=each)) for each in unseen}
    by_key["unseen"] = {
        str(number): part.fill(lambda kind, key: by_key[kind].get(key, "")) for number, part in parts.items()
    }
    return window.conversation.fill(lambda kind, key: by_key[kind].get(key, "") if kind in by_key else once[kind])


def _buttons(topic: Topic, allowed: CommentActions, facts: comment_policy.Facts, locale: Locale) -> str:
    drawn = _drawn_buttons(allowed, locale).replace(ANY_ID, str(facts.oid))
    if allowed.menu is not None:
        drawn = drawn.replace(ANY_AUTHOR, str(facts.author)).replace(ANY_TOPIC, str(topic.oid))
    return drawn.replace(str(ANY_NUMBER), str(facts.number))


@functools.lru_cache(512)
def _drawn_buttons(allowed: CommentActions, locale: Locale) -> str:
    """The buttons of any comment with these permissions: there are few combinations, so each is drawn once."""
    about = {"a": allowed, "author": ANY_AUTHOR, "topic": ANY_TOPIC}
    return plumbing().templates.render("topics/_actions.html", locale, **about)
