"""Decisions: permissions, what they write, and two made at the same time."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from reader import eventlog
from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments import queries as comments
from reader.comments.actions import delete_comment
from reader.comments.editing.actions import edit_comment
from reader.comments.models import Comment, State
from reader.config import Settings
from reader.db.base import db
from reader.errors import Conflict, Invalid, Missing, Refused
from reader.moderation.actions import remove_comment, restore_comment
from reader.moderation.models import MAX_NOTE_LENGTH, Decision, Reason
from reader.policy import Role
from tests.support.factories import a_moderator, a_person, an_editor
from tests.support.threads import a_comment, miscounted

RACES = 100


@pytest.fixture
def settings(each_engine: Settings) -> Settings:
    return each_engine


def decisions() -> list[tuple[str, str | None]]:
    rows = db.session.execute(select(Decision.action, Decision.reason).order_by(Decision.id))
    return [(action, reason) for action, reason in rows]


def remove(
    comment: Comment, by: User, reason: Reason = Reason.SPAM, note: str = "", revision: int = 1
) -> Decision:
    return remove_comment(comment.id, by=by, reason=reason, note=note, revision=revision)


def state(comment: Comment) -> str:
    db.session.rollback()
    found = db.session.scalar(select(Comment.state).where(Comment.id == comment.id))
    assert found is not None
    return found


def test_a_removal_takes_the_text_out_of_the_thread_and_leaves_its_place(
    article: Article, comment: Comment, moderator: User
) -> None:
    reply = a_comment(article, under=comment)
    remove(comment, moderator)
    shown = comments.by_ids([comment.id, reply.id])
    assert shown[comment.id].is_tombstone
    assert shown[comment.id].html is None
    assert not shown[reply.id].is_tombstone
    assert comments.thread_of(article.id).published == 1
    assert comments.thread_of(article.id).total == 2


def test_a_decision_names_actor_role_reason_and_revision(comment: Comment, moderator: User) -> None:
    remove(comment, moderator, Reason.OTHER, note="  It is about another article.  ")
    made = db.session.scalars(select(Decision)).one()
    assert (made.actor_id, made.actor_role) == (moderator.id, "moderator")
    assert (made.reason, made.note, made.revision) == ("other", "It is about another article.", 1)


def test_a_removal_appends_one_event_and_numbers_the_comment(
    article: Article, comment: Comment, moderator: User
) -> None:
    before = eventlog.head(article.stream)
    remove(comment, moderator)
    events = eventlog.since(article.stream, before, limit=10)
    assert [(event.kind, event.target) for event in events] == [("comment-removed", comment.element)]
    assert comments.by_ids([comment.id])[comment.id].changed_seq == events[0].seq


def test_a_restored_comment_is_back_with_its_text_and_count(
    article: Article, comment: Comment, moderator: User
) -> None:
    text = comments.by_ids([comment.id])[comment.id].html
    remove(comment, moderator)
    restore_comment(comment.id, by=a_moderator(), note="", revision=1)
    assert comments.by_ids([comment.id])[comment.id].html == text
    assert comments.thread_of(article.id).published == 1
    assert decisions() == [("remove", "spam"), ("restore", None)]
    assert list(miscounted()) == []


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.EDITOR, Role.ADMIN])
def test_moderators_and_everybody_above_them_may_decide(comment: Comment, role: Role) -> None:
    remove(comment, a_person(role=role))
    assert state(comment) == State.REMOVED


def test_a_reader_may_not_decide_and_nothing_happens(article: Article, comment: Comment) -> None:
    head = eventlog.head(article.stream)
    with pytest.raises(Refused, match="Only moderators"):
        remove(comment, a_person())
    assert (state(comment), decisions(), eventlog.head(article.stream)) == (State.PUBLISHED, [], head)


def test_nobody_decides_about_their_own_comment(article: Article) -> None:
    editor = an_editor()
    own = a_comment(article, by=editor)
    with pytest.raises(Refused, match="their own"):
        remove(own, editor)
    assert state(own) == State.PUBLISHED


def test_other_as_a_reason_needs_words(comment: Comment, moderator: User) -> None:
    with pytest.raises(Invalid) as refusal:
        remove(comment, moderator, Reason.OTHER, note=" \n ")
    assert refusal.value.field == "note"
    with pytest.raises(Invalid):
        remove(comment, moderator, note="x" * (MAX_NOTE_LENGTH + 1))
    assert decisions() == []


def test_a_decision_about_an_earlier_revision_is_refused(comment: Comment, moderator: User) -> None:
    with pytest.raises(Conflict, match="changed this comment"):
        remove(comment, moderator, revision=2)
    assert state(comment) == State.PUBLISHED


def test_what_is_removed_already_is_not_removed_again(comment: Comment, moderator: User) -> None:
    remove(comment, moderator)
    with pytest.raises(Conflict, match="removed already"):
        remove(comment, a_moderator())
    with pytest.raises(Conflict, match="published already"):
        restore_comment(comment.id, by=moderator, note="", revision=1)
        restore_comment(comment.id, by=moderator, note="", revision=1)
    assert decisions() == [("remove", "spam"), ("restore", None)]


def test_what_its_author_deleted_cannot_be_brought_back(comment: Comment, moderator: User) -> None:
    author = db.session.get_one(User, comment.author_id)
    delete_comment(comment.id, by=author)
    with pytest.raises(Conflict, match="deleted"):
        restore_comment(comment.id, by=moderator, note="", revision=1)
    assert state(comment) == State.DELETED


def test_an_author_cannot_delete_what_a_moderator_removed(comment: Comment, moderator: User) -> None:
    author = db.session.get_one(User, comment.author_id)
    remove(comment, moderator)
    with pytest.raises(Conflict):
        delete_comment(comment.id, by=author)
    assert state(comment) == State.REMOVED


def test_a_comment_that_is_not_there_cannot_be_decided(moderator: User) -> None:
    with pytest.raises(Missing):
        remove_comment(4711, by=moderator, reason=Reason.SPAM, note="", revision=1)


Act = Callable[[User, int], object]


def removing(moderator: User, comment_id: int) -> object:
    return remove_comment(comment_id, by=moderator, reason=Reason.SPAM, note="", revision=1)


def editing(author: User, comment_id: int) -> object:
    return edit_comment(comment_id, by=author, body="What I meant.", revision=1)


def races(app: Flask, article: Article, author: User, *runners: tuple[User, Act]) -> Iterator[list[str]]:
    """Yield the winners of each race; runners start at the same moment, and losers get a Conflict."""
    ids = [(person.id, act) for person, act in runners]
    start, end = threading.Barrier(len(ids) + 1), threading.Barrier(len(ids) + 1)
    course: list[int] = []
    won: list[str] = []

    def run(person_id: int, act: Act) -> None:
        with app.app_context():
            for each in range(RACES):
                start.wait()
                try:
                    act(db.session.get_one(User, person_id), course[each])
                    won.append(act.__name__)
                except Conflict:
                    db.session.rollback()
                end.wait()

    threads = [threading.Thread(target=run, args=runner) for runner in ids]
    for thread in threads:
        thread.start()
    for _ in range(RACES):
        course.append(a_comment(article, by=author).id)
        won.clear()
        start.wait()
        end.wait()
        yield list(won)
    for thread in threads:
        thread.join()


def logged() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Decision)) or 0


def test_of_two_moderators_at_once_one_wins_and_the_other_is_told(app: Flask, article: Article) -> None:
    runners = [(a_moderator(), removing), (a_moderator(), removing)]
    for number, won in enumerate(races(app, article, a_person(), *runners), start=1):
        assert won == ["removing"]
        assert logged() == number
    assert list(miscounted()) == []


def test_a_concurrent_removal_and_edit_let_one_win_and_refuse_the_other(app: Flask, article: Article) -> None:
    author, removals = a_person(), 0
    for won in races(app, article, author, (a_moderator(), removing), (author, editing)):
        assert len(won) == 1
        removals += won == ["removing"]
        assert logged() == removals
    assert list(miscounted()) == []
