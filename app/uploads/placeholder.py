"""What stands in the place of a file that was taken down: a picture where a picture was, else a page."""

from __future__ import annotations

from xml.sax.saxutils import escape

from quart import Response, request

from app.errors import Gone
from app.web.i18n import N_, Text, current_locale

TAKEN: Text = Text(N_("This file has been taken down."))
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360" viewBox="0 0 640 360" role="img">'
    '<title>{text}</title><rect width="640" height="360" fill="#e7e5df"/>'
    '<path d="M296 128h48a8 8 0 0 1 8 8v40a8 8 0 0 1-8 8h-48a8 8 0 0 1-8-8v-40a8 8 0 0 1 8-8zM284 120l72 72" '
    'fill="none" stroke="#6b675f" stroke-width="5" stroke-linecap="round"/>'
    '<text x="320" y="232" font-family="system-ui, sans-serif" font-size="24" text-anchor="middle" '
    'fill="#55514a">{text}</text></svg>'
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
}


def placeholder() -> Response:
    """A picture for whoever asks for one, with status 410; raises `Gone` for everybody else."""
    accepts = request.headers.get("Accept", "")
    if request.headers.get("Sec-Fetch-Dest") != "image" and not accepts.startswith("image/"):
        raise Gone(TAKEN)
    drawn = _PICTURE.format(text=escape(TAKEN.into(current_locale.get())))
    return Response(drawn, status=410, content_type="image/svg+xml; charset=utf-8", headers=HEADERS)
