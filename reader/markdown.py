"""Markdown to HTML, done once, when a text is written; what comes out is safe to show as it is.

Two dialects. A comment has emphasis, links, quotes, lists and code, and bare addresses become links. An
article is CommonMark with headings from the second level down, and two kinds of links of its own:
``[words](claim:id)`` marks the words as a checked claim, ``[words](source:id)`` leads to a source in the
article's list. Neither takes raw HTML or pictures. Whatever the parser makes is cleaned again on its way out,
so a mistake in one of the two is no hole.
"""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

SCHEMES = frozenset({"http", "https", "mailto"})
# Quotes and lists inside each other: more than anybody can read, and a bound on what a hostile text may cost.
DEEPEST = 12

_OWN_LINK = re.compile(r"(claim|source):([a-z0-9]+(?:-[a-z0-9]+)*)")
_BARE_START = re.compile(r"(?:^|[^a-z0-9])(https?)$", re.IGNORECASE)
_BARE_REST = re.compile(r"://[^\s<>\"`\\|^{}]{1,2000}")
_BLOCKS = frozenset({"p", "div", "li", "blockquote", "pre", "h2", "h3", "h4", "h5", "h6", "br", "hr"})
_TEXT_TAGS = {"p", "br", "em", "strong", "a", "blockquote", "ul", "ol", "li", "code", "pre"}


def render_comment(text: str) -> str:
    """The HTML of a comment. Its links are marked as a stranger's (``nofollow ugc``)."""
    return _COMMENT_CLEANER.clean(_COMMENT.render(text)).strip()


def render_article(body: str) -> str:
    """The HTML of an article's body.

    A claim's words stand in ``<reader-claim data-id="…">``, and a paragraph with such a mark is a
    ``<div class="p" role="paragraph">``, since the card that takes the mark's place on the page holds what a
    ``<p>`` may not.
    """
    return _ARTICLE_CLEANER.clean(_ARTICLE.render(body)).strip()


def plain_text(html: str) -> str:
    """The words of HTML made here, one line a block."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = "".join(reader.pieces).split("\n")
    return "\n".join(words for line in lines if (words := " ".join(line.split())))


def may_link(url: str) -> bool:
    """Whether an article may link to ``url``: a whole address, a claim or source, a place on this page or site."""
    return (
        _leads_outside(url)
        or _OWN_LINK.fullmatch(url) is not None
        or url.startswith("#")
        or (url.startswith("/") and not url.startswith(("//", "/\\")))
    )


class _Words(HTMLParser):
    """Collects text; the end of a block ends a line."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data.replace("\n", " "))


def _leads_outside(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.netloc or parts.scheme == "mailto")


def _bare_link(state: StateInline, silent: bool) -> bool:
    """An address written out, such as https://example.org/page, becomes a link. Called at its colon."""
    start = _BARE_START.search(state.pending[-6:])
    rest = _BARE_REST.match(state.src, state.pos, state.posMax)
    if silent or state.linkLevel > 0 or start is None or rest is None:
        return False
    scheme, words = start[1], _without_trailing_marks(rest[0])
    url = state.md.normalizeLink(scheme + words)
    if not state.md.validateLink(url):
        return False
    state.pending = state.pending[: -len(scheme)]
    state.push("link_open", "a", 1).attrs = {"href": url}
    state.push("text", "", 0).content = scheme + words
    state.push("link_close", "a", -1)
    state.pos += len(words)
    return True


def _without_trailing_marks(words: str) -> str:
    """``words`` without the punctuation that ends the sentence around an address, not the address."""
    while words[-1] in "?!.,:;*_~'’”»" or any(
        words[-1] == right and words.count(left) < words.count(right) for left, right in ("()", "[]")
    ):
        words = words[:-1]
    return words


def _article_parts(state: StateCore) -> None:
    """Turn links to claims and sources into what they mean; leave the first level to the page's title."""
    for token in state.tokens:
        if token.tag == "h1":
            token.tag = "h2"
    for before, token, after in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if token.type == "inline" and _resolve(token.children or []) and before.type == "paragraph_open":
            before.tag = after.tag = "div"
            before.attrs = {"class": "p", "role": "paragraph"}


def _resolve(children: list[Token]) -> bool:
    """Resolve the links of one block; whether a claim is among them."""
    marked = inside = False
    for token in children:
        if token.type == "link_open" and (own := _OWN_LINK.fullmatch(str(token.attrs["href"]))):
            if own[1] == "source":
                token.attrs = {"href": f"#source-{own[2]}"}
            else:
                token.tag, token.attrs = "reader-claim", {"data-id": own[2]}
                marked = inside = True
        elif token.type == "link_close" and inside:
            token.tag, inside = "reader-claim", False
    return marked


def _comment_dialect() -> MarkdownIt:
    dialect = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": DEEPEST})
    dialect.disable(["heading", "lheading", "hr", "html_block", "html_inline", "reference", "image"])
    dialect.inline.ruler.before("text", "bare_link", _bare_link)
    dialect.validateLink = _leads_outside  # type: ignore[method-assign]
    return dialect


def _article_dialect() -> MarkdownIt:
    dialect = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST})
    dialect.disable(["html_block", "html_inline", "image"])
    dialect.core.ruler.push("article_parts", _article_parts)
    dialect.validateLink = may_link  # type: ignore[method-assign]
    return dialect


_COMMENT = _comment_dialect()
_COMMENT_CLEANER = nh3.Cleaner(
    tags=_TEXT_TAGS,
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel="nofollow ugc noopener",
)

_ARTICLE = _article_dialect()
_ARTICLE_CLEANER = nh3.Cleaner(
    tags=_TEXT_TAGS | {"div", "h2", "h3", "h4", "h5", "h6", "hr", "reader-claim"},
    attributes={"a": {"href", "title"}, "ol": {"start"}, "reader-claim": {"data-id"}},
    tag_attribute_values={"div": {"class": {"p"}, "role": {"paragraph"}}},
    url_schemes=set(SCHEMES),
    link_rel=None,
)
