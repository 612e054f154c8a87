"""Publishing again: what a newer file changes, what an older one may not undo, and what may leave."""

from pathlib import Path

import pytest
from sqlalchemy import select

from reader.config import Settings
from reader.db.base import db
from reader.eventlog import Kind
from reader.factchecks.actions import set_verdict
from reader.factchecks.models import Correction, Source
from reader.factchecks.queries import claims_of, corrections_of, history_of
from reader.factchecks.verdicts import NewVerdict, Verdict
from reader.publishing.actions import FileOutcome
from reader.publishing.loading import stored
from tests.publishing.files import GOOD, article, put, refused
from tests.publishing.site import count, decide, kinds, sources_under, the_article, the_claim, using
from tests.support.factories import an_editor

CHANGED, LEFT = FileOutcome.CHANGED, FileOutcome.LEFT


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


pytestmark = pytest.mark.usefixtures("app")


# Verdicts: the file says the first, the site all others


def test_an_older_verdict_is_refused_and_the_difference_shown(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    decide("rain-fell", Verdict.MIXED, "The gauge was broken.")
    (fault,) = refused(tmp_path, GOOD.replace("Rain at", "Much rain at"))
    assert fault.startswith(
        "file-0.md:16: claims[1].verdict: is “verified” here, but “mixed” on the site (reason: The gauge was broken.)."
    )
    assert "decided at /fact-checks/rain-fell" in fault
    assert "reader export" in fault
    assert the_article().title == "Rain at the harbour"


def test_a_file_does_not_change_a_verdict_even_if_nobody_else_has(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    (fault,) = refused(tmp_path, GOOD.replace("verdict: reported", "verdict: disputed"))
    assert "is “disputed” here, but “reported” on the site (no reason given)" in fault


def test_a_file_with_the_sites_verdict_is_taken(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    decide("wettest", Verdict.DISPUTED, "Two gauges differ.")
    text = GOOD.replace("verdict: reported", "verdict: disputed\n    why: Two gauges differ.")
    assert put(tmp_path, text) == [LEFT]
    assert put(tmp_path, text.replace("Rain at", "Much rain at")) == [CHANGED]
    assert the_claim("wettest").version == 2


def test_an_earlier_reason_is_refused(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    decide("rain-fell", Verdict.VERIFIED, "We counted again.")
    (fault,) = refused(tmp_path, GOOD)
    assert fault.startswith(
        "file-0.md:18: claims[1].why: is an earlier reason; on the site it has changed since"
    )


def test_sources_that_were_chosen_on_the_site_are_not_undone(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    decide("rain-fell", Verdict.VERIFIED, "The office counts them.", ["office", "paper"])
    (fault,) = refused(tmp_path, GOOD)
    assert fault.startswith("file-0.md:19: claims[1].sources: are not those on the site (office, paper)")


def test_another_reason_is_a_step_in_the_claims_history(tmp_path: Path) -> None:
    editor = an_editor()
    put(tmp_path, GOOD, using("rain-fell", "other"))
    assert put(tmp_path, GOOD.replace("The office counts", "The weather office counts"), by=editor) == [
        CHANGED
    ]
    claim = the_claim("rain-fell")
    latest, first = history_of(claim.id)
    assert (latest.version, latest.before, latest.after) == (2, "verified", "verified")
    assert (latest.why, first.why) == ("The weather office counts them.", "The office counts them.")
    assert (claim.version, claim.checked_at, latest.by_id) == (2, None, editor.id)
    told = [(Kind.VERDICT_CHANGED, "claim-rain-fell")]
    assert kinds(claim.stream) == told
    assert kinds(the_article("other").stream) == told
    assert kinds(the_article().stream) == [(Kind.ARTICLE_REVISED, "article")]


def test_other_sources_need_a_reason(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    (fault,) = refused(tmp_path, GOOD.replace("sources: [paper]", "sources: [paper, office]"))
    assert fault.startswith(
        "file-0.md:21: claims[2].why: is missing; where a claim’s reason or sources change"
    )
    text = GOOD.replace("sources: [paper]", "sources: [paper, office]\n    why: Both say so.")
    assert put(tmp_path, text) == [CHANGED]
    assert [source.key for source in sources_under(the_claim("wettest").id)] == ["paper", "office"]


def test_other_words_of_a_claim_are_told_without_a_step(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    assert put(tmp_path, GOOD.replace("title: Rainfall", "title: All rainfall")) == [CHANGED]
    claim = the_claim("rain-fell")
    assert claim.version == 1
    assert kinds(claim.stream) == [(Kind.VERDICT_CHANGED, "claim-rain-fell")]
    assert kinds(the_claim("wettest").stream) == []


# What leaves a file

WITHOUT_WETTEST = GOOD.replace(
    "  - id: wettest\n    text: It was the wettest April ever.\n    verdict: reported\n    sources: [paper]\n",
    "",
).replace("[Was it the wettest?](claim:wettest)", "Was it the wettest?")


def test_a_claim_dropped_from_its_file_leaves_but_keeps_its_history(tmp_path: Path) -> None:
    """It leaves the article, and is the same claim when it comes back."""
    put(tmp_path, GOOD)
    claim_id = the_claim("wettest").id
    assert put(tmp_path, WITHOUT_WETTEST) == [CHANGED]
    assert [claim.slug for claim in claims_of(the_article().id)] == ["rain-fell"]
    assert len(history_of(claim_id)) == 1
    assert put(tmp_path, GOOD) == [CHANGED]
    assert the_claim("wettest").id == claim_id


def test_a_claim_that_has_left_cannot_be_cited(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    put(tmp_path, WITHOUT_WETTEST)
    (fault,) = refused(tmp_path, using("wettest", "other"))
    assert "there is no claim “wettest”" in fault


def test_a_claim_that_another_article_cites_cannot_leave(tmp_path: Path) -> None:
    put(tmp_path, GOOD, using("wettest", "other"))
    (fault,) = refused(tmp_path, WITHOUT_WETTEST)
    assert fault == (
        "file-0.md:13: claims: the claim “wettest” is missing, but the article “other” cites it; keep it, or take it"
        " out there first"
    )
    assert put(tmp_path, WITHOUT_WETTEST, article("slug: other", "Text.")) == [CHANGED, CHANGED]


def test_a_source_leaves_with_its_file(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    text = WITHOUT_WETTEST.replace(
        "  - id: paper\n    publisher: The Harbour Paper\n    title: A wet spring\n", ""
    ).replace("[paper](source:paper)", "paper")
    assert put(tmp_path, text) == [CHANGED]
    listed = select(Source.key).where(Source.article_id.isnot(None))
    assert list(db.session.scalars(listed)) == ["office"]
    assert [source.key for source in sources_under(the_claim("wettest").id)] == ["paper"]
    assert put(tmp_path, GOOD) == [CHANGED]
    assert sorted(db.session.scalars(select(Source.key))) == ["office", "paper"]


def test_a_source_on_which_another_articles_claim_rests_cannot_leave(tmp_path: Path) -> None:
    other = using("rain-fell", "other", "sources:\n- {id: extra, publisher: P, title: T, kind: primary}")
    put(tmp_path, GOOD, other)
    extra = db.session.execute(select(Source).where(Source.key == "extra")).scalar_one()
    claim = the_claim("rain-fell")
    set_verdict(
        claim.id, NewVerdict(Verdict.VERIFIED, why="Both.", source_ids=[extra.id], version=1), by=an_editor()
    )
    assert refused(tmp_path, using("rain-fell", "other")) == [
        "file-0.md:2: sources: the source “extra” is missing, but the claim “rain-fell” of another article rests on it"
    ]
    document = stored(["rain"])["rain"].document
    assert [source.id for source in document.sources] == ["office", "paper", "extra"]
    assert next(document.own_claims()).sources == ("extra",)


# Corrections


def test_corrections_keep_their_rows_when_others_join_them(tmp_path: Path) -> None:
    front = "corrections:\n- text: One.\n- {text: Two., at: 2026-01-01T10:00:00+01:00, kind: update}\n"
    put(tmp_path, article(front.rstrip()))
    before = {correction.text: correction.id for correction in corrections_of(the_article("a-title").id)}
    put(tmp_path, article(f"{front.replace('- text: One.', '- text: Zero.')}- text: Three."))
    after = corrections_of(the_article("a-title").id)
    assert [correction.text for correction in after] == ["Zero.", "Two.", "Three."]
    assert after[1].id == before["Two."]
    assert count(Correction) == 3


def test_a_correction_by_a_change_of_verdict_outlasts_an_older_file(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    decide("rain-fell", Verdict.FALSE, "The gauge was broken.")
    text = GOOD.replace("verdict: verified", 'verdict: "false"').replace(
        "The office counts them.", "The gauge was broken."
    )
    assert put(tmp_path, text) == [LEFT]
    assert put(tmp_path, text.replace("Rain at", "Some rain at")) == [CHANGED]
    (correction,) = corrections_of(the_article().id)
    assert (correction.version, correction.claim_id) == (2, the_claim("rain-fell").id)
    decided, corrected = refused(tmp_path, text.replace("id: rain-fell", "id: rain-at-all"))
    assert (
        "the claim “rain-fell” is missing, and it was decided on its page; keep it under this id" in decided
    )
    assert (
        "the claim “rain-fell” is missing, but a correction of this article is about it; keep it" in corrected
    )


def test_an_article_owns_the_claims_that_left_its_file(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    put(tmp_path, WITHOUT_WETTEST)
    found = stored(["rain"])["rain"]
    assert list(found.gone) == ["wettest"]
    assert list(found.owned()) == ["wettest", "rain-fell"]
