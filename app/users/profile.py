"""What people say about themselves."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from bson import ObjectId

from app.comments.rendering import write
from app.errors import Invalid, NotFound
from app.events import Event, PeopleTold, PersonChanged, ProfilesChanged
from app.text import names
from app.text.segment import SEGMENTER_VERSION
from app.text.starts import starts_of
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import tell
from documents import User
from documents.base import LIVE, Raw

SIGNATURE_CHARS_MAX: Final = 160
BIO_CHARS_MAX: Final = 3_000
WEBSITE_CHARS_MAX: Final = 200
PLACE_CHARS_MAX: Final = 80
NAME_FAULTS: Final = {
    "too_short": N_("A display name has at least one letter or digit."),
    "too_long": N_("A display name has at most 40 characters."),
    "bad_character": N_("A display name is made of letters, digits, spaces and - _ . , ' ·"),
    "invisible": N_("There is an invisible character in this name."),
    "mixed": N_("No word of a display name mixes letters of different scripts."),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A profile as somebody has typed it."""

    display_name: str
    signature: str
    bio: str
    website: str
    place: str


async def save(viewer: Viewer, given: Written) -> None:
    """Keep it; `Invalid` names each field that does not fit."""
    person = await User.load(viewer.me)
    if person is None:
        raise NotFound
    name, website = await _checked(given, person)
    html = person.bio_html
    if given.bio != person.bio or not html:
        html = (await write(viewer.me, given.bio, f"u{viewer.me}-")).html if given.bio else ""
    fields: Raw = {"signature": given.signature, "bio": given.bio, "bio_html": html, "place": given.place}
    fields |= {"display_name": name, "website": website, "display_skeleton": names.shown_skeleton(name) if name else ""}
    fields |= {"starts": starts_of(person.username, name), "segmented": SEGMENTER_VERSION}
    await User.raw().update_one({"_id": viewer.me}, {"$set": fields})
    # A card stands on every page, so that a new name costs every cache; all else is on the profile alone.
    await tell(_changed(viewer.me, card=name != person.display_name))


def _changed(person: ObjectId, *, card: bool) -> Event:
    return PersonChanged(person) if card else ProfilesChanged((person,))


async def _checked(given: Written, person: User) -> tuple[str, str]:
    """Name and website as they are kept; everything that is wrong with them is said at once."""
    wrong: dict[str, Text] = {}
    name = website = ""
    try:
        name = await display_name_of(given.display_name, person)
    except Invalid as refusal:
        wrong["display_name"] = refusal.text
    try:
        website = website_of(given.website)
    except Invalid as refusal:
        wrong["website"] = refusal.text
    if wrong:
        raise Invalid(fields=wrong)
    return name, website


async def display_name_of(typed: str, person: User) -> str:
    """The display name, tidied; empty when it says no more than the username. `Invalid` says what is wrong with it.

    It must not be, or look like, the word for an office, anybody else's username, or what staff are called.
    """
    name = " ".join(unicodedata.normalize("NFKC", typed).split())
    if not name or name == person.username:
        return ""
    fault = names.check_display(name)
    if fault is not None:
        raise Invalid(Text(NAME_FAULTS.get(fault, NAME_FAULTS["bad_character"])))
    if person.role == "member" and names.poses_as_staff(name):
        raise Invalid(Text(N_("This name sounds as if it were the forum speaking.")))
    if name != person.display_name and await _is_taken(name, person):
        raise Invalid(Text(N_("Somebody else is called this, or something that looks just like it.")))
    return name


async def _is_taken(name: str, person: User) -> bool:
    keys, skeletons = names.shown_like(name)
    usernames: Raw = {"$or": [{"username_key": {"$in": list(keys)}}, {"skeleton": {"$in": list(skeletons)}}]}
    staff: Raw = {"display_skeleton": names.shown_skeleton(name), "role": {"$in": ["moderator", "admin"]}}
    others: Raw = {"_id": {"$ne": person.oid}, **LIVE}
    for which in (usernames, staff):
        if await User.raw().find_one({**others, **which}, {"_id": 1}) is not None:
            return True
    return False


def website_of(typed: str) -> str:
    """The address with its scheme; http and https alone, as anything else could run in the page of who follows it."""
    if not typed:
        return ""
    address = typed if "://" in typed else f"https://{typed}"
    try:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and "." in (parts.hostname or "").strip(".") and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.username is not None or any(map(_has_no_place_in_address, address)):
        raise Invalid(Text(N_("This is no address of a website, such as https://example.org.")))
    return address


def _has_no_place_in_address(char: str) -> bool:
    return char.isspace() or char in "<>\"'`\\^{}|" or unicodedata.category(char)[0] == "C"


SHOWS: Final = ("shows_online", "shows_likes", "shows_read")


async def save_privacy(viewer: Viewer, *, messages_from: str, **shows: bool) -> None:
    """Who may write to them, and what others may see: `shows_online`, `shows_likes`, `shows_read`."""
    if messages_from not in ("everyone", "followed", "nobody"):
        raise Invalid(fields={"messages_from": Text(N_("Please choose one of the list."))})
    fields = {"messages_from": messages_from, **{name: bool(shows.get(name)) for name in SHOWS}}
    await User.raw().update_one({"_id": viewer.me}, {"$set": fields})
    await tell(ProfilesChanged((viewer.me,)))
    await tell(PeopleTold((viewer.me,)))
