"""What tests of conversations look at."""

from __future__ import annotations

import re
from typing import Any

import httpx
from bson import ObjectId

from documents import Membership, User
from tests.people import Person

NEW_NAMES = "bob, charlie"


async def side_of(person: Person, conversation: ObjectId) -> Membership:
    """Somebody's side of a conversation."""
    found = await Membership.find_one({"conversation": conversation, "user": person.id})
    assert found is not None
    return found


def numbers(page: httpx.Response) -> list[int]:
    """Which messages a thread shows."""
    return [int(number) for number in re.findall(r'id="m(\d+)"', page.text)]


def waiting(page: httpx.Response) -> str:
    """The number on the tab of the requests."""
    found = re.search(r'class="tab-count">([^<]*)<', page.text)
    return found[1] if found else ""


async def unread(person: Person) -> int:
    """What the inbox's badge says."""
    return int((await person.feed())["unread"]["messages"])


async def told(person: Person) -> list[str]:
    """The kinds of all that somebody was told."""
    return [event["kind"] for event in (await person.feed())["events"]]


async def group(starter: Person, to: str = NEW_NAMES, title: str = "Outing", body: str = "Where to?") -> ObjectId:
    """A group with people who know its starter."""
    await starter.known_to(*re.split(r"[\s,，]+", to))
    answer = await starter.send("/messages/new", to=to, title=title, body=body)
    assert answer.status_code == 303, answer.text
    return ObjectId(answer.headers["location"].rsplit("/", 1)[1])


async def allow(person: Person, **fields: Any) -> None:
    """Set a field of somebody's account."""
    await User.raw().update_one({"_id": person.id}, {"$set": fields})
