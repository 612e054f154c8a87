"""The pages of notifications: the list, marking as read, following, and what is mailed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reader.comments.actions import delete_comment
from reader.moderation import actions as moderation
from reader.moderation.models import Reason
from reader.notifications import actions, queries
from reader.notifications.models import Pace, Subject
from tests.notifications.conftest import Stage
from tests.support.forms import fill_in, form_on, page
from tests.support.people import log_in

LIST = "/account/notifications"


def texts(response: TestResponse, selector: str) -> list[str]:
    return [" ".join(each.get_text(" ", strip=True).split()) for each in page(response).select(selector)]


def test_the_list_says_what_happened_and_leads_there(client: FlaskClient, stage: Stage) -> None:
    mine = stage.says("alma", "How deep is it?")
    answer = stage.says("bruno", "Nine *fathoms*.", under=mine)
    moderation.remove_comment(
        mine.id, by=stage["moira"], reason=Reason.SPAM, note="Sent ten times.", revision=1
    )
    actions.notice_all()
    log_in(client, stage["alma"])
    listed = client.get(LIST)
    assert listed.headers["Cache-Control"] == "private, no-store"
    assert texts(listed, ".notification-says") == [
        "Unread: A moderator removed your comment",
        "Unread: bruno replied to you",
    ]
    assert texts(listed, ".notification-note") == ["Reason: Spam. Sent ten times."]
    assert texts(listed, ".notification-text") == ["Nine fathoms."]
    links = page(listed).select(".notification-about a")
    assert [(link.text, link["href"]) for link in links] == [
        ("The harbour", "/account/decisions/1"),
        ("The harbour", answer.path),
    ]
    assert client.get("/account/decisions/1").status_code == 200


def test_of_a_comment_that_is_gone_since_there_is_no_text(client: FlaskClient, stage: Stage) -> None:
    answer = stage.says("bruno", "Regrettable words", under=stage.says("alma"))
    actions.notice_all()
    delete_comment(answer.id, by=stage["bruno"])
    log_in(client, stage["alma"])
    listed = client.get(LIST)
    assert "Regrettable" not in listed.text
    assert texts(listed, ".notification-note") == ["It can’t be read any more."]


def test_all_are_marked_as_read_by_a_form_and_what_came_since_is_not(
    client: FlaskClient, stage: Stage
) -> None:
    mine = stage.says("alma")
    stage.says("bruno", under=mine)
    actions.notice_all()
    log_in(client, stage["alma"])
    opened = client.get(LIST)
    stage.says("carla", under=mine)
    actions.notice_all()
    form = form_on(opened, f"{LIST}/read")
    fields = {str(field["name"]): str(field["value"]) for field in form.find_all("input")}
    assert client.post(f"{LIST}/read", data=fields).location == LIST
    assert texts(client.get(LIST), ".notification-says") == [
        "Unread: carla replied to you",
        "bruno replied to you",
    ]
    fill_in(client, LIST, f"{LIST}/read")
    with pytest.raises(LookupError):
        form_on(client.get(LIST), f"{LIST}/read")


def test_a_long_list_goes_on_page_by_page(
    client: FlaskClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    mine = stage.says("alma")
    for name in ("bruno", "carla", "dora"):
        stage.says(name, under=mine)
    actions.notice_all()
    log_in(client, stage["alma"])
    first = client.get(LIST)
    (more,) = page(first).select(".pager a")
    second = client.get(str(more["href"]))
    names = [texts(each, ".notification-says") for each in (first, second)]
    assert [[text.split()[1] for text in some] for some in names] == [["dora", "carla"], ["bruno"]]
    assert page(second).select(".pager a") == []


@pytest.mark.parametrize("after", ["x", "-1", "99999999999999999999"])
def test_a_cursor_that_is_none_begins_anew(client: FlaskClient, stage: Stage, after: str) -> None:
    log_in(client, stage["alma"])
    assert "Nothing yet" in client.get(f"{LIST}?after={after}").text


def test_articles_and_claims_are_followed_by_a_button_and_not_otherwise(
    client: FlaskClient, stage: Stage
) -> None:
    log_in(client, stage["carla"])
    for path, stream, anchor in (
        (stage.article.path, stage.article.stream, "#comments"),
        (stage.claim.path, stage.claim.stream, ""),
    ):
        assert not queries.is_following(stage["carla"], stream)
        for follows in (True, False, True):
            answer = fill_in(client, path, f"{path}/follow")
            assert (answer.status_code, answer.location) == (303, f"{path}{anchor}")
            assert queries.is_following(stage["carla"], stream) is follows
    stage.says("carla")
    assert not queries.is_following(stage["alma"], stage.article.stream)


@pytest.mark.parametrize("path", ["/articles/none/follow", "/fact-checks/none/follow"])
def test_nobody_follows_what_is_not_there(client: FlaskClient, stage: Stage, path: str) -> None:
    log_in(client, stage["carla"])
    client.application.config["WTF_CSRF_ENABLED"] = False
    assert client.post(path).status_code == 404


def test_a_visitor_is_offered_nothing_to_follow_and_is_sent_to_the_login(
    client: FlaskClient, stage: Stage
) -> None:
    for path in (stage.article.path, stage.claim.path):
        assert f"{path}/follow" not in client.get(path).text
    for path in (LIST, "/account/mail"):
        assert client.get(path).location == f"/login?next={path}"


def test_what_is_mailed_is_chosen_by_a_form_that_shows_what_was_chosen(
    client: FlaskClient, stage: Stage
) -> None:
    log_in(client, stage["alma"])
    assert queries.choices(stage["alma"].id) == {subject: subject.pace for subject in Subject}
    answer = fill_in(client, "/account/mail", "/account/mail", reply="hourly", comment="never")
    assert answer.location == "/account/mail?saved=1"
    assert "Saved" in client.get(answer.location).text
    chosen = {subject: subject.pace for subject in Subject}
    chosen |= {Subject.REPLY: Pace.HOURLY, Subject.COMMENT: Pace.NEVER}
    assert queries.choices(stage["alma"].id) == chosen
    fill_in(client, "/account/mail", "/account/mail")
    assert queries.choices(stage["alma"].id) == chosen
    wrong = fill_in(client, "/account/mail", "/account/mail", reply="every minute")
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    ("body", "text", "note"),
    [
        ("> How deep?\n\nNine fathoms.", "Nine fathoms.", None),
        ("> How deep?\n>\n> > Who asks?\n\nNine.\n\n> And now?\n\nTen.", "Nine. Ten.", None),
        ("- > How deep?\n- Nine.", "Nine.", None),
        ("> How deep?", None, "It says nothing but a quotation."),
    ],
)
def test_a_quotation_is_not_given_as_the_repliers_own_words(
    client: FlaskClient, stage: Stage, body: str, text: str | None, note: str | None
) -> None:
    stage.says("bruno", body, under=stage.says("alma", "How deep?"))
    actions.notice_all()
    log_in(client, stage["alma"])
    listed = client.get(LIST)
    assert texts(listed, ".notification-text") == ([text] if text else [])
    assert texts(listed, ".notification-note") == ([note] if note else [])
