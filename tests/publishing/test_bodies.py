"""What a body may hold, and where the marks of claims go."""

import pytest

from tests.publishing.files import article, faults

BODY_FAULTS: list[tuple[str, int, str]] = [
    ("One.\n\nTwo <b>bold</b>.", 15, "holds raw HTML (<b>), which isn’t taken"),
    ("<div>\nx\n</div>", 13, "holds raw HTML, which isn’t taken"),
    ("One\n![alt](/a.png)", 14, "holds a picture, which isn’t taken"),
    ("One\ntwo\n[x](javascript:alert(1))", 15, "links to “javascript:alert(1)”; a link begins with"),
    ("[x](//evil.example)", 13, "links to “//evil.example”"),
    ("[x](page.html)", 13, "links to “page.html”"),
    ("[x](claim:C_1)", 13, "links to “claim:C_1”, which is no id"),
    ("[x](claim:c2)", 13, "refers to claim:c2, which isn’t listed above; there is: c1."),
    ("[x](source:nope)", 13, "refers to source:nope, which isn’t listed above; there is: s1."),
    ("## [x](claim:c1)", 13, "marks “c1” in a heading; mark a sentence of the text"),
    ("> a\n> [x](source:nope)", 14, "refers to source:nope"),
]
LISTED = "sources:\n- id: s1\n  publisher: P\n  title: T\nclaims:\n- id: c1\n  text: T\n  verdict: reported{}"


@pytest.mark.parametrize(("body", "line", "says"), BODY_FAULTS)
def test_a_fault_in_the_body_is_named_with_its_line(body: str, line: int, says: str) -> None:
    found = faults(article(LISTED.format(""), body))
    assert [fault for fault in found if fault.startswith(f"article.md:{line}: body: ") and says in fault], (
        found
    )


@pytest.mark.parametrize(
    ("at", "body", "says"),
    [
        ("not there", "The words.", "these words aren’t in the body; copy them from it exactly"),
        (
            "the",
            "All the same, the words.",
            "these words stand in the body 2 times; take more of the sentence",
        ),
        ("soft words", "The *soft words* are.", None),
        ("The *soft", "The *soft words* are.", "these words can’t be marked"),
        ("words in", "## The words in it", "these words can’t be marked"),
        ("words in", "Some `words in` code.", "these words can’t be marked"),
        ("words in", "    words in code", "these words can’t be marked"),
        ("words in", "[The words in a link](https://example.org)", "these words can’t be marked"),
        ("with a [link]", "Words with a [link](https://example.org).", "these words can’t be marked"),
        ("over two lines", "Words over\ntwo lines.", None),
        ("over two lines", "> Words over\n> two lines.", None),
        ("over two lines", "Words over\n\ntwo lines.", "these words aren’t in the body"),
        ("(in) [brackets]", "Words (in) [brackets] too.", None),
    ],
)
def test_words_are_marked_where_they_stand_once_in_a_sentence(at: str, body: str, says: str | None) -> None:
    found = faults(article(LISTED.format(f'\n  at: "{at}"'), body))
    if says is None:
        assert found == []
    else:
        assert len(found) == 1
        assert found[0].startswith(f"article.md:11: claims[1].at: {says}")


def test_one_sentence_carries_one_mark() -> None:
    claim = "- {{id: {}, text: T, verdict: reported, at: {}}}".format
    front = f"claims:\n{claim('a', 'one two')}\n{claim('b', 'two three')}"
    assert faults(article(front, "Just one two three.")) == [
        "article.md:5: claims[2].at: these words overlap with those of “a”; one sentence carries one mark"
    ]
