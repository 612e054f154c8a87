"""Every fault of an article file is named, with its line, its key and what to do."""

from datetime import UTC, date, datetime

import pytest

from reader.factchecks.appearances import Appearance
from reader.publishing.document import Claimant, ClaimEntry, CorrectionEntry, Image, SourceEntry, UseEntry
from tests.publishing.files import GOOD, article, faults, parsed

WHOLE = """\
---
format: 1
title: "A “title”: with signs"
slug: the-slug
standfirst: |
  Two lines
  of it.
status: scheduled
published: 2026-01-31T14:30:00+01:00
updated: 2026-02-01 09:00:00Z
publish_at: "2026-01-31T14:30:00.5-05:30"
authors: [Ana Lima, 李明]
topics: [one, two-three]
lang: pt-BR
image: {src: /pictures/a.jpg, alt: A picture, credit: Ana}
sources:
  - {id: s1, publisher: P, title: T, url: "https://example.org/a", kind: primary, date: 2025-12-24, quote: Q,
     archived: "https://archive.example/a"}
claims:
  - id: c1
    text: A claim.
    short: Claim
    verdict: mostly-true
    about: statement
    why: Because.
    sources: [s1]
    claimant: {name: N, url: "https://example.org/n"}
    appearance: https://example.org/there
    at: |
      the marked
      words
  - use: another
    at: others
corrections:
  - {at: 2026-02-01T09:00:00Z, kind: update, text: It changed., claim: c1}
x-desk: {anything: [goes, 1, no]}
---


Here are the marked
words and others.


"""


def test_every_key_of_the_format_is_read() -> None:
    file = parsed(WHOLE)
    assert file.report.faults == []
    document = file.document
    assert document.title == "A “title”: with signs"
    assert document.standfirst == "Two lines\nof it."
    assert (document.slug, document.status, document.lang) == ("the-slug", "scheduled", "pt-BR")
    assert document.published == datetime(2026, 1, 31, 13, 30, tzinfo=UTC)
    assert document.updated == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert document.publish_at == datetime(2026, 1, 31, 20, 0, 0, 500_000, tzinfo=UTC)
    assert document.authors == ("Ana Lima", "李明")
    assert document.topics == ("one", "two-three")
    assert document.image == Image(src="/pictures/a.jpg", alt="A picture", credit="Ana")
    assert document.sources == (
        SourceEntry(
            id="s1",
            publisher="P",
            title="T",
            url="https://example.org/a",
            kind="primary",
            date=date(2025, 12, 24),
            quote="Q",
            archived="https://archive.example/a",
        ),
    )
    assert document.claims == (
        ClaimEntry(
            id="c1",
            text="A claim.",
            short="Claim",
            verdict="mostly-true",
            about="statement",
            why="Because.",
            sources=("s1",),
            claimant=Claimant(name="N", url="https://example.org/n"),
            said=(Appearance(url="https://example.org/there"),),
            at="the marked\nwords",
        ),
        UseEntry(use="another", at="others"),
    )
    assert document.corrections == (
        CorrectionEntry(
            at=datetime(2026, 2, 1, 9, tzinfo=UTC), kind="update", text="It changed.", claim="c1"
        ),
    )
    assert document.body == "Here are the marked\nwords and others."


def test_only_the_title_is_required() -> None:
    file = parsed("---\ntitle: Alone\n---\nText.")
    assert file.report.faults == []
    assert (file.document.slug, file.document.status, file.document.lang) == ("alone", "published", "en")
    assert file.document.body == "Text."


def test_ids_that_are_absent_are_made_from_the_words() -> None:
    text = article(
        "sources:\n- {publisher: Zürich Œuvre, title: A}\n- {publisher: Zürich Œuvre, title: B}\n"
        "claims:\n- {text: It’s 5 % more., verdict: reported}\n- {id: its-5-more, text: Other, verdict: reported}"
    )
    document = parsed(text).document
    assert [source.id for source in document.sources] == ["zurich-oeuvre", "zurich-oeuvre-2"]
    assert [claim.id for claim in document.claims] == ["its-5-more-2", "its-5-more"]


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_the_endings_of_lines_and_a_mark_at_the_start_make_no_difference(ending: str) -> None:
    assert parsed(b"\xef\xbb\xbf" + WHOLE.replace("\n", ending).encode()).document == parsed(WHOLE).document


