"""Reports: what people find wrong with a text or a person, bundled for each; and appeals against what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Literal

from beanie import PydanticObjectId
from bson import ObjectId
from pydantic import BaseModel
from pymongo.errors import DuplicateKeyError

from documents.base import Field, Id, Raw, Record, Session, index

# Stands among the reporters for a rule.
NOBODY: Final = PydanticObjectId("0" * 24)
SubjectKind = Literal["topic", "comment", "message", "person"]
ReportState = Literal["open", "deferred", "accepted", "rejected"]
AppealState = Literal["open", "granted", "refused"]


class Complaint(BaseModel):
    """What one of the reporters says: a `reason` of app.reports.words, and words of their own."""

    reason: str
    words: str = ""
    at: datetime


class Note(BaseModel):
    """What somebody has said: a moderator to the others, or whoever wrote an attached message."""

    text: str
    at: datetime


class Report(Record):
    """All that was reported of one `subject` until it is decided; while it is `pending` there is no second one.

    `reporters` and `complaints` have the same order, as have `noters` and `notes`, and `attached_authors` and
    `attached`: messages that reporters have shown beside a reported one. `accused` has written the subject or
    is it. `said` is what a message said when it was first reported. `operation` is the act that a decision led to.
    """

    kind: SubjectKind
    subject: Id
    accused: Id | None = None
    topic: Id | None = None
    board: Id | None = None
    said: str = ""
    attached_authors: list[Id] = Field(default_factory=list)
    attached: list[Note] = Field(default_factory=list)
    state: ReportState = "open"
    pending: bool = True
    reporters: list[Id] = Field(default_factory=list)
    complaints: list[Complaint] = Field(default_factory=list)
    assignee: Id | None = None
    noters: list[Id] = Field(default_factory=list)
    notes: list[Note] = Field(default_factory=list)
    first_at: datetime
    last_at: datetime
    decided_by: Id | None = None
    decided_at: datetime | None = None
    reason: str = ""
    operation: Id | None = None

    class Settings:
        """Collection and indexes."""

        name = "reports"
        indexes: ClassVar = [
            index("subject", unique=True, where={"pending": True}),
            index("subject", "pending", "_id"),
            index("state", "board", "_id"),
            index("topic"),
            index("first_at"),
            index("reporters", "-_id"),
        ]

    @classmethod
    async def complain(cls, report: Report, person: ObjectId, complaint: Complaint) -> bool:
        """Add a complaint to what is pending of the subject, or begin with `report`; False for who has done so already.

        One update decides, and the unique index: of many at once one begins, and the others come to it.
        """
        pending: Raw = {"subject": report.subject, "pending": True}
        fresh = report.as_stored()
        grows = ("reporters", "complaints", "attached", "attached_authors", "state", "last_at", "pending", "subject")
        shown = {name: {"$each": fresh[name]} for name in ("attached", "attached_authors")}
        change: Raw = {
            "$push": {"reporters": person, "complaints": complaint.model_dump(), **shown},
            "$set": {"state": "open", "last_at": complaint.at},
            "$setOnInsert": {name: value for name, value in fresh.items() if name not in grows},
        }
        while True:
            try:
                await cls.raw().update_one({**pending, "reporters": {"$ne": person}}, change, upsert=True)
            except DuplicateKeyError:
                if await cls.raw().find_one({**pending, "reporters": person}, {"_id": 1}):
                    return False
                continue
            return True

    @classmethod
    async def flag(cls, report: Report, words: str, session: Session) -> None:
        """A report that a rule for words makes, with the text itself; NOBODY has made it."""
        report.reporters = [NOBODY]
        report.complaints = [Complaint(reason="words", words=words, at=report.first_at)]
        await cls.raw().insert_one(report.as_stored(), session=session)

    @classmethod
    async def silence(cls, person: ObjectId) -> None:
        """Take out the words of somebody who is erased: theirs as a reporter, and those that were reported of them."""
        await cls.raw().update_many({"reporters": person}, [_without_words("$reporters", person)])
        await cls.raw().update_many({"accused": person}, [{"$set": {"said": ""}}, _without_words("$reporters", NOBODY)])
        # What they said in attached messages goes with the answers to it.
        await cls.raw().update_many({"attached_authors": person}, {"$set": {"attached.$[].text": ""}})

    @classmethod
    async def settle(cls, report: ObjectId, fields: Raw, session: Session) -> Raw | None:
        """Set `fields` of what is still pending; gives it as it was, or None when somebody was faster."""
        which: Raw = {"_id": report, "pending": True}
        return await cls.raw().find_one_and_update(which, {"$set": fields}, session=session)


def _without_words(reporters: str, person: ObjectId) -> Raw:
    """A stage that empties the words of the complaints of `person`: what they said stands where they stand."""
    at = {"$range": [0, {"$size": "$complaints"}]}
    complaint: Raw = {"$arrayElemAt": ["$complaints", "$$at"]}
    theirs: Raw = {"$eq": [{"$arrayElemAt": [reporters, "$$at"]}, person]}
    emptied: Raw = {"$cond": [theirs, {"$mergeObjects": [complaint, {"words": ""}]}, complaint]}
    return {"$set": {"complaints": {"$map": {"input": at, "as": "at", "in": emptied}}}}


class Appeal(Record):
    """What somebody says against an operation that concerns them: one for each. Another moderator decides.

    `verb` is that of the operation, which says who may judge.
    """

    operation: Id
    verb: str = ""
    person: Id
    board: Id | None = None
    text: str
    at: datetime
    state: AppealState = "open"
    decided_by: Id | None = None
    decided_at: datetime | None = None
    answer: str = ""

    class Settings:
        """Collection and indexes."""

        name = "appeals"
        indexes: ClassVar = [
            index("operation", "person", unique=True),
            index("state", "board", "_id"),
            index("person", "-_id"),
        ]

    @classmethod
    async def settle(cls, appeal: ObjectId, fields: Raw, session: Session) -> bool:
        """Set `fields` of one that is open; False when somebody was faster."""
        found = await cls.raw().update_one({"_id": appeal, "state": "open"}, {"$set": fields}, session=session)
        return bool(found.modified_count)
