"""Make sure that there is a Chromium for the tests, and fonts: ``python -m tests.browser.provision``.

One that is there is used: named by ``READER_TEST_BROWSER``, or on the path. Else the distribution's package is
installed, where this user may; else Playwright downloads its own; else this fails and says what to install.
A page's own fonts replace Times and Arial, or what is as wide as these; a bare system has neither.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

VARIABLE = "READER_TEST_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HELP = f"""These tests need Chromium, and it could not be installed here. Do one of these, then try again:
    sudo apt-get install chromium
    {sys.executable} -m playwright install --with-deps chromium
    export {VARIABLE}=/path/to/chromium"""
FONTS = ("Times New Roman", "Arial")
AS_WIDE = ("Liberation", "Times New Roman", "Arial", "Tinos", "Arimo")
NO_FONTS = """These tests need Times New Roman and Arial, or fonts of the same widths. Do this, then try again:
    sudo apt-get install fonts-liberation"""


class NoBrowser(Exception):
    """There is no Chromium, or there are no fonts for it; the message says how to get them."""


def installed() -> Path | None:
    """The Chromium that the tests would use now, if any. NoBrowser where the variable names a wrong one."""
    named = os.environ.get(VARIABLE)
    if named:
        if shutil.which(named) is None:
            raise NoBrowser(f"{VARIABLE} names {named}, which is no program.")
        return Path(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return Path(found)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def browser() -> Path:
    """The Chromium to test with."""
    found = installed()
    if found is None:
        raise NoBrowser(HELP)
    return found


def _run(*command: str) -> bool:
    print("+", *command, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, check=False).returncode == 0


def has_fonts() -> bool:
    """Return True if the system has the fallback fonts of pages; assume so where there is no fontconfig."""
    if shutil.which("fc-match") is None:
        return True
    matches = [
        subprocess.run(
            ["fc-match", "--format=%{family}", font], capture_output=True, text=True, check=True
        ).stdout
        for font in FONTS
    ]
    return all(match.startswith(AS_WIDE) for match in matches)


def _from_distribution(package: str) -> bool:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    return _run("apt-get", "update") and _run("apt-get", "install", "-y", "--no-install-recommends", package)


def _from_playwright() -> bool:
    install = [sys.executable, "-m", "playwright", "install"]
    return _run(*install, *(["--with-deps"] if os.geteuid() == 0 else []), "chromium")


def provide() -> Path:
    """Install a Chromium, and fonts for it, unless they are there; the Chromium's path."""
    found = installed()
    if found is None and (_from_distribution("chromium") or _from_playwright()):
        found = installed()
    if found is None:
        raise NoBrowser(HELP)
    if not has_fonts() and not (_from_distribution("fonts-liberation") and has_fonts()):
        raise NoBrowser(NO_FONTS)
    return found


if __name__ == "__main__":
    try:
        path = provide()
        version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
    except (NoBrowser, OSError, subprocess.CalledProcessError) as error:
        sys.exit(str(error))
    print(f"{path}: {version.stdout.strip()}")
