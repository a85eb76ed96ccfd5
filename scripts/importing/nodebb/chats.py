"""Rooms → conversations. Everybody finds what they could read there: what was said after they came.

A conversation appears with all its messages at once. Later imports add what was said in NodeBB since, at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from app.web.batches import in_parts
from app.messages.forms import TITLE_CHARS_MAX
from app.text.model import RENDERER_VERSION
from app.text.segment import not_yet
from app.work import Work, together
from documents import Conversation, Membership, Message, User
from documents.base import Raw
from scripts.importing.archive import TEXT_CHARS_MAX
from scripts.importing.identity import derived, oid, source
from scripts.importing.naming import one_line
from scripts.importing.nodebb.places import Places
from scripts.importing.nodebb.reading import Posts
from scripts.importing.nodebb.store import NodeBB
from scripts.importing.nodebb.values import at, is_set, said
from scripts.importing.rendering import Renderer
from scripts.importing.tally import Tally

BATCH: Final = 200
OF_FIRST_CHARS: Final = 60
Said = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Room:
    """A chat: who is in it since when (milliseconds), who has left it, and which of them have not read its end."""

    id: int
    name: str
    group: bool
    owner: int
    members: dict[int, int]
    left: tuple[int, ...]
    unread: frozenset[int]

    @property
    def people(self) -> list[int]:
        """Everybody with a side of it."""
        return [*self.members, *self.left]


class Chats:
    """Brings them, one room after the other."""

    def __init__(self, nodebb: NodeBB, spool: Places, tally: Tally, posts: Posts, renderer: Renderer) -> None:
        self._nodebb, self._spool, self._tally, self._posts, self._renderer = nodebb, spool, tally, posts, renderer

    async def bring(self) -> None:
        """All of them."""
        for id in list(self._spool.rooms()):
            messages = self._spool.said_in(id)
            self._tally.found["messages"] += len(messages)
            room = await self._room(id, messages)
            if room is not None:
                self._tally.found["conversations"] += 1
                await self._bring(room, messages)

    async def _room(self, id: int, messages: Sequence[Said]) -> Room | None:
        """The room as far as there is something to bring of it."""
        raw = (await self._nodebb.hashes([f"chat:room:{id}"])).get(f"chat:room:{id}", {})
        found = (await self._nodebb.scored([f"chat:room:{id}:uids"])).get(f"chat:room:{id}:uids", {})
        if is_set(raw.get("public")):
            self._tally.aside["messages in public rooms"] += len(messages)
            return None
        members = {int(uid): int(since) for uid, since in found.items() if uid.isdecimal() and await _is_here(int(uid))}
        writers = list(dict.fromkeys(user for _, user, _ in messages))
        group = is_set(raw.get("groupChat")) or len({*members, *writers}) > 2
        # Of two, one may have taken it out of their list: it is the other's all the same.
        left = [] if group else [uid for uid in writers if uid not in members and await _is_here(uid)]
        if not members:
            self._tally.aside["messages that nobody has any more"] += len(messages)
            return None
        unread = await self._nodebb.scored([f"uid:{uid}:chat:rooms:unread" for uid in members], [str(id)])
        return Room(
            id=id,
            name=one_line(said(raw.get("roomName")), TITLE_CHARS_MAX),
            group=group,
            owner=_number(raw.get("owner")),
            members=members,
            left=tuple(left),
            unread=frozenset(uid for uid in members if unread.get(f"uid:{uid}:chat:rooms:unread")),
        )

    async def _bring(self, room: Room, messages: Sequence[Said]) -> None:
        id = oid("room", room.id)
        known = await Conversation.load(id)
        there = Message.raw().find({"conversation": id}, {"number": 1})
        numbers = {raw["_id"]: raw["number"] async for raw in there}
        last = known.last_number if known else 0
        fresh = messages if known is None else [row for row in messages if oid("message", row[0]) not in numbers]
        placed = {row: last + place for place, row in enumerate(fresh, 1)}
        if known is not None:
            await self._go_on(known, room, placed)
            return
        if any(numbers.get(oid("message", row[0]), place) != place for row, place in placed.items()):
            # An import was stopped here, and something was deleted there since.
            await Message.raw().delete_many({"conversation": id})
            numbers = {}
        for some in in_parts(fresh, BATCH):
            rows = [row for row in some if oid("message", row[0]) not in numbers]
            written = await self._written(id, rows, placed)
            if written:
                await Message.raw().insert_many(written)
        self._tally.new["messages"] += len(fresh) - len(numbers)
        self._tally.new["conversations"] += 1
        await together(lambda work: self._open(work, room, fresh))

    async def _go_on(self, known: Conversation, room: Room, placed: Mapping[Said, int]) -> None:
        """What was said there since the last import."""
        for rows in in_parts(placed, BATCH):
            written = await self._written(known.oid, rows, placed)
            if written:
                await together(lambda work, written=written: _grow(work, known.oid, written))  # type: ignore[misc]
                self._tally.new["messages"] += len(written)

    async def _written(self, id: ObjectId, rows: Sequence[Said], placed: Mapping[Said, int]) -> list[Raw]:
        raws = await self._nodebb.hashes([f"message:{mid}" for mid, _, _ in rows], ("content",))
        out = []
        for row in rows:
            mid, uid, posted = row
            author, message = oid("user", uid), oid("message", mid)
            content = said(raws.get(f"message:{mid}", {}).get("content"))[:TEXT_CHARS_MAX]
            body = await self._posts.words(content, uid)
            written = await self._renderer.written(body, f"m{message}-", author)
            stored = Message(
                id=message,
                conversation=id,
                number=placed[row],
                author=author,
                body=body,
                html=written.html,
                excerpt=written.excerpt,
                renderer=RENDERER_VERSION,
                segmented=not_yet(),
                created_at=at(posted),
                uploads=written.uploads,
            )
            out.append(stored.as_stored())
        return out

    async def _open(self, work: Work, room: Room, messages: Sequence[Said]) -> None:
        """The conversation itself and everybody's side, once its messages are there."""
        id = oid("room", room.id)
        excerpts = {
            raw["number"]: raw["excerpt"]
            async for raw in Message.raw().find(
                {"conversation": id, "number": {"$in": [1, len(messages)]}}, {"number": 1, "excerpt": 1}
            )
        }
        writers = [user for _, user, _ in messages]
        conversation = Conversation(
            id=id,
            title=room.name or one_line(excerpts[1], OF_FIRST_CHARS) or "–",
            started_by=oid("user", room.owner if room.owner in room.people else room.people[0]),
            members=[oid("user", uid) for uid in room.people],
            group=room.group,
            created_at=at(messages[0][2]),
            active_at=at(messages[-1][2]),
            last_number=len(messages),
            last_author=oid("user", writers[-1]),
            excerpt=excerpts[len(messages)],
            version=1,
        )
        blocks = {
            raw["_id"]: set(raw.get("blocks") or ())
            async for raw in User.raw().find({"_id": {"$in": conversation.members}}, {"blocks": 1})
        }
        sides = [_side(room, uid, messages, blocks.get(oid("user", uid), set())) for uid in room.people]
        await Conversation.raw().insert_one(conversation.as_stored(), session=work.session)
        first: Raw = {"conversation": id, "number": 1}  # found by the title too
        await Message.raw().update_one(first, {"$set": {"segmented": not_yet()}}, session=work.session)
        await Membership.raw().insert_many([side.as_stored() for side in sides], session=work.session)


