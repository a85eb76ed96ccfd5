"""Pages that are drawn once for all who are logged in and may see the same, and filled in for each of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import replace
from typing import Any, Final

from quart import Response

from app.viewer import Viewer
from app.web.context import answer, choose_theme, here, page, plumbing, shell, viewer, wants_fresh
from app.web.fragments import Fragment
from app.web.holes import own_parts, shared
from app.web.i18n import current_locale, current_zone
from app.web.recent import Recent

# The filling of holes, by their kind, for the key of each.
Own = Mapping[str, Callable[[str], str]]
# At some 50,000 characters each.
PAGES_KEPT: Final = 300
LISTS: Final = "lists"

# Lists and profiles: every change of a topic, a board or a person drops them all.
recent_pages: Recent[Hashable, Fragment] = Recent(PAGES_KEPT)


def draw_shared(template: str, **context: Any) -> Fragment:
    """A page with holes. Nothing in `context` may depend on more of the viewer than the key says it is kept by."""
    about = shared(shell(forms=False))
    facts = context.pop("facts", None)
    return Fragment(plumbing().templates.render(template, about.locale, shell=about, status=200, **context), facts)


def shared_page(drawn: Fragment, **parts: str) -> Response:
    """The page as this viewer sees it; `parts` are safe HTML for the holes that this page has beside the usual ones."""
    about = shell(forms=False)
    filling = own_parts(plumbing().templates, about) | parts
    return answer(drawn.fill(lambda kind, _: filling[kind]), about)


def filled_page(drawn: Fragment, own: Own) -> Response:
    """As `shared_page`, with holes whose filling depends on their keys."""
    about = shell(forms=False)
    filling = own_parts(plumbing().templates, about)
    return answer(drawn.fill(lambda kind, key: own[kind](key) if kind in own else filling[kind]), about)


async def list_page(
    template: str,
    load: Callable[[Viewer], Awaitable[dict[str, Any]]],
    *theirs: Hashable,
    keep: tuple[str, ...] = (LISTS,),
    own: Callable[[Viewer, Any], Awaitable[Own]] | None = None,
) -> Response:
    """A page of what changes with any topic, board or person, as it was a moment ago for all of this standing.

    `load` gets a viewer who is nobody in particular. What it takes from the one who is there belongs into `theirs`.
    `own` fills what the page shows of the viewer alone, from the `facts` that `load` gives with the rest.
    `keep` names what drops a guest's copy.
    """
    found = viewer()
    if not found.known:
        context = await load(found)
        context.pop("facts", None)
        return await page(template, keep=keep, **context)
    standing = found.standing
    if found.blocks or found.mutes:  # of these, lists show less
        standing = replace(standing, blocks=found.blocks, mutes=found.mutes)

    async def draw() -> Fragment:
        return draw_shared(template, **await load(standing))

    key = (template, here(), standing, theirs, current_locale.get(), current_zone.get(), choose_theme())
    drawn = await recent_pages.get(key, draw, fresh=wants_fresh()) or await draw()
    return filled_page(drawn, await own(found, drawn.facts) if own else {})
