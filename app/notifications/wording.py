"""What letters say of a notice: the sentence, the subject, and why somebody gets it, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.notifications.pages import Notice
from app.web.i18n import N_, Text
from app.web.pages import Locale
from documents.notification import Reason

SENTENCES: Final[Mapping[Reason, str]] = {
    "mention": N_("%(who)s mentioned you"),
    "reply": N_("%(who)s replied to you"),
    "quote": N_("%(who)s quoted you"),
    "message": N_("%(who)s sent you a private message"),
    "like": N_("%(who)s liked what you wrote"),
    "follow": N_("%(who)s follows you now"),
    "watch": N_("%(who)s wrote in a topic that you watch"),
    "watch_board": N_("%(who)s wrote in a board that you watch"),
}
WHY: Final[Mapping[Reason, str]] = {
    "mention": N_("You get this e-mail because you were mentioned."),
    "reply": N_("You get this e-mail because somebody replied to you."),
    "quote": N_("You get this e-mail because somebody quoted you."),
    "message": N_("You get this e-mail because somebody sent you a private message."),
    "like": N_("You get this e-mail because somebody liked what you wrote."),
    "follow": N_("You get this e-mail because somebody follows you."),
    "watch": N_("You get this e-mail because you watch this topic."),
    "watch_board": N_("You get this e-mail because you watch this board."),
    "moderation": N_("You get this e-mail because it is about your texts or your account."),
}
NO_MORE: Final[Mapping[str, str]] = {
    "mention": N_("No more e-mails about mentions"),
    "reply": N_("No more e-mails about replies"),
    "quote": N_("No more e-mails about quotes"),
    "message": N_("No more e-mails about private messages"),
    "like": N_("No more e-mails about likes"),
    "follow": N_("No more e-mails about followers"),
    "watch": N_("No more e-mails about watched topics"),
    "watch_board": N_("No more e-mails about watched boards"),
    "moderation": N_("No more e-mails about moderation"),
    "at_once": N_("No more e-mails at once"),
    "digest": N_("No more digests by e-mail"),
    "all": N_("No more e-mails about notifications at all"),
}


def sentence(notice: Notice, locale: Locale) -> str:
    """Who did what, without where."""
    if notice.kind == "moderation":
        return notice.text
    return Text(SENTENCES[notice.kind], who=_who(notice, locale)).into(locale) if notice.kind != "hidden" else ""


def _who(notice: Notice, locale: Locale) -> str:
    named = [card.name for card in notice.people[:1]] or [notice.actor.name if notice.actor else "–"]
    others = len(notice.people) + notice.others - 1
    if notice.kind != "like" or others < 1:
        return named[0]
    return Text(N_("%(who)s and %(n)s more"), who=named[0], n=others).into(locale)


def subject(notice: Notice, title: str, *, opening: bool, locale: Locale) -> str:
    """The title of what it is about, so that mail programs keep it together; else the sentence."""
    if not title or notice.kind == "moderation":
        return sentence(notice, locale)
    return title if opening else f"Re: {title}"
