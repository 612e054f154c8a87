"""Requests of moderators about discussions: parse, act, respond."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from reader.accounts.access import person
from reader.articles import queries as articles
from reader.articles.models import Article
from reader.clock import now
from reader.comments import queries as comments
from reader.errors import Missing, Refused
from reader.moderation.threads import actions
from reader.moderation.threads.forms import ThreadForm
from reader.web.answers import form_again, wants_json
from reader.web.notices import Done, done

PAGE = "moderation/threads/thread.html"

blueprint = Blueprint("moderated_threads", __name__)


@blueprint.get("/moderation/articles/<slug>")
def show(slug: str) -> str:
    """Show a discussion with its settings."""
    article = _article(slug)
    thread = comments.thread_of(article.id)
    form = ThreadForm(
        formdata=None,
        closed=thread.is_closed,
        slow_seconds=thread.slowness,
        premoderated=thread.is_read_first,
        until=thread.ends_at,
        closes_at=None if thread.is_closed else thread.closes_at,
        why=thread.why,
    )
    return render_template(PAGE, form=form, **_page(article))


@blueprint.post("/moderation/articles/<slug>")
def change(slug: str) -> ResponseReturnValue:
    """Change the settings of a discussion."""
    article, form = _article(slug), ThreadForm()
    if not form.validate():
        return form_again(PAGE, form, None, **_page(article))
    try:
        actions.set_thread(article, form.wish, by=person())
    except Refused as refused:
        if wants_json():
            raise
        return form_again(PAGE, form, refused, **_page(article))
    return done(Done.DISCUSSION_CHANGED, f"{article.path}#comments", url=article.path)


def _page(article: Article) -> dict[str, object]:
    at = comments.thread_of(article.id).closes_by_rule_at
    return {"article": article, "by_rule": at if at is not None and at > now() else None}


def _article(slug: str) -> Article:
    found = articles.published_by_slug(slug)
    if found is None:
        raise Missing("There is no such article.")
    return found
