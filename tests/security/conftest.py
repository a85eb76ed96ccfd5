"""Hashing recovery codes costs next to nothing here."""

from __future__ import annotations

import pytest

from app.security import recovery


@pytest.fixture(autouse=True)
def cheap_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A two-thousandth of what it costs."""
    monkeypatch.setattr(recovery, "COST", 4)
