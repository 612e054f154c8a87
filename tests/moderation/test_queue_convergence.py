"""An open page of each queue + the events of stream ``moderation`` == a fresh page, pushed or caught up.

In a browser ``static/js/moderation/cards.js`` does what :class:`OpenQueue` does in a few lines.
"""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments.actions import delete_comment
from reader.comments.editing.actions import edit_comment
from reader.comments.models import Comment
from reader.db.base import db
from reader.live.rendering import ChangedElement
from reader.moderation.actions import approve_comment, remove_comment, restore_comment, undo_decision
from reader.moderation.appeals.actions import answer_appeal, appeal
from reader.moderation.models import Decision, Reason
from reader.moderation.people.actions import NewMeasure, end_measure, take_measure
from reader.moderation.queues.lists import Queue
from reader.moderation.reports.actions import Complaint, report_comment
from reader.policy import MeasureKind
from tests.support.convergence import Followed
from tests.support.factories import a_moderator, a_person
from tests.support.people import log_in
from tests.support.threads import a_comment, a_held_comment, read_first


class OpenQueue:
    """A queue that somebody has open: its cards in their order, and how many wait in each queue."""

    def __init__(self, queue: Queue, client: FlaskClient) -> None:
        self._client, self.queue = client, queue
        soup = BeautifulSoup(client.get(queue.path).text, "html.parser")
        self.seen = int(str(soup.select_one(".queue")["data-queue-seq"]))  # type: ignore[index]
        self.cards = {str(card["id"]): card for card in soup.select("#cases > li")}
        self.counts = {str(each["data-count"]): each.text for each in soup.select("[data-count]")}

    def apply(self, entries: list[ChangedElement]) -> None:
        """Apply changes that were pushed or fetched."""
        for entry in entries:
            if entry["target"] == "queue-counts" and entry["html"] is None:
                # A push had no room for it.
                self.counts = {name: str(number) for name, number in self._asked("")["counts"].items()}
                continue
            told = BeautifulSoup(entry["html"] or self._fetched(entry["target"]), "html.parser").find()
            assert isinstance(told, Tag)
            if entry["target"] == "queue-counts":
                self.counts = {name: str(told[f"data-{name}"]) for name in self.counts}
                continue
            self.cards[entry["target"]] = told
            if self._key(told) is None:
                del self.cards[entry["target"]]

    def _fetched(self, target: str) -> str:
        """The card as it is now, where a push had no room for it."""
        return str(self._asked(target.removeprefix("case-"))["cards"][0]["html"])

    def _asked(self, case: str) -> dict[str, Any]:
        answer: dict[str, Any] | None = self._client.get(f"/moderation/cards?id={case}").json
        assert answer
        return answer

    def catch_up(self) -> None:
        """Fetch what is missing."""
        answer = self._client.get(f"/live/moderation/events?after={self.seen}").json
        assert answer
        assert not answer["reset"]
        self.apply(answer["events"])

    def _key(self, card: Tag) -> int | None:
        keys = dict(pair.split(":") for pair in str(card["data-where"]).split())
        return int(keys[self.queue]) if self.queue in keys else None

    @property
    def shown(self) -> tuple[list[str], dict[str, str]]:
        """All that it shows, but what an author's other cards say about the author: that is looked up now and then."""
        cards = sorted(self.cards.values(), key=lambda card: self._key(card) or 0)
        for card in cards:
            for history in card.select(".case-history"):
                history.decompose()
        return [" ".join(card.prettify().split()) for card in cards], self.counts


