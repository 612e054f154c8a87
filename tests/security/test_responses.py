"""Headers of every response: what a page may load, who may cache it, and which cookies it sets."""

from dataclasses import replace

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reader.app import create_app
from reader.config import Settings
from reader.db.base import db
from reader.web import security
from tests.support.factories import a_person, an_article
from tests.support.people import log_in
from tests.support.threads import a_comment

SECURE = "https://news.example"


@pytest.fixture
def page(app: Flask) -> str:
    """The address of a public page."""

    @app.get("/probe/page")
    def probe() -> str:
        return "<!doctype html><title>Probe</title><p>The same for everyone."

    return "/probe/page"


def policy_of(response: TestResponse) -> dict[str, list[str]]:
    directives = response.headers["Content-Security-Policy"].split("; ")
    return {name: values for name, *values in (directive.split() for directive in directives)}


def test_a_page_may_load_only_what_comes_from_here(page: str, client: FlaskClient) -> None:
    policy = policy_of(client.get(page))
    for kind in ("default-src", "script-src", "style-src", "img-src", "font-src", "form-action"):
        assert policy[kind] == ["'self'"]
    for kind in ("object-src", "base-uri", "frame-ancestors"):
        assert policy[kind] == ["'none'"]
    assert policy["connect-src"] == ["'self'", "ws://localhost"]


def test_every_answer_carries_the_headers_errors_included(page: str, client: FlaskClient) -> None:
    for address in (page, "/login", "/no/such/page", "/livez"):
        headers = client.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "strict-origin" in headers["Referrer-Policy"]
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Content-Security-Policy" in headers
        assert "Strict-Transport-Security" not in headers


def test_on_https_browsers_are_told_to_stay_there(settings: Settings) -> None:
    client = create_app(replace(settings, base_url=SECURE)).test_client()
    answer = client.get("/livez", base_url=SECURE)
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert policy_of(answer)["connect-src"] == ["'self'", "wss://news.example"]


@pytest.mark.parametrize("address", ["/", "/fact-checks", "/sources", "/corrections", "/no/such/page"])
def test_a_visitors_pages_set_no_cookie(address: str, client: FlaskClient) -> None:
    an_article()
    assert "Set-Cookie" not in client.get(address).headers


def test_an_article_sets_no_cookie_and_may_be_kept_for_a_moment(client: FlaskClient) -> None:
    article = an_article()
    headers = client.get(article.path).headers
    assert "Set-Cookie" not in headers
    assert headers["Cache-Control"] == security.PUBLIC
    assert "ETag" in headers


def test_a_public_page_is_asked_for_again_by_its_etag(page: str, client: FlaskClient) -> None:
    first = client.get(page)
    assert first.headers["Cache-Control"] == "public, max-age=0, s-maxage=2, stale-while-revalidate=5"
    assert "Cookie" in first.headers["Vary"]
    again = client.get(page, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert client.get(page, headers={"If-None-Match": '"another"'}).status_code == 200


def test_what_an_answer_depends_on_is_said_after_what_its_view_has_said(
    app: Flask, client: FlaskClient
) -> None:
    @app.get("/probe/varied")
    def probe() -> Response:
        return Response("words " * 200, headers={"Vary": "Accept"}, mimetype="text/html")

    assert client.get("/probe/varied").headers["Vary"] == "Accept, Cookie, Accept-Encoding"


def test_an_etag_names_the_text_of_a_page_not_its_address(client: FlaskClient) -> None:
    article = an_article()

    def name(query: str) -> str:
        return client.get(f"{article.path}?{query}").headers["ETag"]

    empty = name("")
    assert name("again=1") == empty
    a_comment(article, body="Something new.")
    assert name("") == name("again=1") != empty


def test_what_a_logged_in_person_sees_is_for_nobody_to_keep(page: str, client: FlaskClient) -> None:
    log_in(client, a_person())
    for address in (page, "/account/", "/no/such/page"):
        headers = client.get(address).headers
        assert headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in headers


def test_a_cookie_that_opens_nothing_still_keeps_answers_out_of_caches(
    page: str, client: FlaskClient
) -> None:
    client.set_cookie("login", "of-a-session-that-has-ended")
    assert client.get(page).headers["Cache-Control"] == "private, no-store"


def test_a_page_with_a_form_is_private_even_if_its_cookie_is_set_already(client: FlaskClient) -> None:
    first, second = client.get("/login"), client.get("/login")
    assert "Set-Cookie" in first.headers
    assert "Set-Cookie" not in second.headers
    for answer in (first, second):
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_view_that_says_public_is_overruled_where_the_answer_is_personal(
    app: Flask, client: FlaskClient
) -> None:
    @app.get("/probe/feed")
    def feed() -> Response:
        return Response("feed", headers={"Cache-Control": "public, max-age=60"})

    assert client.get("/probe/feed").headers["Cache-Control"] == "public, max-age=60"
    log_in(client, a_person())
    assert client.get("/probe/feed").headers["Cache-Control"] == "private, no-store"


def test_errors_and_data_are_not_kept_unless_a_view_says_so(app: Flask, client: FlaskClient) -> None:
    @app.get("/probe/data")
    def data() -> dict[str, int]:
        return {"head": 1}

    for address in ("/probe/data", "/no/such/page"):
        assert client.get(address).headers["Cache-Control"] == "private, no-store"


def test_static_files_are_the_same_for_everyone(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = app.jinja_env.globals["asset"]("css/site.css")  # type: ignore[operator]
    log_in(client, a_person())
    headers = client.get(address).headers
    assert "immutable" in headers["Cache-Control"]
    assert "Cookie" not in headers.get("Vary", "")


def test_looking_at_pages_leaves_no_transaction_open(app: Flask) -> None:
    an_article()
    client = app.test_client()
    log_in(client, a_person())
    db.session.remove()
    pool = db.engine.pool
    for address in ("/", "/account/", "/no/such/page"):
        client.get(address)
    db.session.remove()
    assert pool.checkedout() == 0  # type: ignore[attr-defined]
