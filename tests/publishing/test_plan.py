"""The plan: what files will do to the site, worked out before anything is stored."""

from pathlib import Path

import pytest

from reader.articles.models import Article
from reader.publishing.actions import examine
from reader.publishing.plan import ArticlePlan
from tests.publishing.files import GOOD, afresh, article, put, written
from tests.publishing.site import count, using

pytestmark = pytest.mark.usefixtures("app")


def planned(folder: Path, *texts: str) -> list[ArticlePlan]:
    """The plans of files of these texts, in their order."""
    plan = examine(written(afresh(folder), **{f"file_{number}": text for number, text in enumerate(texts)}))
    assert plan.faults() == []
    return [plan.articles[file.document.id] for file in plan.files]


def test_a_new_article_brings_new_claims_and_nothing_leaves(tmp_path: Path) -> None:
    (plan,) = planned(tmp_path, GOOD)
    assert plan.before is None
    assert not plan.changes_nothing
    assert [claim.id for claim in plan.new_claims] == ["rain-fell", "wettest"]
    assert (plan.known_claims, plan.leaving_claims, plan.leaving_sources) == ((), (), ())
    assert [entry.id for entry in plan.file.unnamed] == ["rain"]
    assert count(Article) == 0


def test_a_file_that_says_what_the_site_says_changes_nothing(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    (plan,) = planned(tmp_path, GOOD)
    assert plan.changes_nothing
    assert [known.is_same for known in plan.known_claims] == [True, True]
    assert plan.reworded() == plan.decided() == []


def test_words_reasons_and_sources_are_told_apart(tmp_path: Path) -> None:
    put(tmp_path, GOOD)
    text = GOOD.replace(
        "text: It was the wettest April ever.",
        "text: It was a wet April.\n    change: {why: Nobody said ever.}",
    )
    (plan,) = planned(tmp_path, text.replace("The office counts them.", "The office counted them."))
    assert [known.claim.id for known in plan.reworded()] == ["wettest"]
    assert [known.claim.id for known in plan.decided()] == ["rain-fell"]
    (plan,) = planned(tmp_path, GOOD.replace("title: A wet spring", "title: A wet April"))
    assert [(known.claim.id, known.is_step) for known in plan.decided()] == [("wettest", False)]


def test_what_a_file_does_not_list_leaves(tmp_path: Path) -> None:
    cited = article(
        "slug: cited\nclaims:\n- {id: mine, text: T, verdict: reported, sources: [s]}\nsources:\n"
        "- {id: s, publisher: P, title: T}"
    )
    put(tmp_path, cited, using("mine", "other"))
    plan, other = planned(tmp_path, article("slug: cited"), article("slug: other"))
    assert (plan.leaving_claims, plan.leaving_sources) == (("mine",), ("s",))
    assert other.leaving_uses == ("mine",)


def test_an_article_waits_for_those_that_it_needs(tmp_path: Path) -> None:
    texts = [using("rain-fell", "citing"), GOOD]
    plan = examine(written(afresh(tmp_path), citing=texts[0], rain=texts[1]))
    assert [[each.document.slug for each in group] for group in plan.groups()] == [["rain"], ["citing"]]
