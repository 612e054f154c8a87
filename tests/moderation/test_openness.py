"""Figures and plots of the transparency report, and the filters of the public log."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reader import clock
from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.actions import locked
from reader.comments.models import Comment, State
from reader.comments.screening.rules import Rule, described
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.moderation.actions import approve_comment, remove_comment
from reader.moderation.appeals.actions import answer_appeal, appeal
from reader.moderation.decisions import Judgement, about_comment
from reader.moderation.models import Action, Decision, Reason, Report
from reader.moderation.reports.actions import Complaint, report_comment
from reader.moderation.threads.measures import ThreadMeasure
from reader.moderation.transparency.figures import transparency
from reader.moderation.transparency.plots import HEIGHT, WIDTH, by_reason, plots
from reader.policy import MeasureKind
from tests.support.factories import a_moderator, a_person, altered
from tests.support.forms import page
from tests.support.threads import a_comment


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def decided(article: Article, comment: Comment, moderator: User) -> None:
    """A removal that was appealed against with success, and three that stand, one of them older than a month."""
    author = db.session.get_one(User, comment.author_id)
    removal = remove_comment(comment.id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    answer_appeal(
        appeal(removal.id, by=author, text="No.").id, by=a_moderator(), grant=True, answer="Indeed."
    )
    for reason in (Reason.HATE, Reason.SPAM, Reason.SPAM):
        made = remove_comment(a_comment(article).id, by=moderator, reason=reason, note="", revision=1)
    altered(db.session.get_one(Decision, made.id), at=clock.now() - timedelta(days=40))
    reported = a_comment(article)
    report = report_comment(reported.id, Complaint(Reason.SPAM), by=a_person())
    altered(db.session.get_one(Report, report.id), at=clock.now() - timedelta(hours=4))
    approve_comment(reported.id, by=moderator, revision=1)


@pytest.mark.usefixtures("decided")
def test_the_figures_are_what_was_decided() -> None:
    report = transparency()
    assert len(report.months) == 12
    now, before = report.months[-1], report.months[-3:-1]
    assert now.actions == {"remove": 3, "overturn": 1, "approve": 1}
    assert now.reasons == {"spam": 2, "hate": 1}
    assert sum(month.reasons["spam"] for month in before) == 1
    assert now.hours == pytest.approx(4, abs=0.1)
    assert report.appeals == {"overturned": 1}
    assert report.reasons[0] == (Reason.SPAM, 3)
    assert (report.decisions, report.automatic) == (6, 0)


@pytest.mark.usefixtures("decided")
def test_the_page_draws_plots_without_style_and_the_csv_has_all_numbers(
    client: FlaskClient,
) -> None:
    shown = page(client.get("/about/moderation"))
    drawn = shown.select("figure.plot")
    assert len(drawn) == 5
    for figure in drawn:
        assert figure.select("svg rect") or "No " in figure.get_text()
        assert figure.select("table td")
    assert not shown.select("[style]")
    answer = client.get("/about/moderation/report.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    spam = [
        int(row["number"]) for row in rows if (row["figure"], row["of"]) == ("removals by reason", "spam")
    ]
    assert (len(spam), sum(spam)) == (12, 3)


def test_the_page_lists_every_active_rule_reason_and_measure(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    def told(address: str) -> str:
        return " ".join(page(client.get(address)).get_text(" ", strip=True).split())

    text = told("/about/moderation")
    for label, words in (
        *((each.label, each.means) for each in (*Reason, *MeasureKind, *ThreadMeasure)),
        *((rule.label, says) for rule, says in described(settings).items()),
    ):
        assert label in text
        assert words.casefold() in text.casefold()
    assert "24 hours" in text
    assert Rule.FIRST.label not in text
    app.config["READER"] = replace(
        settings, hold_first=3, classifier_url="https://spam.example", close_after=9
    )
    more = told("/about/moderation?anew")
    for words in (
        "by pinning it",
        "unless you choose another order",
        "The first 3 comments",
        "Spam filter",
        "close by themselves 9 days after",
    ):
        assert words in more


@pytest.mark.usefixtures("decided")
def test_every_bar_stands_within_its_plot() -> None:
    report = transparency()
    for plot in (by_reason(report), *plots(report)):
        for column in plot.columns:
            for bar in column.bars:
                assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
                assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT + 0.2


@pytest.mark.usefixtures("decided")
def test_the_log_is_narrowed_by_action_reason_and_month(client: FlaskClient) -> None:
    def lines(query: str) -> list[str]:
        found = page(client.get(f"/moderation/log?{query}")).select(".log-entry strong")
        return [line.text for line in found]

    assert lines("action=overturn") == ["Appeal granted"]
    assert lines("reason=hate") == ["Removed"]
    assert len(lines(f"month={clock.now():%Y-%m}")) == 5
    assert len(lines("action=nonsense&month=never")) == 6


def test_what_a_rule_decided_is_counted_as_such(comment: Comment) -> None:
    with transaction():
        about_comment(locked(comment.id), Judgement(Action.HOLD, State.PUBLISHED), by=None)
    assert transparency().automatic == 100
