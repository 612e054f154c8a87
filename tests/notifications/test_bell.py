"""The bell: the number in the head of a person's pages, and how an open page keeps it right."""

from __future__ import annotations

from bs4 import BeautifulSoup
from bs4.element import Tag
from flask import Flask
from flask.testing import FlaskClient

from reader import eventlog
from reader.accounts.models import User
from reader.live import following, rendering
from reader.live.rendering import Push
from reader.live.tails import Tail
from reader.moderation import actions as moderation
from reader.moderation.models import Reason
from reader.notifications import actions
from reader.web.fragments import render
from tests.notifications.conftest import Stage
from tests.support.people import log_in


def bell(html: str) -> Tag:
    (found,) = BeautifulSoup(html, "html.parser").select("[data-live-stream^=person]")
    return found


def shown(found: Tag) -> str:
    return " ".join(found.get_text(" ", strip=True).split())


class OpenHead:
    """The head of a page that was opened earlier, kept up to date by pushes or by catching up."""

    def __init__(self, client: FlaskClient, person: User) -> None:
        self._get = client.get
        self.element = bell(client.get("/about").text)
        self.seen = int(str(self.element["data-live-seq"]))
        self.stream = f"person:{person.id}"
        self.pushes: list[Push] = []
        name = following.parse(self.stream)
        assert name
        self._tail = Tail(
            self.stream,
            eventlog.head(self.stream),
            lambda after, events: self.pushes.append(rendering.push(name, after, events)),
        )

    def receive(self) -> None:
        while self._tail.step():
            pass
        for push in self.pushes:
            assert push["from"] == self.seen
            self._apply(push["events"])
            self.seen = push["to"]

    def catch_up(self) -> None:
        answer = self._get(f"/live/{self.stream}/events?after={self.seen}").json
        assert answer
        self._apply(answer["events"])
        self.seen = answer["head"]

    def _apply(self, entries: list[rendering.ChangedElement]) -> None:
        for entry in entries:
            old = self.element.find(id=entry["target"])
            assert isinstance(old, Tag)
            old.replace_with(BeautifulSoup(entry["html"] or "", "html.parser"))


def test_an_old_head_and_what_it_is_told_are_as_a_fresh_one(client: FlaskClient, stage: Stage) -> None:
    first = stage.says("alma")
    log_in(client, stage["alma"])
    pushed, late = OpenHead(client, stage["alma"]), OpenHead(client, stage["alma"])
    assert shown(pushed.element) == "Notifications 0"
    stage.says("bruno", under=first)
    stage.says("carla", under=first)
    moderation.remove_comment(first.id, by=stage["moira"], reason=Reason.SPAM, note="", revision=1)
    actions.notice_all()
    for head in (pushed, late):
        head.receive() if head is pushed else head.catch_up()
        fresh = bell(client.get("/about").text)
        assert shown(head.element) == shown(fresh) == "Notifications, 3 unread 3"
        assert head.seen == int(str(fresh["data-live-seq"]))
    actions.read(stage["alma"], through=10_000)
    late.catch_up()
    assert shown(late.element) == shown(bell(client.get("/about").text)) == "Notifications 0"


def test_a_great_number_is_not_written_out(app: Flask) -> None:
    text = render("notifications/_macros.html", "bell", 1000)
    assert "99+" in text
    assert "1000 unread" in text


def test_a_visitor_has_no_bell(client: FlaskClient) -> None:
    assert "bell" not in client.get("/about").text.partition("<main")[0]
