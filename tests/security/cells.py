"""Every action of the policy's table, tried on what is one's own and on what isn't: by its request, if it has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from reader.accounts import actions as accounts
from reader.accounts.models import Clearing, Measure, User
from reader.accounts.passwords import hashed
from reader.accounts.queries import sessions_of
from reader.clock import now
from reader.comments.models import Comment
from reader.db.base import db
from reader.errors import Refused
from reader.moderation import actions as moderation
from reader.moderation.appeals.actions import appeal
from reader.moderation.models import Decision, Reason
from reader.moderation.people.actions import NewMeasure, take_measure
from reader.moderation.reports.actions import report_facts
from reader.moderation.threads.actions import ThreadSettings, set_thread
from reader.notifications.models import Subject
from reader.policy import MeasureKind, On, Role
from tests.publishing.files import GOOD, put
from tests.security.standings import RANKS, Actor
from tests.support.factories import a_claim, a_person, altered, an_article
from tests.support.people import log_in
from tests.support.threads import a_comment

# Send what was prepared; whether it was done.
Try = Callable[[], bool]
REFUSED = (401, 403, 404)
PASSWORD = "four words walk home"
PASSWORD_HASH = hashed(PASSWORD)
LATER = f"{now() + timedelta(days=1):%Y-%m-%dT%H:%M}"


class Stage:
    """Somebody's browser, and what they could do something with. Measures on them come after all is prepared."""

    def __init__(self, app: Flask, standing: Actor, folder: Path) -> None:
        self.standing, self.folder = standing, folder
        self.client = app.test_client()
        self.person = standing.arrive()
        if self.person is not None:
            log_in(self.client, self.person)
        self.admin = a_person(role=Role.ADMIN)
        self.article = an_article()

    def stands(self, target: On | Role) -> On | None:
        """Return the relation of the object to the person; None if there is no such object."""
        if isinstance(target, On):
            return None if target is On.OWN and self.person is None else target
        own = RANKS.index(self.standing.role) if self.standing.role else -1
        return On.BELOW if RANKS.index(target) < own else On.ABOVE

    def owner(self, on: On | Role) -> User:
        """The person where it is theirs, somebody else where not, of the rank that is asked for."""
        if on is On.OWN and self.person is not None:
            return self.person
        return a_person(role=on if isinstance(on, Role) else Role.READER)

    def comment(self, on: On | Role) -> Comment:
        """A comment by its owner."""
        return a_comment(self.article, by=self.owner(on))

    def removed(self, on: On | Role) -> Decision:
        """The removal of a comment."""
        return moderation.remove_comment(
            self.comment(on).id, by=self.admin, reason=Reason.SPAM, note="", revision=1
        )

    def measured(self, on: On | Role) -> Measure:
        """A warning of its owner, older than their role."""
        owner = self.owner(on)
        role = owner.role
        altered(owner, role=Role.READER.value)
        taken = take_measure(owner.id, NewMeasure(MeasureKind.WARNING, words="Mind."), by=self.admin)
        altered(owner, role=role)
        return taken

    def post(self, path: str, form: Mapping[str, str]) -> TestResponse:
        """The answer to a form that a program sends."""
        return self.client.post(path, data=form, headers={"Accept": "application/json"})

    def sends(self, path: str, **form: str) -> Try:
        """Return an attempt to post this form."""
        return lambda: was_done(self.post(path, form))

    def asks(self, path: str) -> Try:
        """Return an attempt to open this page."""
        return lambda: was_done(self.client.get(path))

    def calls(self, act: Callable[[User], object]) -> Try:
        """Return an attempt to call the action itself, for acts without a route."""

        def call() -> bool:
            if self.person is None or self.standing.is_outside:
                return False
            try:
                act(self.person)
            except Refused as error:
                if type(error) is not Refused:
                    raise
                return False
            return True

        return call


def was_done(answer: TestResponse) -> bool:
    """Return True if the request succeeded; AssertionError if it was neither done nor refused."""
    if answer.status_code in REFUSED or (answer.location or "").startswith("/login?"):
        return False
    assert answer.status_code < 400, answer.text
    return True


Prepare = Callable[[Stage, On | Role], Try]


def edits(stage: Stage, on: On | Role) -> Try:
    return stage.sends(f"{stage.comment(on).path}/edit", body="Another text.", revision="1")


def does(act: str, **form: str) -> Prepare:
    """Something with a comment that is published."""
    return lambda stage, on: stage.sends(f"{stage.comment(on).path}/{act}", **form)


def judges(act: str, **form: str) -> Prepare:
    """A decision about a comment that is published."""
    return lambda stage, on: stage.sends(f"/moderation{stage.comment(on).path}/{act}", revision="1", **form)


def restores(stage: Stage, on: On | Role) -> Try:
    return stage.sends(f"/moderation/comments/{stage.removed(on).comment_id}/restore", revision="1")


