"""Forms that are opened with what was kept of them, with JavaScript or without, on any device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.drafts.pages import Writing
from app.drafts.places import Place
from app.drafts.service import draft_at
from app.viewer import Viewer

ABOUT: Final = frozenset({"to", "seen", "reply_to", "board"})


async def opened(viewer: Viewer, place: Place, given: Mapping[str, str]) -> tuple[dict[str, str], Writing]:
    """The fields of a form as it is first shown: those `given`, with a draft's over them where there is one.

    A field that the draft has empty stays as given when it says what the form is about (`to`, `seen`, `reply_to`).
    """
    draft = await draft_at(viewer, place)
    if draft is None:
        return dict(given), Writing(str(place))
    kept = {name: value for name, value in draft.fields.items() if name in given and (value or name not in ABOUT)}
    return {**given, **kept}, Writing(str(place), draft.rev, draft.updated_at, draft.once, draft.known)
