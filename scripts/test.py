"""Run every check that a change has to pass: style, types, templates, layers and the tests.

python3 scripts/test.py                         all of them
python3 scripts/test.py --only tests -- -k ws   the tests whose names have "ws" in them
python3 scripts/test.py --safeguards            what the proof of tests/realtime says without each safeguard
"""

import bootstrap

bootstrap.enter(dev=True)

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from scripts.bootstrap import CALLER_DIR, ROOT
from scripts.testing import browser, nginx

# Each of these has a MongoDB, a Redis, a forum and a browser of its own.
SIDE_BY_SIDE = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "worksteal"]
# The plans of the proof with and without each safeguard: some fifteen minutes.
SAFEGUARDS = (str(ROOT / "tests/realtime/test_proof.py"), "-k", "safeguard", "-q")
TOOLS = Path(sys.executable).parent
WITHOUT_BROWSER = """\
########################################################################
#  NO BROWSER: the browser tests are LEFT OUT.                         #
#  Install Chromium, or name one by QUORUM_TEST_BROWSER=/path/to/it.   #
########################################################################"""


@dataclass(frozen=True)
class Check:
    """One tool and how to call it."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)

    def passes(self) -> bool:
        """Run it; it speaks for itself."""
        click.secho(f"\n== {self.name} ==", bold=True)
        return subprocess.run(self.command, check=False, env={**os.environ, **self.environment}).returncode == 0


LINT = [
    Check("ruff check", [str(TOOLS / "ruff"), "check"]),
    Check("ruff format", [str(TOOLS / "ruff"), "format", "--check"]),
    Check("mypy", [str(TOOLS / "mypy")]),
    Check("djlint format", [str(TOOLS / "djlint"), "templates", "--check", "--quiet"]),
    Check("djlint lint", [str(TOOLS / "djlint"), "templates", "--lint", "--quiet"]),
    Check("import-linter", [str(TOOLS / "lint-imports"), "--no-logo"]),
]


@click.command(help="Run all checks, up to the first that fails. What comes after -- goes to pytest.")
@click.option("--only", type=click.Choice(["lint", "tests"]), help="Only one half.")
@click.option("--keep-going", is_flag=True, help="Run all checks even when one fails.")
@click.option("--require-browser", is_flag=True, help="Fail when there is no browser, as CI does.")
@click.option("--proof-seconds", type=click.IntRange(1), help="Go on with the proof of tests/realtime for so long.")
@click.option("--safeguards", is_flag=True, help="Take each safeguard of the proof away in turn; ends with a table.")
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def main(
    only: str | None,
    keep_going: bool,
    require_browser: bool,
    proof_seconds: int | None,
    safeguards: bool,
    pytest_arguments: tuple[str, ...],
) -> None:
    """Put together what is asked for, run it and sum it up."""
    if proof_seconds is not None:
        os.environ["PROOF_SECONDS"] = str(proof_seconds)
    if safeguards:
        os.environ["PROOF_SAFEGUARDS"] = "1"
        only, pytest_arguments = "tests", (*SAFEGUARDS, *pytest_arguments)
    found = browser.find() if only != "lint" else {}
    lacking = only != "lint" and not found
    if lacking:
        click.secho(WITHOUT_BROWSER, fg="red")
    checks = [*(LINT if only != "tests" else []), *([tests(found, pytest_arguments)] if only != "lint" else [])]
    passed = run(checks, keep_going=keep_going)
    if lacking:
        click.secho(f"\n{WITHOUT_BROWSER}", fg="red")
    sys.exit(0 if passed and not (lacking and require_browser) else 1)


def tests(found: Mapping[str, str], arguments: tuple[str, ...]) -> Check:
    """pytest, with the browser if there is one; paths are relative to where we were called from."""
    command = [sys.executable, "-m", "pytest", *([] if arguments else SIDE_BY_SIDE)]
    if not found:
        return Check("pytest, without a browser", [*command, "-m", "not browser", *map(absolute, arguments)])
    return Check("pytest", [*command, *map(absolute, arguments)], {**found, **with_nginx(arguments)})


def with_nginx(arguments: tuple[str, ...]) -> dict[str, str]:
    """The nginx for tests/deploy, looked for when these may be among what runs; without one they are left out."""
    if arguments and not any("deploy" in argument for argument in arguments):
        return {}
    server = nginx.find()
    if server is None:
        click.secho("NO NGINX: the tests of deploy/ are LEFT OUT", fg="red")
    return {nginx.SETTING: str(server)} if server else {}


def absolute(argument: str) -> str:
    """A path, perhaps with ::test, as seen from ROOT; anything else as it is."""
    return str(CALLER_DIR / argument) if (CALLER_DIR / argument.partition("::")[0]).exists() else argument


def run(checks: list[Check], *, keep_going: bool) -> bool:
    """Run them in turn, then list how each went; gives whether all passed."""
    lines, failed = [], False
    for check in checks:
        if failed and not keep_going:
            lines.append(f"  not run   {check.name}")
            continue
        started = time.monotonic()
        passed = check.passes()
        failed = failed or not passed
        lines.append(f"  {'passed' if passed else 'FAILED':<9} {check.name} ({time.monotonic() - started:.1f} s)")
    click.secho("\n== summary ==", bold=True)
    click.echo("\n".join(lines))
    return not failed


if __name__ == "__main__":
    main()
