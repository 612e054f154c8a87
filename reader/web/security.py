"""Protection of every request and headers of every response: proxies, hosts, security headers, caching."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import flask
from flask import Flask, Response, g, request, session
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from reader import config
from reader.config import Settings
from reader.extensions import login_manager
from reader.text import characters
from reader.web import cookies, etags

PUBLIC = "public, max-age=0, s-maxage=2, stale-while-revalidate=5"
PRIVATE = "private, no-store"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# The content policy of what is no page.
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
MAX_ID = 2**31 - 1
HTTPS_ONLY = "max-age=31536000"


def init_app(app: Flask) -> None:
    """Set up what protects every request. To be called before what else looks at requests."""
    settings: Settings = app.config["READER"]
    if settings.trusted_proxies:
        # The Host is not taken from a header that only some proxies set: a proxy passes it on as it came.
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    cookies.init_app(app)
    login_manager.session_protection = None  # it would write to the form cookie of every visitor
    app.url_map.converters["int"] = RowId
    app.request_class = Request
    app.before_request(_refuse_foreign_hosts)
    app.before_request(_refuse_nul)
    app.after_request(_mark)


@lru_cache(maxsize=256)
def is_our_host(host: str, settings: Settings) -> bool:
    """Return True if ``host`` (a Host header, or the host of an Origin) is this site's.

    The base URL's is, and so is loopback, for health checks. Without a base URL a numeric address is ours too,
    as is any name if the server listens to the world; a server that listens on loopback alone accepts no other
    name, so no foreign page reaches it by a name of its own that points here (DNS rebinding).
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost" or _is_loopback(name):
        return True
    if settings.base_url is not None:
        return name == urlsplit(settings.base_url).hostname
    listens_to = settings.bind.rpartition(":")[0].strip("[]")
    return bool(name) and (_is_address(name) or not (listens_to == "localhost" or _is_loopback(listens_to)))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return _is_address(name) and ip_address(name).is_loopback


def _refuse_foreign_hosts() -> None:
    if not is_our_host(request.host, config.current()):
        raise BadRequest(
            "This server has no site of that name. Look at the address that brought you here."
            " If you run this server: the name stands in READER_BASE_URL."
        )


class Request(flask.Request):
    """A request whose texts have no character that nobody can see."""

    parameter_storage_class = characters.Fields


class RowId(IntegerConverter):
    """A whole number in an address. One that no row can have finds no page, and never comes to the database."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": MAX_ID, **kwargs})


def _refuse_nul() -> None:
    # PostgreSQL can't store or compare it, and nobody types it.
    sent = (request.args, request.form) if request.method not in ("GET", "HEAD") else (request.args,)
    texts = (text for fields in sent for text in chain(*fields.listvalues()))
    if "\0" in request.path or any("\0" in text for text in texts):
        raise BadRequest("There is a NUL character in what was sent, and no text has one.")


@lru_cache(maxsize=256)
def content_policy(socket: str | None) -> str:
    """Content-Security-Policy of a page: only what comes from here. ``socket`` is the origin of live events."""
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            # Not every browser takes 'self' to mean the websocket, too.
            f"connect-src 'self' {socket}" if socket else "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _socket() -> str | None:
    settings = config.current()
    if settings.base_url is not None:
        return "ws" + settings.base_url.rstrip("/").removeprefix("http")
    try:
        host = request.host
    except BadRequest:
        return None
    if not is_our_host(host, settings):
        return None
    return f"{'wss' if request.is_secure else 'ws'}://{host}"


def _lead_home(response: Response) -> None:
    """Have a redirect to this site lead to its public address, where that is set, whatever a proxy has left out.

    A view gives a path alone; the router, which puts a slash right, what it was asked by.
    """
    location = response.headers["Location"]
    if location.startswith(request.root_url):
        path = "/" + location.removeprefix(request.root_url).lstrip("/")
        response.headers["Location"] = (config.current().base_url or "").rstrip("/") + path
        response.set_data(b"")  # it names the same address


def _mark(response: Response) -> Response:
    if "Location" in response.headers:
        _lead_home(response)
    response.headers.extend(HEADERS)
    response.headers.add("Content-Security-Policy", content_policy(_socket()))
    if config.current().secure:
        response.headers.add("Strict-Transport-Security", HTTPS_ONLY)
    if request.blueprint != "assets":
        _say_who_may_keep(response)
    return response


def _say_who_may_keep(response: Response) -> None:
    """Let nobody keep what is personal; public pages for a moment, with a way to ask whether they changed.

    What a view has said about that itself stands, unless the answer is personal.
    """
    response.vary.add("Cookie")
    if _is_personal(response):
        response.headers["Cache-Control"] = PRIVATE
        response.headers.pop("ETag", None)
        return
    if "Cache-Control" not in response.headers:
        is_read = request.method in ("GET", "HEAD") and response.status_code == 200
        is_public = is_read and response.mimetype == "text/html"
        response.headers["Cache-Control"] = PUBLIC if is_public else PRIVATE
    if not response.is_streamed and "public" in response.headers["Cache-Control"]:
        etags.mark(response)


def _is_personal(response: Response) -> bool:
    return (
        cookies.login_cookie(config.current()) in request.cookies
        or "Set-Cookie" in response.headers
        or session.modified
        or "csrf_token" in g  # a form for this visitor alone
    )
