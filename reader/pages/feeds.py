"""Addresses for feed readers: what is new, as Atom and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, Response, request

from reader import config, eventlog
from reader.articles import queries as articles
from reader.articles.models import Article
from reader.comments import queries as comments
from reader.comments.comment_view import CommentView
from reader.errors import Missing
from reader.eventlog import streams
from reader.factchecks import lists, marks
from reader.factchecks import queries as factchecks
from reader.factchecks.models import Correction, VerdictChange
from reader.pages.syndication import Feed, FeedEntry, atom, json_feed
from reader.text.languages import isolated
from reader.web import page_cache, security

ENTRIES = 50
FROM_RETRACTED = "The article that this claim comes from has been retracted."
SECONDS = 10.0
ATOM = "application/atom+xml; charset=utf-8"
JSON = "application/feed+json"

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/feed.xml")
def articles_atom() -> Response:
    """The latest articles."""
    heads = _verdicts()
    return answer(atom(_articles("/feed.xml")), ATOM, heads)


@blueprint.get("/feed.json")
def articles_json() -> Response:
    """The latest articles, as JSON Feed."""
    heads = _verdicts()
    feed = json.dumps(json_feed(_articles("/feed.json")), ensure_ascii=False)
    return answer(feed.encode(), JSON, heads)


@blueprint.get("/articles/<slug>/feed.xml")
def comments_atom(slug: str) -> Response:
    """The latest comments on an article: those that can be read, as they read now."""
    found = articles.signpost(slug)
    article = articles.published_by_slug(slug)
    if found is None or article is None:
        raise Missing("There is no article at this address, so it has no feed.")
    entries = [_comment(article, comment) for comment in comments.recent(article.id, limit=ENTRIES)]
    feed = _feed(
        f"Comments on “{article.headline}”", f"{article.path}/feed.xml", f"{article.path}#comments", entries
    )
    return answer(atom(feed), ATOM, {article.stream: found.head})


@blueprint.get("/fact-checks/feed.xml")
def verdicts_atom() -> Response:
    """The latest verdicts: first ones, and changes."""
    heads = _verdicts()
    entries = [_verdict(change) for change in factchecks.recent_changes(ENTRIES)]
    return answer(atom(_feed("Verdicts", "/fact-checks/feed.xml", "/fact-checks", entries)), ATOM, heads)


@blueprint.get("/corrections/feed.xml")
def corrections_atom() -> Response:
    """The latest corrections."""
    heads = _verdicts()
    entries = [_correction(entry) for entry in lists.corrections(limit=ENTRIES).corrections]
    return answer(atom(_feed("Corrections", "/corrections/feed.xml", "/corrections", entries)), ATOM, heads)


def answer(body: bytes, kind: str, heads: Mapping[str, int] | None = None) -> Response:
    """A public answer for a program, kept for a moment, and no longer than until one of the streams goes on."""
    page_cache.keep(heads, seconds=SECONDS)
    return Response(body, content_type=kind, headers={"Cache-Control": security.PUBLIC})


def _verdicts() -> Mapping[str, int]:
    """The number of ``verdicts``, to be read before what it numbers: it tells when these feeds are out of date."""
    return {streams.VERDICTS: eventlog.head(streams.VERDICTS)}


def base() -> str:
    """The site's own address, as set, or else as asked for; without a slash at its end."""
    return (config.current().base_url or request.url_root).rstrip("/")


def _feed(title: str, path: str, page: str, entries: list[FeedEntry]) -> Feed:
    site_name = config.current().site_name
    return Feed(base(), site_name, f"{title} · {site_name}" if title else site_name, path, page, entries)


def _articles(path: str) -> Feed:
    return _feed("", path, "/", [_article(article) for article in articles.latest(limit=ENTRIES).articles])


def _article(article: Article) -> FeedEntry:
    return FeedEntry(
        path=article.path,
        title=article.headline,
        updated=article.latest_at,
        published=article.dated,
        modified=article.modified_at,
        summary=article.standfirst,
        html=marks.place(article.html, ()),
        authors=[author.name for author in article.authors],
        topics=[topic.name for topic in article.topics],
        lang=article.lang,
        # An article that moves is not a new one.
        lasting=f"/articles/{article.key}",
    )


def _comment(article: Article, comment: CommentView) -> FeedEntry:
    return FeedEntry(
        path=comment.path,
        title=f"{isolated(comment.name)} on “{isolated(article.headline)}”",
        updated=comment.edited_at or comment.created_at,
        published=comment.created_at,
        html=comment.html,
        authors=[comment.name],
        answers=f"/comments/{comment.parent_id}" if comment.parent_id else None,
    )


def _verdict(change: VerdictChange) -> FeedEntry:
    origin = [FROM_RETRACTED] if change.claim.is_from_retracted else []
    was = f" (was: {change.previous.label})" if change.previous not in (None, change.ruling) else ""
    return FeedEntry(
        path=f"{change.claim.path}#version-{change.version}",
        title=f"{change.ruling.label}{was}: {isolated(change.claim.headline)}",
        updated=change.listed_at,
        published=change.at,
        text=" ".join([change.why or change.ruling.meaning, *origin]),
        authors=[change.actor] if change.actor else (),
        lang=change.claim.lang,
    )


def _correction(entry: Correction) -> FeedEntry:
    return FeedEntry(
        path=f"{entry.article.path}#{entry.element}",
        title=f"{entry.label}: {isolated(entry.article.headline)}",
        updated=entry.at or entry.article.stored_at,
        published=entry.at,
        text=entry.text,
        lang=entry.article.lang,
    )