def _side(room: Room, uid: int, messages: Sequence[Said], blocks: set[ObjectId]) -> Membership:
    """Somebody's side: nothing that was said before they came."""
    last = len(messages)
    since = room.members.get(uid, 0)
    before = sum(posted < since for _, _, posted in messages) if room.group else 0
    own = [place for place, (_, user, _) in enumerate(messages, 1) if user == uid]
    others = [(place, row) for place, row in enumerate(messages, 1) if row[1] != uid]
    read = max([before, *own]) if uid in room.unread else last
    counted = [place for place, row in others if place > read and oid("user", row[1]) not in blocks]
    return Membership(
        id=derived(source("side", f"{room.id} {uid}")),
        conversation=oid("room", room.id),
        user=oid("user", uid),
        cleared_to=before,
        read_to=read,
        unread=len(counted),
        received_at=at(others[-1][1][2]) if others else None,
        sent_at=at(messages[own[-1] - 1][2]) if own else None,
        deleted_at=at(messages[-1][2]) if uid in room.left else None,
    )


async def _grow(work: Work, id: ObjectId, written: Sequence[Raw]) -> None:
    """More messages at the end, if nobody has said anything here in this moment."""
    newest = written[-1]
    fields = {"last_author": newest["author"], "excerpt": newest["excerpt"]}
    found = await Conversation.raw().update_one(
        {"_id": id, "last_number": written[0]["number"] - 1},
        {
            "$set": {"last_number": newest["number"], **fields},
            "$max": {"active_at": newest["created_at"]},
            "$inc": {"version": 1},
        },
        session=work.session,
    )
    if not found.matched_count:  # the next import will see
        return
    await Message.raw().insert_many(list(written), session=work.session)
    async for raw in Membership.raw().find({"conversation": id}, session=work.session):
        side = Membership.model_validate(raw)
        blocks = set((await User.raw().find_one({"_id": side.user}, {"blocks": 1}) or {}).get("blocks") or ())
        unread = await Message.count_new(id, side.user, side.read_to, blocks, work.session)
        others = [row["created_at"] for row in written if row["author"] != side.user]
        change: Raw = {"$set": {"unread": unread, "deleted_at": None}}
        if others:
            change["$max"] = {"received_at": max(others)}
        if side.until is None:
            await Membership.raw().update_one({"_id": raw["_id"]}, change, session=work.session)


async def _is_here(uid: int) -> bool:
    return await User.raw().find_one({"_id": oid("user", uid)}, {"_id": 1}) is not None


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() else 0
