"""What a comment should be, and in what it differs from what is stored.

What people have done here stays: a text that was edited here, and a deletion or restoration of theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bson import ObjectId

from documents.base import RESTORED, DeletedAs, Raw
from scripts.importing import texts
from scripts.importing.archive import Post
from scripts.importing.identity import oid
from scripts.importing.texts import Text


@dataclass(frozen=True, slots=True)
class Place:
    """The topic of a post with its newest title, and every title that it is known to have had (title → mark)."""

    id: ObjectId
    board: ObjectId
    title: str
    titles: dict[str, str]
    stored: Raw | None


@dataclass(frozen=True, slots=True)
class Parent:
    """The comment that one replies to."""

    id: ObjectId
    number: int
    author: ObjectId


@dataclass(frozen=True, slots=True)
class Stored:
    """A comment as it is, with its earlier texts."""

    comment: Raw
    revisions: Sequence[Raw]

    @property
    def edited_here(self) -> bool:
        """Whether somebody of this forum has changed it: an import knows of edits, but never who made them."""
        return self.comment["edited_by"] is not None


@dataclass(slots=True)
class Draft:
    """A comment on its way: wanted values, its text and its history. `newest` is None when only its title is newer."""

    post: int
    number: int
    place: Place
    newest: Post | None
    stored: Stored | None
    text: Text
    history: list[Text]
    fields: Raw = field(default_factory=dict)
    topic_marks: Raw = field(default_factory=dict)

    @property
    def id(self) -> ObjectId:
        """The comment's."""
        return oid("post", self.post)

    @property
    def versions_added(self) -> int:
        """How many earlier texts there are that were not."""
        return max(0, len(self.history) - len(self.stored.revisions if self.stored else ()))

    @property
    def is_fresh(self) -> bool:
        """Whether the archive has a newer version than the forum."""
        if self.newest is None:
            return False
        return self.stored is None or self.newest.mark > self.stored.comment["source_mark"]

    @property
    def changes(self) -> Raw:
        """Those of `fields` that are stored otherwise."""
        known = self.stored.comment if self.stored else {}
        return {name: value for name, value in self.fields.items() if name not in known or known[name] != value}


def drafted(
    post: int, number: int, versions: Sequence[Post], place: Place, stored: Stored | None, parent: Parent | None
) -> Draft:
    """What is to become of a post, given its versions, the oldest first, and what is there of it."""
    found = texts.archived(versions, opening=number == 1)
    own = texts.merged(_known(stored, place) if stored else [], found)
    all_texts = texts.with_titles(own, _titles(place, stored), place.title) if number == 1 else own
    draft = Draft(post, number, place, versions[-1] if versions else None, stored, all_texts[-1], all_texts[:-1])
    if draft.newest is not None and (stored is None or draft.newest.mark >= stored.comment["source_mark"]):
        draft.fields |= _placed(draft, draft.newest, parent)
    draft.fields |= _written(draft, own[-1].mark)
    return draft


def _known(stored: Stored, place: Place) -> list[Text]:
    title = place.stored["title"] if place.stored and stored.comment["number"] == 1 else None
    return texts.stored(stored.comment, stored.revisions, title)


def _titles(place: Place, stored: Stored | None) -> dict[str, str]:
    """With those that an earlier archive knew."""
    kept = [raw for raw in (stored.revisions if stored else ()) if (raw["source_mark"] or "").endswith(texts.OVERLAID)]
    return {raw["title"]: raw["source_mark"].removesuffix(texts.OVERLAID) for raw in kept} | place.titles


def _written(draft: Draft, mark: str) -> Raw:
    known = draft.stored.comment if draft.stored else {}
    created_at: datetime = draft.fields.get("created_at") or known["created_at"]
    return {
        "body": draft.text.body,
        "edited_at": texts.edited_at(mark, created_at, has_earlier=bool(draft.history)),
        "edit_count": len(draft.history),
        "source_mark": mark,
    }


def _placed(draft: Draft, post: Post, parent: Parent | None) -> Raw:
    """Where it stands, whose it is, and whether it is there; an opening post is there as long as its topic is."""
    fields: Raw = {
        "topic": draft.place.id,
        "board": draft.place.board,
        "number": draft.number,
        "author": oid("user", post.user_id),
        "created_at": post.created,
        "reply_to": parent and parent.id,
        "reply_to_number": parent and parent.number,
        "reply_to_author": parent and parent.author,
    }
    if draft.stored is None:
        fields["like_count"] = post.likes
    if draft.is_fresh and draft.number == 1:
        draft.topic_marks = marks_of(post)
    elif draft.is_fresh and (draft.stored is None or draft.stored.comment["deleted_by"] is None):
        fields |= marks_of(post)
    return fields


def marks_of(post: Post) -> Raw:
    """Whether Discourse has deleted it, or hidden it because people had flagged it. By whom is not known."""
    deleted_as: DeletedAs | None = None
    if post.user_deleted:
        deleted_as = "author"
    elif post.deleted_at or post.hidden:
        deleted_as = "moderator"
    if deleted_as is None:
        return RESTORED
    return {**RESTORED, "deleted_at": post.deleted, "deleted_as": deleted_as}
