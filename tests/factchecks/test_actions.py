"""Deciding a claim: what is written, who is told, what is refused, and two editors at once."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from reader import eventlog
from reader.accounts.models import User
from reader.config import Settings
from reader.db.base import db
from reader.errors import Conflict, Invalid, Missing, Refused
from reader.eventlog import Event, Kind, streams
from reader.factchecks import actions, queries
from reader.factchecks.kinds import SourceKind
from reader.factchecks.models import Citation, Claim, Publisher, Source, VerdictChange
from reader.factchecks.verdicts import NewSource, NewVerdict, Verdict
from tests.support.factories import a_claim, a_moderator, a_person, an_article, an_editor, saved

WHY = "The register was amended in March."

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def decide(claim: Claim, verdict: Verdict, *, by: User, **changes: Any) -> VerdictChange:
    """Set a verdict as an editor would who changes nothing else."""
    fresh = reloaded(claim)
    unchanged = NewVerdict(
        verdict, why=WHY, source_ids=[source.id for source in fresh.sources], version=fresh.version
    )
    return actions.set_verdict(claim.id, replace(unchanged, **changes), by=by)


def reloaded(claim: Claim) -> Claim:
    db.session.rollback()
    db.session.expire_all()
    found = queries.claim_by_id(claim.id)
    assert found
    return found


def events() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(Event).order_by(Event.stream, Event.seq))
    return [(event.stream, event.kind, event.target) for event in rows]


def test_a_change_is_on_the_claim_and_in_its_history() -> None:
    editor = an_editor("Ida")
    claim = a_claim(an_article())
    decide(claim, Verdict.MIXED, by=editor)
    now = reloaded(claim)
    assert (now.verdict, now.why, now.version) == ("mixed", WHY, 2)
    assert now.checked_by
    assert now.checked_by.username == "Ida"
    latest, first = queries.history_of(claim.id)
    assert (latest.before, latest.after, latest.why, latest.by_id) == ("verified", "mixed", WHY, editor.id)
    assert (first.before, first.after) == (None, "verified")
    assert latest.at == now.checked_at


def test_a_change_is_told_to_the_claim_and_to_every_article_that_cites_it() -> None:
    owner, other, stranger = an_article(), an_article(), an_article()
    claim = a_claim(owner)
    saved(Citation(article_id=other.id, claim_id=claim.id, position=0))
    decide(claim, Verdict.MIXED, by=an_editor())
    element = f"claim-{claim.slug}"
    told = (owner.stream, other.stream, claim.stream, streams.VERDICTS)
    assert events() == sorted((stream, "verdict-changed", element) for stream in told)
    assert eventlog.head(stranger.stream) == 0


def test_a_refused_change_writes_and_tells_nothing(app: Flask) -> None:
    told: list[tuple[str, int]] = []
    eventlog.on_append(app, lambda stream, head: told.append((stream, head)))
    claim = a_claim(an_article())
    source = NewSource("The Wire", "A report")
    with pytest.raises(Invalid, match="Verified"):
        decide(claim, Verdict.VERIFIED, by=an_editor(), source_ids=[], new_source=source)
    assert told == []
    assert events() == []
    assert reloaded(claim).version == 1
    assert db.session.scalar(select(Publisher).where(Publisher.name == "The Wire")) is None


@pytest.mark.parametrize("person", [a_person, a_moderator])
def test_only_editors_decide(person: type[User]) -> None:
    claim = a_claim(an_article())
    with pytest.raises(Refused):
        decide(claim, Verdict.FALSE, by=person())
    assert reloaded(claim).verdict == "verified"


def test_a_change_needs_a_reason() -> None:
    with pytest.raises(Invalid) as refusal:
        decide(a_claim(an_article()), Verdict.MIXED, by=an_editor(), why="  ")
    assert refusal.value.field == "why"


def test_a_change_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="Nothing would change"):
        decide(a_claim(an_article()), Verdict.VERIFIED, by=an_editor(), why="The source says it.")


def test_another_reason_alone_is_a_change() -> None:
    claim = a_claim(an_article())
    decide(claim, Verdict.VERIFIED, by=an_editor())
    assert [(change.before, change.after) for change in queries.history_of(claim.id)] == [
        ("verified", "verified"),
        (None, "verified"),
    ]


def test_a_claim_that_is_gone_is_missing() -> None:
    with pytest.raises(Missing):
        actions.set_verdict(999, NewVerdict(Verdict.FALSE, why=WHY, source_ids=[], version=1), by=an_editor())
    assert eventlog.head("claim:999") == 0


def test_a_reversal_is_corrected_in_every_citing_article() -> None:
    owner, other = an_article(), an_article()
    claim = a_claim(owner, short="It rained")
    saved(Citation(article_id=other.id, claim_id=claim.id, position=0))
    decide(claim, Verdict.FALSE, by=an_editor())
    for article in (owner, other):
        (correction,) = queries.corrections_of(article.id)
        assert correction.kind == "correction"
        assert correction.text == (
            f"On the claim “It rained”: our verdict was “Verified”; it is now “False”. {WHY}"
        )
        assert (correction.claim_id, correction.version) == (claim.id, 2)


def test_a_withdrawn_check_keeps_its_sources_and_is_corrected() -> None:
    article = an_article()
    claim = a_claim(article)
    decide(claim, Verdict.VOID, by=an_editor())
    (correction,) = queries.corrections_of(article.id)
    assert "our check of it was wrong and is withdrawn; it had come to “Verified”" in correction.text
    assert len(reloaded(claim).sources) == 1


def test_a_step_within_one_half_needs_no_correction() -> None:
    article = an_article()
    decide(a_claim(article), Verdict.MOSTLY_TRUE, by=an_editor())
    assert queries.corrections_of(article.id) == []


def test_corrections_follow_each_other_in_order() -> None:
    article = an_article()
    claim, editor = a_claim(article), an_editor()
    for verdict in (Verdict.FALSE, Verdict.VERIFIED, Verdict.VOID):
        decide(claim, verdict, by=editor)
    found = queries.corrections_of(article.id)
    assert [correction.version for correction in found] == [2, 3, 4]
    assert [correction.position for correction in found] == [0, 1, 2]


def test_sources_of_any_citing_article_may_be_chosen_in_the_editors_order() -> None:
    owner, other = an_article(), an_article()
    claim, neighbour = a_claim(owner), a_claim(other)
    saved(Citation(article_id=other.id, claim_id=claim.id, position=9))
    (own,), (theirs,) = reloaded(claim).sources, reloaded(neighbour).sources
    decide(claim, Verdict.MOSTLY_TRUE, by=an_editor(), source_ids=[theirs.id, own.id, theirs.id])
    assert [source.id for source in reloaded(claim).sources] == [theirs.id, own.id]


def test_a_source_of_an_article_that_does_not_cite_the_claim_is_refused() -> None:
    claim, elsewhere = a_claim(an_article()), a_claim(an_article())
    (source,) = reloaded(elsewhere).sources
    with pytest.raises(Invalid) as refusal:
        decide(claim, Verdict.MIXED, by=an_editor(), source_ids=[source.id])
    assert refusal.value.field == "sources"


def test_a_new_source_joins_the_list_of_the_article_that_owns_the_claim() -> None:
    article = an_article()
    claim = a_claim(article, verdict="reported", sourced=False, unsourced=True)
    source = NewSource("  The   Registry ", "Register of ships", "https://example.org/r", SourceKind.PRIMARY)
    decide(claim, Verdict.VERIFIED, by=an_editor(), new_source=source)
    (added,) = queries.sources_of(article.id)
    assert (added.source.publisher.name, added.source.key) == ("The Registry", "register-of-ships")
    assert [resting.slug for resting in added.claims] == [claim.slug]
    assert not reloaded(claim).unsourced


def test_a_new_source_of_a_known_publisher_is_filed_under_it() -> None:
    claim = a_claim(an_article())
    (known,) = reloaded(claim).sources
    source = NewSource(known.publisher.name, known.title)
    decide(claim, Verdict.VERIFIED, by=an_editor(), new_source=source)
    first, second = reloaded(claim).sources
    assert first.publisher_id == second.publisher_id
    assert first.key != second.key


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (NewSource("The Wire", "A report", "javascript:alert(1)"), "source_url"),
        (NewSource("The Wire", "A report", "example.org/report"), "source_url"),
        (NewSource("The Wire", " "), "source_title"),
        (NewSource("", "A report"), "source_publisher"),
    ],
)
def test_a_new_source_must_be_whole(source: NewSource, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decide(a_claim(an_article()), Verdict.MIXED, by=an_editor(), new_source=source)
    assert refusal.value.field == field


def test_publishers_with_like_names_get_addresses_of_their_own() -> None:
    claim, editor = a_claim(an_article()), an_editor()
    decide(claim, Verdict.MIXED, by=editor, new_source=NewSource("A. Press", "One"))
    decide(claim, Verdict.FALSE, by=editor, new_source=NewSource("A Press!", "Two"))
    slugs = db.session.scalars(select(Publisher.slug).where(Publisher.slug.startswith("a-press")))
    assert sorted(slugs) == ["a-press", "a-press-2"]


def test_who_decides_on_an_old_state_is_told_and_changes_nothing() -> None:
    claim, editor = a_claim(an_article()), an_editor()
    decide(claim, Verdict.MIXED, by=editor)
    with pytest.raises(Conflict):
        decide(claim, Verdict.FALSE, by=editor, version=1)
    assert reloaded(claim).verdict == "mixed"


def test_of_two_editors_at_once_one_wins_and_the_other_is_told(app: Flask) -> None:
    """Repeated on several claims that two articles cite, so that the locks of both streams are fought for."""
    one, other = an_article(), an_article()
    claims = [a_claim(one) for _ in range(10)]
    for claim in claims:
        saved(Citation(article_id=other.id, claim_id=claim.id, position=claim.id))
    editors = [an_editor(), an_editor()]
    start = threading.Barrier(2)
    outcomes: dict[int, list[str]] = {claim.id: [] for claim in claims}
    faults: list[BaseException] = []

    def work(editor_id: int, verdict: Verdict) -> None:
        try:
            with app.app_context():
                editor = db.session.get_one(User, editor_id)
                for claim_id, outcome in outcomes.items():
                    start.wait(timeout=30)
                    sources = list(db.session.scalars(select(Source.id).where(Source.article_id == one.id)))
                    try:
                        actions.set_verdict(
                            claim_id, NewVerdict(verdict, why=WHY, source_ids=sources, version=1), by=editor
                        )
                        outcome.append(verdict.value)
                    except Conflict:
                        outcome.append("conflict")
        except BaseException as error:
            faults.append(error)
            start.abort()

    threads = [
        threading.Thread(target=work, args=(editor.id, verdict))
        for editor, verdict in zip(editors, (Verdict.MIXED, Verdict.FALSE), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    for claim in claims:
        (won,) = set(outcomes[claim.id]) - {"conflict"}
        assert sorted(outcomes[claim.id]) == sorted(["conflict", won])
        assert reloaded(claim).verdict == won
        assert [change.after for change in queries.history_of(claim.id)] == [won, "verified"]
    told = [stream for stream, kind, _ in events() if kind == Kind.VERDICT_CHANGED]
    assert told.count(one.stream) == told.count(other.stream) == told.count(streams.VERDICTS) == len(claims)
