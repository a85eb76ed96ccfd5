"""Every operation with every scope, made from the table: what a token's scopes lack is refused, whoever holds it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bson import ObjectId
from quart import Quart

from app.api import openapi
from app.api.scopes import SCOPES, withheld_by
from app.api.table import PREFIX, Operation, operations
from app.permissions.catalogue import PERMISSIONS
from app.web.needs import need_of
from documents import Board
from tests.api.program import ALL, Program, program_of
from tests.people import Forum, Person

MISSING = str(ObjectId())


def path_of(operation: Operation) -> str:
    return re.sub(r"<int:\w+>", "1", re.sub(r"<oid:\w+>", MISSING, operation.path))


async def status_of(program: Program, operation: Operation, body: Any = None) -> int:
    return (await program.send(operation.method, path_of(operation), body)).status_code


async def test_every_operation_with_every_scope(forum: Forum, alice: Person, board: Board) -> None:
    """With the scope it comes as far as to a body that is missing or a thing that is not there; without, no further."""
    programs = {scope: await program_of(forum, alice, scope) for scope in SCOPES}
    for operation in operations().values():
        for scope, program in programs.items():
            if operation.name == "revoke_token":
                continue
            carried = operation.scope in (scope, "read")
            status = await status_of(program, operation)
            if not carried:
                assert status == 403, (operation.name, scope)
            elif operation.scope not in ("moderate", "administer"):  # alice is neither
                assert status in {200, 201, 204, 404, 415, 422}, (operation.name, scope, status)


async def test_without_a_token_only_what_everybody_reads(forum: Forum, board: Board) -> None:
    guest = Program(forum)
    for operation in operations().values():
        status = await status_of(guest, operation)
        if operation.need.login:
            assert status == 401, operation.name
        else:
            assert status in {200, 404, 422}, operation.name
            assert (operation.method, operation.scope) == ("GET", "read")


async def test_what_changes_something_is_never_in_the_scope_of_reading() -> None:
    for operation in operations().values():
        if operation.method != "GET" and operation.name != "revoke_token":
            assert operation.scope != "read", operation.name


def test_the_scopes_carry_every_permission_that_a_token_can() -> None:
    kept = withheld_by(ALL)
    running = {name for name, each in PERMISSIONS.items() if each.group == "running"}
    assert running - {"manage_boards", "manage_settings"} == kept
    assert running == withheld_by(set(ALL) - {"administer"})
    assert "use_api" not in withheld_by(())
    assert {"post", "message", "delete_others", "see_deleted"} <= withheld_by(("read",))


async def test_the_document_and_the_routes_are_the_same(app: Quart, forum: Forum) -> None:
    document = await Program(forum).get("/openapi.json")
    assert document["openapi"].startswith("3.1")
    documented = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX) and rule.endpoint.startswith("api.") and rule.endpoint != "api.document"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert documented == routes
    names = [each["operationId"] for methods in document["paths"].values() for each in methods.values()]
    assert len(set(names)) == len(names) == len(operations())


def test_every_reference_in_the_document_is_there() -> None:
    document = openapi.document()
    schemas = document["components"]["schemas"]
    found = set(re.findall(r"#/components/schemas/([\w-]+)", repr(document)))
    assert found <= schemas.keys()
    assert schemas.keys() - found <= {"Error"}
    for path, methods in document["paths"].items():
        for each in methods.values():
            named = {parameter["name"] for parameter in each["parameters"] if parameter["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))


async def test_every_operation_declares_what_it_needs(app: Quart) -> None:
    for operation in operations().values():
        assert need_of(operation.endpoint) == operation.need


@pytest.mark.parametrize("locale", ["en", "zh"])
async def test_the_page_shows_every_operation(forum: Forum, locale: str) -> None:
    page = await forum.browser(locale).get("/api/docs")
    assert page.status_code == 200
    for name in operations():
        assert f'id="{name}"' in page.text, name
    assert ("发表主题" if locale == "zh" else "Open a topic") in page.text
    assert ("Needs" in page.text) == (locale == "en")
    assert "http://127.0.0.1" in page.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)', page.text)
