"""Rendering of a thread: the same bytes for everyone, and no code that a stranger wrote."""

from __future__ import annotations

from random import Random

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask

from reader.accounts.models import User
from reader.articles.models import Article
from reader.comments import queries
from reader.comments.actions import delete_comment
from reader.comments.models import SHOWN, Comment
from reader.comments.windows import BRANCH, Opened, Window
from reader.db.transactions import transaction
from reader.moderation.actions import remove_comment
from reader.moderation.models import Reason
from reader.web import fragments
from reader.web.fragments import render
from tests.support.factories import a_claim, a_moderator, a_person
from tests.support.people import log_in
from tests.support.threads import a_comment, a_random_tree

MACROS = "comments/_macros.html"
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](data:text/html,<script>alert(1)</script>)",
    "![x](https://evil.example/pixel.png)",
    '<a href="#" onclick="alert(1)">x</a>',
    "</li></ol><li id=comment-1>forged",
    '" autofocus onfocus=alert(1) x="',
    "{{ 7 * 7 }}",
    "<reader-claim data-id=x>y</reader-claim>",
]
ALLOWED = {"p", "br", "em", "strong", "a", "blockquote", "ul", "ol", "li", "code", "pre"}


def element(comment: Comment) -> Tag:
    shown = queries.by_ids([comment.id])[comment.id]
    return BeautifulSoup(render(MACROS, "comment", shown), "html.parser").find("li")  # type: ignore[return-value]


def text(tag: Tag) -> str:
    return tag.get_text(" ", strip=True)


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_somebody_writes_as_code_is_text(article: Article, attack: str) -> None:
    item = element(a_comment(article, by=a_moderator(), body=f"Before. {attack} After."))
    body = item.select_one(".comment-text")
    assert body
    assert {tag.name for tag in body.find_all(True)} <= ALLOWED
    for tag in item.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name == "style"]
        assert not str(tag.get("href", "")).startswith(("javascript:", "data:"))
    assert len(item.select(".comment-card")) == 1
    assert "49" not in body.get_text()


def test_a_name_is_text_too(article: Article) -> None:
    item = element(a_comment(article, by=a_person("<b>ada</b>")))
    assert item.find("b") is None
    assert text(item.select_one(".comment-author")) == "<b>ada</b>"  # type: ignore[arg-type]


def test_a_comment_carries_what_live_delivery_needs(article: Article) -> None:
    comment = a_comment(article)
    item = element(comment)
    assert item["id"] == f"comment-{comment.id}"
    assert (item["data-seq"], item["data-order"]) == (str(comment.changed_seq), str(comment.id))
    assert item.select_one(f"#replies-{comment.id}.replies") is not None
    assert item.select_one(".more, button.collapse") is None


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("delete", "This comment was deleted by its author."),
        ("remove", "This comment was removed by a moderator."),
    ],
)
def test_a_tombstone_says_which_of_the_two_and_nothing_else(
    article: Article, author: User, how: str, words: str
) -> None:
    claim = a_claim(article, short="Short claim")
    comment = a_comment(article, by=author, body="the canary sings", claim_id=claim.id)
    if how == "delete":
        delete_comment(comment.id, by=author)
    else:
        remove_comment(comment.id, by=a_moderator(), reason=Reason.HATE, note="why", revision=1)
    item = element(comment)
    assert text(item.select_one(".comment-card")).removesuffix(" Options") == words  # type: ignore[arg-type]
    for kept in ("canary", author.username, "Short claim", "why"):
        assert kept not in str(item)


def test_a_claim_is_named_with_the_verdict_that_was_when_it_is_another(article: Article) -> None:
    claim = a_claim(article, verdict="reported", short="The bridge is long")
    comment = a_comment(article, claim_id=claim.id)
    chip = element(comment).select_one(".comment-about")
    assert chip
    assert text(chip) == "About: The bridge is long"
    with transaction() as session:
        session.merge(claim).verdict = "verified"
    chip = element(comment).select_one(".comment-about")
    assert chip
    assert text(chip) == "About: The bridge is long Written when this was rated reported ."