def test_an_empty_value_is_an_absent_one() -> None:
    text = article("slug:\nstandfirst: ''\nauthors:\nsources: []\nclaims: null\nimage: ~\npublished:")
    assert parsed(text).report.faults == []
    assert parsed(text).document == parsed(article("")).document


TITLE = "A title"
FAULTS: list[tuple[str, int, str, str]] = [
    # what is written after the title (line 2), on which line the fault stands, its key, and what it says
    ("titel: x", 3, "titel", "there is no such key; did you mean “title”?"),
    ("frobnicate: x", 3, "frobnicate", "there is no such key; there is: format, title, id, slug"),
    ("title: again", 3, "title", "stands twice, first on line 2; keep one of them"),
    ("slug: x\nslug: y", 4, "slug", "stands twice, first on line 3"),
    ("format: 2", 3, "format", "must be 1"),
    ('format: "1"', 3, "format", "must be a whole number, not “1”"),
    ("format: 01", 3, "format", "must be a whole number, not “01”"),
    ("slug: Not A Slug", 3, "slug", "must be small letters a to z, digits and single hyphens between them"),
    ("slug: " + "x" * 101, 3, "slug", "has 101 characters; 100 are the most"),
    ("standfirst: no", 3, "standfirst", 'YAML takes no for a yes or no; put it in quotes: "no"'),
    ("standfirst: 12:30", 3, "standfirst", 'YAML takes 12:30 for a number; put it in quotes: "12:30"'),
    ("standfirst: 2026-01-31", 3, "standfirst", "YAML takes 2026-01-31 for a date"),
    ("standfirst: 0777", 3, "standfirst", "YAML takes 0777 for a number"),
    ("standfirst: 1.5", 3, "standfirst", "YAML takes 1.5 for a number"),
    ("standfirst: [a]", 3, "standfirst", "must be words, not a list or keys with values"),
    ('standfirst: "a\\0b"', 3, "standfirst", "holds a character that can’t be shown (U+0000)"),
    ('standfirst: "a\\ud800"', 3, "", "this can’t be read as YAML"),
    ("status: publishd", 3, "status", "can’t be “publishd”; did you mean “published”?"),
    ("status: scheduled", 2, "publish_at", "is missing; an article that is scheduled needs it"),
    ("published: 2026-01-31", 3, "published", "needs a time and its offset from UTC"),
    ("published: 2026-01-31T14:30:00", 3, "published", "needs a time and its offset from UTC"),
    ("published: yesterday", 3, "published", "must be a date-time such as"),
    ("published: 2026-13-01T00:00:00Z", 3, "published", "must be a date-time such as"),
    ("published: 0001-01-01T00:00:00+14:00", 3, "published", "must be a date-time such as"),
    ("publish_at: 9999-12-31T23:59:59-12:00", 3, "publish_at", "must be a date-time such as"),
    ("published: [2026]", 3, "published", "must be a single value"),
    (
        "published: 2026-02-01T00:00:00Z\nupdated: 2026-01-01T00:00:00Z",
        4,
        "updated",
        "is before “published”",
    ),
    ("authors: Ana", 3, "authors", "must be a list"),
    ("authors:\n- Ana\n- Ana", 5, "authors[2]", "“Ana” stands twice"),
    ("authors:\n- Ana\n-", 5, "authors[2]", "is empty; fill it in or remove the line"),
    ("authors:\n- " + "x" * 101, 4, "authors[1]", "has 101 characters; 100 are the most"),
    ("authors:\n- 7", 4, "authors[1]", "YAML takes 7 for a number"),
    ("topics:\n- Big News", 4, "topics[1]", "must be small letters a to z"),
    ("lang: no", 3, "lang", 'YAML takes no for a yes or no; put it in quotes: "no"'),
    ("lang: english!", 3, "lang", "must be a language tag such as en or pt-BR, not “english!”"),
    ("image: a.jpg", 3, "image", "must be keys with values, such as “src: …”"),
    ("image:\n  alt: x", 3, "image.src", "is missing; it is required"),
    (
        "image: {src: a.jpg}",
        3,
        "image.src",
        "must be a whole address with http:// or https:// or a path with /",
    ),
    ("image: {src: //a.example/a.jpg}", 3, "image.src", "must be a whole address"),
    ("sources:\n- title: T", 4, "sources[1].publisher", "is missing; it is required"),
    ("sources:\n- publisher: P", 4, "sources[1].title", "is missing; it is required"),
    ("sources:\n- publisher: P\n  title:", 5, "sources[1].title", "is empty; it is required"),
    ("sources:\n- P", 4, "sources[1]", "must be keys with values, such as “id: …”"),
    ("sources:\n- {publisher: P, title: T, kind: first}", 4, "sources[1].kind", "can’t be “first”"),
    (
        "sources:\n- {publisher: P, title: T, url: ftp://x.example}",
        4,
        "sources[1].url",
        "with http:// or https://",
    ),
    (
        "sources:\n- {publisher: P, title: T, url: 'https://x.example/a b'}",
        4,
        "sources[1].url",
        "whole address",
    ),
    ("sources:\n- {publisher: P, title: T, url: 'javascript:x'}", 4, "sources[1].url", "whole address"),
    ("sources:\n- {publisher: P, title: T, archived: x}", 4, "sources[1].archived", "whole address"),
    ("sources:\n- {publisher: P, title: T, date: 2026-02-30}", 4, "sources[1].date", "must be a whole date"),
    (
        "sources:\n- {publisher: P, title: T, date: 2026}",
        4,
        "sources[1].date",
        "leave it out if you don’t know it",
    ),
    (
        "sources:\n- {id: a, publisher: P, title: T}\n- {id: a, publisher: P, title: U}",
        5,
        "sources[2].id",
        "“a” is the id of an entry above; choose another",
    ),
    ("sources:\n- {publisher: ？？, title: T}", 4, "sources[1].id", "is missing, and the words give none"),
    ("claims:\n- verdict: reported", 4, "claims[1].text", "is missing; it is required"),
    ("claims:\n- text: T", 4, "claims[1].verdict", "is missing; it is required"),
    ("claims:\n- {text: T, verdict: verifed}", 4, "claims[1].verdict", "did you mean “verified”?"),
    ("claims:\n- {text: T, verdict: false}", 4, "claims[1].verdict", "YAML takes false for a yes or no"),
    ("claims:\n- {text: T, verdict: reported, about: fakt}", 4, "claims[1].about", "did you mean “fact”?"),
    (
        "claims:\n- {text: T, verdict: reported, unsourced: maybe}",
        4,
        "claims[1].unsourced",
        "must be true or false",
    ),
    ("claims:\n- {text: T, verdict: reported, sources: a}", 4, "claims[1].sources", "must be a list"),
    ("claims:\n- {text: T, verdict: reported, claimant: N}", 4, "claims[1].claimant", "such as “name: …”"),
    (
        "claims:\n- {text: T, verdict: reported, claimant: {url: 'https://x.example'}}",
        4,
        "claims[1].claimant.name",
        "is missing",
    ),
    ("claims:\n- {text: T, verdict: reported, appearance: x}", 4, "claims[1].appearance", "whole address"),
    (
        f"claims:\n- text: T\n  verdict: reported\n  short: {'x' * 76}",
        6,
        "claims[1].short",
        "has 76 characters; 75 are the most",
    ),
    (
        "claims:\n- text: |\n    a\n    b\n  verdict: reported",
        4,
        "claims[1].text",
        "must be one line; write “>”",
    ),
    ("claims:\n- {use: a, text: T}", 4, "claims[1].text", "stands in the article that owns the claim"),
    ("claims:\n- {use: A b}", 4, "claims[1].use", "must be small letters"),
    ("corrections:\n- kind: correction", 4, "corrections[1].text", "is missing; it is required"),
    ("corrections:\n- {text: T, kind: corection}", 4, "corrections[1].kind", "did you mean “correction”?"),
    ("corrections:\n- {text: T, at: 2026-01-01}", 4, "corrections[1].at", "needs a time and its offset"),
    ("slug: *other", 3, "slug", "is an alias (*name), which isn’t taken; write the value out"),
    ("slug: &name x", 3, "slug", "has an anchor (&name), which isn’t taken; leave it out"),
    ("slug: !!python/name:os.system x", 3, "slug", "has a tag (tag:yaml.org,2002:python/name:os.system)"),
    ("? [a, b]\n: x", 3, "", "a key must be a word"),
    ("slug: x: y", 3, "", "this can’t be read as YAML"),
    ("\tslug: x", 3, "", "this can’t be read as YAML"),
    ('slug: "x', 4, "", "this can’t be read as YAML"),
    ("slug: x\x07", 3, "", "can’t be shown"),
    ("--- x\nslug: x", 3, "", "a second document begins here"),
    ("x-deep: " + "[" * 30 + "]" * 30, 3, "x-deep[1]", "is nested more than 8 deep"),
]


