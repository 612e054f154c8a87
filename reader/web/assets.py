"""The site's static files, held in memory: found, joined, named by their content, compressed.

There is no build step. What is in ``static/`` is served as it stands, under ``/static/<version>/<path>``.
The version is a hash over the whole tree: it changes when anything does, so browsers may keep what they have
for a year, and the relative imports of the ES modules carry it along by themselves. Two things are put
together when the process starts: the stylesheets, in the order below, as ``css/site.css``, and the icons as
one SVG sprite.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

from flask import Blueprint, Flask, Response, abort, request
from markupsafe import Markup

from reader import config
from reader.web.encodings import IDENTITY, THOROUGH, Packed, best

# Later layers win over earlier ones; within a layer the order of this list decides.
STYLESHEETS = (
    "tokens",
    "fonts",
    "base",
    "layout",
    "header",
    "controls",
    "icons",
    "article",
    "teasers",
    "factchecks",
    "claims",
    "moderation",
    "queues",
    "thread",
    "composer",
    "avatars",
    "reading",
    "live",
    "notifications",
    "measures",
    "pages",
    "print",
)
SITE_CSS = "css/site.css"
ICONS = "vendor/lucide"

# A file of any other kind (a licence, a note, the manifest of the vendored files) is not served.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
PACKED = frozenset({".png", ".woff2"})  # compressed already
YEAR = 365 * 24 * 60 * 60

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    path: str
    content: bytes

    @property
    def kind(self) -> str:
        """The content type."""
        return TYPES[self._suffix]

    @cached_property
    def etag(self) -> str:
        """Names the content."""
        return hashlib.sha256(self.content).hexdigest()[:20]

    @property
    def packs(self) -> bool:
        """Return True if it can be made smaller by compression."""
        return self._suffix not in PACKED

    @property
    def _suffix(self) -> str:
        return PurePosixPath(self.path).suffix

    @cached_property
    def packed(self) -> Packed:
        """The content in every encoding."""
        return Packed(self.content, THOROUGH)

    def best(self, accepted: str) -> str:
        """The encoding to answer an ``Accept-Encoding`` header with."""
        return best(accepted) if self.packs else IDENTITY


@dataclass(frozen=True)
class Tree:
    """All files of one folder, the sprite made of its icons, and the version that names them together."""

    files: Mapping[str, Asset]
    icons: frozenset[str]
    sprite: Markup
    version: str

    def address(self, path: str) -> str:
        """The URL of the file ``path``. KeyError if there is none."""
        return f"/static/{self.version}/{self.files[path].path}"


@cache
def tree(folder: Path) -> Tree:
    """Read ``folder``, once a process."""
    files = {
        path: Asset(path, (folder / path).read_bytes())
        for path in sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*"))
        if PurePosixPath(path).suffix in TYPES
    }
    sheets = (files[f"css/{name}.css"].content for name in STYLESHEETS)
    files[SITE_CSS] = Asset(SITE_CSS, b"\n".join(sheets))
    icons = {
        PurePosixPath(path).stem: asset.content.decode()
        for path, asset in files.items()
        if path.startswith(f"{ICONS}/")
    }
    digest = hashlib.sha256()
    for path, asset in files.items():
        digest.update(f"{path}\0{asset.etag}\0".encode())
    return Tree(files, frozenset(icons), _sprite(icons), digest.hexdigest()[:16])


def _sprite(icons: Mapping[str, str]) -> Markup:
    """One SVG with a symbol for each icon. A test holds the files to their manifest, so they are ours."""
    symbols = []
    for name, source in icons.items():
        shape = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
        if shape is None:
            raise ValueError(f"{ICONS}/{name}.svg is not an SVG file")
        lines = "".join(line.strip() for line in shape[1].splitlines())
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{lines}</symbol>')
    return Markup(f"<svg>{''.join(symbols)}</svg>")  # noqa: S704


@cache
def _present() -> Tree:
    return tree(config.asset_folder("static"))


def asset(path: str) -> str:
    """The URL of a static file, for templates. KeyError if there is none."""
    return _present().address(path)


def sprite() -> Markup:
    """All icons, to stand once in a page; :func:`icon` refers to them."""
    return _present().sprite


@cache
def icon(name: str, label: str | None = None) -> Markup:
    """The icon ``name``: decoration, unless a ``label`` says what it means. KeyError if there is none."""
    if name not in _present().icons:
        raise KeyError(f"there is no icon {name!r} in static/{ICONS}")
    if label is None:
        return Markup('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>').format(name)
    image = Markup('<svg class="icon" role="img" aria-label="{}"><use href="#i-{}"/></svg>')
    return image.format(label, name)


@blueprint.get("/static/<version>/<path:path>")
def serve(version: str, path: str) -> Response:
    """A static file. Under an old version there is the present file, which must not be kept."""
    present = _present()
    found = present.files.get(path)
    if found is None:
        abort(404)
    encoding = found.best(request.headers.get("Accept-Encoding", ""))
    response = Response(found.packed[encoding], content_type=found.kind)
    if encoding != IDENTITY:
        response.headers["Content-Encoding"] = encoding
    if found.packs:
        response.headers["Vary"] = "Accept-Encoding"
    if version == present.version:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    response.set_etag(f"{found.etag}-{encoding}")
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Serve the files, and give the templates ``asset``, ``icon`` and ``sprite``."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(asset=asset, icon=icon, sprite=sprite)
