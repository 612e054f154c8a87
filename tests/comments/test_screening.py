"""Rules before publishing: each by itself, their order, and what comes of them."""

from __future__ import annotations

import sys
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from reader.accounts.models import User
from reader.app import create_app
from reader.articles.models import Article
from reader.clock import now
from reader.comments.editing.actions import edit_comment
from reader.comments.models import Finding
from reader.comments.screening import classifier, phases
from reader.comments.screening.links import links_in
from reader.comments.screening.phases import Consequence, ScreeningFacts, screen
from reader.comments.screening.rules import Rule
from reader.comments.screening.word_lists import WordList, comparable, entries_of
from reader.config import Settings
from reader.db.base import db
from reader.db.snapshot import snapshot
from reader.errors import Conflict, Invalid
from reader.moderation.words.actions import save_words, try_words
from reader.text.markdown import render_comment
from tests.support.clients import Client
from tests.support.factories import a_moderator, a_person, an_article
from tests.support.forms import fill_in, page
from tests.support.people import log_in
from tests.support.threads import a_comment

LONG = "This is a text that is long enough to count as a repeat of itself."


@pytest.fixture
def old(app: Flask) -> User:
    return a_person(created_at=now() - timedelta(days=9))


def findings() -> list[tuple[str, str, str]]:
    db.session.rollback()
    return [(each.rule, each.outcome, each.words) for each in db.session.scalars(select(Finding))]


def found(entries: list[str], text: str) -> list[str]:
    return [hit.written for hit in WordList(entries).find(text)]


@pytest.mark.parametrize(
    "written", ["free", "FREE", "fréé", "ｆrее", "ƒr\u200bee".replace("ƒ", "f"), "f\u0301ree", "𝐟𝐫𝐞𝐞"]
)
def test_a_word_is_found_however_it_is_dressed_up(written: str) -> None:
    assert found(["free"], f"Get it, {written}! Now.") == [written]
    assert comparable(written) == "free"


def test_no_invisible_sign_and_no_mark_of_all_there_are_counts() -> None:
    signs = map(chr, range(0x80, sys.maxunicode + 1))
    ignored = (sign for sign in signs if unicodedata.category(sign) in ("Cf", "Mn", "Me"))
    assert [sign for sign in ignored if comparable(f"f{sign}ree") != "free"] == []


BLIMEY = [
    "bli*me*y",
    "**bli**mey",
    "&#98;limey",
    "&#x62;limey",
    "bli&shy;mey",
    "bli&zwj;m&#x200b;ey",
    "[bli](https://a.example)mey",
    "bli`mey`",
    "bl\u200bimey",
    "b\u0301l\u0336imey",
    "ｂｌｉｍｅｙ",
    "bli\u3164mey",
    "bli\u034fmey",
    "bli\ufe0fmey",
    "𝓫𝓵𝓲𝓶𝓮𝔂",
    "- blimey",
    "> *b*limey",
    "[x](https://blimey.example)",
    "[x](https://a.example 'blimey')",
    "https://a.example/%62limey",
    "<https://blimey.example>",
    "![blimey](x)",
    "```blimey\nx\n```",
]


@pytest.mark.parametrize("body", BLIMEY)
def test_a_listed_word_is_found_in_what_is_typed_and_in_what_is_seen(
    body: str, article: Article, old: User
) -> None:
    moderator = a_moderator()
    save_words("banned", "blimey", by=moderator, version=0)
    with pytest.raises(Invalid, match="not welcome"):
        a_comment(article, by=old, body=f"Oh {body}, no.")
    save_words("banned", "", by=moderator, version=1)
    save_words("suspect", "blimey", by=moderator, version=0)
    assert a_comment(article, by=old, body=f"Oh {body}, no.").state == "published"
    ((rule, outcome, _),) = findings()
    assert (rule, outcome) == ("suspect-words", "report")
    assert try_words("blimey").caught == 1


def test_two_words_are_no_word_together(article: Article, old: User) -> None:
    save_words("banned", "blimey", by=a_moderator(), version=0)
    for body in ("bli mey", "bli\n\nmey", "- bli\n- mey", "bli&nbsp;mey"):
        assert a_comment(article, by=old, body=body).state == "published"


