"""Output of Markdown: what each dialect supports, and that nothing in it ever runs."""

import re
import time
from collections import Counter
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline

from reader.text.markdown import SCHEMES, CommentText, Link, plain_text, render_article, render_comment
from reader.text.markdown.blocks import MAX_DEPTH
from reader.text.markdown.comments import _DIALECT

Renderer = Callable[[str], str]
BOTH: list[Renderer] = [render_comment, render_article]

COMMENT_TAGS = {"p", "br", "em", "strong", "a", "blockquote", "ul", "ol", "li", "code", "pre"}
ARTICLE_TAGS = COMMENT_TAGS | {"div", "h2", "h3", "h4", "h5", "h6", "hr", "reader-claim"}
ATTRIBUTES = {"href", "rel", "title", "start", "value", "data-id", "class", "role", "dir"}
_DIRECTION = re.compile(r' dir="(?:auto|ltr)"')


def undirected(html: str) -> str:
    """The HTML without its directions."""
    return _DIRECTION.sub("", html)


def assert_harmless(html: str, tags: set[str]) -> None:
    """Only known tags and attributes, and links only to schemes that show something."""
    for element in BeautifulSoup(html, "html.parser").find_all(True):
        assert element.name in tags, html
        assert set(element.attrs) <= ATTRIBUTES, html
        href = element.get("href")
        assert element.name != "a" or href, html
        if href is not None:
            assert str(href).startswith(("#", "/")) or str(href).partition(":")[0].lower() in SCHEMES, html
            assert not str(href).startswith(("//", "/\\")), html


# What a comment has


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*soft* and **strong**", "<p><em>soft</em> and <strong>strong</strong></p>"),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("3. three\n4. four", '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>'),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("```python\nx < y\n```", "<pre><code>x &lt; y\n</code></pre>"),
        ("first line\nsecond line", "<p>first line<br>\nsecond line</p>"),
    ],
)
def test_a_comment_has_emphasis_quotes_lists_code_and_line_breaks(text: str, html: str) -> None:
    assert undirected(render_comment(text)) == html


@pytest.mark.parametrize(
    "text", ["# Title", "Title\n=====", "![words](https://example.org/a.png)", "<b>bold</b>", "***"]
)
def test_a_comment_has_no_headings_images_rules_or_html(text: str) -> None:
    names = {element.name for element in BeautifulSoup(render_comment(text), "html.parser").find_all(True)}
    assert names <= {"p", "br", "a", "em", "strong"}


def test_raw_html_in_a_comment_is_shown_as_it_was_typed() -> None:
    assert undirected(render_comment("<b>bold</b>")) == "<p>&lt;b&gt;bold&lt;/b&gt;</p>"


def link(url: str, words: str, *, bare: bool = True) -> str:
    return f'<a href="{url}"{f" title={chr(34)}{url}{chr(34)}" if bare else ""} rel="nofollow ugc noopener">{words}</a>'


LONG = "https://www.example.org/a/very/long/way/to/say/where/something/is?at=all"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("https://example.org", link("https://example.org", "example.org")),
        (
            "See http://example.org/a_b_c*d.",
            f"See {link('http://example.org/a_b_c*d', 'example.org/a_b_c*d')}.",
        ),
        ("(https://example.org/a_(b))", f"({link('https://example.org/a_(b)', 'example.org/a_(b)')})"),
        (
            "“https://example.org/a”, she wrote",
            f"“{link('https://example.org/a', 'example.org/a')}”, she wrote",
        ),
        ("**https://example.org/**", f"<strong>{link('https://example.org/', 'example.org')}</strong>"),
        (
            "https://example.org?a=1&b=2!",
            link("https://example.org?a=1&amp;b=2", "example.org/?a=1&amp;b=2") + "!",
        ),
        ("<https://example.org>", link("https://example.org", "example.org")),
        (LONG, link(LONG, "example.org/a/very/long/way/to/say/where/someth…")),
        ("[words](mailto:a@example.org)", link("mailto:a@example.org", "words", bare=False)),
        (
            "[see https://a.example](https://b.example)",
            link("https://b.example", "see https://a.example", bare=False),
        ),
    ],
)
def test_addresses_in_a_comment_become_untrusted_links_naming_their_site(text: str, html: str) -> None:
    assert undirected(render_comment(text)) == f"<p>{html}</p>"


def test_a_link_names_the_site_it_leads_to_not_the_one_it_pretends() -> None:
    assert (
        BeautifulSoup(render_comment("https://bank.example@evil.example/x"), "html.parser").text
        == "evil.example/x"
    )
    assert "xn--" in BeautifulSoup(render_comment("https://аpple.example/"), "html.parser").text


