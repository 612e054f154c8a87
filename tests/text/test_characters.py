"""Characters that can't be seen are taken out or refused at the gates, and reach no page, feed or mail."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from reader.articles.models import Article
from reader.comments.drafts import written
from reader.comments.models import Comment
from reader.config import BadSetting, read
from reader.db.transactions import transaction
from reader.publishing.faults import FileReport
from reader.publishing.reading import parse
from reader.text import characters
from reader.text.markdown import render_article, render_comment
from tests.support.factories import a_person, an_article
from tests.support.forms import fill_in
from tests.support.people import log_in
from tests.support.threads import a_comment

UNSEEN = ("\x01", "\x08", "\x1b", "\x7f", "\x80", "\x9f", "\ufdd0", "\ufffe", "\uffff")
BREAKS = ("\x0b", "\x0c", "\x1c", "\x85")
FEEDS = ("/feed.xml", "/fact-checks/feed.xml", "/corrections/feed.xml", "/sitemap.xml", "/news-sitemap.xml")


def has_any(text: str) -> bool:
    return any(sign in text for sign in (*UNSEEN, *BREAKS))


@given(st.text())
def test_what_is_left_is_what_can_be_seen(text: str) -> None:
    left = characters.plain(text)
    assert characters.first_refused(left.replace("\0", "")) is None
    assert characters.plain(left) == left
    ET.fromstring(f"<a>{''.join(f'&#{ord(sign)};' for sign in left if sign != chr(0))}</a>")


@pytest.mark.parametrize("sign", UNSEEN)
def test_a_character_that_cannot_be_seen_is_taken_out(sign: str) -> None:
    assert characters.plain(f"be{sign}fore") == "before"


@pytest.mark.parametrize("sign", BREAKS)
def test_what_programs_mean_for_a_new_line_is_one(sign: str) -> None:
    assert characters.plain(f"one{sign}two") == "one\ntwo"


@pytest.mark.parametrize("kept", ["a\tb\nc", "Zoë", "🙂‍↔️", "שלום", "a\u2028b", "\u200d", "\ufeff"])
def test_other_characters_stay(kept: str) -> None:
    assert characters.plain(kept) == kept


@pytest.mark.parametrize("sign", [*UNSEEN, *BREAKS])
def test_no_view_is_given_one(sign: str, app: Flask) -> None:
    for options in (
        {"data": {"a": f"x{sign}y"}},
        {"data": {"a": f"x{sign}y"}, "content_type": "multipart/form-data"},
        {"query_string": {"a": f"x{sign}y"}},
    ):
        with app.test_request_context("/", method="POST", **options):
            assert request.values["a"] in ("xy", "x\ny")
            assert request.values.getlist("a") == [request.values["a"]]


def test_a_comment_reaches_its_page_and_feed_without_them(app: Flask, client: FlaskClient) -> None:
    article, person = an_article(), a_person()
    log_in(client, person)
    text = "before" + "".join(UNSEEN) + "after" + "".join(BREAKS) + "&#12;&#8;&#x1b;end"
    answer = fill_in(client, article.path, f"{article.path}/comments", body=text)
    assert answer.status_code == 303
    page, feed = client.get(article.path).text, client.get(f"{article.path}/feed.xml")
    assert "beforeafter" in page
    assert not has_any(page)
    assert not has_any(feed.text)
    assert "beforeafter" in "".join(ET.fromstring(feed.data).itertext())


@pytest.mark.parametrize("sign", [*UNSEEN, *BREAKS])
def test_a_text_that_is_posted_by_a_program_has_none(sign: str, app: Flask) -> None:
    found = written(f"a{sign}b&#{ord(sign)};")
    assert not has_any(found.body)
    assert not has_any(found.html)


@pytest.mark.parametrize("reference", ["&#12;", "&#8;", "&#x7f;", "&#133;", "&#65535;"])
def test_a_reference_to_one_is_none(reference: str) -> None:
    for render in (render_comment, render_article):
        assert not has_any(
            render(f"a{reference}b [x{reference}](https://example.org/{reference} 't{reference}')")
        )


@pytest.mark.parametrize("sign", [*UNSEEN, *BREAKS])
@pytest.mark.parametrize("place", ["title", "body", "standfirst"])
def test_a_file_with_one_is_refused_with_its_line(sign: str, place: str) -> None:
    texts = {"title": "A title", "standfirst": "What it is about", "body": "A body."}
    texts[place] += f"a{sign}b" if place == "body" else f"a\\u{ord(sign):04x}b"
    source = f'---\ntitle: "{texts["title"]}"\nstandfirst: "{texts["standfirst"]}"\n---\n{texts["body"]}\n'
    report = FileReport("a.md")
    parse(source.encode(), report)
    assert [fault for fault in report.faults if f"U+{ord(sign):04X}" in str(fault)], report.faults


def test_a_site_has_no_name_with_one() -> None:
    with pytest.raises(BadSetting, match="READER_SITE_NAME"):
        read({"READER_SITE_NAME": "a\x08b"})


@pytest.mark.parametrize("sign", [*UNSEEN, *BREAKS])
def test_a_feed_stays_well_formed_with_rows_of_before(sign: str, app: Flask, client: FlaskClient) -> None:
    article = an_article()
    comment = a_comment(article)
    with transaction() as session:
        session.execute(update(Article).values(title=f"a{sign}b", standfirst=f"a{sign}b"))
        session.execute(update(Comment).where(Comment.id == comment.id).values(html=f"<p>a{sign}b</p>"))
    for path in (*FEEDS, f"{article.path}/feed.xml"):
        ET.fromstring(client.get(path).data)
    assert client.get("/feed.json").get_json()["items"]
