"""Requests about notifications: parse, act, respond. Also the bell and follow state that every page shows."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from reader.accounts.access import person
from reader.accounts.queries import user_by_id
from reader.accounts.sessions import viewer
from reader.articles import queries as articles
from reader.db.keyset import id_from
from reader.errors import Missing
from reader.factchecks import queries as factchecks
from reader.notifications import actions, queries, unsubscribing
from reader.notifications.forms import MailForm, ReadForm
from reader.web.answers import form_again
from reader.web.notices import Done, done
from reader.web.origins import csrf

NOTIFICATIONS = "/account/notifications"
MAIL = "/account/mail"
NO_LINK = (
    "This link is not one of ours, or was cut short on its way. Copy the whole of it from the mail,"
    " or log in and choose there what is mailed to you."
)

blueprint = Blueprint("notifications", __name__)


def bell() -> queries.Bell | None:
    """Return the bell of the viewer; None if nobody is logged in."""
    found = viewer()
    return queries.bell(found.id) if found else None


def is_following(stream: str) -> bool:
    """Return True if the viewer is logged in and follows the stream."""
    found = viewer()
    return found is not None and queries.is_following(found, stream)


blueprint.add_app_template_global(bell, "bell_of_viewer")
blueprint.add_app_template_global(is_following, "viewer_follows")


@blueprint.get(NOTIFICATIONS)
def index() -> str:
    """List one's notifications."""
    after = id_from(request.args.get("after"))
    page = queries.page(person(), after=after)
    return render_template("notifications/index.html", page=page, is_first=after is None)


@blueprint.post(f"{NOTIFICATIONS}/read")
def read() -> Response:
    """Mark what was seen as read."""
    form = ReadForm()
    if form.validate():
        actions.read(person(), through=form.through.data or 0, only=form.only.data)
    return done(Done.NOTIFICATIONS_READ, NOTIFICATIONS, unread=queries.bell(person().id).unread)


@blueprint.get(MAIL)
def mail_form() -> str:
    """Show the viewer's delivery frequency for each subject."""
    form = MailForm(formdata=None)
    form.show(queries.choices(person().id))
    return render_template("notifications/mail_choices.html", form=form, saved="saved" in request.args)


@blueprint.post(MAIL)
def choose_mail() -> Response:
    """Save the viewer's delivery frequency for each subject."""
    form = MailForm()
    if not form.validate():
        return form_again("notifications/mail_choices.html", form, saved=False)
    actions.choose(person(), form.chosen)
    return redirect(f"{MAIL}?saved=1", 303)


@blueprint.post("/articles/<slug>/follow")
def follow_article(slug: str) -> Response:
    """Follow or unfollow an article's new comments."""
    article = articles.published_by_slug(slug)
    if article is None:
        raise Missing("There is no such article any more.")
    return _followed(article.stream, f"{article.path}#comments")


@blueprint.post("/fact-checks/<slug>/follow")
def follow_claim(slug: str) -> Response:
    """Follow or unfollow a claim's new verdicts."""
    claim = factchecks.claim_by_slug(slug)
    if claim is None or not factchecks.is_public(claim.id):
        raise Missing("There is no such claim any more.")
    return _followed(claim.stream, claim.path)


def _followed(stream: str, path: str) -> Response:
    if request.form.get("follow") == "off":
        actions.unfollow(person(), stream)
        return done(Done.UNFOLLOWED, path, following=False)
    actions.follow(person(), stream)
    return done(Done.FOLLOWED, path, following=True)


@blueprint.get("/unsubscribe/<token>")
def unsubscribe_form(token: str) -> Response:
    """Ask for confirmation before unsubscribing: programs that scan mail follow its links."""
    _subscriber(token)
    return _unsubscribe(token, done=False)


@blueprint.post("/unsubscribe/<token>")
def unsubscribe(token: str) -> Response:
    """End all mail to the person whom the link was made for."""
    actions.stop_mail(_subscriber(token))
    return _unsubscribe(token, done=True)


# Mail programs post there, without a form of ours; the signed address is the token.
csrf.exempt(unsubscribe)


def _unsubscribe(token: str, *, done: bool) -> Response:
    page = make_response(render_template("notifications/unsubscribe.html", token=token, done=done))
    page.headers["Cache-Control"] = "private, no-store"
    return page


def _subscriber(token: str) -> int:
    person_id = unsubscribing.person_of(token)
    if person_id is None or user_by_id(person_id) is None:
        raise Missing(NO_LINK)
    return person_id
