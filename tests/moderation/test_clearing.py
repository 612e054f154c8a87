"""Bulk removal of a banned person's comments and its undoing: comment by comment, however often interrupted."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from reader import eventlog
from reader.accounts import decision_links
from reader.accounts.models import Clearing, Measure, User
from reader.articles.models import Article
from reader.clock import now, set_clock
from reader.comments.models import Comment
from reader.config import Settings
from reader.db.base import db
from reader.errors import Invalid
from reader.eventlog import streams
from reader.moderation.actions import remove_comment, restore_comment
from reader.moderation.appeals.actions import answer_appeal, appeal
from reader.moderation.bulk_removal import actions, queries
from reader.moderation.bulk_removal.actions import work_on, work_on_all
from reader.moderation.models import Decision, Reason, Report
from reader.moderation.people.actions import NewMeasure, end_measure, take_measure
from reader.moderation.reports.actions import Complaint, report_comment
from reader.notifications import actions as notifications
from reader.notifications import queries as notified
from reader.operating import audit
from reader.policy import MeasureKind
from tests.support.factories import a_moderator, a_person
from tests.support.forms import errors_beside, fill_in, form_on, page, values_of
from tests.support.people import log_in
from tests.support.sites import Site, a_free_port, serving
from tests.support.threads import a_comment, a_held_comment, comments, miscounted


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


@pytest.fixture
def reader(app: Flask) -> User:
    return a_person("rita")


def banned(reader: User, moderator: User, *, hours: int = 24, with_comments: bool = True) -> Measure:
    """A ban that wants all comments removed, of which nothing is done yet."""
    until = now() + timedelta(hours=hours)
    return take_measure(
        reader.id,
        NewMeasure(
            MeasureKind.BAN, words="Enough.", reason=Reason.SPAM, until=until, with_comments=with_comments
        ),
        by=moderator,
    )


def done() -> int:
    """All that is to do is done; of how many comments that was."""
    count = 0
    while queries.unfinished():
        count += work_on_all()
    return count


def states(*of: Comment) -> list[str]:
    db.session.rollback()
    return [db.session.get_one(Comment, each.id, populate_existing=True).state for each in of]


def test_a_ban_removes_every_comment_by_a_decision_of_its_own(
    article: Article, reader: User, moderator: User
) -> None:
    """Held ones, too; each decision names the comment and its revision."""
    mine = [*comments(article, 2, by=reader), a_held_comment(article, by=reader)]
    other = a_comment(article, under=mine[0])
    measure = banned(reader, moderator)
    assert done() == 3
    assert states(*mine, other) == ["removed"] * 3 + ["published"]
    made = db.session.scalars(select(Decision).where(Decision.comment_id.is_not(None))).all()
    assert [(each.action, each.comment_id, each.revision, each.reason, each.measure_id) for each in made] == [
        ("remove", comment.id, 1, "spam", measure.id) for comment in mine
    ]
    assert [each.actor_id for each in made] == [moderator.id] * 3
    assert (work_on(measure.id), queries.wanted(measure.id)) == (0, None)
    assert list(audit.faults()) == list(miscounted()) == []


def test_it_is_told_once_with_the_ban(article: Article, reader: User, moderator: User) -> None:
    comments(article, 3, by=reader)
    banned(reader, moderator)
    done()
    notifications.notice_all()
    assert [item.says[:22] for item in notified.page(reader).items] == ["A moderator banned you"]


def test_undoing_the_ban_restores_states_and_reopens_reports(
    article: Article, reader: User, moderator: User
) -> None:
    published, held = a_comment(article, by=reader), a_held_comment(article, by=reader)
    report = report_comment(published.id, Complaint(Reason.SPAM), by=a_person())
    measure = banned(reader, moderator)
    done()
    end_measure(measure.id, by=a_moderator(), with_comments=True)
    assert done() == 2
    assert states(published, held) == ["published", "held"]
    assert db.session.get_one(Report, report.id, populate_existing=True).outcome is None
    assert list(audit.faults()) == list(miscounted()) == []


def test_a_granted_appeal_restores_comments_and_an_expired_ban_does_not(
    article: Article, reader: User, moderator: User
) -> None:
    comment = a_comment(article, by=reader)
    measure = banned(reader, moderator, hours=1)
    done()
    decision = db.session.scalars(select(Decision).where(Decision.person_id == reader.id)).one()
    made = appeal(decision.id, by=reader, text="No spam.")
    later = now() + timedelta(hours=2)
    with set_clock(lambda: later):
        assert (done(), states(comment)) == (0, ["removed"])
        answer_appeal(made.id, by=a_moderator(), grant=True, answer="None indeed.")
        assert (done(), states(comment)) == (1, ["published"])
    assert queries.number_removed(measure.id) == 0


def test_what_somebody_has_decided_about_since_is_left_as_it_is_both_ways(
    article: Article, reader: User, moderator: User
) -> None:
    before, kept, back, pinned = comments(article, 4, by=reader)
    remove_comment(before.id, by=moderator, reason=Reason.HATE, note="", revision=1)
    measure = banned(reader, moderator)
    remove_comment(kept.id, by=moderator, reason=Reason.HATE, note="", revision=1)
    restore_comment(kept.id, by=moderator, note="", revision=1)
    assert done() == 2
    assert states(before, kept, back, pinned) == ["removed", "published", "removed", "removed"]
    restore_comment(back.id, by=moderator, note="", revision=1)
    remove_comment(back.id, by=moderator, reason=Reason.HATE, note="", revision=1)
    assert queries.number_removed(measure.id) == 1
    end_measure(measure.id, by=moderator, with_comments=True)
    assert done() == 1
    assert states(before, kept, back, pinned) == ["removed", "published", "removed", "published"]


def test_ended_in_the_middle_it_stops_or_turns_back_as_the_moderator_wants(
    article: Article, reader: User, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    mine = comments(article, 5, by=reader)
    measure = banned(reader, moderator)
    assert work_on(measure.id) == 2
    progress = queries.progress(measure.id)
    assert (progress.wanted, progress.done, progress.left) == (Clearing.REMOVE, 2, 3)
    end_measure(measure.id, by=moderator)
    assert (work_on(measure.id), states(*mine)) == (0, ["removed"] * 2 + ["published"] * 3)
    again = banned(reader, moderator)
    assert work_on(again.id) == 2
    end_measure(again.id, by=moderator, with_comments=True)
    assert (done(), states(*mine)) == (2, ["removed"] * 2 + ["published"] * 3), (
        "not what the first one removed"
    )


def test_what_is_in_hand_when_it_is_stopped_is_not_done(
    article: Article, reader: User, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, looked = comments(article, 2, by=reader), queries.left
    measure = banned(reader, moderator)

    def left_and_stopped(*about: Any, **how: Any) -> Sequence[int]:
        found = looked(*about, **how)
        end_measure(measure.id, by=moderator)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(queries, "left", left_and_stopped)
        assert work_on(measure.id) == 0
    assert states(*mine) == ["published"] * 2
    assert list(miscounted()) == []


def test_a_replacing_ban_continues_the_removal_and_its_end_undoes_it(
    article: Article, reader: User, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BATCH", 1)
    mine = comments(article, 3, by=reader)
    work_on(banned(reader, moderator).id)
    longer = banned(reader, moderator, hours=1000, with_comments=False)
    assert (done(), states(*mine)) == (2, ["removed"] * 3)
    end_measure(longer.id, by=moderator, with_comments=True)
    work_on(longer.id)
    assert states(*mine) == ["published", "removed", "removed"]
    once_more = banned(reader, moderator)
    assert (done(), states(*mine)) == (1, ["removed"] * 3), "nothing is brought back meanwhile"
    end_measure(once_more.id, by=moderator, with_comments=True)
    done()
    assert states(*mine) == ["published"] * 3


def test_a_reason_is_needed_for_it(client: FlaskClient, reader: User, moderator: User) -> None:
    with pytest.raises(Invalid, match="reason"):
        take_measure(reader.id, NewMeasure(MeasureKind.BAN, words="So.", with_comments=True), by=moderator)
    log_in(client, moderator)
    form = {"kind": "ban", "words": "So.", "reason": "", "lasts": "7d", "until": "", "remove_comments": "y"}
    refused = fill_in(client, "/moderation/people/rita", "/moderation/people/rita/measures", **form)
    assert (refused.status_code, "Choose a reason" in errors_beside(refused, "reason")) == (422, True)
    assert page(refused).select_one("#remove_comments[checked]")


def test_a_moderator_sees_how_far_it_is_and_does_some_more_without_any_job(
    client: FlaskClient, article: Article, reader: User, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    mine = comments(article, 3, by=reader)
    log_in(client, moderator)
    address = "/moderation/people/rita"
    form = {
        "kind": "ban",
        "words": "So.",
        "reason": "spam",
        "lasts": "7d",
        "until": "",
        "remove_comments": "y",
    }
    assert fill_in(client, address, f"{address}/measures", **form).status_code == 303
    assert "being removed: 2 of 3." in page(client.get(address)).get_text(" ", strip=True)
    assert fill_in(client, address, "/moderation/measures/1/comments").location == address
    shown = page(client.get(address))
    assert (shown.select("form.clearing"), states(*mine)) == ([], ["removed"] * 3)
    assert "Bring back 3 comments" in shown.get_text(" ", strip=True)

    assert fill_in(client, address, "/moderation/measures/1/end", with_comments="y").status_code == 303
    assert "brought back: 2 of 3." in page(client.get(address)).get_text(" ", strip=True)
    answer = client.post(
        "/moderation/measures/1/comments",
        data=fields_of(client, address),
        headers={"Accept": "application/json"},
    )
    progress = answer.get_json()
    assert (progress["done"], progress["left"]) == (0, 0)
    assert states(*mine) == ["published"] * 3


def fields_of(client: FlaskClient, address: str) -> dict[str, str]:
    return values_of(form_on(client.get(address), "/moderation/measures/1/comments"))


def test_a_ban_statement_counts_removals_whose_statements_link_to_it(
    client: FlaskClient, article: Article, reader: User, moderator: User
) -> None:
    mine = comments(article, 2, by=reader)
    banned(reader, moderator)
    done()
    ban, removal = db.session.scalars(select(Decision).order_by(Decision.id).limit(2)).all()
    place = decision_links.decisions_of(reader.id)
    assert "2 comments" in page(client.get(f"{place}/{ban.id}")).get_text(" ", strip=True)
    one = page(client.get(f"{place}/{removal.id}"))
    assert one.select(f'a[href="{place}/{ban.id}"]')
    assert len(page(client.get(place)).select(".log > li")) == 1, "one decision, not one for each comment"
    assert (removal.comment_id, len(mine)) == (mine[0].id, 2)


# What follows is done by the real server and its real job queue.
SOON = 60.0
MANY = 240


@pytest.fixture
def site(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Site]:
    # It shares the test's database.
    with serving(
        replace(settings, bind=f"127.0.0.1:{a_free_port()}"), tmp_path, jobs=True, warm=True
    ) as site:
        yield site


def test_each_comment_is_removed_in_a_transaction_of_its_own(
    app: Flask, article: Article, reader: User, moderator: User
) -> None:
    comments(article, 5, by=reader)
    measure = banned(reader, moderator)
    heads: list[int] = []
    stream, before = streams.article(article.id), eventlog.head(streams.article(article.id))
    eventlog.on_append(app, lambda changed, head: heads.append(head) if changed == stream else None)
    actions.work_on(measure.id)
    assert heads == list(range(before + 1, before + 6)), "a writer waits for one comment, not for all"


def test_removals_killed_in_the_middle_twice_are_done_once(
    site: Site, article: Article, reader: User, moderator: User
) -> None:
    mine, other = comments(article, MANY, by=reader), a_person()
    measure = banned(reader, moderator)
    killed: set[int] = set()
    end = time.monotonic() + SOON
    while queries.unfinished():
        assert time.monotonic() < end
        a_comment(article, by=other, body=f"Said meanwhile, {time.monotonic()}.")
        db.session.rollback()
        progress = queries.progress(measure.id)
        if len(killed) < 2 and progress.done > len(killed) * MANY / 3 and progress.left:
            for consumer in set(site.consumers()) - killed:
                killed.add(consumer)
                os.kill(consumer, signal.SIGKILL)
        time.sleep(0.05)
        db.session.rollback()
    assert len(killed) == 2
    assert set(states(*mine)) == {"removed"}
    made = Counter(db.session.scalars(select(Decision.comment_id).where(Decision.action == "remove")))
    assert made == {comment.id: 1 for comment in mine}
    assert list(audit.faults()) == list(miscounted()) == []
