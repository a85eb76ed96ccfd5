"""The ways back from merging and splitting, and forth again: by turns the comments stand here or there."""

from __future__ import annotations

from app.errors import Conflict, Invalid
from app.moderation.arranging import merge_within, merged, still_live, unmerge
from app.moderation.splitting import resplit, unsplit
from app.operations.conflicts import changed_since
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work
from documents import Board, Moved, Operation, Topic
from documents.base import Raw
from documents.operation import Target


def _undoes(operation: Operation) -> bool:
    """Whether it has taken such a thing back, so that the way back from it is to do that again."""
    return operation.undo_of is not None and not operation.redo


async def turn_merge(work: Work, viewer: Viewer, operation: Operation) -> list[Target] | None:
    """Put the topics apart again, or together; then the comments get new numbers, as none is given twice."""
    if _undoes(operation):
        return await _merge_again(work, viewer, operation)
    gone, gained = operation.targets
    assert gained.id is not None
    source = await Topic.raw().find_one({"_id": gone.id}, session=work.session)
    if source is None or source.get("merged_into") != gained.id:
        raise changed_since()
    (there,) = await still_live(work, gained.id)
    shift = int(gone.after["shift"])
    inside: Raw = {"topic": gained.id, "first": {"$lte": shift + source["last_number"]}, "last": {"$gt": shift}}
    if await Moved.raw().find_one(inside, session=work.session) is not None:
        raise Conflict(Text(N_("Some of the comments have been moved on since, so nothing was undone.")))
    await unmerge(work, source, there, shift)
    return None


async def _merge_again(work: Work, viewer: Viewer, operation: Operation) -> list[Target]:
    gone, gained = operation.targets
    assert gone.id is not None
    assert gained.id is not None
    source, there = await still_live(work, gone.id, gained.id)
    done = merged(source, there)
    await merge_within(work, viewer, source, there, operation.reason)
    return done


async def turn_split(work: Work, viewer: Viewer, operation: Operation) -> None:
    """Bring the comments back, or into the topic that they were once more: there they have the same numbers again."""
    kept, made = operation.targets
    assert kept.id is not None
    assert made.id is not None
    if _undoes(operation):
        await _split_again(work, kept, made)
        return
    new, source = await still_live(work, made.id, kept.id)
    await unsplit(work, viewer, source, new, kept.after["numbers"])


async def _split_again(work: Work, kept: Target, made: Target) -> None:
    assert kept.id is not None
    (source,) = await still_live(work, kept.id)
    new = await Topic.raw().find_one({"_id": made.id}, session=work.session)
    if new is None or new.get("merged_into") != kept.id:
        raise changed_since()
    if await Board.raw().find_one({"_id": new["board"], "deleted_at": None}, {"_id": 1}, session=work.session) is None:
        raise Conflict(Text(N_("The board where it was is not there any more.")))
    try:
        await resplit(work, source, new, kept.before["numbers"])
    except Invalid as gone:
        raise Conflict(gone.fields["numbers"]) from None
