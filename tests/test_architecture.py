"""What docs/ says is so."""

from __future__ import annotations

import re
from pathlib import Path

from app.settings import Settings
from documents import ALL

OUTSIDE = {"mongodb_uri", "mongodb_db", "redis_url"}


def _variable(field: str) -> str:
    return field.upper() if field in OUTSIDE else f"QUORUM_{field.upper()}"


def test_every_setting_is_documented_with_its_default(root: Path) -> None:
    page = (root / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| `?([^|`]*?)`? \|", page, re.MULTILINE))
    fields = Settings.model_fields
    assert set(rows) == {_variable(name) for name in fields}
    for name, field in fields.items():
        default = "–" if field.default in (None, "") else str(field.default)
        assert rows[_variable(name)] == default, name


def test_every_dependency_has_its_reason(root: Path) -> None:
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8").lower()
    listed = re.findall(r'^  "([a-z0-9-]+)(?:\[|>|<|=)', project, re.MULTILINE)
    assert listed
    for name in listed:
        assert name.removeprefix("types-") in page or name.replace("-", " ") in page, name


def test_every_script_is_documented(root: Path) -> None:
    page = (root / "docs" / "scripts.md").read_text(encoding="utf-8")
    for path in (root / "scripts").glob("*.py"):
        if path.name != "bootstrap.py" and "bootstrap.enter(" in path.read_text(encoding="utf-8"):
            assert f"scripts/{path.name}" in page, path.name


def test_no_two_documents_share_a_collection() -> None:
    names = [document.Settings.name for document in ALL]
    assert len(set(names)) == len(names)


def test_skip_is_used_nowhere(root: Path) -> None:
    """Pages by `skip` cost more the further one reads."""
    for folder in ("app", "documents"):
        for path in (root / folder).rglob("*.py"):
            assert ".skip(" not in path.read_text(encoding="utf-8"), path
