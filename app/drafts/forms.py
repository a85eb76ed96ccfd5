"""What forms of texts share: the draft that they were filled from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from wtforms import HiddenField

from app.drafts.pages import Writing
from app.drafts.places import Place, place_from
from app.drafts.service import Sending
from app.errors import Invalid
from app.web.forms import ONCE_PATTERN, Form, one_line


class DraftedForm(Form):
    """A form whose text is kept as a draft while it is written."""

    APART: ClassVar = frozenset({"draft", "draft_rev", "known"})

    draft = HiddenField(filters=[one_line])
    draft_rev = HiddenField(filters=[one_line])

    def place(self, usual: Place) -> Place:
        """Where it was opened, when it says so: who it is for may have been changed since."""
        try:
            named = place_from(self.text("draft"))
        except Invalid:
            return usual
        return named if named.kind == usual.kind else usual

    def sending(self, usual: Place) -> Sending:
        """The draft that goes when this is sent."""
        return Sending(self.place(usual), whole_number(self.text("draft_rev")) or 0)

    def writing(self, usual: Place) -> Writing:
        """What the form says of its draft when it is shown again."""
        sending = self.sending(usual)
        return Writing(str(sending.place), sending.rev)


def carried(form: Mapping[str, str]) -> dict[str, str]:
    """What a form brings beside its text, where it brings that: its key, and the last number that its writer saw."""
    once, known = one_line(form.get("once")), whole_number(one_line(form.get("known")))
    found = {"once": once if ONCE_PATTERN.fullmatch(once) else "", "known": str(known or "")}
    return {name: value for name, value in found.items() if value}


def whole_number(text: str) -> int | None:
    """The number that a hidden field holds."""
    return int(text) if text.isdecimal() and len(text) < 10 else None
