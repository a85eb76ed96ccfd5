"""A drawn conversation with the buttons of one viewer in its holes.

Most people have the same buttons: those who wrote nothing on a page and like nothing there. What was filled in for one
serves the others.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final, cast

from bson import ObjectId
from markupsafe import Markup

from app.boards.views import ref
from app.comments import policy as comment_policy
from app.comments.likes import liked_in
from app.comments.pages import CommentActions
from app.topics import policy
from app.topics.conversation import Window
from app.topics.pages import TopicActions
from app.viewer import Viewer
from app.web.context import plumbing
from app.web.i18n import current_locale
from app.web.pages import Locale
from documents import Board, Topic

# Stand-ins in drawn buttons, replaced by a comment's own id and number. No stored id begins like this.
ANY_ID: Final = "f" * 24
ANY_NUMBER: Final = 999_999_937


async def filled_for(viewer: Viewer, topic: Topic, board: Board, window: Window, *, fresh: bool) -> Markup:
    """The conversation as this person sees it."""
    locale = current_locale.get()
    liked = await _liked(viewer, topic, window, fresh=fresh)
    at = (topic.oid, topic.version, ref(board), window.page.pager.page)
    key = ("filled", *at, locale, topic.view_count, *_case(viewer, topic, window, liked))
    kept = plumbing().windows.get(key)
    if kept is None:
        made = _fill(
            topic, window, actions_in(viewer, topic, board, window, liked), topic_actions(viewer, topic), locale
        )
        kept = plumbing().windows.put(key, made, len(made))
    return cast(Markup, kept)


async def _liked(viewer: Viewer, topic: Topic, window: Window, *, fresh: bool) -> frozenset[int]:
    """What they like here; nobody is asked where nothing has a like."""
    if not (viewer.known and window.liked_at_all):
        return frozenset()
    return window.numbers & await liked_in(viewer, topic.oid, fresh=fresh)


def _case(viewer: Viewer, topic: Topic, window: Window, liked: frozenset[int]) -> tuple[object, ...]:
    """All that policies look at in a viewer and what they did here: equal for two, their buttons are equal."""
    own = window.written.get(viewer.id, ()) if viewer.id else ()
    return viewer.standing, viewer.id == topic.author, own, liked


def topic_actions(viewer: Viewer, topic: Topic) -> TopicActions:
    """What this person may do with the topic."""
    return TopicActions(
        id=str(topic.oid),
        edit=policy.may_edit(viewer, topic),
        delete=policy.may_delete(viewer, topic),
        restore=policy.may_restore(viewer, topic),
    )


def actions_in(
    viewer: Viewer, topic: Topic, board: Board, window: Window, liked: frozenset[int]
) -> list[CommentActions]:
    """What this person may do with each comment, in their order; the ids in it are stand-ins.

    Of comments that policies cannot tell apart one is asked about.
    """
    cases: dict[tuple[object, ...], CommentActions] = {}
    found = []
    for facts in window.comments.values():
        case = (*facts.case(viewer), facts.number in liked)
        if case not in cases:
            any_such = facts.as_another(ObjectId(ANY_ID), ANY_NUMBER)
            cases[case] = comment_policy.actions(viewer, any_such, topic, board, liked=facts.number in liked)
        found.append(cases[case])
    return found


def _fill(
    topic: Topic, window: Window, actions: Sequence[CommentActions], head: TopicActions, locale: Locale
) -> Markup:
    drawn = plumbing().templates.drawn
    shown = zip(window.comments.values(), actions, strict=True)
    buttons = {str(facts.oid): _buttons(allowed, facts, locale) for facts, allowed in shown}
    # Views do not make a new version of the topic, so that the window says nothing of them.
    once = {
        "views": drawn("topics/_views.html", locale=locale, count=topic.view_count),
        "topic": drawn("topics/_topic_actions.html", locale=locale, t=head),
    }
    return window.conversation.fill(lambda kind, key: buttons.get(key, "") if kind == "comment" else once[kind])


def _buttons(allowed: CommentActions, facts: comment_policy.Facts, locale: Locale) -> str:
    return _drawn_buttons(allowed, locale).replace(ANY_ID, str(facts.oid)).replace(str(ANY_NUMBER), str(facts.number))


@functools.lru_cache(512)
def _drawn_buttons(allowed: CommentActions, locale: Locale) -> str:
    """The buttons of any comment with these permissions: there are few combinations, so each is drawn once."""
    return plumbing().templates.render("topics/_actions.html", locale, a=allowed)
