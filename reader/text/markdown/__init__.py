"""Markdown to HTML, done once, when a text is written; what comes out is safe to show as it is.

Two dialects. A comment has emphasis, links, quotes, lists and code; bare addresses become links that say where they
lead, and ``@name`` one to the page of whom it names. An article is CommonMark with headings from the second level
down, and two kinds of links of its own: ``[words](claim:id)`` marks the words as a checked claim,
``[words](source:id)`` leads to a source in the article's list. Neither takes raw HTML or pictures. Whatever the parser
makes is cleaned again on its way out, so a mistake in one of the two is no hole.

No word that somebody wrote is lost: what a dialect doesn't have, or has only to a certain depth, is shown as it was
typed. The outermost blocks carry ``dir="auto"``, so that a browser sets each in the direction of its first letter.
"""

from reader.text.markdown.addresses import SCHEMES
from reader.text.markdown.articles import may_link, render_article
from reader.text.markdown.comments import CommentText, Link, render_comment
from reader.text.markdown.plain_words import length_of, own_words, plain_text, run_together

__all__ = [
    "SCHEMES",
    "CommentText",
    "Link",
    "length_of",
    "may_link",
    "own_words",
    "plain_text",
    "render_article",
    "render_comment",
    "run_together",
]
