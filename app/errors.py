"""Refusals that are expected: each has a status and a sentence. Anything else that is raised is a fault of ours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from bson import ObjectId

from app.web.i18n import N_, Text


class Refusal(Exception):
    """Something that is not done, and why. `fields` names what was wrong with which field of a form."""

    status = 400
    default = Text(N_("That did not work"))

    def __init__(self, text: Text | None = None, *, fields: Mapping[str, Text] | None = None) -> None:
        self.text = text or self.default
        self.fields = dict(fields or {})
        super().__init__(self.text.msgid)


class Invalid(Refusal):
    """What was sent does not fit."""

    status = 422
    default = Text(N_("Please check what is marked below."))


class NeedsLogin(Refusal):
    """Only for people who are logged in."""

    status = 403
    default = Text(N_("Please log in first."))


class Forbidden(Refusal):
    """This person may not do that here."""

    status = 403
    default = Text(N_("You are not allowed to do that."))


class Expired(Forbidden):
    """The form belongs to another log-in than the one that is there now."""

    default = Text(N_("This form has expired. Please open the page again and send it once more."))


class Declined(Refusal):
    """The person whom this is about does not want it; the form with what was typed stays on the page."""

    status = 403


class NotFound(Refusal):
    """There is no such thing, or not for this person: both look the same."""

    status = 404
    default = Text(N_("There is nothing here, or you cannot see it."))


class Gone(Refusal):
    """It was here, and was taken away for everybody."""

    status = 410
    default = Text(N_("This has been taken away."))


class MovedAway(NotFound):
    """The topic was merged into another one: reading leads there, for whoever may read it."""

    def __init__(self, topic: ObjectId, to: ObjectId) -> None:
        super().__init__()
        self.topic = topic
        self.to = to


class Conflict(Refusal):
    """Somebody or something else was first."""

    status = 409
    default = Text(N_("This has changed in the meantime."))


class TooLarge(Refusal):
    """More bytes than are taken; the text says how many are."""

    status = 413
    default = Text(N_("What you sent is too large for the forum. Please shorten it."))


# Seconds of a unit, and from how many seconds on a time is said in it even if it is no whole number of them.
UNITS: Final = (
    (86_400, 2 * 86_400, N_("%(count)s days")),
    (3600, 100 * 60, N_("%(count)s h")),
    (60, 100, N_("%(count)s min")),
)


def duration(seconds: int) -> Text:
    """A time as one says it: seconds, minutes, hours or days, never less than it is."""
    for unit, enough, text in UNITS:
        if seconds >= enough or (unit < UNITS[0][0] and seconds >= unit and seconds % unit == 0):
            return Text(text, count=math.ceil(seconds / unit))
    return Text(N_("%(count)s s"), count=seconds)


class TooMany(Refusal):
    """A rate limit is reached; `retry_after` is in seconds."""

    status = 429

    def __init__(self, retry_after: int, text: Text | None = None) -> None:
        self.retry_after = max(1, retry_after)
        wait = duration(self.retry_after)
        fast = Text(N_("That was a little fast. Please try again in %(wait)s."), wait=wait)
        super().__init__(text or fast)


class Busy(Refusal):
    """Something we depend on does not answer right now."""

    status = 503
    default = Text(N_("The forum is busy right now. Please try again in a moment."))
