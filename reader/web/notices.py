"""Confirmations of what was done: on the page that a form leads to, and in the answer to scripts."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask import Flask, Response, g, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from reader.config import current
from reader.web import cookies
from reader.web.answers import wants_json


class Done(StrEnum):
    """Every act that a page sends, in the words that say it was done."""

    REGISTERED = "Welcome. You are registered and logged in."
    NEW_PASSWORD = "Your password is changed, and every other session has ended."  # noqa: S105
    SESSION_ENDED = "That session has ended."
    OTHER_SESSIONS_ENDED = "All your other sessions have ended."
    SHORTCUTS_ON = "The keyboard shortcuts are on."
    SHORTCUTS_OFF = "The keyboard shortcuts are off."
    WARNING_CONFIRMED = "Thank you. You can write again."
    MUTED = "Muted. What they write is folded away for you, and they are not told."
    UNMUTED = "Unmuted. You see what they write again."
    NOTIFICATIONS_READ = "Your notifications are marked as read."
    FOLLOWED = "You will be told of what is new here."
    UNFOLLOWED = "You will not be told of what is new here any more."

    POSTED = "Your comment is posted."
    HELD = "Your comment waits for a moderator. Until it is approved, only you see it."
    EDITED = "Your comment is changed."
    EDIT_HELD = "Your comment is changed. A moderator reads it before others see it."
    DELETED = "Your comment is deleted."
    RECOMMENDED = "You recommend this comment."
    NOT_RECOMMENDED = "You do not recommend this comment any more."
    REPORTED = "Thank you. Your report is filed; your account shows what becomes of it."
    APPEALED = "Your appeal is sent. You are told what becomes of it."

    APPROVED = "The comment is kept."
    REMOVED = "The comment is removed."
    RESTORED = "The comment is restored."
    PINNED = "The comment is pinned."
    UNPINNED = "The comment is not pinned any more."
    DECIDED = "Your decision is made and stands in the public log."
    UNDONE = "The decision is undone."
    APPEAL_ANSWERED = "The appeal is answered."
    MEASURE_TAKEN = "The measure is taken."
    MEASURE_ENDED = "The measure has ended."
    CLEARED = "Some more of the comments are removed."
    DISCUSSION_CHANGED = "The discussion is changed."
    WORDS_SAVED = "The list is saved."
    FACT_REPORT_SEEN = "The reader is told that you look into it."
    FACT_REPORT_ANSWERED = "Your answer is sent to the reader."
    VERDICT_SET = "The verdict is set."
    CLAIM_REVISED = "The claim is changed, and its history says so."


def init_app(app: Flask) -> None:
    """Let pages say what was done, once."""
    app.jinja_env.globals["notice"] = notice
    app.after_request(_forget)


def done(act: Done, to: str, *, status: int = 200, **content: Any) -> Response | AnyResponse:
    """Answer an act: a script is told of it in words, a person by a notice on the page that they go on to."""
    if wants_json():
        response = jsonify(**content, told=act.value)
        response.status_code = status
        return response
    return with_notice(redirect(to, 303), act)


def with_notice(response: AnyResponse, act: Done) -> AnyResponse:
    """Have the next page say that the act is done."""
    cookies.set_done(response, act.name.lower(), current())
    return response


def notice() -> str | None:
    """Return what the page has to say about the act before it, if anything. Only for pages that are not cached."""
    name = request.cookies.get(cookies.done_cookie(current()), "").upper()
    if name not in Done.__members__:
        return None
    g.has_notice = True
    return Done[name].value


def _forget(response: Response) -> Response:
    if g.get("has_notice"):
        cookies.drop_done(response, current())
    return response
