"""Scenarios of everything that can happen to open pages, kind by kind; and the pages that they happen to.

Each scenario changes the site through the features' own actions. Tests open pages before, keep them up to date, and
compare them with fresh ones, in Python and in a browser.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from reader import eventlog
from reader.accounts import actions as accounts
from reader.accounts.models import User
from reader.app import create_app
from reader.articles import queries as articles
from reader.articles.models import Article, Status
from reader.comments.actions import change_state, delete_comment, locked
from reader.comments.editing.actions import edit_comment
from reader.comments.models import Comment, State
from reader.comments.recommending.actions import recommend, take_back
from reader.config import Settings
from reader.db.base import db
from reader.db.transactions import transaction
from reader.eventlog import Kind
from reader.factchecks import queries as factchecks
from reader.factchecks.actions import announce, set_verdict
from reader.factchecks.models import Claim
from reader.factchecks.verdicts import NewVerdict, Verdict
from reader.live import following, rendering
from reader.live.rendering import Push
from reader.live.tails import Tail
from reader.moderation import actions as moderation
from reader.moderation.appeals.actions import answer_appeal, appeal
from reader.moderation.bulk_removal import actions as clearing
from reader.moderation.models import Reason
from reader.moderation.people.actions import NewMeasure, end_measure, take_measure
from reader.moderation.reports.actions import Complaint, report_comment
from reader.moderation.threads.actions import ThreadSettings, set_thread
from reader.notifications import actions as notifications
from reader.policy import MeasureKind
from reader.publishing.actions import examine, publish
from reader.publishing.document import CorrectionEntry, Document
from reader.publishing.loading import stored
from reader.publishing.saving import write
from tests.support.factories import a_moderator, a_person, an_editor
from tests.support.threads import a_comment, a_held_comment, approved, read_first

TOWN = """\
---
format: 1
title: The bridge of the old town
slug: town
topics: [bridges]
authors: [Ann Example]
sources:
  - {id: record, publisher: County records, title: The bridge book, kind: primary}
  - {id: paper, publisher: The Gazette, title: A new bridge, kind: secondary}
claims:
  - {id: length, text: The bridge is 300 metres long., verdict: verified, why: It was measured., sources: [record]}
  - {id: cost, text: The bridge cost two million., verdict: reported, sources: [paper]}
---

The old town lies on two rivers. [The bridge is 300 metres long](claim:length), and people like it.

- [It cost two million](claim:cost), says the paper.
- As said, [it is 300 metres](claim:length).
"""
CITY = """\
---
format: 1
title: The city and its bridge
slug: city
topics: [bridges]
claims:
  - {use: length}
---

[The bridge is 300 metres long](claim:length), which the city envies.
"""


@dataclass
class Stage:
    """Two articles that share a claim, and people; the first one's thread has two pages and branches of all sizes."""

    folder: Path
    article: Article
    other: Article
    claim: Claim
    author: User
    moderator: User
    editor: User
    tops: list[Comment]
    replies: dict[int, list[Comment]]  # by the number of those that one top-level comment has

    def pages(self) -> list[str]:
        """The addresses that tests keep open."""
        branch = self.tops[8].id
        return [
            self.article.path,
            f"{self.article.path}?after={self.tops[5].id}",
            f"{self.article.path}?branch={branch}",
            f"{self.article.path}?sort=oldest&after={self.tops[10].id}",
            f"{self.article.path}?sort=recommended",
            f"{self.article.path}?claim={self.claim.slug}",
            self.other.path,
            self.claim.path,
        ]

    def lists(self) -> list[str]:
        """The addresses of pages that list verdicts, which tests keep open as well."""
        return [
            "/",
            "/archive",
            "/topics/bridges",
            "/authors/ann-example",
            "/fact-checks",
            "/fact-checks?verdict=verified",
            "/fact-checks?topic=bridges&source=county-records&verdict=false",
            "/sources",
            "/sources/county-records",
            "/corrections",
        ]

    def comment(
        self, under: Comment | None = None, body: str = "Well said.", about: Claim | None = None
    ) -> Comment:
        """A comment by the author."""
        claim_id = about.id if about else None
        return a_comment(self.article, by=self.author, under=under, body=body, claim_id=claim_id)

    def revise(self, text: str) -> None:
        """Publish the article again as it stands, with ``text`` before the rest."""
        self.publish_again(body=text + self.document.body)

    @property
    def document(self) -> Document:
        """The article as its file says it."""
        return stored([self.article.slug])[self.article.slug].document

    def publish_again(self, **changes: Any) -> None:
        """Publish the article as it stands, but for ``changes``."""
        store(self.folder / "again.md", write(replace(self.document, **changes)))


