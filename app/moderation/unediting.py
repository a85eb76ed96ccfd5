"""Taking back an edit: the text before it becomes the text again, as a version of its own that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from app.boards.directory import all_boards
from app.comments.editing import Why, store_edit, version_of
from app.comments.making import footnote_prefix
from app.comments.quoting import write_text
from app.comments.rendering import Written
from app.errors import Conflict
from app.operations.service import target
from app.text.segment import found_by, words_of
from app.topics.tagging import standing_tags
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work
from documents import Board, Comment, Operation, Revision, Topic
from documents.base import Raw
from documents.clock import now
from documents.operation import Target

EDITED_SINCE: Final = N_("The text has been edited since, so nothing was undone.")


@dataclass(frozen=True, slots=True)
class Ready:
    """A text that is rendered already, since nothing is rendered in a transaction. `fields` are title and tags."""

    comment: Comment
    topic: Topic
    board: Board
    version: Revision
    written: Written
    fields: Raw

    async def store(self, work: Work, viewer: Viewer) -> Target:
        """Make it the text; gives what was done. `Conflict` when somebody has edited it meanwhile."""
        opens = self.comment.number == 1
        before: Raw = {"title": self.topic.title, "tags": self.topic.tags} if opens else {}
        why = Why(restored_from=self.version.number + 1)
        text = self.version.body, self.written
        try:
            await store_edit(work, viewer, self.comment, self.board, *text, before or None, why=why, recorded=False)
        except Conflict:
            raise Conflict(Text(EDITED_SINCE)) from None
        edits = self.comment.edit_count
        was, has = {**before, **version_of(edits)}, {**self.fields, **version_of(edits + 1)}
        if not opens:
            return target("comment", self.comment.oid, was, has)
        title, tags = self.fields["title"], self.fields["tags"]
        fields = {"title": title, "tags": tags, **found_by(words_of(title, *tags)), "edited_at": now()}
        await Topic.change(self.topic.oid, work.session, **fields)
        return target("topic", self.topic.oid, was, has)


async def edited_back(viewer: Viewer, operation: Operation) -> Ready:
    """The text before an edit, ready to be stored; `Conflict` if it was edited or deleted since."""
    (about,) = operation.targets
    comment = await _text_of(about)
    topic = await Topic.load(comment.topic) if comment else None
    board = (await all_boards()).get(topic.board) if topic else None
    if comment is None or topic is None or board is None or not (comment.live and topic.live):
        raise Conflict(Text(N_("It is not there any more.")))
    if about.after.get("version") != comment.edit_count + 1:
        raise Conflict(Text(EDITED_SINCE))
    version = await _version(comment.oid, about)
    fields: Raw = {}
    if comment.number == 1:
        _require_same(topic, about)
        known = {"title": topic.title, "tags": topic.tags}
        fields = {name: about.before.get(name, value) for name, value in known.items()}
        fields["tags"] = await standing_tags(fields["tags"])
    beside = (fields["title"], *fields["tags"]) if fields else ()
    had = (*comment.uploads, *version.uploads)
    written = await write_text(viewer, board, version.body, footnote_prefix(comment.oid), *beside, had=had)
    return Ready(comment, topic, board, version, written, fields)


async def _text_of(about: Target) -> Comment | None:
    if about.kind == "topic":
        return await Comment.find_one({"topic": about.id, "number": 1})
    return await Comment.load(about.id) if about.id else None


async def _version(comment: ObjectId, about: Target) -> Revision:
    found = await Revision.find_one({"comment": comment, "number": int(about.before.get("version", 0)) - 1})
    if found is None:
        raise Conflict(Text(N_("The version before is not kept any more.")))
    return found


def _require_same(topic: Topic, about: Target) -> None:
    if any(getattr(topic, name) != about.after[name] for name in ("title", "tags") if name in about.after):
        raise Conflict(Text(EDITED_SINCE))
