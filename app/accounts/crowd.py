"""Who is behind many log-ins, in four queries however many they are: joins cost MongoDB a search for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from bson import ObjectId

from app.accounts.logins import IN_BELL, IN_INBOX, MAY_LOG_IN, UNDRAWN, viewer_from
from app.permissions.book import fresh
from app.viewer import Viewer
from app.web import pace
from documents import Login, Membership, Notification, User
from documents.base import Raw
from documents.clock import now


async def viewers_by_login(logins: Iterable[ObjectId]) -> dict[ObjectId, Viewer]:
    """Who is behind these log-ins as things are now; those that are over are missing.

    As `logins.viewer_of` says, but that they have no card, and know neither of which topics the unread notices are, nor
    of drafts.
    """
    await fresh()
    live = {"_id": {"$in": list(logins)}, "ended_at": None, "expires_at": {"$gt": now()}}
    found = await Login.raw().find(live, {"user": 1}).to_list()
    people = await _people({login["user"] for login in found})
    # Numbers after the person: with a `seq` goes an unread number that has it in, or a newer one.
    bell, inbox = await _bell(list(people)), await _inbox(list(people))
    viewers = {}
    for login in found:
        user = login["user"]
        if user in people:
            joined = {"person": [people[user]], "bell": bell[user], "inbox": inbox[user], "replies": []}
            viewers[login["_id"]] = await viewer_from({"_id": login["_id"], **joined}, drawn=False)
            await pace.rest()
    return viewers


async def _people(ids: set[ObjectId]) -> dict[ObjectId, Raw]:
    rows = await User.raw().find({"_id": {"$in": list(ids)}, **MAY_LOG_IN}, UNDRAWN).to_list()
    return {raw["_id"]: raw for raw in rows}


async def _bell(people: list[ObjectId]) -> dict[ObjectId, list[Raw]]:
    """Unread notices by person and board."""
    group = {"_id": {"user": "$user", "board": "$board"}, "n": {"$sum": 1}}
    return await _counted(Notification, {"user": {"$in": people}, **IN_BELL}, group)


async def _inbox(people: list[ObjectId]) -> dict[ObjectId, list[Raw]]:
    """Unread messages by person."""
    group = {"_id": {"user": "$user"}, "n": {"$sum": "$unread"}}
    return await _counted(Membership, {"user": {"$in": people}, **IN_INBOX}, group)


async def _counted(document: type[Notification | Membership], which: Raw, group: Raw) -> dict[ObjectId, list[Raw]]:
    found: dict[ObjectId, list[Raw]] = defaultdict(list)
    for row in await (await document.raw().aggregate([{"$match": which}, {"$group": group}])).to_list():
        found[row["_id"]["user"]].append({"_id": {"board": row["_id"].get("board")}, "n": row["n"], "numbers": []})
        await pace.rest()
    return found