def store(path: Path, text: str) -> None:
    """Publish an article file."""
    path.write_text(text)
    assert list(publish(examine([path])))


def a_stage(folder: Path) -> Stage:
    """A site to which things can happen; within an application context."""
    store(folder / "town.md", TOWN)
    store(folder / "city.md", CITY)
    article, other = articles.published_by_slug("town"), articles.published_by_slug("city")
    claim = factchecks.claim_by_slug("length")
    assert article
    assert other
    assert claim
    stage = Stage(folder, article, other, claim, a_person(), a_moderator(), an_editor(), [], {})
    stage.tops = [stage.comment(body=f"Comment {number}.") for number in range(31)]
    for number, top in ((1, 26), (2, 30), (3, 29), (5, 28), (55, 8)):
        stage.replies[number] = [stage.comment(under=stage.tops[top]) for _ in range(number)]
    stage.replies[0] = [stage.comment(under=stage.replies[2][0], about=claim)]
    stage.comment(about=claim)
    for top in (7, 9, 12):
        recommend(stage.tops[top].id, by=stage.moderator)
    return stage


def kept_stage(settings: Settings) -> Stage:
    """The stage, in a database to be copied for each test; its rows belong to no session."""
    with create_app(settings, new=True).app_context():
        stage = a_stage(settings.instance)
        for row in (stage.article, stage.other, stage.claim, stage.author, stage.moderator, stage.editor):
            db.session.refresh(row)
        db.session.expunge_all()
        db.session.remove()
        db.engine.dispose()
    return stage


Scenario = Callable[[Stage], None]
SCENARIOS: dict[Kind, dict[str, Scenario]] = defaultdict(dict)


def scenario(kind: Kind) -> Callable[[Scenario], Scenario]:
    """Note that the function makes events of this kind."""

    def note(fn: Scenario) -> Scenario:
        SCENARIOS[kind][fn.__name__] = fn
        return fn

    return note


@scenario(Kind.COMMENT_POSTED)
def a_first_comment(stage: Stage) -> None:
    """On the article that nobody has commented on."""
    a_comment(stage.other, by=stage.author)


@scenario(Kind.COMMENT_POSTED)
def comments_at_the_top(stage: Stage) -> None:
    """Several."""
    for number in range(3):
        stage.comment(body=f"News {number}.")


@scenario(Kind.COMMENT_POSTED)
def replies_to_everything(stage: Stage) -> None:
    """In branches that are whole, become too long, are folded already, are opened in part, or stand elsewhere."""
    for top in (30, 29, 28, 27, 8, 1):
        stage.comment(under=stage.tops[top])
    stage.comment(under=stage.replies[3][0])
    stage.comment(under=stage.replies[5][4])


@scenario(Kind.COMMENT_POSTED)
def a_new_branch_that_is_folded_at_once(stage: Stage) -> None:
    """A comment with five replies, one of them answered down to the greatest depth and beyond."""
    top = stage.comment()
    below, *_ = (stage.comment(under=top) for _ in range(5))
    for _ in range(5):
        below = stage.comment(under=below)


@scenario(Kind.COMMENT_POSTED)
def comments_about_a_claim(stage: Stage) -> None:
    """Post comments that the claim counts."""
    stage.comment(about=stage.claim)
    stage.comment(about=stage.claim, under=stage.tops[30])


@scenario(Kind.COMMENT_EDITED)
def authors_edit(stage: Stage) -> None:
    """With replies and without, about a claim, on another page; one at once, one twice, one deleted after that."""
    edited = [stage.comment(about=stage.claim), stage.tops[14], stage.tops[0], stage.replies[55][3]]
    for comment in [*edited, stage.tops[13]]:
        edit_comment(comment.id, by=stage.author, body="Said *better*.", revision=1)
    edit_comment(edited[0].id, by=stage.author, body="Said best.", revision=2)
    delete_comment(stage.tops[13].id, by=stage.author)


@scenario(Kind.COMMENT_POSTED)
def comments_are_approved_later_than_others_are_posted(stage: Stage) -> None:
    """At the top, on another page, and under comments: in branches that are whole, too long or folded already."""
    places = (None, *(stage.tops[each] for each in (23, 30, 29, 28, 8, 1)), stage.replies[2][1])
    held = [a_held_comment(stage.article, by=stage.author, under=place) for place in places]
    held.append(a_held_comment(stage.article, by=stage.author, claim_id=stage.claim.id))
    for place in places:
        stage.comment(under=place)
    for comment in held:
        approved(comment, by=stage.moderator)


