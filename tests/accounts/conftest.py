"""Settings of accounts that tests choose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from quart import Quart

from app.web.context import EXTENSION, Plumbing


@contextmanager
def with_settings(app: Quart, **settings: Any) -> Iterator[None]:
    """These settings for a while; what a page shows of them is not remembered."""
    plumbing: Plumbing = app.extensions[EXTENSION]
    kept, plumbing.settings = plumbing.settings, plumbing.settings.model_copy(update=settings)
    plumbing.guest_pages.clear()
    yield
    plumbing.settings = kept
    plumbing.guest_pages.clear()


@pytest.fixture
def required(app: Quart) -> Iterator[None]:
    """Who has not confirmed their address may not write."""
    with with_settings(app, email_confirmation="required"):
        yield


@pytest.fixture
def off(app: Quart) -> Iterator[None]:
    """Addresses are not confirmed at all."""
    with with_settings(app, email_confirmation="off"):
        yield
