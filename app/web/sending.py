"""Forms that a page sends by itself, so that a failure leaves the page, and the text in it, as it is."""

from __future__ import annotations

from typing import Final

from quart import Quart, Response, jsonify, request

SENT_BY_PAGE: Final = "X-Quorum-Send"


def install(app: Quart) -> None:
    """Say where to go on in JSON, as a page cannot see where a redirect leads."""
    app.after_request(_name_the_way)


async def _name_the_way(response: Response) -> Response:
    if response.status_code != 303 or SENT_BY_PAGE not in request.headers:
        return response
    answer = jsonify(to=response.headers["Location"])
    for name, value in response.headers.items():
        if name.lower() not in {"location", "content-type", "content-length"}:
            answer.headers.add(name, value)
    return answer
