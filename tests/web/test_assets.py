"""Static files: named by their content, kept for a year, compressed, and nothing else of the disk."""

import gzip
import re

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader import config
from reader.web import assets
from tests.support import vendor


def test_every_stylesheet_is_part_of_the_one_that_pages_load(client: FlaskClient) -> None:
    files = {path.stem for path in (config.asset_folder("static") / "css").glob("*.css")}
    assert files == set(assets.STYLESHEETS)
    joined = client.get(assets.asset("css/site.css")).text
    for name in assets.STYLESHEETS:
        assert (config.asset_folder("static") / "css" / f"{name}.css").read_text() in joined


def test_a_file_under_its_present_name_may_be_kept_for_a_year(client: FlaskClient) -> None:
    answer = client.get(assets.asset("js/main.js"))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "Set-Cookie" not in answer.headers


def test_a_file_under_an_old_name_is_the_present_one_and_not_kept(client: FlaskClient) -> None:
    answer = client.get("/static/0123456789abcdef/js/main.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_text_leaves_compressed(client: FlaskClient, encoding: str, unpack: object) -> None:
    assert callable(unpack)
    address = assets.asset("css/site.css")
    plain = client.get(address).data
    answer = client.get(address, headers={"Accept-Encoding": encoding})
    assert answer.headers["Content-Encoding"] == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert unpack(answer.data) == plain
    assert len(answer.data) < len(plain) / 2


def test_fonts_are_not_compressed_again(client: FlaskClient) -> None:
    answer = client.get(assets.asset("vendor/inter/inter-latin.woff2"), headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Type"] == "font/woff2"
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "../pyproject.toml",
        "..%2f..%2fpyproject.toml",
        "vendor/manifest.json",
        "css",
        "",
        "css/none.css",
        "/etc/passwd",
    ],
)
def test_nothing_but_the_files_of_the_site_is_served(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/static/0123456789abcdef/{path}", follow_redirects=True)
    assert answer.status_code == 404


def test_an_icon_that_is_not_there_is_a_programming_error(app: Flask) -> None:
    with pytest.raises(KeyError, match="no icon 'unicorn'"):
        assets.icon("unicorn")


def test_icons_say_what_they_mean_only_when_nothing_else_does(app: Flask) -> None:
    assert 'aria-hidden="true"' in assets.icon("check")
    assert 'aria-label="Done"' in assets.icon("check", "Done")


def test_vendored_files_match_their_checksums_and_have_a_licence() -> None:
    listed = {path: file for package in vendor.packages().values() for path, file in package["files"].items()}
    assert set(listed) == vendor.stored()
    for path, file in listed.items():
        assert vendor.checksum(vendor.VENDOR / path) == file["sha256"], path
    for name, package in vendor.packages().items():
        assert package["licence"], name
        assert any(path.endswith("LICENSE") for path in package["files"]), name


def test_every_module_that_a_script_imports_is_served(client: FlaskClient) -> None:
    folder = config.asset_folder("static") / "js"
    scripts = list(folder.rglob("*.js"))
    assert scripts
    for script in scripts:
        for target in re.findall(r"""(?:from|import\()\s*"(\.[^"]+)\"""", script.read_text()):
            wanted = (script.parent / target).resolve().relative_to(folder.parent.resolve())
            assert client.get(assets.asset(wanted.as_posix())).status_code == 200, f"{script.name}: {target}"
