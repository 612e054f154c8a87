"""From events to entries: once each, as things are now, in few queries and few bytes."""

import json

import pytest

from reader import eventlog
from reader.articles.models import Article, Status
from reader.comments.actions import delete_comment
from reader.db.base import db
from reader.db.transactions import transaction
from reader.eventlog import Kind, streams
from reader.factchecks.models import Citation
from reader.live import listing, rendering
from reader.live.following import Name
from reader.live.rendering import PUSH_BYTES, ChangedElement
from tests.support.factories import a_claim, a_person, an_article, saved
from tests.support.queries import counted
from tests.support.threads import a_comment, comments

pytestmark = pytest.mark.usefixtures("app")


def told(article: Article, after: int = 0) -> list[ChangedElement]:
    events = eventlog.since(article.stream, after, limit=1000)
    return rendering.entries(Name("article", article.id), events)


def targets(entries: list[ChangedElement]) -> list[str]:
    return [entry["target"] for entry in entries]


def entry_of(entries: list[ChangedElement], target: str) -> ChangedElement:
    return next(entry for entry in entries if entry["target"] == target)


def test_a_comment_comes_with_its_place_and_the_head_of_its_thread() -> None:
    article = an_article()
    comment = a_comment(article, body="First!")
    entries = told(article)
    assert targets(entries) == [comment.element, "thread-head"]
    assert entries[0] == ChangedElement(
        seq=1,
        kind="comment-posted",
        target=comment.element,
        parent="thread",
        order=comment.id,
        html=entries[0]["html"],
    )
    assert f'id="{comment.element}"' in (entries[0]["html"] or "")
    assert "First!" in (entries[0]["html"] or "")
    assert "1 Comment" in (entries[1]["html"] or "")


def test_a_reply_comes_with_the_link_of_the_comment_it_stands_under() -> None:
    article = an_article()
    above = a_comment(article)
    reply = a_comment(article, under=above)
    entries = told(article, after=1)
    assert targets(entries) == [reply.element, f"more-{above.id}", "thread-head"]
    assert entries[0]["parent"] == above.element


def test_a_target_stands_once_with_its_latest_number_and_its_present_state() -> None:
    article, author = an_article(), a_person()
    comment = a_comment(article, by=author, body="I regret this.")
    delete_comment(comment.id, by=author)
    entries = told(article)
    assert targets(entries).count(comment.element) == 1
    entry = entry_of(entries, comment.element)
    assert (entry["seq"], entry["kind"]) == (2, "comment-deleted")
    assert "regret" not in json.dumps(entries)


def test_a_comment_stands_before_its_replies_though_it_changed_after_them() -> None:
    article, author = an_article(), a_person()
    above = a_comment(article, by=author)
    below = a_comment(article, under=above)
    lowest = a_comment(article, under=below)
    delete_comment(above.id, by=author)
    assert targets(told(article))[:3] == [above.element, below.element, lowest.element]


def test_a_comment_about_a_claim_changes_the_number_shown_at_the_claim() -> None:
    article = an_article(
        html='<div class="p" role="paragraph"><reader-claim data-id="sky">The sky is blue.</reader-claim></div>'
    )
    claim = a_claim(article, slug="sky")
    a_comment(article, claim_id=claim.id)
    entries = told(article)
    assert {"claim-sky", "mark-sky"} <= set(targets(entries))
    assert "Discuss this claim (1)" in (entry_of(entries, "claim-sky")["html"] or "")
    assert "The sky is blue." in (entry_of(entries, "mark-sky")["html"] or "")
    panel, said = rendering.entries(Name("claim", claim.id), eventlog.since(claim.stream, 0, limit=10))
    assert (panel["target"], said["parent"]) == ("claim-sky", "thread")
    assert "1 comment about it" in (panel["html"] or "")


def revised(article: Article) -> None:
    with transaction():
        eventlog.lock(article.stream)
        eventlog.append(Kind.ARTICLE_REVISED, article.stream, "article", actor_id=None)


def test_a_revised_article_is_told_without_html() -> None:
    article = an_article()
    revised(article)
    (entry,) = told(article)
    assert (entry["target"], entry["html"]) == ("article", None)


