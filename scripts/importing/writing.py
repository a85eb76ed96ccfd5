"""Drafts → the database. What is new goes in batches; what changes something goes alone, all of it or nothing."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from bson import ObjectId

from app.text.markdown import RENDERER_VERSION
from app.work import Work, together
from documents import Comment, Notification, Reaction, Revision, Topic
from documents.base import Raw
from scripts.importing import loading
from scripts.importing.drafts import Draft
from scripts.importing.identity import derived, source
from scripts.importing.rendering import Renderer, Written
from scripts.importing.tally import Tally


async def render_all(drafts: Sequence[Draft], renderer: Renderer, tally: Tally) -> None:
    """Fill in the HTML of what is new or different, as many at once as there are workers."""
    await asyncio.gather(*(_render(draft, renderer, tally) for draft in drafts))


async def _render(draft: Draft, renderer: Renderer, tally: Tally) -> None:
    known = draft.stored.comment if draft.stored else None
    if known is None or "body" in draft.changes or await renderer.is_behind(known):
        written = await renderer.render(draft.text.body, draft.id)
        draft.fields |= {"html": written.html, "excerpt": written.excerpt, "mentions": written.mentions}
        draft.fields["renderer"] = RENDERER_VERSION
        _note_plain(written, draft, tally)
    for place, text in enumerate(draft.history):
        if text.html is None:
            draft.history[place] = replace(text, html=(await renderer.render(text.body, draft.id)).html)


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


async def add_comments(drafts: Sequence[Draft]) -> None:
    """Comments that are not there yet, then their earlier texts: a run that ends between is made whole by the next."""
    for draft in drafts:
        if draft.topic_marks.get("deleted_at") and draft.place.stored is not None:
            await mark_topic(draft)
    if drafts:
        await Comment.raw().insert_many([_comment(draft) for draft in drafts], ordered=False)
    revisions = [raw for draft in drafts for raw in history_of(draft)]
    if revisions:
        await Revision.raw().delete_many({"_id": {"$in": [raw["_id"] for raw in revisions]}})
        await Revision.raw().insert_many(revisions, ordered=False)


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


async def change_comment(draft: Draft) -> bool:
    """Bring a stored comment up to the archive; False when nothing had to be done."""
    history = history_of(draft)
    same_history = draft.stored is not None and history == list(draft.stored.revisions)
    if same_history and not draft.changes and not draft.is_fresh:
        return False
    return await together(lambda work: _change(work, draft, None if same_history else history))


async def _change(work: Work, draft: Draft, history: list[Raw] | None) -> bool:
    assert draft.stored is not None
    known, changes = draft.stored.comment, draft.changes
    if draft.is_fresh and draft.newest is not None:
        here = await Reaction.raw().count_documents({"comment": draft.id}, session=work.session)
        changes["like_count"] = draft.newest.likes + here
    guard = {"_id": draft.id, "edit_count": known["edit_count"], "edited_by": None, "deleted_at": known["deleted_at"]}
    if changes:
        found = await Comment.raw().update_one(guard, {"$set": changes}, session=work.session)
        if not found.matched_count:  # somebody is changing it just now: the next import will see
            return False
    if history is not None:
        await _write_history(work, draft.id, history)
    if draft.topic_marks:
        await mark_topic(draft, work)
    if "topic" in changes or "number" in changes:
        await _move(work, draft)
    return history is not None or any(known[name] != value for name, value in changes.items() if name != "source_mark")


async def _write_history(work: Work, comment: ObjectId, history: list[Raw]) -> None:
    await Revision.raw().delete_many({"comment": comment}, session=work.session)
    if history:
        await Revision.raw().insert_many(history, session=work.session)


async def mark_topic(draft: Draft, work: Work | None = None) -> None:
    """An opening post that is deleted, or is there again, takes its topic with it; not what was deleted here."""
    which = {"_id": draft.place.id, "deleted_by": None}
    session = work.session if work else None
    await Topic.raw().update_one(which, {"$set": draft.topic_marks}, session=session)


async def _move(work: Work, draft: Draft) -> None:
    """What belongs to a comment goes with it to another topic or number."""
    place = {"topic": draft.place.id, "number": draft.number}
    await Revision.raw().update_many({"comment": draft.id}, {"$set": {"topic": draft.place.id}}, session=work.session)
    await Reaction.raw().update_many({"comment": draft.id}, {"$set": place}, session=work.session)
    await Notification.raw().update_many({"subject": draft.id}, {"$set": place}, session=work.session)
