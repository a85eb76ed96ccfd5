"""Drafts → the database. What is new goes in batches; what changes something goes alone, all of it or nothing."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from bson import ObjectId

from app.text.markdown import RENDERER_VERSION
from app.text.segment import not_yet
from app.work import Work, together
from documents import Comment, Notification, Reaction, Revision, Topic
from documents.base import RESTORED, Raw
from scripts.importing import counting, loading, topics
from scripts.importing.drafts import Draft
from scripts.importing.identity import derived, source
from scripts.importing.rendering import Renderer, Written
from scripts.importing.tally import Tally


async def render_all(drafts: Sequence[Draft], renderer: Renderer, tally: Tally) -> None:
    """Fill in the HTML of what is new or different, as many at once as there are workers."""
    await asyncio.gather(*(_render(draft, renderer, tally) for draft in drafts))


async def _render(draft: Draft, renderer: Renderer, tally: Tally) -> None:
    known = draft.stored.comment if draft.stored else None
    author = draft.fields.get("author") or (known or {})["author"]
    if known is None or "body" in draft.changes or await renderer.is_behind(draft.text, known["html"]):
        written = await renderer.render(draft.text, draft.id, author)
        draft.fields |= {"html": written.html, "excerpt": written.excerpt, "mentions": written.mentions}
        draft.fields |= {"uploads": written.uploads}
        draft.fields["renderer"] = RENDERER_VERSION
        if known is None or written.html != known["html"]:
            # The words by which it is found are made for all together, when the import ends.
            draft.fields["segmented"] = not_yet()
        _note_plain(written, draft, tally)
    for place, text in enumerate(draft.history):
        if text.html is None or await renderer.is_behind(text, text.html):
            draft.history[place] = replace(text, html=(await renderer.render(text, draft.id, author)).html)


def _note_plain(written: Written, draft: Draft, tally: Tally) -> None:
    if written.plain:
        tally.slow(f"post {draft.post}")


async def without_conflicts(drafts: Sequence[Draft], tally: Tally) -> list[Draft]:
    """Those of these new ones whose numbers are still free: somebody may have commented here since."""
    numbers: dict[ObjectId, dict[int, ObjectId]] = defaultdict(dict)
    for draft in drafts:
        if draft.place.stored is not None:
            numbers[draft.place.id][draft.number] = draft.id
    lost = {(topic, number) for topic, wanted in numbers.items() for number in await loading.taken(topic, wanted)}
    for draft in drafts:
        if (draft.place.id, draft.number) in lost:
            tally.broken(
                f"post {draft.post}", f"another comment is number {draft.number} of {draft.place.title!r} here"
            )
    return [draft for draft in drafts if (draft.place.id, draft.number) not in lost]


async def add_comments(work: Work, drafts: Sequence[Draft]) -> None:
    """Comments that are not there yet, with their earlier texts; topics that were there show something else now."""
    for draft in drafts:
        if draft.topic_marks.get("deleted_at") and draft.place.stored is not None:
            await _mark_topic(work, draft)
    await _draw_anew(work, {draft.place.id for draft in drafts})
    await Comment.raw().insert_many([_comment(draft) for draft in drafts], session=work.session)
    revisions = [raw for draft in drafts for raw in history_of(draft)]
    if revisions:
        await Revision.raw().insert_many(revisions, session=work.session)


def _comment(draft: Draft) -> Raw:
    return Comment(id=draft.id, source=source("post", draft.post), **draft.fields).as_stored()


def history_of(draft: Draft) -> list[Raw]:
    """The earlier texts as they are stored: each until the next one was written."""
    known = draft.stored.comment if draft.stored else {}
    author, topic = ((draft.fields.get(name) or known[name]) for name in ("author", "topic"))
    following = [*draft.history, draft.text][1:]
    return [
        Revision(
            id=derived(source("revision", f"{draft.post} {text.mark}")),
            comment=draft.id,
            topic=topic,
            number=number,
            body=text.body,
            html=text.html or "",
            title=text.title,
            author=author,
            written_at=text.written_at,
            created_at=max(after.written_at, text.written_at),
            source_mark=text.mark,
        ).as_stored()
        for number, (text, after) in enumerate(zip(draft.history, following, strict=True))
    ]


async def change_comment(draft: Draft, tally: Tally) -> bool:
    """Bring a stored comment up to the archive; False when nothing is to be seen of it."""
    if draft.stored is None:
        return False
    history = history_of(draft)
    same_history = history == list(draft.stored.revisions)
    if same_history and not draft.changes and not draft.is_fresh:
        return False
    if {"topic", "number"} & draft.changes.keys() and not await without_conflicts([draft], tally):
        return False
    return await together(lambda work: _change(work, draft, None if same_history else history))


async def _change(work: Work, draft: Draft, history: list[Raw] | None) -> bool:
    assert draft.stored is not None
    known, changes = draft.stored.comment, draft.changes
    if draft.is_fresh and draft.newest is not None:
        here = await Reaction.raw().count_documents({"comment": draft.id}, session=work.session)
        changes["like_count"] = draft.newest.likes + here
    guard = {"_id": draft.id, "edit_count": known["edit_count"], "edited_by": None, "deleted_at": known["deleted_at"]}
    found = await Comment.raw().update_one(guard, {"$set": changes or {"number": draft.number}}, session=work.session)
    if not found.matched_count:  # somebody is changing it just now: the next import will see
        return False
    if history is not None:
        await _write_history(work, draft.id, history)
    await _mark_topic(work, draft)
    await _follow(work, draft, changes)
    if history is None and all(known[name] == value for name, value in changes.items() if name != "source_mark"):
        return False
    await _draw_anew(work, {draft.place.id})
    return True


async def _draw_anew(work: Work, topics: set[ObjectId]) -> None:
    """Their pages show something else now; those of version 1 will when they are settled for the first time."""
    which = {"_id": {"$in": list(topics)}, "version": {"$gt": 1}}
    await Topic.raw().update_many(which, {"$inc": {"version": 1}}, session=work.session)


async def _write_history(work: Work, comment: ObjectId, history: list[Raw]) -> None:
    await Revision.raw().delete_many({"comment": comment}, session=work.session)
    if history:
        await Revision.raw().insert_many(history, session=work.session)


async def _mark_topic(work: Work, draft: Draft) -> None:
    """An opening post that is deleted, or is there again, takes its topic with it; not what was deleted here."""
    if draft.topic_marks:
        await _mark(work, draft.place.id, draft.topic_marks)


async def _mark(work: Work, topic: ObjectId, marks: Raw) -> None:
    changed = await Topic.raw().update_one({"_id": topic, "deleted_by": None}, {"$set": marks}, session=work.session)
    if changed.modified_count:  # what is in a deleted topic does not count for those who wrote it
        authors = await Comment.raw().distinct("author", {"topic": topic}, session=work.session)
        await counting.count_people(work, authors)


async def _follow(work: Work, draft: Draft, changes: Raw) -> None:
    """What belongs to a comment goes with it to another place, and what it is missed by is counted anew."""
    assert draft.stored is not None
    before = draft.stored.comment
    if {"topic", "number"} & changes.keys():
        place = {"topic": draft.place.id, "number": draft.number}
        here, about = {"comment": draft.id}, {"subject": draft.id}
        await Revision.raw().update_many(here, {"$set": {"topic": draft.place.id}}, session=work.session)
        await Reaction.raw().update_many(here, {"$set": place}, session=work.session)
        told = {**place, "board": draft.place.board}
        await Notification.raw().update_many(about, {"$set": told}, session=work.session)
    if "topic" in changes:
        if before["number"] == 1:
            await _mark(work, before["topic"], RESTORED)
        await topics.settle(work, before["topic"], {})
    if "author" in changes:
        await counting.count_people(work, [before["author"]])
