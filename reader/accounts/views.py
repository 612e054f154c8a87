"""Requests of this feature: parse, act, respond."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from reader.accounts import actions, decision_links, devices, passwords, queries, sessions
from reader.accounts.access import local_path, person
from reader.accounts.forms import LoginForm, PasswordForm, RegisterForm
from reader.accounts.models import User
from reader.accounts.pending_submission import PendingSubmission
from reader.accounts.sessions import viewer
from reader.db.keyset import Cursor
from reader.errors import Missing, Refused
from reader.web.answers import form_again
from reader.web.notices import Done, done, with_notice
from reader.web.rate_limits import this_request

blueprint = Blueprint("accounts", __name__)
blueprint.add_app_template_filter(devices.name, "device")
blueprint.add_app_template_global(passwords.min_length, "min_password_length")
FRONT = "/"
ACCOUNT = "/account/"


@blueprint.before_app_request
def note_use() -> None:
    """Keep the session alive that is in use. A static file says nothing about whether somebody is there."""
    if request.blueprint != "assets":
        sessions.note_use()


@blueprint.get("/register")
def register_form() -> Response | str:
    """Show the form; somebody who is logged in needs none."""
    return _form("accounts/register.html", RegisterForm())


@blueprint.post("/register")
def register() -> Response:
    """Make a person known, log them in and take them back to where they came from."""
    form = RegisterForm()
    if not form.validate():
        return form_again("accounts/register.html", form)
    try:
        newcomer = actions.register(
            form.username.data, form.email.data, form.password.data, origin=this_request()
        )
    except Refused as error:
        return form_again("accounts/register.html", form, error)
    response = redirect(local_path(form.next.data) or FRONT, 303)
    sessions.open_in(response, newcomer, remember=False, replacing=sessions.current())
    return with_notice(response, Done.REGISTERED)


@blueprint.get("/login")
def login_form() -> Response | str:
    """Show the form; somebody who is logged in needs none."""
    return _form("accounts/login.html", LoginForm())


@blueprint.post("/login")
def login() -> Response:
    """Log in, and go back to where one came from."""
    form, kept = LoginForm(), PendingSubmission.carried(request)
    if not form.validate():
        return form_again("accounts/login.html", form, kept=kept)
    try:
        known = actions.authenticate(form.login.data, form.password.data, origin=this_request())
    except Refused as error:
        banned = decision_links.decisions_of(error.person_id) if isinstance(error, actions.Banned) else None
        return form_again("accounts/login.html", form, error, kept=kept, banned=banned)
    way_on = ACCOUNT if known.longer_password_due else local_path(form.next.data) or FRONT
    offered = kept is not None and local_path(kept.address)
    response = make_response() if offered else redirect(way_on, 303)
    sessions.open_in(response, known, remember=form.remember.data, replacing=sessions.current())
    if offered:
        sessions.login_for_request(known)
        response.set_data(render_template("accounts/kept.html", kept=kept, way_on=way_on))
    return response


@blueprint.post("/logout")
def logout() -> Response:
    """End this session; for somebody whose session is over already, just forget it."""
    session = sessions.current()
    if session is not None:
        actions.end_session(session.id, by=person())
    response = redirect(FRONT, 303)
    sessions.close_in(response)
    return response


@blueprint.get("/account/")
def account() -> str:
    """Show where one is logged in, and the form for a new password."""
    return render_template("accounts/account.html", form=PasswordForm(), **_account())


@blueprint.post("/account/password")
def change_password() -> Response:
    """Take a new password: every session ends, and this device gets a new one."""
    form, remember = PasswordForm(), sessions.required().remember
    if not form.validate():
        return form_again("accounts/account.html", form, **_account())
    try:
        actions.change_password(person(), current=form.current.data, new=form.password.data)
    except Refused as error:
        return form_again("accounts/account.html", form, error, **_account())
    response = redirect(ACCOUNT, 303)
    sessions.open_in(response, person(), remember=remember)
    return with_notice(response, Done.NEW_PASSWORD)


@blueprint.post("/account/shortcuts")
def set_shortcuts() -> Response:
    """Switch the keyboard's shortcuts on or off."""
    on = request.form.get("shortcuts") == "on"
    actions.set_shortcuts(person(), on=on)
    return done(Done.SHORTCUTS_ON if on else Done.SHORTCUTS_OFF, ACCOUNT)


@blueprint.post("/account/sessions/<int:session_id>/end")
def end_session(session_id: int) -> Response:
    """End one of one's own sessions; ending this one is logging out."""
    if sessions.required().id == session_id:
        return logout()
    if not actions.end_session(session_id, by=person()):
        raise Missing("You have no such session. It has probably ended already.")
    return done(Done.SESSION_ENDED, ACCOUNT)


@blueprint.post("/account/sessions/end-others")
def end_other_sessions() -> Response:
    """End all of one's own sessions but this one."""
    actions.end_other_sessions(sessions.required(), by=person())
    return done(Done.OTHER_SESSIONS_ENDED, ACCOUNT)


@blueprint.post("/account/warnings/<int:measure_id>")
def acknowledge(measure_id: int) -> Response:
    """Say that one has read a moderator's warning."""
    actions.acknowledge(measure_id, by=person())
    return done(Done.WARNING_CONFIRMED, _way_back())


@blueprint.get("/account/muted.css")
def muted_sheet() -> Response:
    """Folds away what the people say whom one has muted: a stylesheet, so that it needs no script."""
    sheet = render_template("accounts/muted.css", muted=queries.muted_by(person()))
    return Response(sheet, mimetype="text/css")


@blueprint.post("/people/<username>/mute")
def mute(username: str) -> Response:
    """Read nothing by somebody any more."""
    other = _somebody(username)
    actions.mute(other, by=person())
    return done(Done.MUTED, _way_back(), name=other.username, muted=other.id)


@blueprint.post("/people/<username>/unmute")
def unmute(username: str) -> Response:
    """Read somebody again."""
    other = _somebody(username)
    actions.unmute(other, by=person())
    return done(Done.UNMUTED, _way_back(), name=other.username, unmuted=other.id)


def _somebody(username: str) -> User:
    found = queries.user_by_name(username)
    if found is None:
        raise Missing("There is nobody of this name.")
    return found


def _way_back() -> str:
    """Return where the button stood."""
    return local_path(request.form.get("next")) or ACCOUNT


def _form(template: str, form: RegisterForm | LoginForm) -> Response | str:
    way_back = local_path(request.args.get("next"))
    if viewer() is not None:
        return redirect(way_back or FRONT, 303)
    form.next.data = way_back or ""
    return render_template(template, form=form, kept=None)


def _account() -> dict[str, Any]:
    return {
        "person": person(),
        "sessions": queries.sessions_of(person()),
        "here": sessions.required(),
        "muted": queries.muted_people(person(), after=Cursor.parse(request.args.get("muted"))),
    }
