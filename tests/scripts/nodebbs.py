"""Small NodeBB databases for tests, in the shape of the real ones, and the import from them in this process."""

from __future__ import annotations

import asyncio
import contextvars
import difflib
import hashlib
from typing import Any

import bcrypt
from bson import ObjectId
from pymongo import AsyncMongoClient

from app.boards.directory import forget
from app.settings import Settings
from app.text.pool import RenderPool
from documents.base import Raw
from scripts.importing.identity import come_from, derived
from scripts.importing.nodebb.places import Places
from scripts.importing.nodebb.run import NodeImport, Wishes
from scripts.importing.nodebb.scanning import number, scan
from scripts.importing.nodebb.store import NodeBB
from scripts.importing.tally import Tally
from scripts.opened import Opened

START = 1_700_000_000_000  # milliseconds
MINUTE = 60_000
EVERYBODY = ("registered-users", "guests")


def oid(kind: str, number: int | str) -> ObjectId:
    """The id here of what has this number there."""
    return derived(f"nodebb:{kind}:{number}")


def hashed(password: str, *, wrapped: bool = True, rounds: int = 4) -> str:
    """As NodeBB hashes it; cheaply."""
    data = hashlib.sha512(password.encode()).hexdigest().encode() if wrapped else password.encode()
    return bcrypt.hashpw(data[:72], bcrypt.gensalt(rounds, prefix=b"2a")).decode()


class Old:
    """A NodeBB in a database beside that of the forum under test."""

    def __init__(self, settings: Settings) -> None:
        assert settings.mongodb_uri is not None
        self.settings = settings
        self.uri = settings.mongodb_uri.get_secret_value()
        self.database = f"{settings.mongodb_db}_nodebb"
        self.client: AsyncMongoClient[Raw] = AsyncMongoClient(self.uri)
        self.objects = self.client[self.database]["objects"]
        self.clock = 0

    async def begin(self) -> None:
        """Nothing but what every NodeBB has."""
        await self.client.drop_database(self.database)
        await self.objects.create_index([("_key", 1), ("score", -1)])
        await self.put("global", nextUid=1)

    async def put(self, key: str, **fields: Any) -> None:
        """Fields of a hash."""
        await self.objects.update_one({"_key": key}, {"$set": fields}, upsert=True)

    async def sort(self, key: str, **scores: float) -> None:
        """Members of a sorted set, as `_5=1`."""
        for value, score in scores.items():
            which = {"_key": key, "value": value.removeprefix("_")}
            await self.objects.update_one(which, {"$set": {"score": score}}, upsert=True)

    async def among(self, key: str, *members: object) -> None:
        """A set."""
        await self.put(key, members=[str(member) for member in members])

    async def user(self, uid: int, username: str, **fields: Any) -> None:
        """Somebody; `password` is the plain one."""
        if "password" in fields:
            fields |= {"password": hashed(fields["password"]), "password:shaWrapped": 1}
        slug = username.lower().replace(" ", "-")
        known = {"uid": uid, "username": username, "userslug": slug, "joindate": START, "lastonline": START + MINUTE}
        await self.put(f"user:{uid}", **(known | fields))

    async def category(self, cid: int, name: str, readers: tuple[str, ...] = EVERYBODY, **fields: Any) -> None:
        """A category, which `readers` may read."""
        await self.put(f"category:{cid}", cid=cid, name=name, order=cid, parentCid=0, disabled=0, **fields)
        for what in ("read", "topics:read"):
            key = f"group:cid:{cid}:privileges:groups:{what}:members"
            await self.sort(key, **dict.fromkeys(readers, 1.0))

    async def topic(self, tid: int, cid: int, title: str, main: int, **fields: Any) -> None:
        """A topic."""
        await self.put(f"topic:{tid}", tid=tid, cid=cid, title=title, mainPid=main, timestamp=self.now(), **fields)

    def now(self) -> int:
        """A minute later each time."""
        self.clock += 1
        return START + self.clock * MINUTE

    async def post(self, pid: int, tid: int, uid: int, content: str, **fields: Any) -> None:
        """A post."""
        moment = fields.pop("timestamp", None) or self.now()
        known = {"pid": pid, "tid": tid, "uid": uid, "content": content, "timestamp": moment, "deleted": 0}
        await self.put(f"post:{pid}", **(known | fields))

    async def edit(self, pid: int, content: str) -> None:
        """Another text, with the diff that leads back from it."""
        raw = await self.objects.find_one({"_key": f"post:{pid}"})
        assert raw is not None
        moment = self.now()
        await self.put(f"diff:{pid}.{moment}", pid=pid, patch=patch_of(content, raw["content"]))
        change = {"$push": {"array": {"$each": [str(moment)], "$position": 0}}}
        await self.objects.update_one({"_key": f"post:{pid}:diffs"}, change, upsert=True)
        await self.put(f"post:{pid}", content=content, edited=moment)

    async def vote(self, pid: int, *uids: int, way: str = "upvote") -> None:
        """Votes for a post."""
        await self.among(f"pid:{pid}:{way}", *uids)
        for uid in uids:
            await self.sort(f"uid:{uid}:{way}", **{f"_{pid}": self.now()})

    async def room(self, id: int, owner: int, members: dict[int, int], **fields: Any) -> None:
        """A chat, with since when its members are in it."""
        await self.put(f"chat:room:{id}", owner=owner, roomId=id, **fields)
        await self.sort(f"chat:room:{id}:uids", **{f"_{uid}": since for uid, since in members.items()})

    async def says(self, mid: int, room: int, uid: int, content: str, **fields: Any) -> int:
        """A message; gives its moment."""
        moment = self.now()
        await self.put(f"message:{mid}", mid=mid, roomId=room, fromuid=uid, content=content, timestamp=moment, **fields)
        return moment

    async def run(self, pool: RenderPool, wishes: Wishes | None = None) -> Tally:
        """The import, apart from imports of another kind in the same process."""
        work = self._run(pool, wishes or Wishes())
        return await asyncio.create_task(work, context=contextvars.copy_context())

    async def _run(self, pool: RenderPool, wishes: Wishes) -> Tally:
        come_from("nodebb")
        tally, nodebb = Tally(), await NodeBB.open(self.uri, self.database)
        try:
            with Places() as spool:
                await scan(nodebb, spool, tally, lambda: None)
                await number(spool)
                importing = NodeImport(Opened(self.settings, None), nodebb, spool, tally, pool, wishes)
                await importing.run({}, "", lambda _: None)
            forget()  # as the script tells every process when it is done
        finally:
            await nodebb.close()
        return tally


