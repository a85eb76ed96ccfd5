"""What people have brought: address, password, profile, ban. Until they log in here for the first time."""

import contextlib
from collections.abc import Sequence
from typing import Any, Final

import click
from pymongo.errors import DuplicateKeyError

from app.accounts import foreign
from app.accounts.addresses import checked_email, email_key
from app.admin.service import set_role
from app.errors import Invalid
from app.operations.service import SCRIPT
from app.text.names import shown_skeleton
from app.text.starts import starts_of
from app.users.profile import BIO_CHARS_MAX, PLACE_CHARS_MAX, SIGNATURE_CHARS_MAX, display_name_of, website_of
from documents import User
from documents.base import Raw
from documents.user import Office
from scripts.importing.identity import oid
from scripts.importing.naming import one_line
from scripts.importing.nodebb.files import Files
from scripts.importing.nodebb.places import Places
from scripts.importing.nodebb.store import NodeBB
from scripts.importing.nodebb.values import is_set, moment, said
from scripts.importing.people import NO_PASSWORD
from scripts.importing.rendering import Renderer
from scripts.importing.tally import Tally

FIELDS: Final = (
    *("password", "password:shaWrapped", "email", "email:confirmed", "fullname", "signature", "aboutme", "website"),
    *("location", "lastonline", "banned", "banned:expire", "userslug", "picture", "uploadedpicture"),
)
LOCALES: Final = {"zh-CN": "zh", "zh-TW": "zh", "en-GB": "en", "en-US": "en", "en-x-pirate": "en"}
GROUPS: Final[dict[str, Office]] = {"administrators": "admin", "Global Moderators": "moderator"}
SLUG_CHARS_MAX: Final = 300
# As the mark of an account that has come with all that belongs to it.
BROUGHT: Final = "brought"


def has_moved(password_hash: str) -> bool:
    """Whether somebody has made the account their own: then its password has a hash of this forum's."""
    return password_hash != NO_PASSWORD and not foreign.is_foreign(password_hash)


