"""Copy what pages use of npm packages into static/vendor, with a manifest of versions, licences and hashes.

The copies are in the repository, so nobody who runs the forum needs this or npm: it is for whoever changes a version.
Packages come through `npm pack`, which checks them against the registry's own hashes.
"""

import bootstrap

bootstrap.enter()

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

VENDOR = Path(__file__).parent.parent / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"


@dataclass(frozen=True, slots=True)
class Package:
    """A package at one version, and the files of it that are served or have to come along."""

    name: str
    version: str
    files: tuple[str, ...]


PACKAGES = (Package("cropperjs", "2.2.0", ("dist/cropper.min.js", "LICENSE")),)


@click.command(help=__doc__)
@click.option("--check", is_flag=True, help="Only compare what is there with the manifest; fetch nothing.")
def main(check: bool) -> None:
    """Fetch and copy, or compare."""
    if check:
        wrong = differences()
        if wrong:
            raise click.ClickException("not as the manifest says: " + ", ".join(wrong))
        return
    npm = shutil.which("npm")
    if npm is None:
        raise click.ClickException("npm is needed to fetch packages; install Node.js")
    entries = [copied(npm, package) for package in PACKAGES]
    MANIFEST.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    for entry in entries:
        click.echo(f"{entry['name']} {entry['version']} ({entry['licence']}): {', '.join(entry['files'])}")


def copied(npm: str, package: Package) -> dict[str, Any]:
    """Copy a package's files; gives its entry in the manifest."""
    folder = VENDOR / package.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as temporary:
        command = [npm, "pack", "--silent", "--pack-destination", temporary, f"{package.name}@{package.version}"]
        try:
            name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        except subprocess.CalledProcessError as error:
            raise click.ClickException(f"npm cannot fetch {package.name}: {error.stderr.strip()[-300:]}") from None
        with tarfile.open(Path(temporary) / name) as archive:
            licence = json.loads(content(archive, "package.json"))["license"]
            for path in package.files:
                (folder / Path(path).name).write_bytes(content(archive, path))
    files = {path.name: digest(path) for path in sorted(folder.iterdir())}
    return {"name": package.name, "version": package.version, "licence": licence, "files": files}


def content(archive: tarfile.TarFile, path: str) -> bytes:
    """A file of the package."""
    found = archive.extractfile(f"package/{path}")
    if found is None:
        raise click.ClickException(f"{path} is no file in the package")
    return found.read()


def digest(path: Path) -> str:
    """SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def differences() -> list[str]:
    """Files that are not as the manifest says, or that it does not name."""
    named = {
        f"{entry['name']}/{name}": sha256
        for entry in json.loads(MANIFEST.read_text(encoding="utf-8"))
        for name, sha256 in entry["files"].items()
    }
    there = {
        path.relative_to(VENDOR).as_posix(): digest(path)
        for path in VENDOR.rglob("*")
        if path.is_file() and path != MANIFEST
    }
    return sorted(name for name in named.keys() | there.keys() if named.get(name) != there.get(name))


if __name__ == "__main__":
    main()