def test_the_number_of_queries_does_not_depend_on_the_number_of_events() -> None:
    article = an_article()
    claims = [a_claim(article, slug=f"claim-{number}") for number in range(12)]

    def cost(number: int) -> int:
        head = eventlog.head(article.stream)
        for claim in claims[:number]:
            above = a_comment(article, claim_id=claim.id)
            a_comment(article, under=above)
        db.session.expire_all()
        with counted() as statements:
            told(article, after=head)
        return len(statements)

    assert cost(1) == cost(12)


def wire(entries: list[ChangedElement]) -> int:
    batch = {"stream": "article:999999999", "from": 10**9, "to": 10**9, "events": entries}
    message = json.dumps(["live:event", batch], ensure_ascii=False, separators=(",", ":"))
    return len(f"42{message}".encode())


def test_a_heavy_push_drops_the_html_of_new_comments_and_keeps_the_rest() -> None:
    article = an_article()
    above = a_comment(article)
    head = eventlog.head(article.stream)
    reply = a_comment(article, under=above, body="é" * 2000)
    comments(article, 1)
    news = [a_comment(article, body="ü" * 5000) for _ in range(5)]
    entries = rendering.fitted(told(article, after=head))
    assert wire(entries) <= PUSH_BYTES
    without = {entry["target"] for entry in entries if entry["html"] is None}
    assert without
    assert without <= {comment.element for comment in news}
    assert entry_of(entries, reply.element)["html"]
    assert entry_of(entries, "thread-head")["html"]


def test_where_that_is_not_enough_other_html_is_left_out_too() -> None:
    article = an_article()
    above = a_comment(article)
    head = eventlog.head(article.stream)
    for _ in range(6):
        a_comment(article, under=above, body="x" * 5000)
    entries = rendering.fitted(told(article, after=head))
    assert wire(entries) <= PUSH_BYTES
    assert any(entry["html"] is None for entry in entries)
    assert len(entries) == 8


def test_a_push_that_is_too_long_even_so_asks_for_the_page() -> None:
    many = [
        ChangedElement(
            seq=number,
            kind="verdict-changed",
            target=f"claim-{'x' * 100}-{number}",
            parent=None,
            order=None,
            html="",
        )
        for number in range(200)
    ]
    assert rendering.fitted(many) == [
        ChangedElement(seq=199, kind="verdict-changed", target="article", parent=None, order=None, html=None)
    ]


def test_a_light_push_is_left_as_it_is() -> None:
    article = an_article()
    comments(article, 3)
    entries = told(article)
    assert rendering.fitted(entries) == entries


def test_lists_are_told_of_public_claims_alone() -> None:
    public, draft = a_claim(an_article()), a_claim(an_article(status=Status.DRAFT.value))
    for claim in (public, draft):
        with transaction():
            eventlog.lock(streams.VERDICTS)
            eventlog.append(Kind.VERDICT_CHANGED, streams.VERDICTS, claim.element, actor_id=None)
    entries = rendering.entries(Name(streams.VERDICTS), eventlog.since(streams.VERDICTS, 0, limit=10))
    article = f"{public.article_id}"
    assert targets(entries) == [
        public.element,
        f"strength-{article}",
        f"lead-claims-{article}",
        "latest-verdicts",
    ]
    assert "1 verified" in (entry_of(entries, f"strength-{article}")["html"] or "")


def test_a_claim_that_too_many_articles_cite_makes_lists_fetch_their_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "MAX_CITATIONS", 1)
    claim = a_claim(an_article())
    saved(Citation(article_id=an_article().id, claim_id=claim.id, position=0))
    with transaction():
        eventlog.lock(streams.VERDICTS)
        eventlog.append(Kind.VERDICT_CHANGED, streams.VERDICTS, claim.element, actor_id=None)
    (entry,) = rendering.entries(Name(streams.VERDICTS), eventlog.since(streams.VERDICTS, 0, limit=10))
    assert (entry["target"], entry["html"]) == ("article", None)


def test_a_verdict_does_not_hide_that_the_claim_says_something_else() -> None:
    article = an_article()
    claim = a_claim(article)
    with transaction():
        eventlog.lock(article.stream)
        for kind in (Kind.CLAIM_REVISED, Kind.VERDICT_CHANGED):
            eventlog.append(kind, article.stream, claim.element, actor_id=None)
    assert ("article", 2) in [(entry["target"], entry["seq"]) for entry in told(article)]
