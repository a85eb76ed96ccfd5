"""The topic page: the shared window, filled with what this viewer may do."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import Any, cast

from bson import ObjectId
from markupsafe import Markup
from quart import Response, current_app, request

from app.boards.access import visible_topic
from app.boards.views import ref
from app.comments.forms import CommentForm
from app.comments.newer import NewReplies, newer
from app.comments.pages import CommentView, Preview, ReplyRef
from app.comments.policy import may_comment
from app.comments.views import number_url, views
from app.drafts.filling import opened
from app.drafts.pages import Writing
from app.drafts.places import reply_to
from app.errors import NotFound, Refusal
from app.markers.pages import Left
from app.markers.service import note_read, where_left
from app.notifications.service import read_in_topic
from app.people.cards import cards
from app.settings import Settings
from app.topics.conversation import (
    Numbers,
    Window,
    load_window,
    numbers,
    page_of,
)
from app.topics.counting import VIEWS, Views
from app.topics.filling import filled_for
from app.topics.outside import picture_of, posting
from app.viewer import Viewer
from app.web.context import (
    SCRIPTS_COOKIE,
    address,
    choose_theme,
    client_address,
    cookie,
    fragment,
    look_again,
    origin,
    page,
    plumbing,
    status_of,
    viewer,
    wants_fresh,
)
from app.web.forms import Unsent, new_once
from app.web.fragments import Fragment
from app.web.front import Scope
from app.web.i18n import current_locale, current_zone
from app.web.routing import as_id
from app.web.shared import draw_shared, shared_page
from app.web.templating import hole
from documents import Board, Comment, Topic


async def topic_page(
    topic_id: ObjectId,
    form: CommentForm | None = None,
    *,
    preview: Preview | None = None,
    refusal: Refusal | None = None,
) -> Response:
    """The page of a topic that the URL asks for, with the reply form as it stands."""
    found = viewer()
    topic, board = await visible_topic(found, topic_id, fresh=wants_fresh())
    given, writing = await _opened(found, topic_id, form)
    answered = form.text("reply_to") if form else given["reply_to"]
    parent = await _answered(topic_id, answered)
    at = numbers(topic, _asked_page(parent), plumbing().settings.comments_per_page)
    window = await window_of(topic, board, at)
    may_reply = may_comment(found, topic, board)
    left = await where_left(found, topic, fresh=wants_fresh()) if found.known else None
    await _note_reading(found, topic, at, left)
    conversation = await filled_for(found, topic, board, window, left=left, fresh=wants_fresh())
    if found.known and form is None and not answered and writing.at is None:
        drawn = _drawn_for_all(topic, window, may_reply)
        return shared_page(drawn, conversation=conversation, rail=_rail(window, may_reply), once=new_once())
    return await page(
        "topics/show.html",
        status=status_of(refusal),
        keep=() if answered else (f"topic:{topic_id}",),
        page=window.page,
        posting=None if found.known else await posting(window.page, origin()),
        share_picture=None if found.known else picture_of(window.page),
        conversation=conversation,
        rail=_rail(window, may_reply),
        may_reply=may_reply,
        form=form or Unsent(**given),
        writing=writing,
        known=_known(topic, writing, form, refusal),
        newer=await _newer(found, topic, refusal),
        reply_ref=await _reply_ref(parent),
        once=(form and form.again) or writing.once or new_once(),
        preview=preview,
        error=form.refuse(refusal) if form and refusal else None,
    )


async def _opened(found: Viewer, topic_id: ObjectId, form: CommentForm | None) -> tuple[dict[str, str], Writing]:
    """The fields of the reply box as it is first shown, and what it says of its draft."""
    place, given = reply_to(topic_id), {"body": "", "reply_to": _asked_reply()}
    if form is not None:
        return given, form.writing(place)
    if topic_id not in found.begun:
        return given, Writing(str(place))
    fields, writing = await opened(found, place, given)
    return {**fields, "reply_to": given["reply_to"] or fields["reply_to"]}, writing


def _known(topic: Topic, writing: Writing, form: CommentForm | None, refusal: Refusal | None) -> int | None:
    """The last number that the writer has seen: none where the page shows what has come since."""
    if isinstance(refusal, NewReplies):
        return None
    return form.known_number if form else int(writing.known or topic.last_number)


async def _newer(found: Viewer, topic: Topic, refusal: Refusal | None) -> tuple[CommentView, ...]:
    """What others have said since the writer began, when that is why nothing was sent."""
    return await views(await newer(found, topic, refusal.known)) if isinstance(refusal, NewReplies) else ()


def _asked_reply() -> str:
    return request.args["reply_to"] if "reply_to" in request.args else ""  # noqa: SIM401 - see context.cookie


def _asked_page(parent: Comment | None) -> int | None:
    """The page in the URL; without one, that of the comment which is answered."""
    if "page" not in request.args or request.method == "POST":
        return page_of(parent.number, plumbing().settings.comments_per_page) if parent else None
    asked = request.args["page"]
    if not asked.isdecimal() or len(asked) > 9:
        raise NotFound
    return int(asked)


async def window_of(topic: Topic, board: Board, at: Numbers) -> Window:
    """The shared part, kept by the version of the topic: it can be old, but never wrong."""
    key = (topic.oid, topic.version, ref(board), at.page, current_locale.get(), current_zone.get())
    kept = plumbing().windows.get(key)
    if kept is None:
        loaded = await load_window(topic, board, at)
        drawn = Fragment(fragment("topics/_conversation.html", page=loaded.page))
        rail = Fragment(fragment("topics/_rail.html", page=loaded.page))
        window = Window(loaded.page, loaded.comments, loaded.written, loaded.unseen, drawn, rail)
        kept = plumbing().windows.put(key, window, window.size)
    return cast(Window, kept)


def _drawn_for_all(topic: Topic, window: Window, may_reply: bool) -> Fragment:
    """The page around the conversation with an empty reply box: the same for all who may reply, or may not."""
    at = (topic.oid, topic.version, window.page.head.board, window.page.pager.page)
    key = ("page", *at, current_locale.get(), current_zone.get(), choose_theme(), may_reply)
    kept = plumbing().windows.get(key)
    if kept is None:
        made = draw_shared(
            "topics/show.html",
            page=window.page,
            conversation=hole("conversation"),
            rail=hole("rail"),
            may_reply=may_reply,
            form=Unsent(body="", reply_to=""),
            writing=Writing(str(reply_to(topic.oid))),
            known=topic.last_number,
            newer=(),
            reply_ref=None,
            once=hole("once"),
        )
        kept = plumbing().windows.put(key, made, made.size)
    return cast(Fragment, kept)


def _rail(window: Window, may_reply: bool) -> Markup:
    """The time line; a link leads to the reply box where there is one."""
    link = plumbing().templates.drawn("topics/_rail_reply.html", locale=current_locale.get()) if may_reply else ""
    return window.rail.fill(lambda _kind, _key: link)


async def _note_reading(found: Viewer, topic: Topic, at: Numbers, left: Left | None) -> None:
    """What was told about comments on this page is read; the view counts, unless the browser only looks ahead."""
    if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return
    told = found.may_be_told_in(topic.oid, at.first, at.last)
    if told and await read_in_topic(found, topic.oid, at.first, at.last):
        await look_again()
    who = (
        str(found.id) if found.known else _guest_name(plumbing().key, address(), request.headers.get("User-Agent", ""))
    )
    if left is not None and not cookie(SCRIPTS_COOKIE):
        await _mark_page(found, topic, at, left)
    views: Views = current_app.extensions[VIEWS]
    views.note(str(topic.oid), who)


async def _mark_page(found: Viewer, topic: Topic, at: Numbers, left: Left) -> None:
    """Without scripts a page counts as read when it is opened."""
    last = min(at.last, topic.last_number)
    if left.number is None or left.number < last:
        await note_read(found, topic, last)


async def _answered(topic_id: ObjectId, answered: str) -> Comment | None:
    """The comment that is answered; none when it is not in this topic."""
    id = as_id(answered)
    return await Comment.find_one({"_id": id, "topic": topic_id, "deleted_at": None}) if id else None


async def _reply_ref(parent: Comment | None) -> ReplyRef | None:
    if parent is None:
        return None
    who = (await cards([parent.author]))[parent.author]
    return ReplyRef(parent.number, number_url(parent.topic, parent.number), who)


def _guest_name(key: bytes, address: str, agent: str) -> str:
    """A guest without their address: a keyed hash that nobody can turn back."""
    return hmac.new(key, f"guest|{address}|{agent}".encode(), sha256).hexdigest()[:16]


def guest_view_counter(views: Views, settings: Settings) -> Callable[[str, Scope], None]:
    """Counts the views of pages that guests get from memory."""
    key = settings.secret().encode()

    def note(topic: str, scope: dict[str, Any]) -> None:
        headers = dict(scope["headers"])
        if b"prefetch" in headers.get(b"sec-purpose", b""):
            return
        forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        peer = (scope.get("client") or (None,))[0]
        where = client_address(peer, forwarded, settings.trusted_proxies)
        views.note(topic, _guest_name(key, where, headers.get(b"user-agent", b"").decode("latin-1")))

    return note
