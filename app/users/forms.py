"""What people say about themselves, and how near others may come."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, StringField, TextAreaField

from app.users import profile
from app.web.forms import AtMost, Form, clean, one_line

NAME_INPUT_MAX = 100


def _trimmed(value: Any) -> str:
    return clean(value).strip()


class ProfileForm(Form):
    """The profile. What a name or an address has to be is said by the service."""

    display_name = StringField(filters=[one_line], validators=[AtMost(NAME_INPUT_MAX)])
    signature = StringField(filters=[one_line], validators=[AtMost(profile.SIGNATURE_CHARS_MAX)])
    bio = TextAreaField(filters=[_trimmed], validators=[AtMost(profile.BIO_CHARS_MAX)])
    website = StringField(filters=[one_line], validators=[AtMost(profile.WEBSITE_CHARS_MAX)])
    place = StringField(filters=[one_line], validators=[AtMost(profile.PLACE_CHARS_MAX)])

    def written(self) -> profile.Written:
        """As the service takes it."""
        return profile.Written(**{name: self.text(name) for name in profile.Written.__dataclass_fields__})


class PrivacyForm(Form):
    """Who may write, and what others see."""

    messages_from = StringField(filters=[one_line])
    shows_online = BooleanField()
    shows_likes = BooleanField()
    shows_read = BooleanField()
