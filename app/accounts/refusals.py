"""Why somebody does not get in."""

from __future__ import annotations

from bson import ObjectId

from app.errors import Forbidden, Invalid, NotFound, TooMany
from app.web.i18n import N_, Text


class WrongPassword(Invalid):
    """No such person, or not their password: nobody learns which."""

    default = Text(N_("Wrong username or password."))


class NeedsCaptcha(Invalid):
    """A captcha comes first."""


class WrongPasswordAgain(WrongPassword, NeedsCaptcha):
    """And the next try has to bring a captcha."""


class Locked(TooMany):
    """This address has to wait before it tries this account again."""

    def __init__(self, seconds: int) -> None:
        text = N_("Too many wrong passwords. You can try again from here in %(minutes)s min %(seconds)s s.")
        minutes, rest = divmod(max(1, seconds), 60)
        super().__init__(seconds, Text(text, minutes=minutes, seconds=rest))


class Banned(Forbidden):
    """Said only to those who have shown that they are `person`; `proven` to the last: they may appeal."""

    def __init__(self, text: Text | None, person: ObjectId, *, proven: bool = True) -> None:
        super().__init__(text)
        self.person = person
        self.proven = proven

    default = Text(N_("This account is banned. Write to the people who run this forum if you think that is a mistake."))


def captcha_asked(*, given: bool) -> NeedsCaptcha:
    """What stands beside the captcha: it is new, or what was `given` was not its answer."""
    wrong = Text(N_("That was not the answer. Here is a new one."))
    return NeedsCaptcha(fields={"captcha": wrong if given else Text(N_("Please answer this first."))})


class LinkOver(NotFound):
    """A link of a letter that was used, has expired, or never was one: all look the same."""

    default = Text(N_("This link has been used, has expired, or is not complete. You can ask for a new one."))
