"""One's picture through the form: what is shown afterwards, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import Settings
from documents import User
from tests.avatars.pictures import BLUE, GREEN, RED, YELLOW, near, photo, webp
from tests.people import Forum, Person

JSON = {"Accept": "application/json"}


async def sends(
    person: Person, content: bytes, *, name: str = "a.jpg", headers: Any = None, **crop: int
) -> httpx.Response:
    fields = {"csrf_token": await person.kept_csrf(), **{key: str(value) for key, value in crop.items()}}
    return await person.browser.post(
        "/settings/avatar", data=fields, files={"file": (name, content, "image/jpeg")}, headers=headers
    )


async def shown(person: Person) -> str:
    user = await User.get(person.id)
    assert user is not None
    return user.avatar


async def fetched(person: Person, side: int = 384) -> httpx.Response:
    return await person.get(f"/files/{await shown(person)}-{side}.webp")


def stored(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "files").rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def empty_storage(forum: Forum, settings: Settings) -> None:
    for path in stored(settings):
        path.unlink()


async def test_a_picture_is_shown_in_three_sizes(alice: Person, guest: Person) -> None:
    answer = await sends(alice, photo())
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/avatar")
    for side in (384, 192, 96):
        found = await fetched(alice, side)
        assert found.status_code == 200
        expected = min(side, 300)
        assert webp(found.content).size == (expected, expected)
        assert found.headers["content-type"] == "image/webp"
        assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert found.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in found.headers
    page = await guest.get(f"/users/{alice.id}")
    assert f'src="/files/{await shown(alice)}-192.webp"' in page.text
    own = await alice.see("/settings/avatar")
    assert "This is your picture now." in own.text


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_it_is_upright_and_says_nothing_of_where_it_was_taken(alice: Person, orientation: int) -> None:
    assert (await sends(alice, photo(orientation), x=0, y=0, size=300)).status_code == 303
    content = (await fetched(alice)).content
    found = webp(content)
    corners = [found.getpixel(at) for at in ((20, 20), (280, 20), (20, 280), (280, 280))]
    for colour, wanted in zip(corners, (RED, GREEN, BLUE, YELLOW), strict=True):
        assert near(colour, wanted), (orientation, corners)
    assert not found.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp"} & found.info.keys()
    assert b"SECRET" not in content
