"""Somebody whom a letter is for, as they are at the moment when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bson import ObjectId

from app.notifications import views
from app.notifications.letters import FIELDS as LETTERS
from app.notifications.letters import zone_for
from app.notifications.pages import Notice
from app.notifications.preferences import email_when
from app.notifications.reachable import why_unreachable
from app.people.readers import FIELDS as READING
from app.people.readers import viewer_from
from app.permissions.book import fresh
from app.viewer import Viewer
from app.web.i18n import as_locale
from app.web.pages import Locale
from documents import Membership, Notification, User
from documents.base import Raw
from documents.notification import EmailSkipped, EmailWhen

FIELDS: Final = tuple({*LETTERS, *READING, "blocks", "mutes", "mails_texts"})
# Neither of them is in a place that can be muted.
ANYWHERE: Final = frozenset({"moderation", "message", "follow"})


@dataclass(frozen=True, slots=True)
class Addressee:
    """`raw` are `FIELDS` of the person, `viewer` is what they may see now."""

    raw: Raw
    viewer: Viewer
    locale: Locale
    zone: str

    @property
    def unreachable(self) -> EmailSkipped:
        """Why nothing may be sent to them; empty when it may."""
        return why_unreachable(self.raw)

    @property
    def wants_texts(self) -> bool:
        """Whether private messages come with title and text."""
        return self.raw.get("mails_texts") is True

    def wish(self, notice: Notification) -> EmailWhen:
        """When they want an e-mail of this now."""
        return email_when(self.raw, notice.reasons)

    async def drawn(self, found: Sequence[Notification]) -> list[Notice | EmailSkipped]:
        """Each as they may see it now, or why they are not to hear of it by e-mail any more."""
        quiet = await self._quiet(found)
        # What is for e-mail alone is drawn for it.
        shown = await views.notices(self.viewer, [row.model_copy(update={"site": True}) for row in found])
        return [
            self._why_not(row, notice, quiet) or (notice if self.wants_texts else _sealed(notice))
            for row, notice in zip(found, shown, strict=True)
        ]

    def _why_not(self, row: Notification, notice: Notice, quiet: set[ObjectId]) -> EmailSkipped:
        if notice.kind == "hidden":
            return "gone"
        if not row.unread:
            return "read"
        muted = row.kind not in ANYWHERE and bool({row.topic, row.board} & self.viewer.mutes)
        return "off" if muted or row.conversation in quiet or self.wish(row) == "never" else ""

    async def _quiet(self, found: Sequence[Notification]) -> set[ObjectId]:
        """The conversations that they have muted, or not accepted."""
        ids = [row.conversation for row in found if row.conversation]
        if not ids:
            return set()
        quiet: Raw = {"$or": [{"muted": True}, {"request": True}]}
        sides = Membership.raw().find({"user": self.viewer.me, "conversation": {"$in": ids}, **quiet})
        return {raw["conversation"] async for raw in sides}


def _sealed(notice: Notice) -> Notice:
    """Without what a private message is called and says."""
    return replace(notice, title="", excerpt="") if notice.kind == "message" else notice


async def addressee(user: ObjectId, default_locale: Locale) -> Addressee | None:
    """Somebody, read now; None when there is no such account."""
    await fresh()
    found = await User.projected([user], FIELDS, None)
    if not found:
        return None
    raw = found[0]
    locale = as_locale(raw.get("locale")) or default_locale
    viewer = replace(
        viewer_from(raw),
        locale=locale,
        blocks=frozenset(raw.get("blocks") or ()),
        mutes=frozenset(raw.get("mutes") or ()),
    )
    return Addressee(raw, viewer, locale, zone_for(raw))
