"""Pins, held comments, and undone decisions: each adds a line to the log."""

import pytest
from sqlalchemy import select

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now
from reader.comments import queries as comments
from reader.comments.models import Comment
from reader.db.base import db
from reader.errors import Conflict, Missing, Refused
from reader.moderation.actions import (
    approve_comment,
    pin_comment,
    remove_comment,
    restore_comment,
    undo_decision,
    unpin_comment,
)
from reader.moderation.models import Decision, Reason, Report
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.moderation.queries import REGRET, undoable_by
from reader.moderation.reports.actions import Complaint, report_comment
from reader.moderation.threads.actions import ThreadSettings, set_thread
from reader.operating import audit
from reader.policy import MeasureKind
from tests.support.factories import a_moderator, a_person, altered
from tests.support.threads import a_comment, a_held_comment


def remove(comment: Comment, by: User) -> Decision:
    return remove_comment(comment.id, by=by, reason=Reason.SPAM, note="", revision=1)


def state(comment: Comment) -> str:
    db.session.rollback()
    return db.session.get_one(Comment, comment.id, populate_existing=True).state


def actions() -> list[str]:
    return list(db.session.scalars(select(Decision.action).order_by(Decision.id)))


def test_a_removal_is_undone_by_a_restoration_that_says_what_it_undoes(
    comment: Comment, moderator: User
) -> None:
    report = report_comment(comment.id, Complaint(Reason.SPAM), by=a_person())
    removal = remove(comment, moderator)
    undone = undo_decision(removal.id, by=moderator)
    assert (undone.action, undone.undoes_id) == ("restore", removal.id)
    assert state(comment) == "published"
    assert db.session.get_one(Report, report.id, populate_existing=True).outcome is None
    assert list(audit.faults()) == []


def test_a_restoration_is_undone_by_a_removal_for_the_same_reason(comment: Comment, moderator: User) -> None:
    remove(comment, moderator)
    restored = restore_comment(comment.id, by=moderator, note="", revision=1)
    undone = undo_decision(restored.id, by=a_moderator())
    assert (undone.action, undone.reason) == ("remove", "spam")
    assert state(comment) == "removed"


def test_what_is_kept_is_to_be_decided_anew(comment: Comment, moderator: User) -> None:
    kept = approve_comment(comment.id, by=moderator, revision=1)
    undo_decision(kept.id, by=moderator)
    approve_comment(comment.id, by=a_moderator(), revision=1)
    assert actions() == ["approve", "reopen", "approve"]


def test_approving_publishes_a_held_comment_and_undoing_holds_it_again(
    article: Article, moderator: User
) -> None:
    held = a_held_comment(article, by=a_person())
    kept = approve_comment(held.id, by=moderator, revision=1)
    assert state(held) == "published"
    undo_decision(kept.id, by=moderator)
    assert state(held) == "held"
    removal = remove(held, moderator)
    undo_decision(removal.id, by=moderator)
    assert state(held) == "held"
    assert list(audit.faults()) == []


def test_a_held_comment_that_nobody_saw_can_be_removed_and_restored(
    article: Article, moderator: User
) -> None:
    held = a_held_comment(article, by=a_person())
    remove(held, moderator)
    assert eventlog.head(article.stream) == 0
    restore_comment(held.id, by=moderator, note="", revision=1)
    assert comments.by_ids([held.id])[held.id].html
    assert list(audit.faults()) == []


def test_only_moderators_can_undo_and_only_the_last_decision(comment: Comment, moderator: User) -> None:
    first = approve_comment(comment.id, by=moderator, revision=1)
    remove(comment, moderator)
    with pytest.raises(Conflict, match="since"):
        undo_decision(first.id, by=moderator)
    with pytest.raises(Refused):
        undo_decision(first.id, by=a_person())
    with pytest.raises(Missing):
        undo_decision(4711, by=moderator)
    assert actions() == ["approve", "remove"]


def test_a_thread_pins_one_comment_and_undoing_a_pin_unpins_it(
    article: Article, comment: Comment, moderator: User
) -> None:
    other = a_comment(article)
    pin_comment(comment.id, by=moderator, revision=1)
    with pytest.raises(Conflict, match="pinned already"):
        pin_comment(comment.id, by=a_moderator(), revision=1)
    pinned = pin_comment(other.id, by=moderator, revision=1)
    with pytest.raises(Conflict, match="not pinned"):
        unpin_comment(comment.id, by=moderator, revision=1)
    page = comments.page(article)
    assert page.pinned is not None
    assert page.pinned.id == other.id
    undo_decision(pinned.id, by=moderator)
    assert comments.page(article).pinned is None


def test_undo_offers_the_very_last_decision_and_no_older_one(article: Article, moderator: User) -> None:
    first, second = a_comment(article), a_comment(article)
    removal = remove(first, moderator)
    assert undoable_by(moderator.id) == removal
    kept = approve_comment(second.id, by=moderator, revision=1)
    assert undoable_by(moderator.id) == kept
    undo_decision(kept.id, by=moderator)
    assert undoable_by(moderator.id) is None


def test_undo_offers_nothing_once_somebody_decided_anew(comment: Comment, moderator: User) -> None:
    remove(comment, moderator)
    restore_comment(comment.id, by=a_moderator(), note="", revision=1)
    assert undoable_by(moderator.id) is None


def test_undo_offers_nothing_after_a_decision_of_another_kind(
    article: Article, comment: Comment, moderator: User
) -> None:
    """A decision about a person or a discussion isn't undone here, nor is one before it."""
    remove(comment, moderator)
    take_measure(a_person().id, NewMeasure(MeasureKind.WARNING, words="Stay polite."), by=moderator)
    assert undoable_by(moderator.id) is None
    remove(a_comment(article), moderator)
    assert undoable_by(moderator.id) is not None
    set_thread(article, ThreadSettings(slow_seconds=60, why="It was heated."), by=moderator)
    assert undoable_by(moderator.id) is None


def test_undo_offers_nothing_a_quarter_of_an_hour_later(comment: Comment, moderator: User) -> None:
    altered(remove(comment, moderator), at=now() - REGRET)
    assert undoable_by(moderator.id) is None