def unpins(stage: Stage, on: On | Role) -> Try:
    comment = stage.comment(on)
    moderation.pin_comment(comment.id, by=stage.admin, revision=1)
    return stage.sends(f"/moderation{comment.path}/unpin", revision="1")


def undoes(stage: Stage, on: On | Role) -> Try:
    return stage.sends(f"/moderation/decisions/{stage.removed(on).id}/undo")


def appeals(stage: Stage, on: On | Role) -> Try:
    return stage.sends(f"/account/decisions/{stage.removed(on).id}/appeal", text="I sell nothing.")


def answers(stage: Stage, on: On | Role) -> Try:
    """Against the removal of a comment, or against a measure on somebody of this rank."""
    if isinstance(on, Role):
        measure = stage.measured(on)
        decision = db.session.scalars(select(Decision).where(Decision.measure_id == measure.id)).one()
        whom = measure.person_id
    else:
        decision = stage.removed(on)
        whom = db.session.get_one(Comment, decision.comment_id).author_id
    made = appeal(decision.id, by=db.session.get_one(User, whom), text="I sell nothing.")
    return stage.sends(f"/moderation/appeals/{made.id}", outcome="upheld", answer="It stays.")


def posts(stage: Stage, _on: On | Role) -> Try:
    return stage.sends(f"{stage.article.path}/comments", body="Hello.", submission_id=str(uuid4()))


def replies(stage: Stage, on: On | Role) -> Try:
    parent = str(stage.comment(on).id)
    return stage.sends(
        f"{stage.article.path}/comments", body="Hello.", submission_id=str(uuid4()), parent_id=parent
    )


def posts_unread(stage: Stage, _on: On | Role) -> Try:
    """Post under pre-moderation; succeeds for those whose comments bypass it."""
    set_thread(stage.article, ThreadSettings(why="So.", premoderated=True), by=stage.admin)
    form = {"body": "Hello.", "submission_id": str(uuid4())}
    return lambda: stage.post(f"{stage.article.path}/comments", form).status_code == 201


def sees_revisions(stage: Stage, on: On | Role) -> Try:
    return stage.asks(f"{stage.comment(on).path}/revisions")


def mutes(act: str) -> Prepare:
    return lambda stage, on: stage.sends(f"{stage.owner(on).path}/{act}")


def measures(kind: MeasureKind) -> Prepare:
    form = {"kind": kind.value, "words": "So.", "reason": "spam", "lasts": "24h"}
    return lambda stage, on: stage.sends(f"/moderation/people/{stage.owner(on).username}/measures", **form)


def ends_measure(stage: Stage, on: On | Role) -> Try:
    return stage.sends(f"/moderation/measures/{stage.measured(on).id}/end")


def goes_on(stage: Stage, on: On | Role) -> Try:
    """With what a ban, which is over, has left to do."""
    measure = stage.measured(on)
    altered(measure, kind=MeasureKind.BAN.value, clearing=Clearing.REMOVE.value, ended_at=now())
    return stage.sends(f"/moderation/measures/{measure.id}/comments")


def sets_thread(before: ThreadSettings, **form: str) -> Prepare:
    """A discussion, as it was ``before``, made to be as the form says."""

    def prepare(stage: Stage, _on: On | Role) -> Try:
        set_thread(stage.article, before, by=stage.admin)
        return stage.sends(
            f"/moderation/articles/{stage.article.slug}", **{"slow_seconds": "0", "why": "So.", **form}
        )

    return prepare


def sets_verdict(stage: Stage, _on: On | Role) -> Try:
    claim = a_claim(stage.article, verdict="reported", sourced=False)
    return stage.sends(
        f"/fact-checks/{claim.slug}/verdict", verdict="disputed", why="Two say so.", version="1"
    )


def revises_claim(stage: Stage, _on: On | Role) -> Try:
    claim = a_claim(stage.article)
    return stage.sends(f"/fact-checks/{claim.slug}/text", text="Other words.", reason="Misread.", version="1")


def desk(act: str, **form: str) -> Prepare:
    """Something with what a reader says is wrong about the facts."""

    def prepare(stage: Stage, _on: On | Role) -> Try:
        report = report_facts(stage.comment(On.OTHERS).id, by=a_person(), note="See page 7.")
        return stage.sends(f"/desk/reports/{report.id}/{act}", **form)

    return prepare


def previews(stage: Stage, _on: On | Role) -> Try:
    return stage.asks(an_article(status="draft").path)


def publishes(stage: Stage, _on: On | Role) -> Try:
    return stage.calls(lambda person: put(stage.folder, GOOD, by=person))


def acknowledges(stage: Stage, on: On | Role) -> Try:
    warning = stage.measured(on)
    send = stage.sends(f"/account/warnings/{warning.id}")

    def acknowledge() -> bool:
        send()
        return db.session.get_one(Measure, warning.id).seen_at is not None

    return acknowledge