@pytest.mark.parametrize(
    "body",
    [
        "[x](https://evil.example)",
        "<https://evil.example>",
        "&#104;ttps://evil.example/x",
        "https:&#47;&#47;evil.example",
        "https\\://evil.example",
        "hxxps://evil.example",
        "h**tt**ps://evil.example",
        "evil.com",
        "EVIL.COM",
        "ev*il.c*om/x",
        "evil[.]com",
        "evil(dot)com",
        "www.evil.museum",
        "mail me: <x@evil.example>",
    ],
)
def test_a_new_account_waits_with_every_address_that_can_be_seen(
    body: str, article: Article, author: User
) -> None:
    assert a_comment(article, by=author, body=f"Look: {body} now").state == "held"
    assert [rule for rule, _, _ in findings()] == ["links"]


@pytest.mark.parametrize(
    "body",
    ["It ends.And goes on.", "e.g. this, i.e. 3.5 of node.js", "@bob@mastodon.example", "file.txt", "Dr.Who"],
)
def test_a_point_makes_no_address(body: str, article: Article, author: User) -> None:
    assert a_comment(article, by=author, body=body).state == "published"


@pytest.mark.parametrize(
    "other",
    [
        LONG.replace("text", "t*ex*t"),
        LONG.replace("e", "&#101;"),
        f"> {LONG}",
        LONG.replace("is", "i\u200bs"),
    ],
)
def test_who_dresses_up_the_same_is_refused(other: str, article: Article, old: User) -> None:
    a_comment(article, by=old, body=LONG)
    with pytest.raises(Invalid, match="already"):
        a_comment(article, by=old, body=other)


def test_two_addresses_that_are_cut_off_alike_are_two(article: Article, old: User) -> None:
    start = "https://example.org/" + "a-very-long-way/" * 6
    for end in ("one", "two"):
        assert a_comment(article, by=old, body=f"See {start}{end}").state == "published"


def test_only_whole_words_are_found_and_phrases_in_one_piece() -> None:
    assert found(["free"], "freedom carefree free-range") == ["free"]
    assert found(["buy now", "buy"], "Buy  NOW, or buy later; now buy") == ["Buy  NOW", "buy", "buy"]
    assert found([], "anything") == []
    assert found(["спам"], "Это СПАМ") == ["СПАМ"]


def test_a_list_is_one_entry_a_line_with_remarks() -> None:
    assert entries_of("# our list\nfree\n\n buy now # twice in May\n") == ["free", "buy now"]


def test_who_says_the_same_again_is_refused_but_thanks_may_be_said_often() -> None:
    assert phases.repeat(ScreeningFacts(LONG, before=("x", LONG.upper() + "!!"))) == phases.Ruling(
        Rule.REPEAT, Consequence.REFUSE, reason=phases.REPEATED
    )
    assert phases.repeat(ScreeningFacts("Thanks!", before=("Thanks!",))) is None
    assert phases.repeat(ScreeningFacts(LONG, before=("x",))) is None


@pytest.mark.parametrize("letters", ["plain", "größe", "ŉ", "数字", "𝐁𝐢𝐠"])
def test_a_repeat_is_found_whatever_its_case_and_punctuation(letters: str) -> None:
    text = f"{LONG} {letters}"
    dressed_up = f"«{'_'.join(text.upper())}…»\n\t{chr(0x200B)}"
    assert phases.repeat(ScreeningFacts(text, before=(dressed_up,))) is not None
    assert phases.repeat(ScreeningFacts(dressed_up, before=(text,))) is not None
    assert phases.repeat(ScreeningFacts(text, before=(f"{text}a", text[1:], f"{text}é"))) is None


def test_a_refused_repeat_advises_nothing_that_is_forbidden(article: Article, old: User) -> None:
    a_comment(article, by=old, body=LONG)
    with pytest.raises(Invalid) as refused:
        a_comment(article, by=old, body=LONG)
    assert "recommend" not in str(refused.value), "nobody may recommend their own comment"


def test_a_link_is_found_as_its_author_wrote_it() -> None:
    address = "https://a.example/?q=1&r=2"
    for text in (address, f"<{address}>", f"[here]({address})"):
        assert links_in(render_comment(text), address) == (address,)


