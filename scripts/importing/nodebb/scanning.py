"""The first pass: who and what there is, and where it stands. No text is kept."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Final

from app.errors import Invalid
from app.text.names import username_key
from app.topics.tagging import TAGS_MAX, tags_from
from documents import Comment, Topic
from documents.base import Raw
from scripts.importing.archive import TITLE_CHARS_MAX
from scripts.importing.identity import number_in, oid, source
from scripts.importing.naming import one_line
from scripts.importing.nodebb.marks import digest, newest_mark
from scripts.importing.nodebb.places import Places, Told
from scripts.importing.nodebb.store import NodeBB
from scripts.importing.nodebb.values import at, is_set, milliseconds, said, whole
from scripts.importing.tally import Tally

BATCH: Final = 500
BOARD_SEPARATOR: Final = " / "
NESTED_MAX: Final = 5
TOPIC_FIELDS: Final = (
    *("cid", "title", "tags", "mainPid", "timestamp", "deleted", "pinned", "locked", "viewcount", "scheduled"),
)
# Of the first version of time that a computer knows of, when NodeBB says none.
LONG_AGO: Final = 1


async def scan(nodebb: NodeBB, spool: Places, tally: Tally, advance: Callable[[], None]) -> None:
    """Fill the spool with what is in the database."""
    await _people(nodebb, spool, advance)
    await _boards(nodebb, spool)
    await _topics(nodebb, spool, tally, advance)
    await _posts(nodebb, spool, tally, advance)
    await _messages(nodebb, spool, tally, advance)
    tally.aside["accounts that are not there any more"] += len(spool.index())
    for kind in ("post", "userRemote"):
        tally.aside["posts and people of other servers"] += await nodebb.count(kind, "https?:")


async def number(spool: Places, advance: Callable[[int], None] = lambda _: None) -> None:
    """Say where each post stands: where it stands already, else after the one before it."""
    for batch in spool.told_in_batches(BATCH):
        stored = await _stored(batch)
        for told in batch:
            known, mine, others = stored[told.id]
            moment = at(told.edited or told.at)
            state = digest(told.title, told.board, told.tags, told.pinned, told.locked)
            mark = newest_mark(moment, 2 if told.edited else 1, state, known["source_mark"] if known else None)
            spool.place(told, mark, _numbers(spool.in_order(told.id), mine, others, known))
        advance(len(batch))
    spool.placed()


async def _stored(batch: Sequence[Told]) -> dict[int, tuple[Raw | None, dict[int, int], set[int]]]:
    """Of these topics what is here: the topic, the numbers of NodeBB's posts in it, and those that others have."""
    ids = {oid("topic", told.id): told.id for told in batch}
    found: dict[int, tuple[Raw | None, dict[int, int], set[int]]] = {told.id: (None, {}, set()) for told in batch}
    fields = {"source_mark": 1, "last_number": 1}
    async for raw in Topic.raw().find({"_id": {"$in": list(ids)}}, fields):
        found[ids[raw["_id"]]] = (raw, {}, set())
    mine = source("post", "")
    comments = Comment.raw().find({"topic": {"$in": list(ids)}}, {"topic": 1, "number": 1, "source": 1})
    async for raw in comments:
        _, numbers, others = found[ids[raw["topic"]]]
        if (raw["source"] or "").startswith(mine):
            numbers[number_in(raw["source"])] = raw["number"]
        else:
            others.add(raw["number"])
    return found


def _numbers(
    posts: Sequence[tuple[int, int]], mine: dict[int, int], others: set[int], known: Raw | None
) -> list[tuple[int, int, int]]:
    """(number, post, user) of each. Numbers never change; what is new in between goes to the end."""
    taken = {*others, *mine.values()}
    # A topic that was not finished has numbers for all its posts already.
    top = max([*taken, len(posts) if known is None else known["last_number"]], default=0)
    found, before = [], 0
    for post, user in posts:
        own = mine.get(post)
        if own is None:
            own = before + 1 if before + 1 not in taken else top + 1
            taken.add(own)
        top, before = max(top, own), own
        found.append((own, post, user))
    return found


