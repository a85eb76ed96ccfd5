"""A program with a token, as it speaks to the forum."""

from __future__ import annotations

from typing import Any

import httpx

from app.api import tokens
from app.api.scopes import SCOPES
from app.api.table import operations
from app.security.letters import Deed
from app.viewer import Viewer
from tests.people import Forum, Person

ALL = tuple(SCOPES)
DEED = Deed("token", "tests", "127.0.0.1", "en")


class Program:
    """Whoever holds this token; without one, anybody."""

    def __init__(self, forum: Forum, token: str = "", locale: str = "en") -> None:
        self.browser = forum.browser(locale)
        self.browser.headers["Accept"] = "*/*"
        if token:
            self.browser.headers["Authorization"] = f"Bearer {token}"

    async def send(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """One request. Refusals are never HTML, and answers are what the document says."""
        if body is not None:
            options["json"] = body
        answer = await self.browser.request(method, f"/api/v1{path}", **options)
        assert "set-cookie" not in answer.headers
        if answer.content:
            assert answer.headers["content-type"].startswith("application/json"), answer.text[:200]
        if answer.status_code >= 400:
            assert answer.json()["errno"] == answer.status_code
            assert answer.json()["errmsg"]
        return answer

    async def get(self, path: str, **options: Any) -> Any:
        """What is there."""
        answer = await self.send("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def call(self, name: str, body: Any = None, **ids: Any) -> Any:
        """An operation by its name: the answer is what the document promises, and nothing else."""
        operation = operations()[name]
        answer = await self.send(operation.method, path_to(name, **ids), body)
        assert answer.status_code == operation.status, answer.text
        if operation.gives is None:
            assert answer.content == b""
            return None
        operation.gives.model_validate_json(answer.content, strict=True)
        return answer.json()


def path_to(name: str, **ids: Any) -> str:
    """The path of an operation, with ids in it."""
    path = operations()[name].path
    for key, value in ids.items():
        path = path.replace(f"<oid:{key}_id>", str(value)).replace(f"<int:{key}>", str(value))
    return path


async def token_of(person: Person, *scopes: str) -> str:
    """A token of somebody."""
    assert person.user is not None
    viewer = Viewer(id=person.id, role=person.user.role)
    return await tokens.make(viewer, name="Tests", scopes=scopes or ALL, days=30, deed=DEED)


async def program_of(forum: Forum, person: Person, *scopes: str, locale: str = "en") -> Program:
    """A program that acts in somebody's name; with every scope if none is named."""
    return Program(forum, await token_of(person, *scopes), locale)
