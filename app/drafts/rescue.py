"""Forms that came when their log-in had ended: kept for whoever wrote them, and only in the browser they came from.

Nothing is ever posted from here. What was written becomes a draft when its writer is logged in again, with the key of
its form, so that a text which had arrived after all is not there twice when it is sent once more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from app.drafts.places import place_from
from app.drafts.service import DRAFTS_MAX, put_in
from app.files.links import keep_used
from app.viewer import Viewer
from documents import Rescued
from documents.rescued import RESCUED_MAX

# The profile has no draft: what was typed there waits as it is.
PROFILE: Final = "profile:"
PROFILE_URL: Final = "/settings/profile"


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came: where its text would go, what was typed, and the version of the draft that it was from."""

    place: str
    fields: dict[str, str]
    rev: int = 0

    @property
    def key(self) -> str:
        """What tells this form from others: its own key where it has one."""
        said = "\n".join([self.place, self.fields.get("once") or repr(sorted(self.fields.items()))])
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def url(self) -> str:
        """The page with the editor."""
        return url_of(self.place)


def url_of(place: str) -> str:
    """The page on which one goes on at a place."""
    return PROFILE_URL if place == PROFILE else place_from(place).url


async def keep(writer: ObjectId, browser: str, sent: Sent) -> None:
    """Keep it until its writer is back in this browser."""
    await keep_used(sent.fields.get("body", ""))
    await Rescued.keep(writer, browser, sent.key, sent.place, sent.fields, rev=sent.rev)


async def restore(viewer: Viewer, sent: Sent) -> None:
    """Make it the draft of its place. Beside the usual number of drafts there is room for all that can wait."""
    await put_in(viewer, place_from(sent.place), sent.fields, sent.rev, most=DRAFTS_MAX + RESCUED_MAX)


async def take(viewer: Viewer, browser: str) -> str:
    """Bring back what the viewer has sent from this browser; gives the page of the last one, or nothing.

    Interrupted between its steps it can be done again: a text that is a draft already is not put in twice.
    """
    url = ""
    for found in await Rescued.waiting(viewer.me, browser):
        url = url_of(found.place)
        if found.place != PROFILE:
            await restore(viewer, Sent(found.place, found.fields, found.rev))
            await found.done()
    return url


async def profile_waiting(viewer: Viewer, browser: str) -> dict[str, str] | None:
    """What was typed into the profile and is not saved yet."""
    found = await Rescued.at(viewer.me, browser, PROFILE) if browser else None
    return found.fields if found else None


async def profile_done(viewer: Viewer, browser: str) -> None:
    """It is saved, or not wanted."""
    if browser:
        await Rescued.drop(viewer.me, browser, PROFILE)
