"""What of deploy/ cannot be run here is looked at: its settings and files exist, its units are valid."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.settings import Settings
from tests.scripts.processes import ROOT

DEPLOY = ROOT / "deploy"
# Compose's own, see env.example.
OF_COMPOSE = {"QUORUM_PROCESSES", "QUORUM_CERTIFICATES"}
SYSTEMD = shutil.which("systemd-analyze")


def texts() -> list[Path]:
    return [path for path in DEPLOY.rglob("*") if path.is_file()]


def test_every_setting_in_deploy_exists() -> None:
    known = {f"QUORUM_{name.upper()}" for name in Settings.model_fields} | OF_COMPOSE
    for path in texts():
        named = set(re.findall(r"\bQUORUM_[A-Z_]+\b", path.read_text(encoding="utf-8")))
        assert named <= known, path


def test_what_the_image_is_made_of_exists() -> None:
    text = (DEPLOY / "docker" / "Dockerfile").read_text(encoding="utf-8")
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    copied = [name for line in re.findall(r"^COPY --chown=\S+ (.+) \S+$", text, re.MULTILINE) for name in line.split()]
    assert copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in let_in, name


def test_every_script_that_deploy_calls_exists() -> None:
    for path in texts():
        for name in re.findall(r"scripts/\w+\.py", path.read_text(encoding="utf-8")):
            assert (ROOT / name).exists(), (path, name)


@pytest.mark.skipif(SYSTEMD is None, reason="no systemd-analyze")
def test_the_units_are_valid(tmp_path: Path) -> None:
    units = sorted(path for path in (DEPLOY / "systemd").iterdir())
    for unit in units:
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(text.replace("/usr/bin/python3", "/bin/sh"), encoding="utf-8")
    command = [str(SYSTEMD), "verify", *(str(tmp_path / unit.name) for unit in units)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in checked.stderr.splitlines() if "quorum" in line and "not found" not in line]
    assert not ours, ours