def patch_of(new: str, old: str) -> str:
    """The unified diff from `new` to `old`, as jsdiff writes it."""
    lines = list(difflib.unified_diff(new.split("\n"), old.split("\n"), lineterm=""))
    return "\n".join(["Index: ", "=" * 67, *lines, "\\ No newline at end of file", ""])


async def fill(old: Old) -> None:
    """Three people, a stranger and somebody who has gone; two languages; everything there is once."""
    await old.user(
        1, "Ada Lovelace", email="Ada@example.org", password="an old engine", signature="First.", website="ada.example",
        location="London", aboutme="I **count**.", fullname="Ada King", **{"email:confirmed": 1},
    )  # fmt: skip
    await old.put("user:1:settings", showfullname=1, userLang="zh-CN")
    await old.user(2, "小明", email="xiaoming@example.org", password="another secret", fullname="Hidden Name")
    await old.put("user:2", password=hashed("another secret", wrapped=False), **{"password:shaWrapped": 0})
    await old.user(3, "admin", banned=1, **{"banned:expire": START * 2})
    await old.sort("group:administrators:members", _1=1)
    await old.category(1, "Garden", description="All that grows")
    await old.category(2, "Roses", readers=("registered-users",))
    await old.put("category:2", parentCid=1)
    await old.category(3, "Staff", readers=())
    await old.topic(1, 1, "Tomatoes 番茄", 1, tags="garden,Big Tomatoes", pinned=1, viewcount=41)
    await old.post(1, 1, 1, "How do they **grow**?")
    await old.post(2, 1, 2, "用水。 :smile: @ada-lovelace", toPid=1)
    await old.post(3, 1, 9, "@小明 said in [Tomatoes](/topic/1/tomatoes/2):\n> 用水。\n\nIndeed.")
    await old.post(4, 1, 3, "Rubbish", deleted=1, deleterUid=1)
    await old.topic(2, 2, "Thorns", 5, locked=1)
    await old.post(5, 2, 2, "Ouch")
    await old.topic(3, 3, "Secrets", 6)
    await old.post(6, 3, 1, "Nobody else may read this.")
    await old.topic(4, 1, "Gone", 7, deleted=1)
    await old.post(7, 4, 2, "Was here.")
    await old.edit(2, "用水和光。 :smile: @ada-lovelace\n\nAnd light.")
    await old.edit(2, "用水和光。 :smile: @ada-lovelace\n\nAnd light, of course.")
    await old.vote(1, 2, 3)
    await old.vote(2, 1)
    await old.vote(4, 2, way="downvote")
    await old.sort("following:1", _2=START)
    await old.sort("uid:2:blocked_uids", _3=START)
    await old.sort("uid:1:bookmarks", _2=START + MINUTE)
    await old.sort("uid:1:followed_tids", _2=START)
    await old.sort("uid:2:ignored_tids", _1=START)
    await old.sort("cid:1:uid:watch:state", _1=4, _2=3, _3=1)
    await old.room(1, 1, {1: START, 2: START})
    await old.says(1, 1, 1, "Do you have *seeds*?")
    await old.says(2, 1, 2, "有。")
    await old.says(3, 1, 1, "taken back", deleted=1)
    await old.sort("uid:1:chat:rooms:unread", _1=START)
    await old.room(2, 2, {1: START, 2: START}, groupChat=1, roomName="Gardeners")
    await old.says(4, 2, 2, "Before the others came")
    await old.sort("chat:room:2:uids", _3=old.now())
    await old.says(5, 2, 3, "Here I am")
