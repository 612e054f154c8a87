"""Targets on this site of a comment's text: people it names, and articles, claims and comments it links to.

They are looked up once, when the text is written, so that it reads the same for everybody and costs nothing to show.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, exists, select

from reader import config
from reader.accounts import queries as accounts
from reader.accounts.models import Mute, User
from reader.articles import queries as articles
from reader.articles.models import Article
from reader.comments import queries
from reader.comments.models import Comment, Mention, State
from reader.db.base import db
from reader.db.keyset import id_from
from reader.factchecks import queries as factchecks
from reader.text import letters
from reader.text.markdown import Link
from reader.web import rate_limits
from reader.web.rate_limits import RequestOrigin

# Bounds on what one text may have looked up.
MAX_NAMES = 50
MAX_PAGES = 10
# How many of those who take part are offered, and among how many of a name's beginning they are looked for.
MAX_OFFERED = 8
MAX_LOOKED_AT = 200


def people(candidates: Iterable[str]) -> dict[str, User]:
    """By what stands after an ``@``, the person it names; who isn't here is left out."""
    keys = {each: letters.key(each) for each in list(candidates)[:MAX_NAMES]}
    found = accounts.users_by_keys(set(keys.values())) if keys else {}
    return {each: found[key] for each, key in keys.items() if key in found}


def mentioned_in(comment_ids: Collection[int]) -> dict[int, list[int]]:
    """By the comment's id, the ids of the people whom it mentions and who are to be told so."""
    found: dict[int, list[int]] = defaultdict(list)
    asked = select(Mention.comment_id, Mention.user_id).where(Mention.comment_id.in_(comment_ids))
    for row in db.session.execute(asked.order_by(Mention.user_id)):
        found[row.comment_id].append(row.user_id)
    return found


def beginning_with(
    part: str, *, article_id: int | None, viewer: User, origin: RequestOrigin | None = None
) -> Sequence[str]:
    """Names that begin with ``part``, for ``viewer`` to choose from: those who take part in the thread first.

    Not the viewer's own, and nobody whom they have muted. TooMany for somebody who asks without end.
    """
    rate_limits.charge("clicks", f"names:{viewer.id}", origin=origin)
    key = letters.key(part)
    if not key:
        return []
    near = (
        select(User.id, User.username, User.username_key)
        .where(
            User.username_key.startswith(key, autoescape=True),
            *_between(key),
            User.id != viewer.id,
            User.id.not_in(select(Mute.muted_id).where(Mute.person_id == viewer.id)),
        )
        .order_by(User.username_key)
        .limit(MAX_LOOKED_AT)
        .subquery()
    )
    takes_part = exists().where(
        Comment.author_id == near.c.id,
        Comment.article_id == article_id,
        Comment.state == State.PUBLISHED.value,
        exists().where(Article.id == Comment.article_id, articles.visible()).correlate(Comment),
    )
    return db.session.scalars(
        select(near.c.username).order_by(takes_part.desc(), near.c.username_key).limit(MAX_OFFERED)
    ).all()


def _between(key: str) -> list[ColumnElement[bool]]:
    """Return the range of the names that begin with ``key``.

    SQLite needs it to use the index; PostgreSQL uses the prefix itself.
    """
    if db.engine.dialect.name == "postgresql":
        return []
    return [User.username_key >= key, User.username_key < key + chr(sys.maxunicode)]


def pages(addresses: Iterable[str]) -> dict[str, Link]:
    """By address, what it is on this site and what that is called; those of other sites are left out."""
    own = [address for address in addresses if urlsplit(address).netloc.lower() in _hosts()][:MAX_PAGES]
    return {address: link for address in own if (link := _page(address)) is not None}


def _hosts() -> set[str]:
    """Hosts of this site, by its own settings: those in a request may be forged."""
    settings = config.current()
    if settings.base_url:
        return {urlsplit(settings.base_url).netloc.lower()}
    port = settings.bind.rpartition(":")[2]
    return {f"{host}:{port}" for host in ("localhost", "127.0.0.1", "[::1]")}


def _page(address: str) -> Link | None:
    parts = urlsplit(address)
    for pattern, title_of in _KINDS:
        if found := pattern.fullmatch(parts.path):
            title = title_of(found[1])
            rest = parts._replace(scheme="", netloc="").geturl()
            return Link(rest, title) if title else None
    return None


def _article(slug: str) -> str | None:
    found = articles.published_by_slug(slug)
    return found.title if found else None


def _claim(slug: str) -> str | None:
    found = factchecks.claim_by_slug(slug) if factchecks.public_id(slug) else None
    return f"Fact check: {found.headline}" if found else None


def _comment(text: str) -> str | None:
    comment_id = id_from(text)
    found = queries.alone(comment_id) if comment_id else None
    if found is None or found.comment.is_tombstone:
        return None
    return f"{found.comment.name} on “{found.article.title}”"


_KINDS: tuple[tuple[re.Pattern[str], Callable[[str], str | None]], ...] = (
    (re.compile(r"/articles/([a-z0-9-]+)"), _article),
    (re.compile(r"/fact-checks/([a-z0-9-]+)"), _claim),
    (re.compile(r"/comments/([0-9]+)"), _comment),
)
