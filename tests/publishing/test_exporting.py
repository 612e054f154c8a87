"""Publish, export, publish is the identity; and what leaves with the comments."""

import datetime as dt
import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reader.app import create_app
from reader.comments.actions import delete_comment
from reader.comments.posting.actions import Draft, post_comment
from reader.config import Settings
from reader.db.base import db
from reader.factchecks.appearances import Appearance
from reader.publishing.actions import FileOutcome, examine, publish
from reader.publishing.document import (
    Checked,
    Claimant,
    ClaimEntry,
    CorrectionEntry,
    Document,
    Image,
    SourceEntry,
    UseEntry,
)
from reader.publishing.exporting import write_articles, write_comments
from reader.publishing.loading import stored
from reader.publishing.queries import article_slugs
from reader.publishing.saving import write
from reader.text.letters import is_visible
from tests.conftest import SECRET
from tests.publishing.files import GOOD, article, parsed, put, written
from tests.publishing.site import the_article, the_claim, using
from tests.support.factories import a_person


def composed(text: str) -> str:
    """As names are found again: two files that write one name in two forms mean the same author."""
    return unicodedata.normalize("NFC", text).strip()


_letters = st.characters(exclude_categories=("Cc", "Cs"), include_characters="\t")
words = st.text(_letters, min_size=1, max_size=40).map(composed).filter(is_visible)
lines = (
    st.lists(st.text(_letters, max_size=30), min_size=1, max_size=4)
    .map("\n".join)
    .map(str.strip)
    .filter(is_visible)
)
# What YAML would take for something else, or trip over.
TRAPS = """no null ~ 12:30 0777 1e3 2026-01-31 ' " % @x {x [x | > !x &x *x ... --- = << \\n ünïcödé 李明 🎓"""
traps = st.sampled_from([*TRAPS.split(), "- x", "a: b", "a #b", "a\u2028b"])
one_line = words | traps
urls = st.sampled_from(["https://example.org/a?b=c&d#e", "http://example.org", "https://例え.jp/頁"])
moments = st.integers(-2_000_000_000_000_000, 4_000_000_000_000_000).map(
    lambda microseconds: dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=microseconds)
)
days = st.dates(min_value=dt.date(1000, 1, 1))
past_days = st.dates(min_value=dt.date(1000, 1, 1), max_value=dt.date(2026, 1, 1))
# A day alone is its midnight.
past = st.integers(-2_000_000_000_000_000, 1_750_000_000_000_000).map(
    lambda microseconds: dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=microseconds)
) | past_days.map(lambda day: dt.datetime.combine(day, dt.time(), dt.UTC))
_numbers = count()


def slugs(prefix: str) -> st.SearchStrategy[str]:
    """Ids that no other document of this test has."""
    return st.builds(lambda: f"{prefix}-{next(_numbers)}")


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


sources = st.builds(
    SourceEntry,
    id=slugs("source"),
    publisher=one_line,
    title=one_line,
    url=maybe(urls),
    kind=st.sampled_from([None, "primary", "secondary"]),
    date=maybe(days),
    quote=maybe(lines),
    archived=maybe(urls),
)


