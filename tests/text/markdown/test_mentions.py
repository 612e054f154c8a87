"""Names after an ``@``: which mean somebody here, and which mean somebody or something else."""

from __future__ import annotations

import pytest

from reader.text.markdown import CommentText, Link

BOB = {name: Link("/people/Bob", "Bob") for name in ("bob", "babel", "bo", "Zoe", "b")}


@pytest.mark.parametrize(
    "text",
    [
        "@bob@mastodon.example",
        "@bob_@mastodon.example",
        "@bob:matrix.org",
        "@babel/core",
        "\\@bob",
        "&#64;bob",
        "&commat;bob",
        "me@bob",
        "me+@bob.example",
        "e\u0301@bob",
        "me_@bob",
        "@bob+tag@example.org",
        "`@bob`",
        "``a @bob``",
        "    @bob",
        "```\n@bob\n```",
        "> @bob",
        "[@bob](https://a.example)",
        "[x @bob y](https://a.example)",
        "https://a.example/@bob",
        "https://bob@a.example",
        "<bob@bob.example>",
        "<https://a.example/@bob>",
        "a.example/@bob",
        "@bo\u200bb",
        "@bob\u00adby",
        "@bobby",
        "@bob_y",
        "@bob.y",
        "@bob-y",
        "@Zoe\u0308",
        "@b\u0301ob",
        "@@bob",
        "＠bob",
    ],
)
def test_nobody_is_named_who_is_not_meant(text: str) -> None:
    parsed = CommentText(text)
    assert not set(parsed.names) & set(BOB)
    assert "/people/" not in parsed.html(BOB, {})


@pytest.mark.parametrize(
    "text",
    [
        "@bob",
        "@bob.",
        "@bob’s",
        "@bob's",
        "@bob: yes",
        "@bob:yes",
        "(@bob)",
        "@bob,@ada",
        "@bob/",
        "@bob/@ada",
        "*@bob*",
        "_@bob_",
        "__@bob__",
        "**@bob**!",
        "- @bob",
        "“@bob”",
        "看 @bob。",
        "x *@bob* y",
        "> quoted\n\n@bob",
        "@bob\u200b there",
        "@bob-",
        "@bob_",
        "[@bob]",
        "[@bob] (x)",
    ],
)
def test_whoever_is_meant_is_named(text: str) -> None:
    parsed = CommentText(text)
    assert "bob" in parsed.names
    assert '<a href="/people/Bob" class="mention" rel="nofollow ugc noopener">@Bob</a>' in parsed.html(
        BOB, {}
    )


def test_marks_belong_to_a_name() -> None:
    assert CommentText("@Zoe\u0308, look").names == ["Zoe\u0308"]


def test_an_unknown_name_stays_as_it_was_typed() -> None:
    assert CommentText("Ask @nobody & co.").html(BOB, {}) == '<p dir="auto">Ask @nobody &amp; co.</p>'