async def _people(nodebb: NodeBB, spool: Places, advance: Callable[[], None]) -> None:
    async for uid, raw in nodebb.each("user", ("username", "userslug", "joindate")):
        advance()
        username, slug = said(raw.get("username")).strip(), said(raw.get("userslug"))
        if uid > 0 and username:
            spool.add_user(uid, username, milliseconds(raw.get("joindate"), LONG_AGO))
            spool.name(username_key(username), "", uid)
            spool.slug(username_key(slug), uid)


async def _boards(nodebb: NodeBB, spool: Places) -> None:
    named = {
        cid: (said(raw.get("name")).strip(), whole(raw.get("parentCid")), whole(raw.get("order")))
        async for cid, raw in nodebb.each("category", ("name", "parentCid", "order"))
    }
    for cid in named:
        spool.add_board(cid, *_path(cid, named))


def _path(cid: int, named: dict[int, tuple[str, int, int]]) -> tuple[str, str]:
    """The names of a category and of those around it, as this forum has one level of boards, and what sorts them so."""
    names: list[str] = []
    rank = ""
    while cid in named and len(names) < NESTED_MAX:
        name, parent, order = named[cid]
        names.insert(0, name)
        rank = f"{max(order, 0):06}.{cid:09}/{rank}"
        cid = parent
    return BOARD_SEPARATOR.join(filter(None, names)), rank


async def _topics(nodebb: NodeBB, spool: Places, tally: Tally, advance: Callable[[], None]) -> None:
    async for tid, raw in nodebb.each("topic", TOPIC_FIELDS):
        advance()
        posted = milliseconds(raw.get("timestamp"), LONG_AGO)
        scheduled = is_set(raw.get("scheduled"))
        tally.aside["scheduled topics, deleted here"] += scheduled
        told = Told(
            id=tid,
            board=whole(raw.get("cid"), -1),
            title=one_line(said(raw.get("title")), TITLE_CHARS_MAX) or f"Topic {tid}",
            tags=tuple(_tags(said(raw.get("tags")))),
            main=whole(raw.get("mainPid")),
            at=posted,
            edited=0,
            deleted=is_set(raw.get("deleted")) or scheduled,
            pinned=is_set(raw.get("pinned")) and not scheduled,
            locked=is_set(raw.get("locked")),
            views=min(max(whole(raw.get("viewcount")), 0), 2**31 - 1),
        )
        spool.add_topic(told)


def _tags(text: str) -> list[str]:
    found: list[str] = []
    for tag in text.split(","):
        with contextlib.suppress(Invalid):
            found += tags_from(f"{tag},") if tag.strip() else []
    return list(dict.fromkeys(found))[:TAGS_MAX]


async def _posts(nodebb: NodeBB, spool: Places, tally: Tally, advance: Callable[[], None]) -> None:
    async for pid, raw in nodebb.each("post", ("tid", "uid", "timestamp")):
        advance()
        user, posted = max(whole(raw.get("uid")), 0), milliseconds(raw.get("timestamp"), LONG_AGO)
        if not spool.add_post(pid, whole(raw.get("tid")), user, posted):
            tally.broken(f"post {pid}", "its topic is not there")


async def _messages(nodebb: NodeBB, spool: Places, tally: Tally, advance: Callable[[], None]) -> None:
    fields = ("roomId", "fromuid", "timestamp", "deleted", "system")
    async for mid, raw in nodebb.each("message", fields):
        advance()
        room = whole(raw.get("roomId"))
        if is_set(raw.get("deleted")):
            tally.aside["deleted messages"] += 1
        elif not is_set(raw.get("system")) and room > 0:
            posted = milliseconds(raw.get("timestamp"), LONG_AGO)
            spool.add_message(mid, room, max(whole(raw.get("fromuid")), 0), posted)
