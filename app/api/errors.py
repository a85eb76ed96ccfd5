"""Refusals that only programs meet."""

from __future__ import annotations

from app.errors import Forbidden, Refusal
from app.web.i18n import N_, Text


class Unreadable(Refusal):
    """The body is no JSON, or not the object that is asked for."""

    status = 400
    default = Text(N_("The body is not a JSON object."))


class Unauthorized(Refusal):
    """There is a token, and it is not good."""

    status = 401
    default = Text(N_("This token is not valid. It may have been revoked, or have expired."))


class TooNarrow(Forbidden):
    """The token does not carry the scope."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__(Text(N_("This token does not have the scope “%(scope)s”."), scope=scope))


class ChangedSince(Refusal):
    """If-Match names another version than there is."""

    status = 412
    default = Text(N_("This has changed in the meantime."))


class NoForm(Refusal):
    """A file comes in a form."""

    status = 415
    default = Text(N_("Please send a form with the file, with the content type multipart/form-data."))


class NotJson(Refusal):
    """Another kind of content."""

    status = 415
    default = Text(N_("Please send JSON, with the content type application/json."))