checks = st.builds(Checked, at=maybe(past), by=maybe(one_line)).filter(lambda checked: checked != Checked())
appearances = st.builds(Appearance, at=maybe(past_days), where=one_line, url=maybe(urls))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Whole documents without a fault, every key in use now and then."""
    listed = (
        SourceEntry(id=f"law-{next(_numbers)}", publisher="The State", title="T", kind="primary"),
        *draw(st.lists(sources, max_size=3)),
    )
    ids = [source.id for source in listed]
    claims = [
        draw(
            st.builds(
                ClaimEntry,
                id=slugs("claim"),
                text=one_line,
                short=maybe(one_line),
                verdict=st.sampled_from(["verified", "mostly-true", "false", "reported", "checking", "void"]),
                about=st.sampled_from([None, "fact", "statement"]),
                why=maybe(lines),
                sources=st.just((ids[0], *draw(st.permutations(ids[1:])))),
                claimant=maybe(st.builds(Claimant, name=one_line, url=maybe(urls))),
                checked=maybe(checks),
                said=st.lists(appearances, max_size=3).map(tuple),
                at=st.just("The marked words") if place == 0 else st.none(),
            )
        )
        for place in range(draw(st.integers(0, 3)))
    ]
    if claims:
        claims.append(replace(claims[0], id=f"loose-{next(_numbers)}", sources=(), unsourced=True, at=None))
    published, updated = sorted(draw(st.tuples(past, past)))
    status = draw(st.sampled_from(["draft", "scheduled", "published", "retracted"]))
    corrections = st.builds(
        CorrectionEntry,
        at=maybe(past),
        kind=st.sampled_from(["correction", "clarification", "update", "retraction"]),
        text=lines,
        claim=st.sampled_from([None, *(claim.id for claim in claims)]),
    )
    body = "The marked words.\n\n" + draw(
        st.sampled_from(["", "> quoted\n\n- a\n- b\n", "---\n\n```\n--- x\n```"])
    )
    return draw(
        st.builds(
            Document,
            title=one_line,
            id=slugs("id"),
            slug=slugs("article"),
            was=st.lists(slugs("former"), max_size=2).map(lambda former: tuple(sorted(former))),
            standfirst=maybe(lines),
            status=st.just(status),
            published=st.just(published),
            updated=st.just(updated),
            publish_at=maybe(past) if status == "published" else moments,
            authors=st.lists(one_line, max_size=3, unique=True).map(tuple),
            topics=st.lists(st.sampled_from(["one", "two-three", "4"]), max_size=3, unique=True).map(tuple),
            lang=st.sampled_from(["en", "no", "pt-BR"]),
            image=maybe(
                st.builds(
                    Image, src=urls | st.just("/pictures/a.jpg"), alt=maybe(one_line), credit=maybe(one_line)
                )
            ),
            sources=st.just(listed),
            claims=st.just(tuple(claims)),
            corrections=st.lists(corrections, max_size=3).map(tuple),
            body=st.just(body.strip()),
        )
    )


@settings(deadline=None)
@given(documents())
def test_what_is_written_is_read_as_it_was(document: Document) -> None:
    file = parsed(write(document))
    assert file.report.faults == []
    assert file.document == document


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Path]:
    """A folder to publish from, in the context of an application that all examples share."""
    folder = tmp_path_factory.mktemp("site")
    with another_site(folder, sqlite_template):
        yield folder


@contextmanager
def another_site(folder: Path, template: Path) -> Iterator[None]:
    """The context of another application, with a database of its own."""
    (folder / "reader.sqlite3").write_bytes(template.read_bytes())
    with create_app(Settings(instance=folder, secret_key=SECRET), new=True).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_publish_export_publish_is_the_identity(site: Path, document: Document) -> None:
    folder = site / document.slug
    folder.mkdir()
    (path,) = written(folder, file=write(document))
    assert [published.outcome for published in publish(examine([path]))] == [FileOutcome.CREATED]
    (exported,) = write_articles(folder, [document.slug])
    assert exported.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
    assert [published.outcome for published in publish(examine([exported]))] == [FileOutcome.LEFT]


def test_a_whole_site_moves_by_its_files(app: Flask, tmp_path: Path, sqlite_template: Path) -> None:
    texts = [GOOD, using("rain-fell", "one"), using("wettest", "two", "authors: [Ana, Bo]")]
    put(tmp_path, *texts)
    before = stored(article_slugs())
    exported = tmp_path / "exported"
    exported.mkdir()
    assert len(list(write_articles(exported, article_slugs()))) == 3
    db.session.remove()
    with another_site(exported, sqlite_template):
        outcomes = [published.outcome for published in publish(examine([exported]))]
        assert outcomes == [FileOutcome.CREATED] * 3
        after = stored(article_slugs())
    assert {slug: found.document for slug, found in after.items()} == {
        slug: found.document for slug, found in before.items()
    }
    assert list(after["one"].document.claims) == [UseEntry(use="rain-fell")]


def test_an_export_replaces_the_files_of_the_one_before(app: Flask, tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    folder = tmp_path / "exported"
    folder.mkdir()
    for title in ("Much rain", "Little rain"):
        put(tmp_path, GOOD.replace("Rain at the harbour", title))
        (path,) = write_articles(folder, article_slugs())
        assert f"title: {title}\n" in path.read_text()
        assert [entry.name for entry in folder.iterdir()] == ["rain.md"]


def test_comments_leave_as_lines_of_json_and_without_what_was_taken_away(app: Flask, tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    ana, bo = a_person("ana"), a_person("bo")
    first = post_comment(
        the_article(),
        by=ana,
        draft=Draft(body="Wet — *indeed*.", submission_id="s1", claim_id=the_claim("rain-fell").id),
    ).comment
    second = post_comment(
        the_article(), by=bo, draft=Draft(body="Secret.", submission_id="s2", parent_id=first.id)
    ).comment
    delete_comment(second.id, by=bo)
    path, number = write_comments(tmp_path)
    assert (path.name, number) == ("comments.jsonl", 2)
    one, two = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    created = one.pop("created")
    assert dt.datetime.fromisoformat(created) == first.created_at
    assert one == {
        "id": first.id,
        "article": "rain",
        "author": "ana",
        "body": "Wet — *indeed*.",
        "state": "published",
        "parent": None,
        "claim": "rain-fell",
        "submission_id": "s1",
        "edited": None,
    }
    assert (two["state"], two["body"], two["parent"], two["author"]) == ("deleted", None, first.id, "bo")
    assert "Secret" not in path.read_text()


def test_a_draft_is_exported_too(app: Flask, tmp_path: Path) -> None:
    put(tmp_path, article("status: draft"))
    assert list(article_slugs()) == ["a-title"]