def test_banned_words_are_refused_and_named() -> None:
    ruling = phases.banned_words(ScreeningFacts("Such a TROLL.", banned=WordList(["troll"])))
    assert ruling is not None
    assert (ruling.outcome, ruling.words) == (Consequence.REFUSE, ("TROLL",))
    assert "“TROLL”" in ruling.reason
    assert phases.banned_words(ScreeningFacts("Trolley.", banned=WordList(["troll"]))) is None


def test_links_wait_only_while_an_account_is_new() -> None:
    facts = ScreeningFacts(
        "x", links=("https://a.example",), age=timedelta(hours=1), links_after=timedelta(hours=24)
    )
    ruling = phases.links_of_newcomers(facts)
    assert ruling is not None
    assert (ruling.outcome, ruling.words) == (Consequence.HOLD, ("https://a.example",))
    assert phases.links_of_newcomers(replace(facts, links=())) is None
    assert phases.links_of_newcomers(replace(facts, age=timedelta(hours=24))) is None
    assert phases.links_of_newcomers(replace(facts, links_after=timedelta(0))) is None


def test_suspect_words_are_reported_first_comments_and_spam_held() -> None:
    suspect = phases.suspect_words(ScreeningFacts("a scheme", suspect=WordList(["scheme"])))
    assert suspect is not None
    assert suspect.outcome is Consequence.REPORT
    first = phases.first_comments(ScreeningFacts("x", published=1, hold_first=2))
    assert first is not None
    assert first.outcome is Consequence.HOLD
    assert phases.first_comments(ScreeningFacts("x", published=2, hold_first=2)) is None
    assert phases.classifier(ScreeningFacts("x", spam=True)) is not None
    assert phases.classifier(ScreeningFacts("x", spam=False)) is None


def test_the_first_decisive_rule_wins_in_the_order_of_the_rules() -> None:
    words = WordList(["scheme"])
    everything = ScreeningFacts(
        f"{LONG} scheme",
        links=("l",),
        age=timedelta(0),
        published=0,
        before=(f"{LONG} scheme",),
        banned=words,
        suspect=words,
        links_after=timedelta(hours=1),
        hold_first=1,
        spam=True,
    )
    order = []
    for change in (
        {"before": ()},
        {"banned": WordList(())},
        {"links": ()},
        {"suspect": WordList(())},
        {"hold_first": 0},
        {"spam": None},
    ):
        ruling = screen(everything)
        assert ruling is not None
        order.append(ruling.rule)
        everything = replace(everything, **change)
    assert order == list(phases.PHASES) == [rule for rule in Rule if rule in phases.PHASES]
    assert screen(everything) is None


def test_what_the_rules_say_comes_true_for_posts_and_for_edits(
    article: Article, author: User, old: User
) -> None:
    moderator = a_moderator()
    save_words("banned", "troll", by=moderator, version=0)
    save_words("suspect", "scheme", by=moderator, version=0)
    with pytest.raises(Invalid, match="“trоll”"):
        a_comment(article, by=old, body="You trоll.")
    assert a_comment(article, by=author, body="See https://a.example/x").state == "held"
    assert a_comment(article, by=old, body="See https://a.example/x").state == "published"
    assert a_comment(article, by=old, body="What a Scheme.").state == "published"
    assert findings() == [("links", "hold", "https://a.example/x"), ("suspect-words", "report", "Scheme")]
    comment = a_comment(article, by=author, body="Fine.")
    with pytest.raises(Invalid, match="“troll”"):
        edit_comment(comment.id, by=author, body="You troll.", revision=1)
    assert edit_comment(comment.id, by=author, body="A scheme!", revision=1).state == "published"
    assert findings()[-1] == ("suspect-words", "report", "scheme")
    assert edit_comment(comment.id, by=author, body="See https://a.example/y", revision=2).state == "held"
    assert findings()[-1] == ("links", "hold", "https://a.example/y")
    a_comment(article, by=old, body=LONG)
    with pytest.raises(Invalid, match="already"):
        a_comment(article, by=old, body=LONG)
    assert (
        a_comment(article, by=moderator, body="Don't say troll, see https://a.example").state == "published"
    )


