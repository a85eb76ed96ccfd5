"""A real Chromium. Each person has a context of their own: cookies, storage and language apart from all others."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright

from app.assembly import AUTH_COOKIE
from tests.doctored import Doctor
from tests.people import Forum, Person

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1440, "height": 900}
TIMEOUT_MS = 10_000

Open = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """The browser that scripts/test.py has found; one for each file, so that one that dies takes no other along."""
    path = os.environ.get("QUORUM_TEST_BROWSER")
    if not path:
        pytest.skip("no browser: run scripts/test.py, or set QUORUM_TEST_BROWSER")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


# What the browser says when it leaves out its own animation between two pages, which is no error of our scripts.
LEFT_OUT = ("ViewTransition", "Transition was aborted", "Transition was skipped")


class Thrown:
    """What our scripts have thrown. Raised where it is heard of, it would end the line to the browser, and with it
    every test of the file.
    """

    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, error: Error) -> None:
        """One error of a page."""
        if not any(words in error.message for words in LEFT_OUT):
            self.said.append(f"{error.message} {error.stack}")


@pytest.fixture
def thrown() -> Iterator[Thrown]:
    """Nothing may be, in any test."""
    found = Thrown()
    yield found
    assert not found.said


@pytest.fixture
async def open_as(chromium: Browser, forum: Forum, doctor: Doctor, thrown: Thrown) -> AsyncIterator[Open]:
    """`page = await open_as(person, "/path")`: a new context, logged in as that person, at that page.

    Whatever was done with it, the doctor finds nothing afterwards.
    """
    contexts: list[BrowserContext] = []

    async def open_(person: Person | None, path: str = "/", *, locale: str = "en-GB", **options: Any) -> Page:
        context = await chromium.new_context(
            base_url=forum.origin, locale=locale, viewport=options.pop("viewport", LAPTOP), **options
        )
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        if person is not None:
            cookie = {"name": AUTH_COOKIE, "value": forum.cookie(person.token), "url": forum.origin}
            await context.add_cookies([cookie])  # type: ignore[list-item]
        page = await context.new_page()
        page.on("pageerror", thrown.note)
        await page.goto(path)
        return page

    yield open_
    for context in contexts:
        await context.close()
    await doctor()
