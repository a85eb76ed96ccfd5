"""Pages that are drawn once for all who are logged in and may see the same, and filled in for each of them."""

from __future__ import annotations

from typing import Any

from quart import Response

from app.web.context import answer, plumbing, shell
from app.web.fragments import Fragment
from app.web.holes import own_parts, shared


def draw_shared(template: str, **context: Any) -> Fragment:
    """A page with holes. Nothing in `context` may depend on more of the viewer than the key says it is kept by."""
    about = shared(shell(forms=False))
    return Fragment(plumbing().templates.render(template, about.locale, shell=about, status=200, **context))


def shared_page(drawn: Fragment, **parts: str) -> Response:
    """The page as this viewer sees it; `parts` are safe HTML for the holes that this page has beside the usual ones."""
    about = shell(forms=False)
    filling = own_parts(plumbing().templates, about) | parts
    return answer(drawn.fill(lambda kind, _: filling[kind]), about)