@scenario(Kind.COMMENT_HELD)
def comments_are_held(stage: Stage) -> None:
    """Hold comments that nobody sees, and delete one, which nobody sees either."""
    for place in (None, stage.tops[30], stage.tops[28]):
        a_held_comment(stage.article, by=stage.author, under=place)
    delete_comment(a_held_comment(stage.other, by=stage.author).id, by=stage.author)


@scenario(Kind.COMMENT_HELD)
def published_comments_are_held_and_one_comes_back(stage: Stage) -> None:
    """Hold published comments, which leaves a line in their places, and approve one."""
    for comment in (stage.tops[21], stage.tops[7], stage.replies[3][0]):
        with transaction():
            change_state(locked(comment.id), State.HELD, Kind.COMMENT_HELD, by=stage.moderator)
    approved(stage.replies[3][0], by=stage.moderator)


@scenario(Kind.COMMENT_HELD)
def an_edit_is_held_and_edited_again(stage: Stage) -> None:
    """Here, on another page, about a claim, pinned; one comes back with its new text, one goes."""
    about = stage.comment(about=stage.claim)
    moderation.pin_comment(stage.tops[11].id, by=stage.moderator, revision=1)
    edited = (about, stage.tops[11], stage.tops[6], stage.replies[5][1], stage.replies[5][2])
    with read_first(stage.article):
        for comment in edited:
            edit_comment(comment.id, by=stage.author, body="Said *otherwise*.", revision=1)
    for comment in edited:
        edit_comment(comment.id, by=stage.author, body="Said still *otherwise*.", revision=2)
    moderation.approve_comment(about.id, by=stage.moderator, revision=3)
    delete_comment(stage.replies[5][2].id, by=stage.author)


@scenario(Kind.COMMENT_EDITED)
def a_comment_is_edited_that_nobody_has_seen(stage: Stage) -> None:
    """And published with its new text."""
    for place in (None, stage.tops[30]):
        held = a_held_comment(stage.article, by=stage.author, under=place)
        edit_comment(held.id, by=stage.author, body="Said better at once.", revision=1)
        approved(held, by=stage.moderator)


@scenario(Kind.COMMENT_DELETED)
def an_author_deletes(stage: Stage) -> None:
    """With replies below, without, about a claim, on another page, folded."""
    victims = [stage.tops[26], stage.tops[25], stage.tops[2], stage.replies[0][0], stage.replies[5][3]]
    for comment in victims:
        delete_comment(comment.id, by=stage.author)


@scenario(Kind.COMMENT_DELETED)
def a_comment_comes_and_goes(stage: Stage) -> None:
    """Posted and deleted before anybody was told."""
    delete_comment(stage.comment(body="Too hasty").id, by=stage.author)


@scenario(Kind.COMMENT_REMOVED)
def a_moderator_removes(stage: Stage) -> None:
    """With and without replies, here and on another page."""
    for comment in (
        stage.tops[24],
        stage.tops[3],
        stage.replies[2][0],
        stage.replies[3][1],
        stage.replies[55][1],
    ):
        remove(stage, comment)


@scenario(Kind.COMMENT_RESTORED)
def a_moderator_restores(stage: Stage) -> None:
    """Restore comments removed a moment ago."""
    for comment in (stage.tops[29], stage.replies[2][1]):
        remove(stage, comment)
        moderation.restore_comment(comment.id, by=stage.moderator, note="", revision=1)


@scenario(Kind.COMMENT_RESTORED)
def two_are_banned_with_all_they_wrote_and_one_ban_is_undone(stage: Stage) -> None:
    """At the top, as an answer, about a claim."""
    for is_undone in (False, True):
        person = a_person()
        above = a_comment(stage.article, by=person, claim_id=stage.claim.id)
        a_comment(stage.article, by=person, under=above)
        a_comment(stage.article, by=person, under=stage.replies[2][1])
        ban = take_measure(
            person.id,
            NewMeasure(MeasureKind.BAN, words="", reason=Reason.SPAM, with_comments=True),
            by=stage.moderator,
        )
        clearing.work_on(ban.id)
        if is_undone:
            end_measure(ban.id, by=stage.moderator, with_comments=True)
            clearing.work_on(ban.id)


