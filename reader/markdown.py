"""Markdown to HTML, done once, when a text is written; what comes out is safe to show as it is.

Two dialects. A comment has emphasis, links, quotes, lists and code; bare addresses become links that say where they
lead, and ``@name`` one to the page of whom it names. An article is CommonMark with headings from the second level
down, and two kinds of links of its own: ``[words](claim:id)`` marks the words as a checked claim,
``[words](source:id)`` leads to a source in the article's list. Neither takes raw HTML or pictures. Whatever the parser
makes is cleaned again on its way out, so a mistake in one of the two is no hole.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

SCHEMES = frozenset({"http", "https", "mailto"})
# Quotes and lists inside each other: more than anybody can read, and a bound on what a hostile text may cost.
DEEPEST = 12
_QUOTE_TAG = re.compile(r"(</?blockquote\b[^>]*>)")
# An address that is longer is shown cut off.
LONGEST_WORDS = 48

_OWN_LINK = re.compile(r"(claim|source):([a-z0-9]+(?:-[a-z0-9]+)*)")
_BARE_START = re.compile(r"(?:^|[^a-z0-9])(https?)$", re.IGNORECASE)
_BARE_REST = re.compile(r"://[^\s<>\"`\\|^{}]{1,2000}")
# A name begins and ends with a letter or a digit; what looks like an address for mail has none.
_NAME = re.compile(r"(?<![\w@/.+-])@([^\W_](?:[\w.-]*[^\W_])?)")
# What comes out of the cleaner has double quotes around all attributes.
_TAG = re.compile(r'<(?:[^">]|"[^"]*")*>')
_BLOCKS = frozenset({"p", "div", "li", "blockquote", "pre", "h2", "h3", "h4", "h5", "h6", "br", "hr"})
_TEXT_TAGS = {"p", "br", "em", "strong", "a", "blockquote", "ul", "ol", "li", "code", "pre"}


@dataclass(frozen=True)
class Link:
    """What an address is shown as: another address, on this site, and the words for it."""

    path: str
    words: str


class CommentText:
    """A comment's text, taken apart: what it names can be looked up before it is rendered."""

    def __init__(self, text: str) -> None:
        self._tokens = _COMMENT.parse(text)

    @property
    def names(self) -> list[str]:
        """What stands after an ``@``, each once, in order; not in quotes, code or links."""
        texts = [token.content for token in self._words() if "@" in token.content]
        return list(dict.fromkeys(found[1] for text in texts for found in _NAME.finditer(text)))

    @property
    def addresses(self) -> list[str]:
        """The addresses that are written out, each once."""
        return list(dict.fromkeys(str(link.attrs["href"]) for link, _ in self._bare()))

    def html(self, people: Mapping[str, Link], pages: Mapping[str, Link]) -> str:
        """The HTML, with links for those of the ``names`` and ``addresses`` that are known."""
        for link, words in self._bare():
            url = str(link.attrs["href"])
            page = pages.get(url)
            if page is not None:
                link.attrs, words.content = {"href": page.path}, page.words
            elif urlsplit(url).hostname:
                link.attrs, words.content = {"href": url, "title": url}, _shortened(url)
        if people:
            for token in self._blocks():
                token.children = list(_with_mentions(token.children or [], people))
        made = _COMMENT.renderer.render(self._tokens, _COMMENT.options, {})
        return _COMMENT_CLEANER.clean(made).strip()

    def _blocks(self) -> Iterator[Token]:
        """The blocks of text that are the author's own."""
        quoted = 0
        for token in self._tokens:
            quoted += (token.type == "blockquote_open") - (token.type == "blockquote_close")
            if token.type == "inline" and not quoted:
                yield token

    def _words(self) -> Iterator[Token]:
        for block in self._blocks():
            yield from (token for token, inside in _in_links(block.children or []) if not inside)

    def _bare(self) -> Iterator[tuple[Token, Token]]:
        """The links that are written out, each with its words, which :meth:`html` changes."""
        for token in self._tokens:
            children = token.children or []
            for link, words in pairwise(children):
                if link.type == "link_open" and link.info == "auto":
                    yield link, words


def render_comment(text: str) -> str:
    """The HTML of a comment that names nobody. Its links are marked as a stranger's (``nofollow ugc``)."""
    return CommentText(text).html({}, {})


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


def own_words(html: str) -> str:
    """Return the words of a comment's HTML without what it quotes, one line a block."""
    pieces, depth = [], 0
    for piece in _QUOTE_TAG.split(html):
        if _QUOTE_TAG.fullmatch(piece):
            depth += -1 if piece.startswith("</") else 1
        elif depth == 0:
            pieces.append(piece)
    return plain_text("\n".join(pieces))


def has_words(html: str) -> bool:
    """Whether HTML made here has anything in it that can be seen."""
    return any(unicodedata.category(letter)[0] not in "ZC" for letter in unescape(_TAG.sub("", html)))


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
    """An address written out, such as https://example.org/page, becomes a link, at its colon."""
    if state.src[state.pos] != ":":
        return False
    start = _BARE_START.search(state.pending[-6:])
    rest = _BARE_REST.match(state.src, state.pos, state.posMax)
    if silent or state.linkLevel > 0 or start is None or rest is None:
        return False
    scheme, words = start[1], _without_trailing_marks(rest[0])
    url = state.md.normalizeLink(scheme + words)
    if not state.md.validateLink(url):
        return False
    state.pending = state.pending[: -len(scheme)]
    link = state.push("link_open", "a", 1)
    link.attrs, link.info = {"href": url}, "auto"
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


def _shortened(url: str) -> str:
    """The name of the site that an address leads to, and as much of the rest as helps to know it again."""
    parts = urlsplit(url)
    place = (parts.hostname or "").removeprefix("www.")
    rest = parts._replace(scheme="", netloc="").geturl().removeprefix("/")
    words = f"{place}/{rest}".rstrip("/")
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1]}…"


def _in_links(children: Iterable[Token]) -> Iterator[tuple[Token, bool]]:
    """The text of a block, piece by piece, and whether it is a link's."""
    inside = False
    for token in children:
        if token.type in ("link_open", "link_close"):
            inside = token.type == "link_open"
        if token.type == "text":
            yield token, inside


def _with_mentions(children: Sequence[Token], people: Mapping[str, Link]) -> Iterator[Token]:
    free = {id(token) for token, inside in _in_links(children) if not inside}
    for token in children:
        if id(token) in free:
            yield from _mentioning(token, people)
        else:
            yield token


def _mentioning(token: Token, people: Mapping[str, Link]) -> Iterator[Token]:
    """The text with each known name as a link to its page."""
    end = 0
    for found in _NAME.finditer(token.content):
        person = people.get(found[1])
        if person is not None:
            yield _text(token.content[end : found.start()])
            yield Token("link_open", "a", 1, attrs={"href": person.path, "class": "mention"})
            yield _text(f"@{person.words}")
            yield Token("link_close", "a", -1)
            end = found.end()
    yield _text(token.content[end:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


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
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    tag_attribute_values={"a": {"class": {"mention"}}},
    url_schemes=set(SCHEMES),
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
