"""The wheel: whatever the site needs travels in it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from reader import __version__

ROOT = Path(__file__).parents[1]
SERVE = """
import re
import reader
from reader.app import create_app
from reader.db import schema

app = create_app(new=True)
with app.app_context():
    schema.upgrade()
client = app.test_client()
front = client.get("/")
assert front.status_code == 200
found = set(re.findall(r'"(/static/[^"]+)"', front.text))
assert {path.rpartition(".")[2] for path in found} >= {"css", "js"}, found
assert {path: client.get(path).status_code for path in found} == dict.fromkeys(found, 200)
print(reader.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the present source."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [made] = folder.glob("*.whl")
    return made


@pytest.mark.xdist_group("wheel")
def test_pages_styles_scripts_samples_and_migrations_are_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for kind in (
        "reader/py.typed",
        "reader/templates/layouts/base.html",
        "reader/static/css/tokens.css",
        "reader/static/js/main.js",
        "reader/static/vendor/manifest.json",
        "reader/migrations/alembic.ini",
        "reader/migrations/env.py",
        "reader/migrations/versions/0001_first_tables.py",
    ):
        assert kind in names
    assert len([name for name in names if name.startswith("reader/publishing/samples/")]) >= 6


@pytest.mark.xdist_group("wheel")
def test_nothing_else_is_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"reader", f"reader-{__version__}.dist-info"}
    assert [name for name in names if "__pycache__" in name or "/tests/" in name] == []


@pytest.mark.xdist_group("wheel")
def test_a_site_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    zipfile.ZipFile(wheel).extractall(place)
    environment = {**os.environ, "PYTHONPATH": str(place), "READER_INSTANCE": str(tmp_path / "instance")}
    served = subprocess.run(
        [sys.executable, "-c", SERVE],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert served.returncode == 0, served.stderr
    assert served.stdout.strip() == str(place / "reader" / "__init__.py")