def test_a_list_is_tried_before_it_is_saved_and_saved_once(
    client: FlaskClient, article: Article, old: User
) -> None:
    for body in ("Free lamps!", "freedom", "Set it FREE."):
        a_comment(article, by=old, body=body)
    trial = try_words("free")
    assert (trial.caught, trial.of) == (2, 3)
    moderator = a_moderator()
    log_in(client, moderator)
    address = "/moderation/words/banned"
    tried = fill_in(client, address, address, words="free", act="try")
    assert "Would have caught 2 of 3" in tried.text
    assert page(tried).select_one("button[value=save]") is not None
    assert fill_in(client, address, address, words="free", act="save").status_code == 303
    assert page(client.get(address)).select_one("textarea").text.strip() == "free"  # type: ignore[union-attr]
    with pytest.raises(Conflict):
        save_words("banned", "other", by=moderator, version=0)


@pytest.fixture
def service() -> Iterator[tuple[str, list[dict[str, list[str]]], list[bytes]]]:
    """A classifier: its address, what it was asked, and what it answers in turn."""
    asked: list[dict[str, list[str]]] = []
    answers: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            answer = answers.pop(0)
            if answer == b"silence":
                threading.Event().wait(1.5)
            self.send_response(500 if answer == b"fault" else 200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return None

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", asked, answers
    server.shutdown()
    server.server_close()


def test_the_classifier_is_asked_and_where_it_fails_the_setting_decides(
    sqlite_settings: Settings, service: tuple[str, list[dict[str, list[str]]], list[bytes]]
) -> None:
    url, asked, answers = service
    settings = replace(sqlite_settings, classifier_url=url, classifier_seconds=1)
    answers += [b"true", b"false", b"perhaps", b"fault", b"silence", b"silence"]
    assert [classifier.is_spam(settings, author="ada", body="Buy.") for _ in range(5)] == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert classifier.is_spam(replace(settings, classifier_fails="hold"), author="ada", body="x") is True
    assert asked[0]["comment_content"] == ["Buy."]
    assert asked[0]["comment_author"] == ["ada"]
    assert classifier.is_spam(sqlite_settings, author="ada", body="x") is None


@pytest.mark.parametrize("proxies", [0, 1])
def test_the_classifier_gets_the_clients_address_and_nothing_keeps_it(
    sqlite_settings: Settings,
    service: tuple[str, list[dict[str, list[str]]], list[bytes]],
    proxies: int,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The address is taken from a proxy's header only as far as proxies are trusted."""
    url, asked, answers = service
    answers += [b"false", b"false", b"fault", b"false"]
    app = create_app(replace(sqlite_settings, classifier_url=url, trusted_proxies=proxies))
    app.config["WTF_CSRF_ENABLED"] = False
    said, near = "203.0.113.77", "198.51.100.66"
    with app.app_context():
        article, client = an_article(), Client(app)
        log_in(client, a_person("ada"))
        came = {
            "headers": {"X-Forwarded-For": said, "Accept": "application/json"},
            "environ_base": {"REMOTE_ADDR": near},
        }
        form = {"body": "Well said.", "submission_id": str(uuid4())}
        comment = client.post(f"{article.path}/comments", data=form, **came).json
        assert comment
        edited = {"body": "Well, said better.", "revision": "1"}
        assert client.post(f"{comment['url']}/edit", data=edited, **came).status_code == 200
        more = {"body": "And so on.", "submission_id": str(uuid4())}
        assert client.post(f"{article.path}/comments", data=more, **came).status_code == 201
        assert [each["user_ip"] for each in asked] == [[said if proxies else near]] * 3
        a_comment(article)
        assert "user_ip" not in asked[-1], "nobody sent it"
        with snapshot() as connection:
            kept = [
                str(row) for table in db.metadata.sorted_tables for row in connection.execute(select(table))
            ]
        logged = "".join(capfd.readouterr())
        assert "classifier-failed" in logged
        assert any("Well, said better." in row for row in kept)
        assert not [each for each in [*kept, logged] if said in each or near in each]
        db.session.remove()
        db.engine.dispose()
