"""Facts: what has happened, after it is safely stored. `app.wiring` says what follows from each."""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""


@dataclass(frozen=True, slots=True)
class TopicChanged(Event):
    """What the pages of a topic or the lists with it show is different now."""

    topic: ObjectId
    board: ObjectId


@dataclass(frozen=True, slots=True)
class PeopleTold(Event):
    """These people have something new in their feed, or other unread numbers."""

    people: tuple[ObjectId, ...]


@dataclass(frozen=True, slots=True)
class NoticesTurned(Event):
    """Notices of these people look otherwise, or are there or not, without a number."""

    people: tuple[ObjectId, ...]


@dataclass(frozen=True, slots=True)
class ConversationChanged(Event):
    """What the page of a conversation shows is different now."""

    conversation: ObjectId


@dataclass(frozen=True, slots=True)
class BoardsChanged(Event):
    """A board was made, changed, deleted or restored."""


@dataclass(frozen=True, slots=True)
class RolesChanged(Event):
    """A role was made, changed or deleted, or what a board says of one."""


@dataclass(frozen=True, slots=True)
class SettingsChanged(Event):
    """Administrators have set something for the whole forum."""


@dataclass(frozen=True, slots=True)
class QueueChanged(Event):
    """Something more or less waits for moderators, or other rules say what does, or from where nothing is taken."""


@dataclass(frozen=True, slots=True)
class PersonChanged(Event):
    """A person's card looks different now, or they have other roles."""

    person: ObjectId


@dataclass(frozen=True, slots=True)
class LoginsEnded(Event):
    """These log-ins are over: their websockets have to close."""

    logins: tuple[ObjectId, ...]


@dataclass(frozen=True, slots=True)
class LettersWritten(Event):
    """These e-mails wait to be sent."""

    letters: tuple[ObjectId, ...]


@dataclass(frozen=True, slots=True)
class DraftsChanged(Event):
    """These people have a draft more or less."""

    people: tuple[ObjectId, ...]


@dataclass(frozen=True, slots=True)
class TellingWaits(Event):
    """More people watch a place than were told of something new in it."""

    telling: ObjectId


@dataclass(frozen=True, slots=True)
class NoticesUnsettled(Event):
    """More notices have to follow their text than could in the transaction of what happened to it."""

    settling: ObjectId


@dataclass(frozen=True, slots=True)
class TransferWaits(Event):
    """More comments are on their way to another place than could be moved at once."""

    transfer: ObjectId


@dataclass(frozen=True, slots=True)
class TagsChanged(Event):
    """Tags are called otherwise, in many topics at once, or something else is said of them."""


@dataclass(frozen=True, slots=True)
class TagChangeWaits(Event):
    """More topics have a tag than could be changed at once."""

    change: ObjectId


@dataclass(frozen=True, slots=True)
class RemovalWaits(Event):
    """More of what one person wrote is to be removed, or to come back, than could be at once."""

    removal: ObjectId


@dataclass(frozen=True, slots=True)
class ProfilesChanged(Event):
    """What these people's profiles show is different now, but not their cards."""

    people: tuple[ObjectId, ...]


@dataclass(frozen=True, slots=True)
class RecommendationsMade(Event):
    """Other topics are recommended from now on."""


@dataclass(frozen=True, slots=True)
class ArchiveAsked(Event):
    """This archive of a person's data waits to be made."""

    archive: ObjectId
