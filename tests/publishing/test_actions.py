"""Publishing: what comes to stand in the database, what is left alone, and what is refused."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select

from reader import eventlog
from reader.articles.models import Article, ArticleRevision, Author, Byline
from reader.comments.queries import thread_of
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid, Refused
from reader.eventlog import Kind
from reader.factchecks.models import Publisher
from reader.factchecks.queries import claims_of, history_of, sources_of
from reader.factchecks.verdicts import Verdict
from reader.publishing.actions import FileOutcome, examine, publish
from reader.publishing.loading import stored
from tests.publishing.files import GOOD, article, put, refused, written
from tests.publishing.site import count, decide, kinds, the_article, the_claim, using
from tests.support.factories import a_person, an_editor

CREATED, CHANGED, LEFT = FileOutcome.CREATED, FileOutcome.CHANGED, FileOutcome.LEFT


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


pytestmark = pytest.mark.usefixtures("app")


def test_a_file_becomes_an_article_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    editor = an_editor()
    text = GOOD.replace("slug: rain", "slug: rain\nauthors: [Ana, Bo]\ntopics: [sea, april]")
    assert put(tmp_path, text, by=editor) == [CREATED]
    found = the_article()
    assert found.title == "Rain at the harbour"
    assert found.html == (
        '<div dir="auto" class="p" role="paragraph">In April <reader-claim data-id="rain-fell">it rained on 20 days'
        '</reader-claim>. <reader-claim data-id="wettest">Was it the wettest?</reader-claim> The '
        '<a href="#source-paper">paper</a> says so.</div>'
    )
    assert (found.words, found.revision, found.published_at) == (15, 1, None)
    assert [claim.slug for claim in claims_of(found.id)] == ["rain-fell", "wettest"]
    assert [(resting.source.key, len(resting.claims)) for resting in sources_of(found.id)] == [
        ("office", 1),
        ("paper", 1),
    ]
    assert thread_of(found.id).total == 0
    revision = db.session.scalars(select(ArticleRevision)).one()
    assert (revision.number, revision.document, revision.by_id) == (
        1,
        text.replace("---\nformat", "---\nid: rain\nformat", 1),
        editor.id,
    )
    (first,) = history_of(the_claim("rain-fell").id)
    assert (first.version, first.before, first.after, first.why) == (
        1,
        None,
        "verified",
        "The office counts them.",
    )
    # Who publishes a file hasn't checked what it says, and nobody knows when that was.
    assert (first.at, first.by_id, first.by_name) == (None, None, None)
    claim = the_claim("rain-fell")
    assert (claim.checked_at, claim.checked_by_id, claim.checked_by_name) == (None, None, None)
    assert kinds(found.stream) == []


def test_publishing_the_same_file_again_leaves_everything_alone(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    before = the_article()
    assert put(tmp_path, GOOD.replace("---\n\nIn", "# a remark\nx-desk: 7\n---\n\n\nIn")) == [LEFT]
    assert the_article().revision == 1
    assert count(ArticleRevision) == 1
    assert kinds(before.stream) == []


def test_a_changed_file_is_a_new_revision_and_is_told_to_the_page(tmp_path: Path) -> None:
    editor = an_editor()
    put(tmp_path, GOOD)
    assert put(tmp_path, GOOD.replace("Rain at", "Much rain at"), by=editor) == [CHANGED]
    found = the_article()
    assert (found.title, found.revision) == ("Much rain at the harbour", 2)
    assert kinds(found.stream) == [(Kind.ARTICLE_REVISED, "article")]
    assert kinds(the_claim("rain-fell").stream) == []
    (event,) = eventlog.since(found.stream, 0, limit=9)
    assert event.actor_id == editor.id


def test_authors_topics_and_publishers_are_shared_by_name(tmp_path: Path) -> None:
    front = "authors: [Zoë Müller, Zoe Muller]\ntopics: [sea]\nsources:\n- {publisher: P, title: T}"
    assert put(tmp_path, article(f"slug: a\n{front}"), article(f"slug: b\n{front}")) == [CREATED, CREATED]
    assert sorted(db.session.scalars(select(Author.slug))) == ["zoe-muller", "zoe-muller-2"]
    assert count(Publisher) == 1
    assert count(Byline) == 4


def test_lists_keep_the_order_of_the_file(tmp_path: Path) -> None:
    front = "authors: [{}]\nsources:\n{}claims:\n{}".format
    source, claim = (
        "- {{id: {0}, publisher: P, title: T}}\n".format,
        "- {{id: {0}, text: T, verdict: reported}}\n".format,
    )

    def text(order: str) -> str:
        return article(
            front(", ".join(order), "".join(map(source, order)), "".join(map(claim, order))).rstrip()
        )

    for order in ("abc", "cba", "bdc"):
        put(tmp_path, text(order))
        document = stored(["a-title"])["a-title"].document
        assert "".join(document.authors) == order
        assert "".join(source.id for source in document.sources) == order
        assert "".join(claim.id for claim in document.claims) == order


def test_files_may_cite_each_others_claims_in_any_order(tmp_path: Path) -> None:
    assert put(tmp_path, using("rain-fell", "other"), GOOD) == [CREATED, CREATED]
    assert [claim.slug for claim in claims_of(the_article("other").id)] == ["rain-fell"]
    assert the_claim("rain-fell").article_id == the_article().id


def test_files_may_cite_claims_in_a_circle(tmp_path: Path) -> None:
    own = "- {{id: {0}, text: T, verdict: reported}}".format
    one, two = using("b", "one", own("a")), using("a", "two", own("b"))
    assert put(tmp_path, one, two, using("a", "three")) == [CREATED, CREATED, CREATED]
    assert [claim.slug for claim in claims_of(the_article("one").id)] == ["b", "a"]
    assert put(tmp_path, one, two) == [LEFT, LEFT]


def test_a_file_may_cite_a_claim_that_is_on_the_site(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    assert put(tmp_path, using("rain-fell", "other")) == [CREATED]


def test_a_file_with_a_fault_stops_them_all_before_anything_is_stored(tmp_path: Path) -> None:
    paths = written(tmp_path, good=GOOD, bad=article("titel: x"))
    with pytest.raises(Invalid) as refusal:
        list(publish(examine(paths)))
    assert "bad.md:3: titel: there is no such key" in refusal.value.reason
    assert refusal.value.reason.endswith("Nothing was stored.")
    assert count(Article) == 0


def test_only_editors_publish(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Only editors"):
        put(tmp_path, GOOD, by=a_person())
    assert count(Article) == 0


def test_a_folder_without_articles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no article files"):
        examine([tmp_path])


def test_two_files_cannot_have_one_slug(tmp_path: Path) -> None:
    assert refused(tmp_path, GOOD, article("slug: rain")) == [
        "file-1.md:3: slug: “rain” is also the slug of file-0.md; change one of them"
    ]


def test_a_claim_has_one_owner(tmp_path: Path) -> None:
    other = article("slug: other\nclaims:\n- {id: wettest, text: T, verdict: reported}")
    assert refused(tmp_path, GOOD, other) == [
        "file-1.md:5: claims[1].id: “wettest” is also a claim of file-0.md; to cite that one, write “use: wettest”"
    ]
    put(tmp_path, GOOD)
    (fault,) = refused(tmp_path, other)
    assert fault.startswith(
        "file-0.md:5: claims[1].id: “wettest” is a claim of the article “rain”: to cite it, write"
    )


def test_a_claim_that_is_nowhere_cannot_be_cited(tmp_path: Path) -> None:
    assert refused(tmp_path, using("nope", "other")) == [
        "file-0.md:5: claims[1].use: there is no claim “nope”, neither on the site nor in the files given"
    ]


def test_an_article_does_not_cite_its_own_claim_as_anothers(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    text = GOOD.replace(
        "  - id: wettest\n    text: It was the wettest April ever.\n", "  - use: wettest\n"
    ).replace("    verdict: reported\n    sources: [paper]\n", "")
    (fault,) = refused(tmp_path, text)
    assert fault.startswith("file-0.md:21: claims[2].use: “wettest” is this article’s own claim")


# Somebody else at the same moment


def test_what_changed_after_the_check_is_seen_before_anything_is_stored(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    examined = examine(written(tmp_path, file_0=GOOD.replace("Rain at", "Much rain at")))
    decide("rain-fell", Verdict.MIXED, "The gauge was broken.")
    with pytest.raises(Conflict, match="The site has changed since the files were checked"):
        list(publish(examined))
    assert the_article().title == "Rain at the harbour"
    assert kinds(the_article().stream) == [(Kind.VERDICT_CHANGED, "claim-rain-fell")]


def test_an_article_made_by_somebody_else_meanwhile_is_changed_not_doubled(tmp_path: Path) -> None:
    examined = examine(written(tmp_path, file_0=GOOD))
    put(tmp_path, GOOD.replace("Rain at", "Much rain at"))
    (published,) = publish(examined)
    assert published.outcome == CHANGED
    assert the_article().title == "Rain at the harbour"
    assert count(Article) == 1


def test_publishing_needs_no_article_of_the_database_to_have_a_revision(tmp_path: Path, app: Flask) -> None:
    put(tmp_path, GOOD)
    with transaction() as session:
        session.execute(delete(ArticleRevision))
    assert put(tmp_path, GOOD.replace("Rain at", "Much rain at")) == [CHANGED]