class Accounts:
    """Brings them, a batch of people at a time."""

    def __init__(self, nodebb: NodeBB, tally: Tally, files: Files, renderer: Renderer) -> None:
        self._nodebb, self._tally, self._files, self._renderer = nodebb, tally, files, renderer

    async def bring(self, spool: Places) -> None:
        """All of them."""
        for rows in spool.users():
            raws = await self._nodebb.hashes([f"user:{row.id}" for row in rows], FIELDS)
            settings = await self._nodebb.hashes(
                [f"user:{row.id}:settings" for row in rows], ("showfullname", "userLang")
            )
            people = {
                user.oid: user
                for user in await User.find({"_id": {"$in": [oid("user", row.id) for row in rows]}}).to_list()
            }
            for row in rows:
                raw, user = raws.get(f"user:{row.id}"), people.get(oid("user", row.id))
                if raw is not None and user is not None and not has_moved(user.password_hash) and user.live:
                    await self._bring(user, raw, settings.get(f"user:{row.id}:settings", {}))

    async def _bring(self, user: User, raw: Raw, settings: Raw) -> None:
        fields = {**self._entry(raw), **self._address(raw), **await self._profile(user, raw, settings)}
        # Whom to keep out is decided here from then on.
        fields |= {"source_mark": BROUGHT} | (_ban(raw) if user.source_mark != BROUGHT else {})
        known = user.as_stored()
        changes = {name: value for name, value in fields.items() if known[name] != value}
        if changes and await self._store(user, changes):
            self._tally.changed["people"] += 1
        picture = said(raw.get("uploadedpicture")) or said(raw.get("picture"))
        if picture and not user.avatar and await self._files.show(picture, user.oid):
            self._tally.new["pictures of people"] += 1

    async def _store(self, user: User, changes: dict[str, Any]) -> bool:
        """Unless they log in at this moment."""
        guard = {"_id": user.oid, "password_hash": user.password_hash}
        try:
            found = await User.raw().update_one(guard, {"$set": changes})
        except DuplicateKeyError:
            self._tally.aside["addresses that somebody else has confirmed here"] += 1
            changes |= {"email_key": None, "email_confirmed_at": None}
            changes = {name: value for name, value in changes.items() if getattr(user, name) != value}
            if not changes:
                return False
            found = await User.raw().update_one(guard, {"$set": changes})
        return bool(found.modified_count)

    def _entry(self, raw: Raw) -> Raw:
        """How they log in, and when they were there."""
        stored = foreign.as_stored(raw.get("password"), wrapped=is_set(raw.get("password:shaWrapped")))
        self._tally.found["passwords"] += bool(raw.get("password"))
        self._tally.aside["passwords that have to be reset by e-mail"] += bool(raw.get("password")) and stored is None
        return {
            "password_hash": stored or NO_PASSWORD,
            "seen_at": moment(raw.get("lastonline")),
            "source_slug": said(raw.get("userslug")).lower()[:SLUG_CHARS_MAX] or None,
        }

    def _address(self, raw: Raw) -> Raw:
        try:
            email = checked_email(said(raw.get("email")))
        except Invalid:
            return {"email": "", "email_key": None, "email_confirmed_at": None}
        confirmed = is_set(raw.get("email:confirmed"))
        since = moment(raw.get("joindate")) or moment(raw.get("lastonline")) or moment(1)
        return {
            "email": email,
            "email_key": email_key(email) if confirmed else None,
            "email_confirmed_at": since if confirmed else None,
        }

    async def _profile(self, user: User, raw: Raw, settings: Raw) -> Raw:
        name = website = ""
        if is_set(settings.get("showfullname")):
            with contextlib.suppress(Invalid):
                name = await display_name_of(said(raw.get("fullname")), user)
        with contextlib.suppress(Invalid):
            website = website_of(said(raw.get("website")).strip()[:200])
        bio = said(raw.get("aboutme")).replace("\r\n", "\n").strip()[:BIO_CHARS_MAX]
        html = user.bio_html
        if bio != user.bio or (bio and not html):
            html = (await self._renderer.written(bio, f"u{user.oid}-", user.oid)).html if bio else ""
        return {
            "display_name": name,
            "display_skeleton": shown_skeleton(name) if name else "",
            "starts": starts_of(user.username, name),
            "signature": one_line(said(raw.get("signature")), SIGNATURE_CHARS_MAX),
            "website": website,
            "place": one_line(said(raw.get("location")), PLACE_CHARS_MAX),
            "bio": bio,
            "bio_html": html,
            "locale": LOCALES.get(said(settings.get("userLang")), user.locale),
        }


def _ban(raw: Raw) -> Raw:
    if not is_set(raw.get("banned")):
        return {}
    # NodeBB does not say when; nobody can have been banned before they were last there.
    since = moment(raw.get("lastonline")) or moment(1)
    return {"banned_at": since, "banned_until": moment(raw.get("banned:expire"))}


async def give_offices(nodebb: NodeBB, tally: Tally, *, really: bool) -> None:
    """Administrators and global moderators get the same office here, if `really`; else they are only counted."""
    for group, office in GROUPS.items():
        members = (await nodebb.scored([f"group:{group}:members"])).get(f"group:{group}:members", {})
        ids = [oid("user", uid) for uid in _numbers(list(members))]
        for user in await User.find({"_id": {"$in": ids}, "role": "member", "deleted_at": None}).to_list():
            if has_moved(user.password_hash):
                continue
            if not really:
                tally.aside[f"{group} who are members here without --roles"] += 1
            elif await set_role(SCRIPT, user, office):
                tally.new["offices"] += 1
                click.echo(f"@{user.username} is {office} now", err=True)


def _numbers(values: Sequence[str]) -> list[int]:
    return [int(value) for value in values if value.isascii() and value.isdecimal()]