ADA = {"ada": Link("/people/Ada", "Ada")}


@pytest.mark.parametrize(
    "text",
    [
        "`@ada`",
        "> @ada",
        "    @ada",
        "[@ada](https://example.org)",
        "me@ada",
        "https://a.example/@ada",
        "@bob",
    ],
)
def test_no_mention_in_quotes_code_links_or_addresses(text: str) -> None:
    assert "/people/" not in CommentText(text).html(ADA, {})


@pytest.mark.parametrize("text", ["@ada", "(@ada)", "Well, @ada.", "*@ada*", "- @ada", "> @bob\n\n@ada"])
def test_a_known_name_leads_to_its_page(text: str) -> None:
    parsed = CommentText(text)
    assert parsed.names == ["ada"]
    assert '<a href="/people/Ada" class="mention" rel="nofollow ugc noopener">@Ada</a>' in parsed.html(
        ADA, {}
    )


@pytest.mark.parametrize(
    "text", ["xhttps://example.org", "https://", "http://.", "`https://example.org`", "example.org"]
)
def test_what_is_no_address_stays_text(text: str) -> None:
    assert "<a" not in render_comment(text)


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html,<b>)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](ftp://example.org)",
        "[x](//example.org)",
        "[x](/login)",
        "[x](https:example.org)",
        "<javascript:alert(1)>",
        "[x](claim:some-claim)",
    ],
)
def test_a_comment_links_only_to_whole_addresses(text: str) -> None:
    assert "<a" not in render_comment(text)


# What an article has


def test_headings_of_an_article_begin_at_the_second_level() -> None:
    html = undirected(render_article("# One\n\n## Two\n\n### Three\n\nFour\n===="))
    assert html == "<h2>One</h2>\n<h2>Two</h2>\n<h3>Three</h3>\n<h2>Four</h2>"


def test_a_marked_sentence_stands_in_a_block_that_may_hold_its_card() -> None:
    assert undirected(render_article("One. [Two *and* three.](claim:a-claim) Four.\n\nFive.")) == (
        '<div class="p" role="paragraph">One. '
        '<reader-claim data-id="a-claim">Two <em>and</em> three.</reader-claim>'
        " Four.</div>\n<p>Five.</p>"
    )


def test_a_mark_in_a_tight_list_needs_no_block_of_its_own() -> None:
    html = undirected(render_article("- one\n- [two](claim:a-claim)"))
    assert html == '<ul>\n<li>one</li>\n<li><reader-claim data-id="a-claim">two</reader-claim></li>\n</ul>'


@pytest.mark.parametrize("body", ["> [words](claim:c)", "- [words](claim:c)\n\n- other", "[words](claim:c)"])
def test_no_mark_ever_stands_in_a_paragraph_element(body: str) -> None:
    mark = BeautifulSoup(render_article(body), "html.parser").find("reader-claim")
    assert mark is not None
    assert mark.find_parent("p") is None


def test_a_link_to_a_source_leads_to_the_list_below() -> None:
    assert (
        undirected(render_article("[words](source:the-law)")) == '<p><a href="#source-the-law">words</a></p>'
    )


def test_an_article_links_to_other_pages_without_disowning_them() -> None:
    html = render_article('[a](https://example.org "A \\"title\\" > all") and [b](/articles/b) and [c](#top)')
    assert undirected(html) == (
        '<p><a href="https://example.org" title="A &quot;title&quot; &gt; all">a</a>'
        ' and <a href="/articles/b">b</a> and <a href="#top">c</a></p>'
    )


@pytest.mark.parametrize(
    "body", ["[x](claim:Not A Slug)", "[x](claim:)", "[x](//example.org)", "[x](javascript:x)", "<i>x</i>"]
)
def test_an_article_has_no_other_links_and_no_html(body: str) -> None:
    assert [
        element.name for element in BeautifulSoup(render_article(body), "html.parser").find_all(True)
    ] == ["p"]


def test_a_picture_in_the_text_of_an_article_is_not_shown() -> None:
    assert undirected(render_article("![words](/y.png)")) == '<p>!<a href="/y.png">words</a></p>'


def test_plain_text_is_the_words_a_line_for_each_block() -> None:
    body = '# Title\n\nOne *and* two\nthree [a](https://example.org "x > y").\n\n- `a < b`\n- &amp;'
    assert plain_text(render_article(body)) == "Title\nOne and two three a.\na < b\n&"