def changes_password(stage: Stage, on: On | Role) -> Try:
    altered(stage.owner(on), password_hash=PASSWORD_HASH)
    return stage.sends("/account/password", current=PASSWORD, password="other words walk home")


def ends_session(stage: Stage, on: On | Role) -> Try:
    owner = stage.owner(on)
    accounts.open_session(owner)
    newest = max(session.id for session in sessions_of(owner))
    return stage.sends(f"/account/sessions/{newest}/end")


def follows(how: str) -> Prepare:
    return lambda stage, _on: stage.sends(f"{stage.article.path}/follow", follow=how)


def on_account(path: str, **form: str) -> Prepare:
    """Something that is about oneself alone."""
    return lambda stage, _on: stage.sends(f"/account/{path}", **form)


def ends_all(person: User, by: User) -> None:
    accounts.end_all_sessions(person, by=by)


def gives_role(person: User, by: User) -> None:
    accounts.set_role(person, Role.READER, by=by)


ITSELF, SITE, HIDDEN = (On.OWN,), (On.SITE,), (On.HIDDEN,)
EITHER, ANYBODY = (On.OWN, On.OTHERS), (On.OWN, *Role)
OPEN = ThreadSettings()

# Each action of the policy: what it is tried on, and how.
CELLS: dict[str, tuple[Sequence[On | Role], Prepare]] = {
    "post_comment": (SITE, posts),
    "post_unscreened": (SITE, posts_unread),
    "reply": (EITHER, replies),
    "edit_comment": (EITHER, edits),
    "delete_comment": (EITHER, does("delete")),
    "appeal": (EITHER, appeals),
    "see_revisions": (EITHER, sees_revisions),
    "recommend": (EITHER, does("recommend", recommended="yes")),
    "take_back": (EITHER, does("recommend", recommended="no")),
    "report_comment": (EITHER, does("report", reason="spam", revision="1")),
    "report_facts": (EITHER, does("report", reason="facts", note="See page 7.", revision="1")),
    "mute": (EITHER, mutes("mute")),
    "unmute": (EITHER, mutes("unmute")),
    "visit": (SITE, lambda stage, _on: stage.sends(f"{stage.article.path}/visit", up_to="1")),
    "follow": (SITE, follows("on")),
    "unfollow": (SITE, follows("off")),
    "read": (ITSELF, on_account("notifications/read", through="1")),
    "choose": (ITSELF, on_account("mail", **{subject.value: "daily" for subject in Subject})),
    "acknowledge": (EITHER, acknowledges),
    "set_shortcuts": (ITSELF, on_account("shortcuts", shortcuts="on")),
    "change_password": (ITSELF, changes_password),
    "end_session": (EITHER, ends_session),
    "end_other_sessions": (ITSELF, on_account("sessions/end-others")),
    "end_all_sessions": (
        EITHER,
        lambda stage, on: stage.calls(partial(ends_all, stage.owner(on))),
    ),
    "set_role": (
        ANYBODY,
        lambda stage, on: stage.calls(partial(gives_role, stage.owner(on))),
    ),
    "approve_comment": (EITHER, judges("approve")),
    "remove_comment": (EITHER, judges("remove", reason="spam")),
    "restore_comment": (EITHER, restores),
    "pin_comment": (EITHER, judges("pin")),
    "unpin_comment": (EITHER, unpins),
    "undo_decision": (EITHER, undoes),
    "answer_appeal": ((*EITHER, *Role), answers),
    **{kind.value: (ANYBODY, measures(kind)) for kind in MeasureKind},
    "end_measure": (ANYBODY, ends_measure),
    "go_on": (ANYBODY, goes_on),
    "set_thread": (SITE, sets_thread(OPEN)),
    "close": (SITE, sets_thread(OPEN, closed="y")),
    "open": (SITE, sets_thread(ThreadSettings(why="So.", closed=True))),
    "close-later": (SITE, sets_thread(OPEN, closes_at=LATER)),
    "slow": (SITE, sets_thread(OPEN, slow_seconds="60")),
    "end-slow": (SITE, sets_thread(ThreadSettings(why="So.", slow_seconds=60))),
    "read-first": (SITE, sets_thread(OPEN, premoderated="y")),
    "end-read-first": (SITE, sets_thread(ThreadSettings(why="So.", premoderated=True))),
    "save_words": (
        SITE,
        lambda stage, _on: stage.sends("/moderation/words/banned", act="save", words="", version="0"),
    ),
    "set_verdict": (SITE, sets_verdict),
    "revise_claim": (SITE, revises_claim),
    "see_fact_report": (SITE, desk("seen")),
    "answer_fact_report": (SITE, desk("answer", answer="You are right.")),
    "publish": (SITE, publishes),
    "preview": (HIDDEN, previews),
}