def test_a_flat_reply_names_whom_it_answers(article: Article) -> None:
    chain = [a_comment(article)]
    for name in ("a", "b", "c", "d", "echo", "last"):
        chain.append(a_comment(article, by=a_person(name), under=chain[-1]))
    answers = element(chain[-1]).select_one("a.comment-answers")
    assert answers
    assert (text(answers), answers["href"]) == ("in reply to echo", chain[-2].path)
    assert element(chain[1]).select_one(".comment-answers") is None


def test_an_avatar_is_made_of_the_name_alone(article: Article) -> None:
    def avatar(name: str, person: User) -> tuple[str, str]:
        found = element(a_comment(article, by=person, body=f"I am {name}.")).select_one(".avatar")
        assert found
        return " ".join(found["class"]), found.text

    ada = a_person("ada")
    assert avatar("ada", ada) == avatar("still ada", ada)
    letters = {name: avatar(name, a_person(name))[1] for name in ("bob", "żaneta", "渚", "_7", "😀")}
    assert letters == {"bob": "B", "żaneta": "Ż", "渚": "渚", "_7": "7", "😀": "·"}


def test_the_link_to_more_replies_counts_those_not_shown(article: Article) -> None:
    top = a_comment(article)
    person = a_person()
    for number in range(1, BRANCH + 3):
        a_comment(article, by=person, under=top)
        shown = queries.by_ids([top.id])[top.id]
        line = BeautifulSoup(render(MACROS, "more", shown), "html.parser").p
        assert line
        assert line.has_attr("hidden") == (number <= SHOWN)
        left = number - SHOWN
        assert text(line) == (f"Show {left} more repl{'y' if left == 1 else 'ies'}" if left > 0 else "")
    (node,) = queries.page(article, Window(opened=(Opened(top.id),))).nodes
    link = BeautifulSoup(node.html, "html.parser").select_one(f"#more-{top.id} a")
    assert link
    assert (text(link), link["href"]) == ("Show 2 more replies", f"{top.path}/replies?after={BRANCH}")


@pytest.mark.parametrize(("total", "words"), [(0, "0 Comments"), (1, "1 Comment"), (1234, "1,234 Comments")])
def test_the_head_counts(app: Flask, total: int, words: str) -> None:
    thread = queries.thread_of(0)
    thread.published = thread.total = total
    head = BeautifulSoup(render(MACROS, "thread_head", thread), "html.parser")
    assert text(head.select_one(".thread-count")) == words  # type: ignore[arg-type]
    invitation = head.select_one(".thread-empty")
    assert (invitation is not None) == (total == 0)
    if invitation:
        assert text(invitation) == "No comments yet Be the first to share your thoughts on this article."


def test_where_everything_was_removed_nobody_is_invited_to_be_the_first(article: Article) -> None:
    comment = a_comment(article)
    remove_comment(comment.id, by=a_moderator(), reason=Reason.SPAM, note="", revision=1)
    head = render(MACROS, "thread_head", queries.thread_of(article.id))
    assert "0 Comments" in head
    assert "No comments yet" not in head


def test_fragments_are_the_same_bytes_in_and_out_of_everyones_requests(
    app: Flask, article: Article, author: User
) -> None:
    a_random_tree(article, 40, random=Random(6))
    a_comment(article, by=author)

    def rendered() -> list[str]:
        fragments.init_app(app)  # nothing is kept any more
        return [str(node.html) for node in queries.page(article).nodes]

    outside = rendered()
    client = app.test_client()
    pages = [client.get(article.path).text]
    for person in (author, a_person(), a_moderator()):
        log_in(client, person)
        fragments.init_app(app)
        pages.append(client.get(article.path).text)
        with app.test_request_context(article.path, base_url="https://other.example"):
            assert rendered() == outside
    for page in pages:
        for fragment in outside:
            assert fragment in page
