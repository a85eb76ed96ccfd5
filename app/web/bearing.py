"""Views whose address is itself the right to use them: a signed token stands in it, and no cookie adds anything.

Mail programs press such addresses without any page of ours before them, so no token of a form can be asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from quart import current_app, request

View = TypeVar("View", bound=Callable[..., Any])
BEARS: Final = "address_authorises"


def address_authorises(view: View) -> View:
    """This view needs no token of a form. Stands below the route's decorator."""
    setattr(view, BEARS, True)
    return view


def bears_its_right() -> bool:
    """Whether the view of this request is one of them."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), BEARS, False) is True
