"""Requests of this feature: parse, act, respond."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from reader import eventlog
from reader.accounts import rights
from reader.accounts.access import person
from reader.accounts.sessions import viewer
from reader.articles import queries as articles
from reader.articles.models import Article
from reader.articles.queries import Heading
from reader.comments import actions, lists, mine, policy, queries
from reader.comments.comment_view import Alone, CommentView
from reader.comments.drafts import previewed
from reader.comments.forms import CommentForm, RecommendForm
from reader.comments.models import Comment, State
from reader.comments.posting import actions as posting
from reader.comments.posting.actions import Draft
from reader.comments.recommending import actions as recommending
from reader.comments.screening import measures
from reader.comments.screening.rules import MAX_LENGTH
from reader.db.keyset import MAX_ID, id_from
from reader.errors import Invalid, Missing, Refused
from reader.eventlog import streams
from reader.factchecks import queries as factchecks
from reader.policy import whose
from reader.web import page_cache
from reader.web.answers import wants_json
from reader.web.notices import Done, done
from reader.web.rate_limits import this_request

COMMENT = f"/comments/<int(max={MAX_ID}):comment_id>"

blueprint = Blueprint("comments", __name__)
# Limits that pages tell, and scripts read from data attributes.
LIMITS = {"max_comment_length": MAX_LENGTH, "editable_seconds": int(policy.EDITABLE.total_seconds())}
blueprint.record_once(lambda setup: setup.app.jinja_env.globals.update(LIMITS))


@blueprint.get("/articles/<slug>/comments")
def thread(slug: str) -> ResponseReturnValue:
    """Show the results of a search in the thread; without a search, redirect to it, as forms post to this address."""
    article, text = _article(slug), request.args.get("q")
    if text is None:
        return redirect(f"{article.path}#comments")
    head, verdicts_seq = eventlog.head(article.stream), eventlog.head(streams.VERDICTS)
    after, found, fault = id_from(request.args.get("after")), lists.Listing((), None), None
    try:
        found = lists.search(article, lists.words_of(text), after=after)
        page_cache.keep({article.stream: head, streams.VERDICTS: verdicts_seq})
    except Invalid as refused:
        if wants_json():
            raise
        fault = refused
    page = render_template(
        "comments/search.html",
        article=article,
        words=" ".join(text.split()),
        found=found,
        fault=fault.reason if fault else None,
        is_first=after is None,
        mine=mine.of(viewer(), found.ids),
        verdicts_seq=verdicts_seq,
    )
    return page, fault.status if fault else 200


@blueprint.post("/articles/<slug>/comments")
def create(slug: str) -> Response:
    """Post a comment; where that is refused, show the form again with what was written."""
    article, form, author = _article(slug), CommentForm(), person()
    try:
        form.check()
        if form.preview.data:
            return _preview(article, form)
        posted = posting.post_comment(article, by=author, draft=form.draft, origin=this_request())
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        return _write_again(article, form, refused)
    comment = posted.comment
    if not comment.is_placed:
        return told(Done.HELD, comment, status=202)
    return told(Done.POSTED, comment, status=201 if posted.created else 200)


@blueprint.get(COMMENT)
def show(comment_id: int) -> Response:
    """Lead to the comment, on its page of the thread."""
    return _led_to(comment_id)


@blueprint.get(f"{COMMENT}/replies")
def replies(comment_id: int) -> Response:
    """Lead to the comment with its replies opened: the first ones, or those after a number."""
    return _led_to(comment_id, replies_after=id_from(request.args.get("after")) or 0)


@blueprint.get(f"{COMMENT}/reply")
def reply(comment_id: int) -> Response:
    """The form to answer a comment, on a page of its own."""
    found = alone(comment_id)
    if not policy.may_post(person(), found.thread):
        raise Refused(measures.closed(found.thread))
    if not policy.may_reply(person(), found.comment, found.thread):
        raise Refused(posting.GONE_PARENT)
    draft = Draft("", submission_id=str(uuid4()), parent_id=comment_id)
    return _compose(found.article, draft, parent=found.comment)


@blueprint.get(f"{COMMENT}/delete")
def confirm_delete(comment_id: int) -> Response:
    """Ask whether to delete one's own comment."""
    found = alone(comment_id)
    rights.require(
        "delete_comment", person(), whose(person(), found.comment.author_id), refusal=actions.NOT_YOURS
    )
    if not policy.may_delete(person(), found.comment):
        return redirect(found.comment.path)
    return make_response(render_template("comments/delete.html", alone=found))