def much_happens(article: Article, moderator: User, standing: list[int]) -> None:
    """Something for each queue, and for each way out of it. The first comments stood there before."""
    author, reporter = a_person("alma"), a_person("bruno")
    *judged, unread = standing
    kept, gone, back, reported = judged
    for comment_id in judged:
        report_comment(comment_id, Complaint(Reason.SPAM, note="It sells."), by=reporter)
    approve_comment(kept, by=moderator, revision=1)
    remove_comment(gone, by=moderator, reason=Reason.SPAM, note="", revision=1)
    restored = remove_comment(back, by=moderator, reason=Reason.HATE, note="Not here.", revision=1)
    undo_decision(restored.id, by=moderator)
    held = [a_held_comment(article, by=author, body=f"Held {each}.").id for each in range(3)]
    approve_comment(held[0], by=moderator, revision=1)
    remove_comment(held[1], by=moderator, reason=Reason.SPAM, note="", revision=1)
    for grant in (True, False, None):
        comment = a_comment(article, by=author, body=f"To be appealed: {grant}.")
        removal = remove_comment(comment.id, by=moderator, reason=Reason.ABUSIVE, note="", revision=1)
        made = appeal(removal.id, by=author, text="It was a joke.")
        if grant is not None:
            answer_appeal(made.id, by=a_moderator(), grant=grant, answer="I have read it.")
    for grant in (True, False, None):
        person = a_person()
        warning = take_measure(person.id, NewMeasure(MeasureKind.WARNING, words="Stay polite."), by=moderator)
        taken = db.session.scalars(select(Decision).where(Decision.measure_id == warning.id)).one()
        made = appeal(taken.id, by=person, text="I was polite.")
        if grant is not None:
            answer_appeal(made.id, by=a_moderator(), grant=grant, answer="I have looked.")
    other = a_person()
    measure = take_measure(
        other.id, NewMeasure(MeasureKind.PREMODERATION, words="", reason=Reason.OFF_TOPIC), by=moderator
    )
    taken = db.session.scalars(select(Decision).where(Decision.measure_id == measure.id)).one()
    appeal(taken.id, by=other, text="I wrote nothing.")
    end_measure(measure.id, by=moderator)
    restore_comment(gone, by=moderator, note="", revision=1)
    edit_comment(held[2], by=author, body="Held, and said better.", revision=1)
    published = a_comment(article, by=author, body="Harmless.")
    with read_first(article):
        edit_comment(published.id, by=author, body="Not so harmless.", revision=1)
        hidden = a_comment(article, by=author, body="Never mind.")
    delete_comment(hidden.id, by=author)
    for comment_id in (reported, unread):
        regretted = db.session.get_one(Comment, comment_id, options=[joinedload(Comment.author)])
        delete_comment(comment_id, by=regretted.author)


@pytest.fixture
def client(app: Flask, moderator: User) -> FlaskClient:
    client = app.test_client()
    log_in(client, moderator)
    return client


def test_an_open_queue_equals_a_fresh_one_after_pushes_and_catch_up(
    client: FlaskClient, article: Article, moderator: User
) -> None:
    standing = [a_comment(article, body=f"Standing {each}.").id for each in range(5)]
    report_comment(standing[0], Complaint(Reason.HATE, note="Before."), by=a_person())
    followed = Followed(["moderation"])
    pushed, late = ([OpenQueue(queue, client) for queue in Queue] for _ in range(2))
    before = [page.shown for page in late]
    much_happens(article, moderator, standing)
    for push in followed.pushes():
        for page in pushed:
            page.apply(push["events"])
    for page in late:
        page.catch_up()
    fresh = [OpenQueue(queue, client).shown for queue in Queue]
    assert [page.shown for page in pushed] == fresh
    assert [page.shown for page in late] == fresh
    assert all(now != then for now, then in zip(fresh, before, strict=True))


def test_the_header_of_every_page_counts_what_waits_and_follows(
    client: FlaskClient, article: Article, moderator: User
) -> None:
    def counted(address: str) -> tuple[str, str]:
        soup = BeautifulSoup(client.get(address).text, "html.parser")
        link = soup.select_one(".site-moderation[data-live-stream=moderation]")
        assert link
        return " ".join(link.get_text(" ", strip=True).split()), str(link.select_one("#queue-counts"))

    assert counted(article.path)[0] == "Moderation"
    followed = Followed(["moderation"])
    report_comment(a_comment(article).id, Complaint(Reason.SPAM), by=a_person())
    a_held_comment(article)
    removed = remove_comment(a_comment(article).id, by=moderator, reason=Reason.SPAM, note="", revision=1)
    comment = db.session.get_one(Comment, removed.comment_id, options=[joinedload(Comment.author)])
    appeal(removed.id, by=comment.author, text="It was a joke.")
    *_, last = followed.pushes()
    (told,) = [entry["html"] for entry in last["events"] if entry["target"] == "queue-counts"]
    for address in (article.path, "/", "/moderation/held"):
        words, count = counted(address)
        assert words == "Moderation 3 , 3 waiting"
        assert BeautifulSoup(count, "html.parser") == BeautifulSoup(told or "", "html.parser")
