"""Make .venv, install what the lock file says into it and go on inside: how every script starts.

    import bootstrap

    bootstrap.enter()

Standard library only, and in the syntax of Python 3.6 (so annotations are strings): an old Python must get far enough
to say that it is too old. The scripts that import this keep to the syntax of 3.7: no walrus, no `match`.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

OLDEST, NEWEST = (3, 11), (3, 13)
ROOT = Path(__file__).resolve().parent.parent
# Where the script was called from: arguments that are paths are relative to it, while `enter` changes to ROOT.
CALLER_DIR = Path.cwd()
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
SERVERS = VENV / "servers"  # mongod and redis-server: scripts/servers/binaries.py
# Python's version and the SHA-256 of each lock file that is installed, or UNFINISHED.
MARKER = VENV / "quorum-installed"
UNFINISHED = "unfinished"
GUARD = "QUORUM_BOOTSTRAPPED"


def enter(dev: bool = False) -> None:
    """Go on inside .venv with ROOT as the current folder and first on `sys.path`; `dev` adds the test tools.

    Returns only inside: outside, the process is replaced by the same script under .venv's Python.
    """
    _refuse_other_pythons()
    lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    if not _installed(lock):
        _install_once(lock)
    if not _inside():
        _start_again_inside()
    _settle()


@contextlib.contextmanager
def step(what: str) -> "Iterator[None]":
    """Print `what ... ` and, when the block ends, how long it took. Goes to stderr: stdout belongs to the script."""
    started = time.monotonic()
    print(f"{what} ... ", end="", file=sys.stderr, flush=True)
    try:
        yield
    except BaseException as error:
        print("failed" if isinstance(error, Exception) else "stopped", file=sys.stderr, flush=True)
        raise
    print(f"done in {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)


@contextlib.contextmanager
def alone() -> "Iterator[None]":
    """Wait until no other script installs anything. The lock is on this very file, so none has to be tidied away."""
    with Path(__file__).open("rb") as file:
        if not _locked(file.fileno()):
            print("Waiting for another script that is installing", file=sys.stderr, flush=True)
            while not _locked(file.fileno()):
                time.sleep(0.2)
        yield


def fail(message: str, code: int = 1) -> NoReturn:
    """End with one sentence on stderr."""
    print(message, file=sys.stderr, flush=True)
    sys.exit(code)


def digest(lock: Path) -> str:
    """What changes when a lock file does."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def install(what: str, lock: Path, for_pip: "Sequence[str]" = (), for_uv: "Sequence[str]" = ()) -> None:
    """Install `lock` with .venv's Python as a step; pip's or uv's words are shown only on failure, and then in full."""
    installer = _installer()
    options = for_uv if Path(installer[0]).stem == "uv" else for_pip
    command = [*installer, "--require-hashes", "--no-deps", *options, "-r", str(lock)]
    environment = dict(os.environ, PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    with contextlib.suppress(_InstallFailed), step(what):
        done = subprocess.run(command, check=False, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 0:
            return
        raise _InstallFailed
    sys.stderr.write(done.stdout.decode(errors="replace"))
    fail(f"{what} failed; the reason is above.")


class _InstallFailed(Exception):
    """Lets `step` say "failed" before the reason is shown."""


def _refuse_other_pythons() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        fail(f"Quorum needs Python 3.11-3.13, this is {_version()}", code=2)


def _version() -> str:
    return "{}.{}".format(*sys.version_info)


def _inside() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def _installed(lock: Path) -> bool:
    return _healthy() and MARKER.is_file() and digest(lock) in MARKER.read_text().split()


def _healthy() -> bool:
    """Whether .venv is whole and of this Python's minor version: the Python that you call is the one that runs."""
    config = VENV / "pyvenv.cfg"
    if not PYTHON.exists() or not config.is_file():
        return False
    if MARKER.is_file() and MARKER.read_text() == UNFINISHED:
        return False
    made_by = re.search(r"^version(?:_info)? *= *(\d+)\.(\d+)", config.read_text(), re.MULTILINE)
    return made_by is not None and (int(made_by.group(1)), int(made_by.group(2))) == sys.version_info[:2]


def _install_once(lock: Path) -> None:
    try:
        with alone():
            if not _installed(lock):  # else whoever held the lock before has done it for us
                _bring_up_to(lock)
    except KeyboardInterrupt:
        fail("Stopped", code=130)


def _bring_up_to(lock: Path) -> None:
    """Bring .venv to what `lock` says. A lock for development holds all that the other one does."""
    if not _healthy():
        _make_venv()
    names = [line for line in lock.read_text().splitlines() if re.match(r"[A-Za-z0-9]", line)]
    MARKER.write_text(UNFINISHED)
    try:
        install(f"Installing {len(names)} packages", lock)
    except SystemExit:
        # Everything is downloaded before anything is changed, so what is there is still whole.
        with contextlib.suppress(FileNotFoundError):
            MARKER.unlink()
        raise
    locks = {lock, ROOT / "requirements.lock"}
    MARKER.write_text("\n".join([sys.version.split()[0], *sorted(map(digest, locks))]) + "\n")


def _make_venv() -> None:
    """Debian's Python has no ensurepip without python3-venv, so pip stays outside unless nothing else is there."""
    try:
        import venv
    except ImportError:
        fail("Python's venv module is missing: install python3-venv")
    with step(f"Making .venv for Python {_version()}"):
        _clear_venv()
        venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(VENV)


def _clear_venv() -> None:
    """Remove what is left of an older one, except mongod and redis-server: they are large and fit every Python."""
    for entry in VENV.iterdir() if VENV.is_dir() else ():
        if entry.is_dir() and not entry.is_symlink():
            if entry.name != SERVERS.name:
                shutil.rmtree(str(entry))
        else:
            entry.unlink()


def _installer() -> "list[str]":
    """What installs into .venv: the pip of the Python outside, a pip inside or uv, whichever there is."""
    outside = getattr(sys, "_base_executable", sys.executable) if _inside() else sys.executable
    if _pip_version(outside) >= (22, 3):
        return [outside, "-m", "pip", "--python", str(PYTHON), "install"]
    if _pip_version(str(PYTHON)) > (0, 0) or _succeeds([str(PYTHON), "-m", "ensurepip"]):
        return [str(PYTHON), "-m", "pip", "install"]
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--python", str(PYTHON)]
    return fail(f"There is no pip for {outside}: install python3-pip or python3-venv (or uv)")


def _pip_version(python: str) -> "tuple[int, int]":
    """(0, 0) when there is none; `--python` came with 22.3."""
    command = [python, "-m", "pip", "--version"]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    found = re.match(rb"pip (\d+)\.(\d+)", done.stdout)
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def _succeeds(command: "list[str]") -> bool:
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def _start_again_inside() -> NoReturn:
    if os.environ.get(GUARD):
        fail(f"{PYTHON} does not start as .venv's own Python: delete {VENV} and try again")
    os.environ[GUARD] = "1"
    command = [str(PYTHON), *sys.orig_argv[1:]]
    if os.name == "nt":  # there, exec returns to the shell before the new process ends
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)  # noqa: S606


def _settle() -> None:
    os.environ.pop(GUARD, None)
    # ROOT in the place of scripts/, where test.py would hide the standard library's `test`.
    here = str(Path(__file__).resolve().parent)
    sys.path[:] = [str(ROOT), *(entry for entry in sys.path if entry not in (here, str(ROOT)))]
    sys.modules.setdefault("scripts.bootstrap", sys.modules[__name__])
    # Relative settings (QUORUM_DATA_DIR, .env) mean ROOT wherever a script is called from.
    os.chdir(ROOT)


def _locked(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
