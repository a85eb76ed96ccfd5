"""An nginx for the tests of deploy/: the one on this machine, else the distribution's package."""

import os
import shutil
import sys
from pathlib import Path

from scripts.bootstrap import step
from scripts.testing.browser import succeeds

SETTING = "QUORUM_TEST_NGINX"
SYSTEM = "/usr/sbin/nginx"  # which is on the PATH of root alone


def find() -> Path | None:
    """An nginx that starts; None when none is to be had."""
    return _there() or _packaged()


def _there() -> Path | None:
    found = os.environ.get(SETTING) or shutil.which("nginx") or (SYSTEM if Path(SYSTEM).exists() else None)
    return Path(found) if found and succeeds([found, "-v"]) else None


def _packaged() -> Path | None:
    """Debian's, where we may install it; its own service is not started."""
    if sys.platform == "win32" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    install = ["apt-get", "install", "-y", "--no-install-recommends", "nginx-light"]
    with step("Installing the system's package of nginx"):
        if not succeeds(install):
            succeeds(["apt-get", "update"])
            succeeds(install)
    return _there()
