"""Forms: WTForms for parsing and checking, our templates for drawing."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import wtforms.i18n
from quart import request
from wtforms import Form as PlainForm
from wtforms import HiddenField
from wtforms.validators import StopValidation, ValidationError

from app.errors import Invalid, Refusal
from app.web.i18n import N_, Text, catalogue, current_locale

ONCE_PATTERN = re.compile(r"[A-Za-z0-9_-]{16,64}")
# Control characters have no place in any text; tab, line feed and carriage return do.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")


class _Messages:
    """WTForms' own messages in the language of the request."""

    def gettext(self, text: str) -> str:
        locale = current_locale.get()
        own = catalogue(locale).ugettext(text)
        return own if own != text else str(wtforms.i18n.get_translations([locale]).gettext(text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return str(wtforms.i18n.get_translations([current_locale.get()]).ngettext(one, many, number))


class Form(PlainForm):
    """A form that reads itself from the request and raises `Invalid` when something does not fit."""

    # Fields that say nothing of what is sent.
    APART: ClassVar[frozenset[str]] = frozenset()

    once = HiddenField()

    class Meta:
        """Messages are ours; CSRF is checked for every unsafe request at once, in app.web.guards."""

        csrf = False
        locales: ClassVar = ["en", "zh"]

        def get_translations(self, form: Any) -> _Messages:
            """Where WTForms looks for its texts."""
            return _Messages()

    @classmethod
    async def read(cls) -> Self:
        """The form as it was sent."""
        return cls(await request.form)

    def text(self, name: str) -> str:
        """What was written into a field; empty when it was not sent."""
        return str(self._fields[name].data or "")

    def check(self) -> None:
        """Raise `Invalid` unless every field fits; the messages are then at the fields."""
        if not self.validate():
            raise Invalid

    def refuse(self, refusal: Refusal) -> str:
        """Put what a service objected to beside the fields it names; gives what is left to say above the form."""
        for name, text in refusal.fields.items():
            field = self._fields.get(name)
            if field is not None:
                field.errors = (*field.errors, str(text))
        return str(refusal.text)

    @property
    def once_key(self) -> str | None:
        """The key that makes sending the same form twice the same as once: the form's own, with what was sent where.

        Who goes back in their browser and writes something else has the old key still; that is another text.
        """
        if not self.again:
            return None
        data = {name: value for name, value in self.data.items() if name not in self.APART}
        said = json.dumps([request.path, data], ensure_ascii=False, default=str)
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def again(self) -> str:
        """The key as it stood in the form, for showing the form once more; empty when there was none."""
        value = str(self.once.data or "")
        return value if ONCE_PATTERN.fullmatch(value) else ""


@dataclass(frozen=True, slots=True)
class Blank:
    """A field nobody has filled in yet, as templates see it."""

    name: str
    data: str = ""
    errors: tuple[str, ...] = ()


class Unsent:
    """A form as it is first shown. Templates cannot tell it from a `Form`, and it costs a fiftieth."""

    def __init__(self, **fields: str) -> None:
        for name, value in fields.items():
            setattr(self, name, Blank(name, value))

    def __iter__(self) -> Iterator[Blank]:
        return iter(())

    def __getattr__(self, name: str) -> Blank:
        return Blank(name)


def new_once() -> str:
    """A key for a fresh form."""
    return secrets.token_urlsafe(18)


def clean(value: Any) -> str:
    """A text without control characters, with line feeds only."""
    text = value if isinstance(value, str) else ""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(value: Any) -> str:
    """A text of one line with its spaces folded."""
    return " ".join(clean(value).split())


class Given:
    """The field holds something, be it spaces: passwords may. Nothing else is checked without it."""

    def __call__(self, form: PlainForm, field: Any) -> None:
        """Refuse an empty field."""
        if not field.data:
            raise StopValidation(str(Text(N_("Please fill this in."))))


class Said:
    """The field says something: more than white space and invisible characters."""

    def __call__(self, form: PlainForm, field: Any) -> None:
        """Refuse an empty text."""
        if not re.sub(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]", "", field.data or ""):
            raise ValidationError(str(Text(N_("Please write something here."))))


class AtMost:
    """The field is no longer than this many characters."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: PlainForm, field: Any) -> None:
        """Refuse a longer text, naming both lengths."""
        length = len(field.data or "")
        if length > self.limit:
            raise ValidationError(
                str(Text(N_("%(length)s characters; the limit is %(limit)s."), length=length, limit=self.limit))
            )
