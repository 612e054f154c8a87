"""Recipients of notifications: a table of events and the people they concern."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from reader.accounts import actions as accounts
from reader.accounts.models import Measure
from reader.articles.models import Status
from reader.clock import now
from reader.comments.actions import delete_comment
from reader.comments.editing.actions import edit_comment
from reader.comments.models import Comment
from reader.db.base import db
from reader.factchecks import queries as factchecks
from reader.factchecks.actions import set_verdict
from reader.factchecks.verdicts import NewVerdict, Verdict
from reader.moderation import actions as moderation
from reader.moderation.appeals.actions import answer_appeal, appeal
from reader.moderation.models import Decision, Reason
from reader.moderation.people.actions import NewMeasure, end_measure, take_measure
from reader.notifications import actions, queries
from reader.notifications.models import Notification, Subject
from reader.policy import MeasureKind
from tests.notifications.conftest import Stage
from tests.support.factories import altered
from tests.support.threads import a_held_comment, read_first

Told = set[tuple[str, Subject]]


def told(stage: Stage) -> Told:
    """Return the names notified, each with the subject, once every event was processed."""
    actions.notice_all()
    names = {person.id: name for name, person in stage.people.items()}
    rows = db.session.scalars(select(Notification))
    return {(names[row.person_id], Subject(row.subject)) for row in rows}


def an_answer(stage: Stage) -> None:
    stage.says("bruno", under=stage.says("alma"))


def an_answer_to_oneself(stage: Stage) -> None:
    stage.says("alma", under=stage.says("alma"))


def an_answer_below_an_answer(stage: Stage) -> None:
    stage.says("carla", under=stage.says("bruno", under=stage.says("alma")))


def an_answer_by_somebody_muted(stage: Stage) -> None:
    accounts.mute(stage["bruno"], by=stage["alma"])
    stage.says("bruno", under=stage.says("alma"))


def an_answer_to_somebody_whom_one_has_muted(stage: Stage) -> None:
    accounts.mute(stage["alma"], by=stage["bruno"])
    stage.says("bruno", under=stage.says("alma"))


def an_answer_that_is_gone_before_anybody_was_told(stage: Stage) -> None:
    answer = stage.says("bruno", under=stage.says("alma"))
    delete_comment(answer.id, by=stage["bruno"])


def an_answer_on_an_article_that_was_withdrawn(stage: Stage) -> None:
    an_answer(stage)
    altered(stage.article, status=Status.DRAFT.value)


def a_mention(stage: Stage) -> None:
    stage.says("alma", "As @bruno and @ALMA know, @nobody does.")


def an_answer_that_also_mentions(stage: Stage) -> None:
    stage.says("bruno", "@alma, @carla: so it is.", under=stage.says("alma"))


def a_mention_by_somebody_muted(stage: Stage) -> None:
    accounts.mute(stage["alma"], by=stage["bruno"])
    a_mention(stage)


def a_mention_that_was_added(stage: Stage) -> None:
    comment = stage.says("alma", "As @bruno knows.")
    actions.notice_all()
    edit_comment(comment.id, by=stage["alma"], body="As @bruno and @carla know.", revision=1)


def a_comment_on_an_article_that_is_followed(stage: Stage) -> None:
    for name in ("carla", "dora", "alma"):
        actions.follow(stage[name], stage.article.stream)
    actions.follow(stage["carla"], stage.article.stream)
    actions.unfollow(stage["dora"], stage.article.stream)
    stage.says("alma")


def an_answer_to_somebody_who_follows_the_article(stage: Stage) -> None:
    first = stage.says("alma")
    actions.notice_all()
    actions.follow(stage["alma"], stage.article.stream)
    stage.says("bruno", under=first)


def a_removal(stage: Stage) -> None:
    _remove(stage, stage.says("alma").id)


def a_removal_of_an_answer(stage: Stage) -> None:
    _remove(stage, stage.says("bruno", under=stage.says("alma")).id)


def a_removal_and_a_restoration_of_an_answer_that_was_told_of(stage: Stage) -> None:
    answer = stage.says("bruno", under=stage.says("alma"))
    actions.notice_all()
    _remove(stage, answer.id)
    moderation.restore_comment(answer.id, by=stage["moira"], note="", revision=1)


def an_answer_that_waits_for_a_moderator(stage: Stage) -> None:
    actions.follow(stage["carla"], stage.article.stream)
    mine = stage.says("alma")
    actions.notice_all()
    actions.read(stage["carla"], through=10_000)
    a_held_comment(stage.article, by=stage["bruno"], under=mine)


def an_answer_that_has_waited(stage: Stage) -> None:
    an_answer_that_waits_for_a_moderator(stage)
    held = db.session.scalars(select(Comment).order_by(Comment.id.desc()).limit(1)).one()
    moderation.approve_comment(held.id, by=stage["moira"], revision=1)


def a_mention_that_was_added_while_nobody_could_read_it(stage: Stage) -> None:
    comment = stage.says("alma", "As @bruno knows.")
    actions.notice_all()
    with read_first(stage.article):
        edit_comment(comment.id, by=stage["alma"], body="As @bruno and @carla know.", revision=1)
    actions.notice_all()
    moderation.approve_comment(comment.id, by=stage["moira"], revision=2)


def a_new_verdict(stage: Stage) -> None:
    actions.follow(stage["carla"], stage.claim.stream)
    actions.follow(stage["edith"], stage.claim.stream)
    claim = factchecks.claim_by_id(stage.claim.id)
    assert claim
    set_verdict(
        claim.id,
        NewVerdict(
            Verdict.MIXED,
            why="It was looked into again.",
            source_ids=[support.source_id for support in claim.supports],
            version=claim.version,
        ),
        by=stage["edith"],
    )


def a_comment_about_a_claim_that_is_followed(stage: Stage) -> None:
    actions.follow(stage["carla"], stage.claim.stream)
    stage.says("alma")


def _measure(stage: Stage, kind: MeasureKind) -> Measure:
    until = now() + timedelta(hours=1)
    return take_measure(
        stage["alma"].id, NewMeasure(kind, words="So.", reason=Reason.SPAM, until=until), by=stage["moira"]
    )


def a_note_among_moderators(stage: Stage) -> None:
    end_measure(_measure(stage, MeasureKind.NOTE).id, by=stage["moira"])


def a_warning(stage: Stage) -> None:
    _measure(stage, MeasureKind.WARNING)


def a_suspension_that_was_told_of_and_is_appealed_against(stage: Stage) -> None:
    measure = _measure(stage, MeasureKind.SUSPENSION)
    actions.notice_all()
    actions.read(stage["alma"], through=10_000)
    taken = db.session.scalars(select(Decision).where(Decision.measure_id == measure.id)).one()
    made = appeal(taken.id, by=stage["alma"], text="I said nothing.")
    answer_appeal(made.id, by=stage["edith"], grant=False, answer="You did.")


def _remove(stage: Stage, comment_id: int) -> None:
    moderation.remove_comment(comment_id, by=stage["moira"], reason=Reason.SPAM, note="", revision=1)


TABLE: list[tuple[Callable[[Stage], None], Told]] = [
    (an_answer, {("alma", Subject.REPLY)}),
    (an_answer_to_oneself, set()),
    (an_answer_below_an_answer, {("alma", Subject.REPLY), ("bruno", Subject.REPLY)}),
    (an_answer_by_somebody_muted, set()),
    (an_answer_to_somebody_whom_one_has_muted, {("alma", Subject.REPLY)}),
    (an_answer_that_is_gone_before_anybody_was_told, set()),
    (an_answer_on_an_article_that_was_withdrawn, set()),
    (a_mention, {("bruno", Subject.MENTION)}),
    (an_answer_that_also_mentions, {("alma", Subject.REPLY), ("carla", Subject.MENTION)}),
    (a_mention_by_somebody_muted, set()),
    (a_mention_that_was_added, {("bruno", Subject.MENTION), ("carla", Subject.MENTION)}),
    (a_comment_on_an_article_that_is_followed, {("carla", Subject.COMMENT)}),
    (an_answer_to_somebody_who_follows_the_article, {("alma", Subject.REPLY)}),
    (a_removal, {("alma", Subject.DECISION)}),
    (a_removal_of_an_answer, {("bruno", Subject.DECISION)}),
    (
        a_removal_and_a_restoration_of_an_answer_that_was_told_of,
        {("alma", Subject.REPLY), ("bruno", Subject.DECISION)},
    ),
    (a_note_among_moderators, set()),
    (a_warning, {("alma", Subject.DECISION)}),
    (a_suspension_that_was_told_of_and_is_appealed_against, {("alma", Subject.DECISION)}),
    (an_answer_that_waits_for_a_moderator, {("carla", Subject.COMMENT)}),
    (
        an_answer_that_has_waited,
        {("alma", Subject.REPLY), ("bruno", Subject.DECISION), ("carla", Subject.COMMENT)},
    ),
    (
        a_mention_that_was_added_while_nobody_could_read_it,
        {("alma", Subject.DECISION), ("bruno", Subject.MENTION), ("carla", Subject.MENTION)},
    ),
    (a_new_verdict, {("carla", Subject.VERDICT)}),
    (a_comment_about_a_claim_that_is_followed, set()),
]


def test_who_speaks_is_the_author_though_a_moderator_let_it_through(stage: Stage) -> None:
    an_answer_that_has_waited(stage)
    actions.notice_all()
    assert [item.says for item in queries.page(stage["alma"]).items] == ["bruno replied to you"]
    assert [item.says for item in queries.page(stage["bruno"]).items] == [
        "A moderator published your comment"
    ]


@pytest.mark.parametrize("kind", [kind for kind in MeasureKind if kind is not MeasureKind.NOTE])
def test_a_measure_is_told_with_its_end_and_each_leads_to_the_reasons(
    stage: Stage, kind: MeasureKind
) -> None:
    measure = _measure(stage, kind)
    end_measure(measure.id, by=stage["moira"])
    actions.notice_all()
    end, begin = queries.page(stage["alma"]).items
    assert begin.says.startswith("A moderator")
    assert ("until" in begin.says) is (measure.until is not None)
    assert (begin.about, begin.note) == ("Why, and how to appeal", "Reason: Spam. So.")
    assert end.says != begin.says
    assert begin.path == f"/account/decisions/{begin.decision_id}"
    assert end.decision_id != begin.decision_id


@pytest.mark.parametrize(("happens", "expected"), TABLE, ids=lambda value: getattr(value, "__name__", ""))
def test_who_is_told_what(stage: Stage, happens: Callable[[Stage], None], expected: Told) -> None:
    happens(stage)
    assert told(stage) == expected
