"""axe-core finds nothing, on any page, light and dark, in both languages."""

from __future__ import annotations

from typing import Final, Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from documents import Board, Comment
from tests import stock
from tests.browser.conftest import LAPTOP, PHONE, Open
from tests.people import Forum, Person
from tests.security.second import set_up

AXE: Final = Axe()
Schemes = tuple[Literal["light", "dark"], ...]
EVERYTHING: Final = {"resultTypes": ["violations"]}
COLOURS: Final = {**EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}

BODY = """Look at `code`, **bold**, a [link](https://example.org) and @bob.

> quoted

```python
def hello(name: str) -> str:  # a comment
    return f"Hello {name}" + str(42)
```

| Left | Right |
|------|------:|
| 1    |     2 |

### First

##### Below it

## And on

- [x] done
- [ ] open

A footnote[^1] and $x^2$.

[^1]: Down here.
"""


@pytest.fixture
async def paths(forum: Forum, alice: Person, bob: Person, admin: Person) -> dict[str, Person | None]:
    """Every page with something on it, and who looks at it."""
    board: Board = await forum.board("Garden · 花园")
    topic = await alice.opens(board, "Tomatoes 番茄", BODY, tags="plants, 阳台")
    comment: Comment = await bob.says(topic, "An answer, @alice")
    await bob.send(f"/comments/{comment.oid}/edit", body="A better answer, @alice")
    gone = await bob.says(topic, "A mistake")
    await bob.send(f"/comments/{gone.oid}/delete", reason="a slip")
    await alice.send("/drafts", place=f"reply:{topic.oid}", body="Half a sentence")
    conversation = await bob.writes("alice", "Lunch", "On **Friday**?")
    await bob.send(f"/users/{alice.id}/follow")
    about = {"signature": "One line", "bio": "I *grow* things", "website": "example.org", "place": "上海"}
    await alice.send("/settings/profile", display_name="", **about)
    nuisance = await forum.person("nuisance")
    await nuisance.says(topic, "A nuisance")
    await alice.send(f"/users/{nuisance.id}/block")
    reported = await nuisance.says(topic, "Buy seeds")
    await alice.send(f"/report/comment/{reported.oid}", reason="spam", words="Third time")
    await admin.send(f"/users/{nuisance.id}/warn", reason="No advertisements")
    await set_up(alice)
    await stock.passkey(alice)
    return {
        "/": None,
        "/boards": None,
        f"/boards/{board.oid}": alice,
        "/login": None,
        "/register": None,
        f"/topics/{topic.oid}": alice,
        f"/topics/{topic.oid}?page=1": None,
        f"/topics/{topic.oid}/edit": alice,
        f"/topics/{topic.oid}/delete": admin,
        f"/boards/{board.oid}/topics/new": alice,
        "/topics/new": alice,
        f"/comments/{comment.oid}/edit": bob,
        f"/comments/{comment.oid}/delete": bob,
        f"/comments/{comment.oid}/history": alice,
        f"/comments/{comment.oid}/history?view=beside": alice,
        "/drafts": alice,
        f"/users/{alice.id}": bob,
        f"/users/{bob.id}/comments": None,
        f"/users/{bob.id}/commented": alice,
        f"/users/{bob.id}/likes": None,
        f"/users/{alice.id}/followers": bob,
        f"/users/{alice.id}/following": None,
        f"/users/{alice.id}/card": bob,
        "/following": bob,
        "/tags/plants": None,
        "/messages": alice,
        "/messages/sent": bob,
        "/messages/new": alice,
        f"/messages/{conversation}": alice,
        f"/messages/{conversation}/delete": alice,
        f"/messages/{conversation}/1/edit": bob,
        f"/messages/{conversation}/1/delete": alice,
        "/messages/requests": alice,
        "/messages/archive": alice,
        "/messages/search?q=friday": alice,
        "/notifications": alice,
        "/settings/account": alice,
        "/settings/profile": alice,
        "/settings/privacy": alice,
        "/settings/security": alice,
        "/settings/security/app": bob,
        "/settings/sessions": alice,
        "/admin": admin,
        "/admin/boards": admin,
        f"/admin/boards/{board.oid}": admin,
        "/bookmarks": alice,
        "/notifications/log": alice,
        "/settings/watching": alice,
        "/settings/notifications": alice,
        "/settings/tokens": alice,
        "/settings/data": alice,
        "/uploads": alice,
        "/api/docs": None,
        f"/report/topic/{topic.oid}": bob,
        f"/topics/{topic.oid}/moderate": admin,
        "/topics/choose": admin,
        f"/users/{nuisance.id}/moderate": admin,
        "/moderation/reports": admin,
        "/moderation/approval": admin,
        "/moderation/appeals": admin,
        "/moderation/bin": admin,
        f"/moderation/bin/comments/{gone.oid}": admin,
        "/admin/health": admin,
        "/admin/jobs": admin,
        "/admin/mail": admin,
        "/admin/networks": admin,
        "/admin/words": admin,
        "/admin/tags": admin,
        "/admin/people": admin,
        f"/admin/people/{bob.id}": admin,
        "/admin/roles": admin,
        "/admin/roles/moderator": admin,
        f"/admin/boards/{board.oid}/roles": admin,
        "/admin/why": admin,
        "/admin/settings": admin,
        "/admin/settings/signup": admin,
        "/admin/logs/operations": admin,
        "/nowhere": alice,
    }


async def violations(page: Page, schemes: Schemes) -> list[str]:
    """In the first scheme everything, in others what a scheme changes: colours."""
    await page.evaluate(AXE.axe_script)
    faults = []
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme)
        await page.evaluate("document.getAnimations().forEach(each => each.finish())")
        assert await page.evaluate(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
        found = (await page.evaluate("options => axe.run(options)", EVERYTHING if scheme == schemes[0] else COLOURS))[
            "violations"
        ]
        faults += [f"{scheme}: {each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]
    return faults


@pytest.mark.parametrize(("locale", "schemes"), [("en-GB", ("light", "dark")), ("zh-CN", ("dark",))])
async def test_axe_finds_nothing(open_as: Open, paths: dict[str, Person | None], locale: str, schemes: Schemes) -> None:
    windows: dict[str, Page] = {}
    faults = {}
    for at, (path, person) in enumerate(paths.items()):
        name = person.name if person else "guest"
        if name not in windows:
            viewport = PHONE if at % 2 else LAPTOP
            windows[name] = await open_as(person, path, locale=locale, viewport=viewport)
        else:
            answer = await windows[name].goto(path)
            assert answer is not None
            assert answer.ok or path == "/nowhere", path
        found = await violations(windows[name], schemes)
        if found:
            faults[path] = found
    assert not faults
