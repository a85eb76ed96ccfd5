"""What the routes of security ask of the request at hand."""

from __future__ import annotations

from typing import Final

from quart import Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.accounts.devices import device_of
from app.errors import Conflict
from app.security.letters import Deed
from app.security.place import Place, place_of
from app.web.context import address, csrf_subject, own_origins, plumbing, speak_json
from app.web.i18n import N_, Text, current_locale

Answer = Response | WerkzeugResponse
NUMBER: Final = Text(
    N_("Passkeys are tied to a domain name, and you came by an IP address. Open the forum by its name to use them.")
)


def key() -> bytes:
    """The forum's secret."""
    return plumbing().key


def place_here() -> Place | None:
    """Where this request believes the forum to be; None at an IP address."""
    return place_of(plumbing().settings, request.headers.get("Host", ""), own_origins())


def require_place() -> Place:
    """The same; a sentence where there are no passkeys."""
    found = place_here()
    if found is None:
        raise Conflict(NUMBER)
    return found


def subject() -> str:
    """The browser that a challenge is for: the same that its form tokens are bound to."""
    return csrf_subject()


def deed(what: str) -> Deed:
    """What is being done, and from where, as its owner is told."""
    device = str(device_of(request.headers.get("User-Agent", "")))
    return Deed(what=what, device=device, address=address(), locale=current_locale.get())


def as_json(text: str) -> Response:
    """Options for the browser, and every refusal of this request, as JSON."""
    return Response(text, content_type="application/json")


__all__ = ["Answer", "as_json", "deed", "key", "place_here", "require_place", "speak_json", "subject"]