@pytest.mark.parametrize(("front", "line", "key", "says"), FAULTS, ids=lambda value: str(value)[:40])
def test_a_fault_in_the_front_matter_is_named(front: str, line: int, key: str, says: str) -> None:
    found = faults(article(front))
    start = f"article.md:{line}: {key}"
    assert [fault for fault in found if fault.startswith(start) and says in fault], found


def test_all_faults_of_a_file_are_named_at_once() -> None:
    found = faults(article("slug: A\nlang: no\nsources:\n- {publisher: 3}\nclaims: x", "<b>bold</b>"))
    assert [fault.split(": ")[1] for fault in found] == [
        "slug",
        "lang",
        "sources[1].publisher",
        "sources[1].title",
        "claims",
        "body",
        "body",
    ]


def test_one_mistake_is_one_fault() -> None:
    assert len(faults(article("sources:\n- {publisher: 3, title: T}"))) == 1


WHOLE_FILE_FAULTS: list[tuple[bytes, str]] = [
    (b"", "article.md:1: must begin with a line ---"),
    (b"title: x\n", "article.md:1: must begin with a line ---"),
    (b"---\ntitle: x\n", "article.md:1: the front matter has no end"),
    (b"---\n- x\n---\nText.", "article.md:2: the front matter must be keys with values"),
    (b"---\nx\n---\nText.", "article.md:2: the front matter must be keys with values"),
    (b"---\n---\nText.", "article.md:2: the front matter must be keys with values"),
    (b"---\nslug: x\n---\nText.", "article.md:2: title: is missing; it is required"),
    (b"---\ntitle: \n---\nText.", "article.md:2: title: is empty; it is required"),
    (b"---\ntitle: \xe9t\xe9\n---\nText.", "article.md:2: isn’t UTF-8 (byte 0xe9); save it in that encoding"),
    ("---\ntitle: x\n---\n".encode("utf-16"), "article.md:1: isn’t UTF-8"),
    (
        b"---\ntitle: '?!'\n---\nText.",
        "article.md:2: slug: is missing, and the title gives none; add “slug: …”",
    ),
    (
        b"---\ntitle: " + b"x" * 301 + b"\n---\nText.",
        "article.md:2: title: has 301 characters; 300 are the most",
    ),
    (
        b"---\ntitle: x\n---\n\na\nb\x00c\n",
        "article.md:6: body: holds a character that can’t be shown (U+0000)",
    ),
    (b"x" * 1_000_001, "article.md:1: has 1,000,001 bytes; 1,000,000 are the most"),
]


@pytest.mark.parametrize(("content", "says"), WHOLE_FILE_FAULTS, ids=lambda value: repr(value)[:40])
def test_a_file_that_is_none_says_why(content: bytes, says: str) -> None:
    found = faults(content)
    assert len(found) == 1
    assert found[0].startswith(says)


def test_a_hostile_file_costs_no_more_than_a_moment() -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{key}: &{key} [{', '.join('*' + key for _ in range(9))}]\n" for key in "bcdef"
    )
    assert len(faults(article(laughs))) > 10
    assert any("nested more than 8 deep" in fault for fault in faults(article("x: " + "{a: " * 5000)))
    assert any(
        "no such key" in fault for fault in faults(article("\n".join(f"k{n}: 1" for n in range(2000))))
    )


def test_a_good_file_has_no_faults() -> None:
    file = parsed(GOOD)
    assert file.report.faults == []
    assert file.report.warnings == []


@pytest.mark.parametrize("front", ["published: {}", "title: {}", "status: {}", "format: {}", "slug: {}"])
def test_a_long_value_is_quoted_in_part(front: str) -> None:
    found = faults(article(front.format("9" * 6000)))
    assert found
    assert all(len(fault) < 1000 for fault in found)