@scenario(Kind.COMMENT_RECOMMENDED)
def people_recommend(stage: Stage) -> None:
    """Comments of all places, one of them new, one taken back, one removed a moment later."""
    new = stage.comment(about=stage.claim)
    for comment in (new, stage.tops[23], stage.tops[4], stage.replies[3][2], stage.replies[5][4]):
        recommend(comment.id, by=stage.editor)
    recommend(stage.tops[23].id, by=stage.moderator)
    take_back(stage.tops[23].id, by=stage.editor)
    recommend(stage.tops[22].id, by=stage.editor)
    remove(stage, stage.tops[22])
    take_back(stage.tops[22].id, by=stage.editor)


@scenario(Kind.THREAD_CHANGED)
def a_discussion_is_slowed_and_read_first(stage: Stage) -> None:
    """One that has comments, and one that has none; and one is closed and opened again."""
    for article in (stage.article, stage.other):
        set_thread(article, ThreadSettings(closed=True, why="Wait."), by=stage.moderator)
        set_thread(article, ThreadSettings(slow_seconds=1, why="Think first."), by=stage.moderator)
        set_thread(article, ThreadSettings(why="All is well."), by=stage.moderator)


@scenario(Kind.MEASURE_TAKEN)
def something_is_done_to_a_person(stage: Stage) -> None:
    """Take and end a measure that only the person's own pages show."""
    someone = a_person()
    measure = take_measure(
        someone.id, NewMeasure(MeasureKind.WARNING, words="Stay polite."), by=stage.moderator
    )
    end_measure(measure.id, by=stage.moderator)


@scenario(Kind.VERDICT_CHANGED)
def a_verdict_is_reversed(stage: Stage) -> None:
    """Reverse a verdict, which writes a correction in every article that cites the claim."""
    decide(stage, Verdict.FALSE, "It was measured again, from the other side.")


@scenario(Kind.VERDICT_CHANGED)
def a_verdict_goes_to_and_fro(stage: Stage) -> None:
    """And ends as it began, but for its history."""
    decide(stage, Verdict.CHECKING, "A reader doubts it.")
    decide(stage, Verdict.VERIFIED, "The doubt was unfounded.")


@scenario(Kind.CLAIM_REVISED)
def a_claim_says_something_else(stage: Stage) -> None:
    """In its own article and in another one, and is decided anew after that."""
    citing = factchecks.article_ids_citing(stage.claim.id)
    with transaction() as session:
        eventlog.lock(stage.claim.stream, *(f"article:{id_}" for id_ in citing))
        claim = session.get_one(Claim, stage.claim.id)
        claim.text, claim.short = "The bridge is 310 metres long.", "310 metres"
        announce(Kind.CLAIM_REVISED, claim.element, claims=[claim.id], articles=citing, by_id=None)
    decide(stage, Verdict.MISLEADING, "It depends on where one begins.")


@scenario(Kind.CORRECTION_WRITTEN)
def a_correction_is_written_and_another_taken_out(stage: Stage) -> None:
    """By the article's file."""
    written = [CorrectionEntry(kind="update", text=text) for text in ("It was painted.", "It is green.")]
    stage.publish_again(corrections=tuple(written))
    stage.publish_again(corrections=tuple(written[1:]))


@scenario(Kind.ARTICLE_RETRACTED)
def an_article_is_retracted(stage: Stage) -> None:
    """And another one, which is taken back."""
    stage.publish_again(status=Status.RETRACTED.value)
    store(stage.folder / "retracted.md", CITY.replace("slug: city", "slug: city\nstatus: retracted"))
    store(stage.folder / "retracted.md", CITY)


@scenario(Kind.ARTICLE_REVISED)
def an_article_is_revised(stage: Stage) -> None:
    """And commented on at once."""
    stage.revise("A new paragraph.\n\n")
    stage.comment(body="I like the new paragraph.")


@scenario(Kind.COMMENT_PINNED)
def a_comment_is_pinned(stage: Stage) -> None:
    """Another one instead, a reply this time, which is edited by nobody but removed and restored."""
    moderation.pin_comment(stage.tops[16].id, by=stage.moderator, revision=1)
    moderation.pin_comment(stage.replies[2][1].id, by=stage.moderator, revision=1)
    remove(stage, stage.replies[2][1])
    moderation.restore_comment(stage.replies[2][1].id, by=stage.moderator, note="", revision=1)