@blueprint.post(f"{COMMENT}/delete")
def delete(comment_id: int) -> Response:
    """Delete one's own comment."""
    comment = actions.delete_comment(comment_id, by=person())
    return told(Done.DELETED, comment)


@blueprint.post(f"{COMMENT}/recommend")
def recommend(comment_id: int) -> Response:
    """Recommend a comment, or take that back."""
    form = RecommendForm()
    form.check()
    act = recommending.recommend if form.wanted else recommending.take_back
    comment, seq = act(comment_id, by=person(), origin=this_request())
    return done(
        Done.RECOMMENDED if form.wanted else Done.NOT_RECOMMENDED,
        comment.path,
        id=comment.id,
        seq=seq,
        url=comment.path,
        recommended=form.wanted,
        recommendations=comment.recommendations,
    )


def _preview(article: Heading, form: CommentForm) -> Response:
    """Answer with the comment as it would look; on a page, above the form to go on with."""
    html = previewed(form.body.data or "", by=person(), origin=this_request())
    return jsonify(html=html) if wants_json() else _written(article, form, preview=html)


def told(act: Done, comment: Comment, *, status: int = 200) -> Response:
    """Answer somebody who has written or changed a comment.

    ``seq`` is 0 while the comment is held: only its author and moderators see it, and no number of the article's
    stream shows it.
    """
    seq, home = 0 if comment.state == State.HELD else comment.changed_seq, _home(comment)
    return done(act, home, status=status, id=comment.id, seq=seq, url=home, state=comment.state)


def _home(comment: Comment) -> str:
    """Address at which its author finds the comment; if nothing is left of it, that of the discussion."""
    if comment.is_placed or comment.state == State.HELD:
        return comment.path
    return f"{queries.article_of(comment.id).path}#comments"


def _article(slug: str) -> Heading:
    article = articles.heading(slug)
    if article is None:
        raise Missing(posting.NO_ARTICLE)
    return article


def alone(comment_id: int) -> Alone:
    """The comment that an address names; :class:`Missing` where this viewer may not see it."""
    found = queries.alone(comment_id, viewer=viewer())
    if found is None:
        raise Missing(actions.NO_COMMENT)
    return found


def _led_to(comment_id: int, *, replies_after: int | None = None) -> Response:
    place = queries.place_of(comment_id, replies_after=replies_after, viewer=viewer())
    if place is None:
        raise Missing(actions.NO_COMMENT)
    return redirect(place.path)


def _write_again(article: Heading, form: CommentForm, refused: Refused) -> Response:
    """The form with what was written, and beside it why it wasn't posted."""
    form.submission_id.data = (refused.resend or {}).get("submission_id", form.submission_id.data)
    response = _written(article, form, error=refused.reason)
    response.status_code = refused.status
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _written(
    article: Heading, form: CommentForm, *, error: str | None = None, preview: str | None = None
) -> Response:
    """The form as it was filled in."""
    draft = form.draft
    parent = queries.by_ids([draft.parent_id]).get(draft.parent_id) if draft.parent_id else None
    if parent is not None and parent.article_id != article.id:
        parent = None
    return _compose(article, draft, parent=parent, error=error, preview=preview)


def _compose(
    article: Article | Heading,
    draft: Draft,
    *,
    parent: CommentView | None,
    error: str | None = None,
    preview: str | None = None,
) -> Response:
    """The page on which a comment is written, as far as it is. It answers ``parent``, if that can be shown."""
    claim_id = draft.claim_id
    page = render_template(
        "comments/compose.html",
        article=article,
        parent=parent,
        claim=factchecks.public_citation(article.id, claim_id) if claim_id else None,
        draft=draft,
        error=error,
        preview=preview,
    )
    return make_response(page)
