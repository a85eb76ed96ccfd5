"""A field of a form that is sent any number of times, as a list with several choices is."""

from __future__ import annotations

from typing import Any, Final

from wtforms import Field

# More than there could be of anything.
MANY: Final = 500


class ManyField(Field):
    """All values that were sent, each once; what they may be, the service says."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take them as they come."""
        self.data = list(dict.fromkeys(str(value) for value in valuelist[:MANY]))

    @property
    def chosen(self) -> list[str]:
        """The values, none when nothing was sent."""
        return list(self.data or ())
