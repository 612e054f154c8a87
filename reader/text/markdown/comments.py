"""The dialect of comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reader.text.characters import plain
from reader.text.letters import bounded
from reader.text.markdown import blocks
from reader.text.markdown.addresses import SCHEMES, bare_link, leads_outside, shown
from reader.text.markdown.mentions import mention

TAGS = frozenset({"p", "br", "em", "strong", "a", "blockquote", "ul", "ol", "li", "code", "pre"})
DIRECTED = {
    **{tag: {"dir": {"auto"}, "class": {"wide"}} for tag in ("ul", "ol")},
    **{tag: {"dir": {"auto"}} for tag in ("p", "blockquote")},
    "pre": {"dir": {"ltr"}},
}
# A row of bullets is a drawn line; a year, or an agent's number, is no list's number.
_NO_LIST = re.compile(r"[-+*][ \t]+[-+*](?=\s|$)|0\d|\d{4}")


@dataclass(frozen=True)
class Link:
    """Replacement for an address: another address, on this site, and the words for it."""

    path: str
    words: str


class CommentText:
    """A comment's text, taken apart: what it names can be looked up before it is rendered."""

    def __init__(self, text: str) -> None:
        self._tokens = _DIALECT.parse(text)

    @property
    def names(self) -> list[str]:
        """Names after an ``@``, each once, in order; not those in quotes, code or links."""
        return list(dict.fromkeys(token.content[1:] for _, token in self._mentions()))

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
            elif not url.startswith("mailto:"):
                words.content = shown(url)
                direction = {} if words.content.isascii() else {"dir": "ltr"}
                link.attrs = {"href": url, **direction, "title": url}
        if people:
            for block, token in self._mentions():
                person = people.get(token.content[1:])
                if person is not None:
                    _link(block.children or [], token, person)
        html = _DIALECT.renderer.render(self._tokens, _DIALECT.options, {})
        return plain(bounded(_CLEANER.clean(html))).strip()

    def _mentions(self) -> Iterator[tuple[Token, Token]]:
        """The names in the blocks of text that are the author's own, each with its block."""
        quoted = 0
        for block in self._tokens:
            quoted += (block.type == "blockquote_open") - (block.type == "blockquote_close")
            if block.type == "inline" and not quoted:
                for token in tuple(block.children or ()):
                    if token.type == "mention":
                        yield block, token

    def _bare(self) -> Iterator[tuple[Token, Token]]:
        """The links that are written out, each with its words, which :meth:`html` changes."""
        for token in self._tokens:
            for link, words in pairwise(token.children or []):
                if link.type == "link_open" and link.info == "auto":
                    yield link, words


def render_comment(text: str) -> str:
    """The HTML of a comment that names nobody. Its links are marked as a stranger's (``nofollow ugc``)."""
    return CommentText(text).html({}, {})


def _link(children: list[Token], name: Token, person: Link) -> None:
    """Put a link to the person in the place of the name."""
    place = next(number for number, token in enumerate(children) if token is name)
    children[place : place + 1] = [
        Token("link_open", "a", 1, attrs={"href": person.path, "class": "mention"}),
        Token("text", "", 0, content=f"@{person.words}"),
        Token("link_close", "a", -1),
    ]


def _render_name(renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    return tokens[index].content  # letters, digits, marks and what stands between them: nothing to escape


def _dialect() -> MarkdownIt:
    dialect = MarkdownIt("commonmark", {"html": False, "breaks": True})
    dialect.disable(["heading", "lheading", "hr", "html_block", "html_inline", "image"])
    blocks.set_up(dialect, no_list=_NO_LIST)
    dialect.disable("reference")
    # Behind all others, which take their own signs: these two are asked at few places then.
    dialect.inline.ruler.push("bare_link", bare_link)
    dialect.inline.ruler.push("mention", mention)
    dialect.add_render_rule("mention", _render_name)
    dialect.validateLink = leads_outside  # type: ignore[method-assign]
    return dialect


_DIALECT = _dialect()
_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes={"a": {"href", "title"}, "ol": {"start"}, "li": {"value"}},
    tag_attribute_values={"a": {"class": {"mention"}, "dir": {"ltr"}}, **DIRECTED},
    url_schemes=set(SCHEMES),
    link_rel="nofollow ugc noopener",
)
