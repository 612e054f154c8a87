"""Article bodies: what they may hold, and where the marks of claims go."""

import re

import pytest

from tests.publishing.files import article, faults, parsed

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
UNSUPPORTED: list[tuple[str, int, str]] = [
    ("a | b\n--- | ---\n1 | 2", 14, "a table"),
    ("Text.\n\n| a |\n|:-:|\n| 1 |", 16, "a table"),
    ("> | a | b |\n> |---|---|", 14, "a table"),
    ("- x\n\n  | a |\n  |---|", 16, "a table"),
    ("One.[^1]\n\nTwo.", 13, "a footnote"),
    ("One.\n\n[^1]: Two.", 15, "a footnote"),
    ("One.[^1]\n\n[^1]: https://example.org", 15, "a footnote"),
    ("One.^[Two.]", 13, "a footnote"),
    ("- one\n- [ ] two", 14, "a task list"),
    ("1. [x] one", 13, "a task list"),
    ("One\n{{ site.title }}", 14, "a template’s tag"),
    ("{% include x.html %}", 13, "a template’s tag"),
    ("{{< youtube abc >}}", 13, "a template’s tag"),
    ("One\n\n::: warning\ntwo\n:::", 15, "a container"),
    ("!!! note\n    two", 13, "an admonition"),
    ("> [!NOTE]\n> two", 13, "an admonition"),
    ("[toc]", 13, "a table of contents"),
    ("[[_TOC_]]", 13, "a table of contents"),
    ("![[picture.png]]", 13, "a picture"),
    ("![alt](a picture.png)", 13, "a picture"),
    ("![alt][ref]", 13, "a picture"),
    ("See [[Another page]].", 13, "a wiki link"),
    ('[gallery ids="1,2"]', 13, "a shortcode"),
    ("[caption]x", 13, "a shortcode"),
    ("[su_box title=x]y[/su_box]", 13, "a shortcode"),
    ("So ==this== is.", 13, "a mark"),
    ("So ~~this~~ is.", 13, "a deletion"),
    ("So ++this++ is.", 13, "an insertion"),
    ("$$\nx\n$$", 13, "a formula"),
    ("So $x^2$ is.", 13, "a formula"),
    ("So $\\frac{a}{b}$ is.", 13, "a formula"),
    ("H~2~O", 13, "a raised or lowered sign"),
    ("Words {: .class}", 13, "attributes in braces"),
    ("## Heading {#id}", 13, "attributes in braces"),
    ("*[HTML]: a language", 13, "an abbreviation’s meaning"),
    ("Term\n: meaning", 14, "a list of terms"),
    ("So :smile: is.", 13, "a sign’s name"),
    ("##Heading", 13, "a heading without its space"),
    ("[x](https://example.org/a b)", 13, "a link that isn’t whole"),
    ("---\nlayout: post\n---\n\nText.", 13, "front matter of another program"),
    ("+++\ndraft = true\n+++\n\nText.", 13, "front matter of another program"),
]


@pytest.mark.parametrize(("body", "line", "name"), UNSUPPORTED)
def test_what_is_not_supported_is_named_with_its_line(body: str, line: int, name: str) -> None:
    file = parsed(article(LISTED.format(""), body))
    assert file.report.faults == []
    start = f"article.md:{line}: body: warning: holds {name}, which isn’t supported and is shown as it was typed; "
    assert [str(warning) for warning in file.report.warnings if str(warning).startswith(start)], (
        file.report.warnings
    )


def test_each_unsupported_construct_of_a_line_is_named_once() -> None:
    file = parsed(article(LISTED.format(""), "~~struck~~ and ~~out~~, a note[^1], {{ x }} and ![[picture]]."))
    names = [re.findall(r"holds (.*?), which", str(warning)) for warning in file.report.warnings]
    assert sorted(name for found in names for name in found) == [
        "a deletion",
        "a footnote",
        "a picture",
        "a template’s tag",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "Between `{{ code }}` and `[^1]`, ``a `|` b``.",
        "```\n| a |\n|---|\n{{ x }}\n:::\n```",
        "    {% code %}\n    ::: x",
        "Over `two\n{{ lines }}` of code.",
        "Escaped: \\{\\{ x \\}\\}, \\[\\[x\\]\\], \\[^1\\], \\~\\~x\\~\\~, \\!\\[x\\](y z)",
        "[words](https://example.org/{{a}}/~~b~~/==c==) and <https://example.org/[[x]]>",
        '[words](https://example.org/a "with a title")',
        "From $5 to $6, or 5 | 6; at 12:30:15, a:b:c, https://example.org:80/ and C++ or x++ and 1 == 1.",
        "a == b and c == d; ~5 to ~6; x ^ y; a~b; [sic], [1], [a word] and [another](https://example.org).",
        "# Heading\n\n- item\n- [link](https://example.org)\n\n1. one\n\n* * *\n\n---\n\nText.",
        "A heading\n---\n\nText: with a colon\nand #hashtag",
        "[label] and [words][label].\n\n[label]: https://example.org",
    ],
)
def test_what_is_supported_is_taken_in_silence(body: str) -> None:
    report = parsed(article("lang: en", body)).report
    assert (report.faults, report.warnings) == ([], [])


@pytest.mark.parametrize(
    "place",
    ["nowhere", "claim-c2", "source-s2", "corrections", "c1", "comment-x", "Fact-check", "comments-", "ü"],
)
def test_a_link_to_a_place_that_is_not_there_is_a_fault(place: str) -> None:
    (fault,) = faults(article(LISTED.format(""), f"One\n[x](#{place})"))
    assert fault.startswith(f"article.md:14: body: links to “#{place}”, which the page doesn’t have")


@pytest.mark.parametrize(
    "place",
    [
        "",
        "top",
        "claim-c1",
        "source-s1",
        "fact-check",
        "sources",
        "comments",
        "article",
        "comment-12",
        "correction-3",
    ],
)
def test_a_link_to_a_place_of_the_page_is_taken(place: str) -> None:
    assert faults(article(LISTED.format(""), f"[x](#{place}) and [y][z]\n\n[z]: #{place}")) == []


def test_places_of_parts_that_the_article_lacks_are_not_there() -> None:
    assert len(faults(article("lang: en", "[x](#sources) [y](#fact-check) [z](#strength)"))) == 3
    assert faults(article("corrections: [{text: It was nine.}]", "[x](#corrections)")) == []


@pytest.mark.parametrize("body", ["", "\n \n", "&nbsp;", "\u200b", "***"])
def test_an_empty_body_is_a_fault(body: str) -> None:
    found = [fault for fault in faults(article("lang: en", body)) if "body: is empty; write the" in fault]
    assert len(found) == 1, found


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
