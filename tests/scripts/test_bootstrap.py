"""What every script does first."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from scripts import bootstrap
from tests.scripts.processes import ROOT

STARTED_BY_PEOPLE = [
    path for path in sorted((ROOT / "scripts").glob("*.py")) if "bootstrap.enter(" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("path", [ROOT / "scripts" / "bootstrap.py", *STARTED_BY_PEOPLE], ids=lambda path: path.name)
def test_an_old_python_can_read_it_far_enough_to_refuse(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 14, 0)])
def test_another_python_is_refused(
    version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit) as caught:
        bootstrap.enter()
    assert caught.value.code == 2
    assert capsys.readouterr().err == f"Quorum needs Python 3.11-3.13, this is {version[0]}.{version[1]}\n"


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A whole one, in which lock.txt is installed."""
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(bootstrap, "MARKER", tmp_path / "marker")
    (tmp_path / "python").touch()
    (tmp_path / "pyvenv.cfg").write_text("home = /usr\nversion = {}.{}.9\n".format(*sys.version_info))
    (tmp_path / "lock.txt").write_text("quart==0.22.0\n")
    (tmp_path / "marker").write_text(bootstrap.digest(tmp_path / "lock.txt"))
    return tmp_path


def test_an_unchanged_lock_is_not_installed_again(venv: Path) -> None:
    assert bootstrap._installed(venv / "lock.txt")


def test_a_changed_lock_is(venv: Path) -> None:
    (venv / "lock.txt").write_text("quart==0.23.0\n")
    assert not bootstrap._installed(venv / "lock.txt")
    assert bootstrap._healthy()


@pytest.mark.parametrize(
    ("file", "content"),
    [("pyvenv.cfg", "version = 3.8.1"), ("marker", bootstrap.UNFINISHED), ("pyvenv.cfg", "")],
)
def test_a_venv_of_another_python_or_half_made_is_made_anew(file: str, content: str, venv: Path) -> None:
    (venv / file).write_text(content)
    assert not bootstrap._healthy()


def test_making_it_anew_keeps_the_servers(venv: Path) -> None:
    (venv / "servers").mkdir()
    (venv / "lib").mkdir()
    bootstrap._clear_venv()
    assert [entry.name for entry in venv.iterdir()] == ["servers"]
