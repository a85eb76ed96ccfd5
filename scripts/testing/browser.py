"""A Chromium for the browser tests: the one on this machine, else Playwright's, else the distribution's package.

Beside it its headless shell, which is the same browser without windows: it opens a page in a quarter of the time.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.bootstrap import step

SETTING = "QUORUM_TEST_BROWSER"
# For what the shell does not have: the back/forward cache.
WHOLE_SETTING = "QUORUM_TEST_WHOLE_BROWSER"
SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DOWNLOAD_TIMEOUT = 600  # seconds
WHERE_PLAYWRIGHT_HAS_IT = (
    "from playwright.sync_api import sync_playwright as start\n"
    "with start() as playwright: print(playwright.chromium.executable_path)"
)


def find() -> dict[str, str]:
    """What the environment of the tests says of browsers that start; nothing when none is to be had."""
    whole = next((path for path in candidates() if starts(path)), None)
    if whole is None:
        return {}
    return {SETTING: str(whole if os.environ.get(SETTING) else shell() or whole), WHOLE_SETTING: str(whole)}


def shell() -> Path | None:
    """The headless shell, where it is there or can be installed as a package."""
    if not shutil.which(SHELL) and may_install():
        with step("Installing the system's package of Chromium's headless shell"):
            install(SHELL)
    found = shutil.which(SHELL)
    return Path(found) if found and starts(Path(found)) else None


def candidates() -> Iterator[Path]:
    """Where one may be, the dearest to get last: each is only looked for when those before it are of no use."""
    if os.environ.get(SETTING):
        yield Path(os.environ[SETTING])
        return
    yield from on_path()
    yield from playwrights_own()
    yield from packaged()


def starts(path: Path) -> bool:
    """Whether it is there with all that it needs: Ubuntu's chromium-browser only says that one should use snap."""
    try:
        return succeeds([str(path), "--version"])
    except OSError:
        return False


def on_path() -> Iterator[Path]:
    """The ones that PATH has."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)


def playwrights_own() -> Iterator[Path]:
    """The one that belongs to the installed version of Playwright, downloaded unless it is there."""
    asked = subprocess.run([sys.executable, "-c", WHERE_PLAYWRIGHT_HAS_IT], check=False, capture_output=True, text=True)
    path = Path(asked.stdout.strip() or "missing")
    if not path.exists():
        with step("Fetching Chromium through Playwright"):
            succeeds([sys.executable, "-m", "playwright", "install", "chromium"])
    yield path


def packaged() -> Iterator[Path]:
    """Debian's, where we may install it: with a Chinese font, without which Chinese is drawn as boxes."""
    if not may_install():
        return
    with step("Installing the system's package of Chromium"):
        succeeds(["apt-get", "update"])
        install("chromium")
        install("fonts-noto-cjk")
    yield from on_path()


def may_install() -> bool:
    """Whether this is a system with Debian's packages, and ours to add to."""
    return sys.platform != "win32" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str) -> None:
    """Debian's, if the lists of packages as they are have it."""
    succeeds(["apt-get", "install", "-y", "--no-install-recommends", package])


def succeeds(command: list[str]) -> bool:
    """Run it without a word, and not for ever."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=DOWNLOAD_TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
