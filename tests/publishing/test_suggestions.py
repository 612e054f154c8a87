"""Suggestions: a misspelling is guessed, another meaning never is, and other programs' keys are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.articles.models import Status
from reader.factchecks.kinds import About, CorrectionKind, SourceKind
from reader.factchecks.verdicts import Verdict
from reader.publishing.faults import FileReport, explained
from reader.publishing.reading import ARTICLE_KEYS, SOURCE_KEYS
from reader.publishing.reading_claims import CLAIM_KEYS
from reader.publishing.suggestions import nearest
from tests.publishing.files import article, faults, parsed

VERDICTS = [verdict.value for verdict in Verdict]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("verifed", "verified"),
        ("Verified", "verified"),
        ("mostly true", "mostly-true"),
        ("Mostly_True", "mostly-true"),
        ("mostlytrue", "mostly-true"),
        ("mostly-ture", "mostly-true"),
        ("misleding", "misleading"),
        ("flase", "false"),
        ("unprovn", "unproven"),
        ("outdatd", "outdated"),
    ],
)
def test_a_misspelt_verdict_is_guessed(word: str, meant: str) -> None:
    assert nearest(word, VERDICTS) == f"did you mean “{meant}”?"


@pytest.mark.parametrize(
    "word",
    [
        "unverified",
        "unverifed",
        "not verified",
        "non-verified",
        "verified-not",
        "mostly false",
        "mostly-untrue",
        "partly-true",
        "half true",
        "true",
        "untrue",
        "not-false",
        "undisputed",
        "indisputed",
        "proven",
        "provn",
        "disproven",
        "unmixed",
        "unreported",
        "updated",
        "undated",
        "valid",
        "avoid",
        "leading",
        "not misleading",
        "disreported",
        "baseless",
        "debunked",
        "unchecking",
    ],
)
def test_a_verdict_of_another_meaning_is_answered_with_all(word: str) -> None:
    assert nearest(word, VERDICTS) == f"there is: {', '.join(VERDICTS)}."


@pytest.mark.parametrize(
    "prefix", ["un", "in", "im", "dis", "non", "non-", "not ", "not-", "no ", "mis", "a", "anti-"]
)
@pytest.mark.parametrize(
    "words",
    [VERDICTS, [*Status], [*About], [*SourceKind], [*CorrectionKind], ARTICLE_KEYS, CLAIM_KEYS, SOURCE_KEYS],
    ids=["verdict", "status", "about", "kind", "correction", "article", "claim", "source"],
)
def test_no_negated_word_is_taken_for_the_word(prefix: str, words: list[str]) -> None:
    for word in words:
        # “ununproven” is a slip.
        if not word.startswith(prefix[0]):
            assert f"did you mean “{word}”" not in nearest(prefix + word, words)
        # Nor the other way round, where the word itself is a negation.
        if word.startswith(prefix):
            assert "did you mean" not in nearest(word.removeprefix(prefix), [word])


@given(st.sampled_from(VERDICTS), st.data())
def test_a_slip_inside_a_long_word_is_never_another_verdict(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(word) - 1))
    slipped = word[:place] + word[place + 1 :]
    answer = nearest(slipped, VERDICTS)
    assert f"“{word}”" in answer or answer.startswith("there is: ")


@pytest.mark.parametrize(
    ("id_", "known"),
    [
        ("source-2", "source-3"),
        ("voted-to-sell", "voted-to-keep"),
        ("did-not-vote", "did-vote"),
        ("nine-towers", "towers"),
        ("undated", "updated"),
    ],
)
def test_an_id_that_says_something_else_is_not_guessed(id_: str, known: str) -> None:
    assert nearest(id_, [known]) == f"there is: {known}."


@pytest.mark.parametrize(
    ("front", "says"),
    [
        ("date: 2026-01-31", "date: there is no such key; here it is “published: 2026-01-31T14:30:00+01:00”"),
        ("pubDate: 2026-01-31", "pubDate: there is no such key; here it is “published: "),
        ("lastmod: 2026-01-31", "lastmod: there is no such key; here it is “updated: "),
        ("updated_at: 2026-01-31", "updated_at: there is no such key; here it is “updated: "),
        ("publishDate: 2026-01-31", "publishDate: there is no such key; here it is “publish_at: "),
        ("tags: [a]", "tags: there is no such key; here it is “topics: "),
        ("categories: [a]", "categories: there is no such key; here it is “topics: "),
        ("description: x", "description: there is no such key; here it is “standfirst: "),
        ("excerpt: x", "excerpt: there is no such key; here it is “standfirst: "),
        ("custom_excerpt: x", "custom_excerpt: there is no such key; here it is “standfirst: "),
        ("summary: x", "summary: there is no such key; here it is “standfirst: "),
        ("author: x", "author: there is no such key; here it is “authors: "),
        ("feature_image: /a.jpg", "feature_image: there is no such key; here it is “image: "),
        ("cover: /a.jpg", "cover: there is no such key; here it is “image: "),
        ("permalink: /a/", "permalink: there is no such key; here it is “slug: "),
        ("url: /a/", "url: there is no such key; here it is “slug: "),
        ("aliases: [/a/]", "aliases: there is no such key; here it is “was: "),
        ("language: de", "language: there is no such key; here it is “lang: "),
        (
            "draft: true",
            "draft: there is no such key; write “status: draft” if it is true, and remove it if it is false",
        ),
        (
            "layout: post",
            "layout: there is no such key, nor one like it; remove it, or call it “x-layout”",
        ),
        (
            "sources: [{publisher: P, title: T, link: x}]",
            "sources[1].link: there is no such key; here it is “url: ",
        ),
        (
            "sources: [{publisher: P, title: T, type: x}]",
            "sources[1].type: there is no such key; here it is “kind: ",
        ),
        (
            "claims: [{text: T, verdict: reported, rating: x}]",
            "claims[1].rating: there is no such key; here it is “verdict: ",
        ),
        ("corrections: [{text: T, date: x}]", "corrections[1].date: there is no such key; here it is “at: "),
        ("image: {src: /a.jpg, author: x}", "image.author: there is no such key; here it is “credit: "),
    ],
)
def test_keys_of_other_programs_get_their_counterpart(front: str, says: str) -> None:
    (fault,) = faults(article(front, "Text."))
    assert fault.startswith(f"article.md:3: {says}"), fault


def test_a_key_of_another_program_is_never_taken_over() -> None:
    document = parsed(
        article("date: 2026-01-31T00:00:00Z\ntags: [a]\nexcerpt: x\ndraft: true", "Text.")
    ).document
    assert (document.published, document.topics, document.standfirst, document.status) == (
        None,
        (),
        None,
        "published",
    )


def test_a_key_unknown_in_many_files_is_explained_once() -> None:
    found = []
    for number in range(300):
        report = FileReport(f"{number:03}.md")
        report.fault("frobnicate", "there is no such key", 3, common=True)
        report.fault("claims[1].foo", "there is no such key", 5, common=True)
        report.fault("claims[2].foo", "there is no such key", 6, common=True)
        report.fault("title", "is missing", 1)
        found += report.faults
    lines = explained(sorted(found))
    assert [line for line in lines if "title" not in line] == [
        "000.md:3: frobnicate: there is no such key (so in 300 files; this is the first)",
        "000.md:5: claims[1].foo: there is no such key (so 600 times in 300 files; this is the first)",
    ]
    assert len(lines) == 302


def test_what_stands_once_is_told_as_it_is() -> None:
    report = FileReport("a.md")
    report.fault("frobnicate", "there is no such key", 3, common=True)
    assert explained(report.faults) == ["a.md:3: frobnicate: there is no such key"]
