"""The browser files of other people: where each comes from, and a command that fetches them again.

``static/vendor/manifest.json`` says for each npm package its version, its licence, and which of its files we
serve, each with the SHA-256 it must have. After changing a version or adding a file there::

    python -m tests.support.vendor

fetches the packages with npm (which checks what it receives), puts the files in their places, removes those
no longer listed, and writes the new checksums. The site never needs npm: the files are in the repository.
"""

import hashlib
import json
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict

from reader import config

VENDOR = config.asset_folder("static") / "vendor"
MANIFEST = VENDOR / "manifest.json"


class File(TypedDict):
    """One file: its path inside the package, and its checksum."""

    source: str
    sha256: str


class Package(TypedDict):
    """One npm package; ``files`` are keyed by their path under ``static/vendor``."""

    version: str
    licence: str
    files: dict[str, File]


def packages() -> dict[str, Package]:
    """The manifest."""
    manifest: dict[str, Package] = json.loads(MANIFEST.read_text())
    return manifest


def checksum(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def stored() -> set[str]:
    """The files that are there, besides the manifest."""
    return {
        path.relative_to(VENDOR).as_posix()
        for path in VENDOR.rglob("*")
        if path.is_file() and path != MANIFEST
    }


def fetch(name: str, package: Package) -> None:
    """Put the files of one package in their places and note their checksums in ``package``."""
    with TemporaryDirectory() as folder:
        pack = ["npm", "pack", "--silent", "--pack-destination", folder, f"{name}@{package['version']}"]
        subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as files:
            for place, file in package["files"].items():
                member = files.extractfile(f"package/{file['source']}")
                if member is None:
                    raise FileNotFoundError(f"{name}: {file['source']} is not a file")
                target = VENDOR / place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(member.read())
                file["sha256"] = checksum(target)


def main() -> None:
    """Fetch everything the manifest lists."""
    listed = packages()
    for name, package in listed.items():
        fetch(name, package)
        print(f"{name} {package['version']}: {len(package['files'])} files")
    for path in stored() - {place for package in listed.values() for place in package["files"]}:
        (VENDOR / path).unlink()
        print(f"removed {path}")
    MANIFEST.write_text(json.dumps(listed, indent=2) + "\n")


if __name__ == "__main__":
    main()