@scenario(Kind.COMMENT_PINNED)
def a_comment_about_a_claim_is_pinned_and_then_no_longer(stage: Stage) -> None:
    """Its verdict changes meanwhile."""
    comment = stage.comment(about=stage.claim)
    moderation.pin_comment(comment.id, by=stage.moderator, revision=1)
    decide(stage, Verdict.MIXED, "Half of it.")
    moderation.unpin_comment(comment.id, by=stage.moderator, revision=1)
    moderation.pin_comment(comment.id, by=stage.moderator, revision=1)


@scenario(Kind.DECISION_TOLD)
def a_removal_is_undone(stage: Stage) -> None:
    """By a decision of its own."""
    made = moderation.remove_comment(
        stage.tops[15].id, by=stage.moderator, reason=Reason.SPAM, note="", revision=1
    )
    moderation.undo_decision(made.id, by=stage.moderator)


@scenario(Kind.APPEAL_FILED)
def an_author_appeals_and_is_right(stage: Stage) -> None:
    """The comment is back, by another moderator."""
    comment = stage.comment(body="Taken for spam.")
    made = moderation.remove_comment(comment.id, by=stage.moderator, reason=Reason.SPAM, note="", revision=1)
    appealed = appeal(made.id, by=stage.author, text="It was no spam.")
    answer_appeal(appealed.id, by=stage.editor, grant=True, answer="Indeed.")


@scenario(Kind.REPORT_FILED)
def a_reader_reports(stage: Stage) -> None:
    """Report a comment; the thread does not show that."""
    report_comment(stage.tops[20].id, Complaint(Reason.SPAM, revision=1), by=a_person())


@scenario(Kind.REPORT_DECIDED)
def reports_are_decided(stage: Stage) -> None:
    """One was right: that comment goes."""
    for comment in (stage.tops[19], stage.tops[18]):
        report_comment(comment.id, Complaint(Reason.SPAM, revision=1), by=a_person())
    moderation.approve_comment(stage.tops[19].id, by=stage.moderator, revision=1)
    remove(stage, stage.tops[18])


@scenario(Kind.CASE_DECIDED)
def a_comment_is_kept(stage: Stage) -> None:
    """Approve a published comment; the thread does not show that."""
    moderation.approve_comment(stage.tops[17].id, by=stage.moderator, revision=1)


@scenario(Kind.BELL_CHANGED)
def somebody_is_notified(stage: Stage) -> None:
    """Notify somebody; only their own page header shows that (tests/notifications/test_bell.py)."""
    a_comment(stage.article, by=a_person(), under=stage.tops[30])
    notifications.notice(stage.article.stream)
    notifications.read(stage.author, through=10_000)


@scenario(Kind.ACCESS_ENDED)
def a_session_ends(stage: Stage) -> None:
    """No page shows that."""
    accounts.open_session(stage.author)
    accounts.end_all_sessions(stage.author, by=stage.author)


def remove(stage: Stage, comment: Comment) -> None:
    """Remove a comment as a moderator."""
    moderation.remove_comment(comment.id, by=stage.moderator, reason=Reason.OFF_TOPIC, note="", revision=1)


def decide(stage: Stage, verdict: Verdict, why: str) -> None:
    """Change the claim's verdict as an editor."""
    claim = factchecks.claim_by_id(stage.claim.id)
    assert claim
    set_verdict(
        claim.id,
        NewVerdict(
            verdict,
            why=why,
            source_ids=[support.source_id for support in claim.supports],
            version=claim.version,
        ),
        by=stage.editor,
    )


class Followed:
    """The pushes of some streams from now on."""

    def __init__(self, names: list[str]) -> None:
        self.tails: list[Tail] = []
        self._pushes: list[Push] = []
        for text in names:
            name = following.parse(text)
            assert name
            self.tails.append(Tail(text, eventlog.head(text), self._keep(name)))

    def _keep(self, name: following.Name) -> Callable[..., None]:
        return lambda after, events: self._pushes.append(rendering.push(name, after, events))

    def pushes(self) -> list[Push]:
        """Return the pushes since the last call."""
        # A tail has a session of its own: what an action left in this one is not what it sees.
        db.session.rollback()
        db.session.expire_all()
        for tail in self.tails:
            while tail.step():
                pass
        taken, self._pushes = self._pushes, []
        return taken

    @property
    def heads(self) -> dict[str, int]:
        """The number of the last event of each stream."""
        return {tail.stream: tail.last for tail in self.tails}


def disturbed(pushes: list[Push], random: Random) -> Iterator[Push]:
    """The pushes as a bad network might bring them: in another order, some twice, some never."""
    for push in random.sample(pushes, len(pushes)):
        yield from [push] * random.choice((0, 1, 1, 2))
