"""Pages that are drawn once for all who are logged in and may see the same, and filled in for each of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace
from typing import Any, Final

from quart import Response

from app.viewer import Viewer
from app.web.context import answer, choose_theme, here, page, plumbing, shell, viewer, wants_fresh
from app.web.fragments import Fragment
from app.web.holes import own_parts, shared
from app.web.i18n import current_locale, current_zone
from app.web.recent import Recent

# At some 50,000 characters each.
PAGES_KEPT: Final = 300
LISTS: Final = "lists"

# Lists and profiles: every change of a topic, a board or a person drops them all.
recent_pages: Recent[Hashable, Fragment] = Recent(PAGES_KEPT)


def draw_shared(template: str, **context: Any) -> Fragment:
    """A page with holes. Nothing in `context` may depend on more of the viewer than the key says it is kept by."""
    about = shared(shell(forms=False))
    return Fragment(plumbing().templates.render(template, about.locale, shell=about, status=200, **context))


def shared_page(drawn: Fragment, **parts: str) -> Response:
    """The page as this viewer sees it; `parts` are safe HTML for the holes that this page has beside the usual ones."""
    about = shell(forms=False)
    filling = own_parts(plumbing().templates, about) | parts
    return answer(drawn.fill(lambda kind, _: filling[kind]), about)


async def list_page(
    template: str,
    load: Callable[[Viewer], Awaitable[dict[str, Any]]],
    *theirs: Hashable,
    keep: tuple[str, ...] = (LISTS,),
) -> Response:
    """A page of what changes with any topic, board or person, as it was a moment ago for all of this standing.

    `load` gets a viewer who is nobody in particular. What it takes from the one who is there belongs into `theirs`.
    `keep` names what drops a guest's copy.
    """
    found = viewer()
    if not found.known:
        return await page(template, keep=keep, **await load(found))
    # Of people whom one has blocked, lists show less.
    standing = replace(found.standing, blocks=found.blocks) if found.blocks else found.standing

    async def draw() -> Fragment:
        return draw_shared(template, **await load(standing))

    key = (template, here(), standing, theirs, current_locale.get(), current_zone.get(), choose_theme())
    drawn = await recent_pages.get(key, draw, fresh=wants_fresh())
    return shared_page(drawn or await draw())
