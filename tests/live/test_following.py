"""The names of streams: written in one way, and followed by whoever may see what they are about."""

import pytest

from reader.articles.models import Status
from reader.live import following
from reader.live.following import Name
from reader.policy import Role
from tests.support.factories import a_claim, a_person, an_article, an_editor


@pytest.mark.parametrize("text", ["article:1", "claim:999999999", "person:7"])
def test_a_name_is_read_and_written_in_the_same_way(text: str) -> None:
    assert str(following.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "article",
        "article:",
        "article:0",
        "article:01",
        "article:-1",
        "article:1 ",
        "article:1\n",
        "article:١",
        "article:9999999999",
        "Article:1",
        "access",
        "access:1",
        "person",
        "person:0",
        "moderation:1",
        "front",
        "comment:1",
        None,
        7,
        ["article:1"],
        {"stream": "article:1"},
    ],
)
def test_anything_else_is_no_stream_that_a_page_can_name(text: object) -> None:
    assert following.parse(text) is None


@pytest.mark.usefixtures("app")
def test_an_article_is_followed_by_whoever_may_see_it() -> None:
    shown, draft = an_article(), an_article(status=Status.DRAFT.value)
    for viewer in (None, an_editor()):
        assert following.may_follow(Name("article", shown.id), viewer)
        assert not following.may_follow(Name("article", draft.id), viewer)
        assert not following.may_follow(Name("article", 999), viewer)


@pytest.mark.usefixtures("app")
def test_a_claim_is_followed_while_an_article_that_everybody_sees_cites_it() -> None:
    shown = a_claim(an_article())
    hidden = a_claim(an_article(status=Status.DRAFT.value))
    assert following.may_follow(Name("claim", shown.id), None)
    assert not following.may_follow(Name("claim", hidden.id), None)


@pytest.mark.usefixtures("app")
def test_a_persons_stream_is_followed_by_that_person_alone() -> None:
    person = a_person()
    own = Name("person", person.id)
    assert own.is_private
    assert following.may_follow(own, person)
    for other in (None, a_person(), a_person(role=Role.ADMIN)):
        assert not following.may_follow(own, other)


@pytest.mark.usefixtures("app")
def test_only_present_moderators_follow_the_moderation_stream() -> None:
    stream = following.parse("moderation")
    assert stream == Name("moderation")
    assert str(stream) == "moderation"
    assert stream.is_private
    for viewer, may in ((None, False), (a_person(), False), (a_person(role=Role.MODERATOR), True)):
        assert following.may_follow(stream, viewer) is may


@pytest.mark.usefixtures("app")
def test_everybody_may_follow_all_verdicts() -> None:
    stream = following.parse("verdicts")
    assert stream == Name("verdicts")
    assert not stream.is_private
    assert following.may_follow(stream, None)
    assert following.parse("verdicts:1") is None
