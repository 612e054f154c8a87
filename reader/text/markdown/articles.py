"""The dialect of articles."""

from __future__ import annotations

import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from reader.text.characters import plain
from reader.text.letters import bounded
from reader.text.markdown import blocks
from reader.text.markdown.addresses import SCHEMES, leads_outside, readable
from reader.text.markdown.comments import DIRECTED, TAGS

_OWN_LINK = re.compile(r"(claim|source):([a-z0-9]+(?:-[a-z0-9]+)*)")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")


def render_article(body: str) -> str:
    """The HTML of an article's body.

    A claim's words stand in ``<reader-claim data-id="…">``, and a paragraph with such a mark is a
    ``<div class="p" role="paragraph">``, since the card that takes the mark's place on the page holds what a
    ``<p>`` may not.
    """
    return plain(bounded(_CLEANER.clean(_DIALECT.render(body)))).strip()


def may_link(url: str) -> bool:
    """Return True if an article may link to ``url``.

    That is an absolute address, a claim or source, or a place on this page or site.
    """
    return (
        leads_outside(url)
        or _OWN_LINK.fullmatch(url) is not None
        or url.startswith("#")
        or (url.startswith("/") and not url.startswith(("//", "/\\")))
    )


def _article_parts(state: StateCore) -> None:
    """Turn links to claims and sources into what they mean; leave the first level to the page's title."""
    for token in state.tokens:
        if token.tag == "h1":
            token.tag = "h2"
    for before, token, after in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if token.type == "inline" and _resolve(token.children or []) and before.type == "paragraph_open":
            before.tag = after.tag = "div"
            before.attrs |= {"class": "p", "role": "paragraph"}


def _resolve(children: list[Token]) -> bool:
    """Resolve the links of one block, and return True if a claim is among them."""
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


def _dialect() -> MarkdownIt:
    dialect = MarkdownIt("commonmark", {"html": False})
    dialect.disable(["html_block", "html_inline", "image"])
    blocks.set_up(dialect)
    dialect.core.ruler.push("article_parts", _article_parts)
    dialect.validateLink = may_link  # type: ignore[method-assign]
    dialect.normalizeLinkText = readable  # type: ignore[method-assign, assignment]
    return dialect


_DIALECT = _dialect()
_CLEANER = nh3.Cleaner(
    tags=set(TAGS) | {"div", "hr", "reader-claim", *_HEADINGS},
    attributes={"a": {"href", "title"}, "ol": {"start"}, "li": {"value"}, "reader-claim": {"data-id"}},
    tag_attribute_values={
        **DIRECTED,
        **{heading: {"dir": {"auto"}} for heading in _HEADINGS},
        "div": {"dir": {"auto"}, "class": {"p"}, "role": {"paragraph"}},
    },
    url_schemes=set(SCHEMES),
    link_rel=None,
)