# Nothing ever runs

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></ScRiPt>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>@import '//evil.example'</style>",
    "<details open ontoggle=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<form><button formaction=javascript:alert(1)>x",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "[x](javascript&colon;alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    '[x](https://example.org/"onmouseover=alert(1)//)',
    "[x](https://example.org 'a\" onmouseover=alert(1) b=\"')",
    "[x]: javascript:alert(1)\n\n[x]",
    '![x](https://example.org/x.png"onerror="alert(1))',
    'https://example.org/"onmouseover=alert(1)',
    "https://example.org/'><script>alert(1)</script>",
    "http://<script>alert(1)</script>",
    '```"><script>alert(1)</script>\nx\n```',
    "`<script>alert(1)</script>`",
    "<reader-claim data-id='x' onclick=alert(1)>x</reader-claim>",
    '[x](claim:a"onclick=alert(1))',
    "[x](source:javascript:alert(1))",
    "<div class='p' id='comments' onclick=alert(1)>x</div>",
    "<https://example.org/\x00<script>>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\<script>alert(1)\\</script>",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "wrapped", ["{}", "> - {}", "**{}**", "[{}](https://example.org)", "[words](claim:c) {}"]
)
def test_no_attack_leaves_anything_that_runs(attack: str, wrapped: str) -> None:
    assert_harmless(render_comment(wrapped.format(attack)), COMMENT_TAGS)
    assert_harmless(render_article(wrapped.format(attack)), ARTICLE_TAGS)


SCRAPS = st.sampled_from(
    [
        *"<>\"'`*_#\\&;=\n",
        *(
            "[",
            "](",
            ")",
            "![",
            "\n\n",
            "    ",
            "> ",
            "- ",
            "1. ",
            "on",
            "script",
            "javascript:",
            "data:",
            "mailto:",
        ),
        *("https://", "http://a.example/", "claim:c", "source:s"),
        *ATTACKS,
    ]
)


@settings(deadline=None)
@given(st.lists(SCRAPS | st.text(max_size=8), max_size=25).map("".join))
def test_nothing_that_can_be_typed_leaves_anything_that_runs(text: str) -> None:
    assert_harmless(render_comment(text), COMMENT_TAGS)
    assert_harmless(render_article(text), ARTICLE_TAGS)


def steps(text: str) -> int:
    """The number of times that the parser tries to step over something while it renders a comment."""
    counter = Counter[str]()

    def counted(state: StateInline) -> None:
        counter["steps"] += 1
        ParserInline.skipToken(_DIALECT.inline, state)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_DIALECT.inline, "skipToken", counted)
        render_comment(text)
    return counter["steps"]


@pytest.mark.parametrize("piece", ["[", "![", "[x][", "`![", "[*", "[a](", "[[x]", "[\n"])
@pytest.mark.parametrize("end", ["", "]", "](a)"])
def test_rows_of_brackets_cost_a_bounded_number_of_steps_a_letter(piece: str, end: str) -> None:
    """Each that doesn't close is tried as deep as the parser goes, and no deeper in a longer text."""
    for letters in (1000, 4000):
        text = (piece * letters)[: letters // 2] + (end or piece) * (letters // 2 // len(end or piece))
        assert steps(text) <= (2 * MAX_DEPTH + 1) * letters


def seconds(render: Renderer, text: str) -> float:
    """The processor time of rendering once."""
    start = time.process_time()
    render(text)
    return time.process_time() - start


@pytest.mark.parametrize("render", BOTH)
@pytest.mark.parametrize(
    "text",
    [
        ">" * 10_000,
        "> " * 5_000 + "x",
        "[" * 10_000,
        "![" * 5_000,
        "[" * 5_000 + "]" * 5_000,
        "[a](" * 2_500,
        "*" * 10_000,
        "*a " * 3_300,
        "*_" * 5_000,
        "*a **b " * 1_500,
        "- " * 5_000,
        "\n".join("  " * depth + "- a" for depth in range(140)),
        "".join("`" * length + " " for length in range(1, 140)),
        "<a@" * 3_300,
        "http://" * 1_400,
        "https://a" + ")" * 9_900,
        "&" * 10_000,
    ],
    ids=lambda text: f"{text[:6]!r}…",
)
def test_a_hostile_text_costs_no_more_than_a_moment(render: Renderer, text: str) -> None:
    # Three tries: what else this process has to do, such as collecting garbage, is no fault of the text.
    assert any(seconds(render, text) < 1 for _ in range(3))
    html = render(text)
    assert html.count("<blockquote>") <= 20
