"""Wording of notifications, on pages and in mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from reader.moderation.models import APPEALABLE, Action, Decision
from reader.notifications.models import Notification, Subject
from reader.text.dates import day
from reader.text.english import plural
from reader.text.languages import isolated

EXCERPT = 280
GONE = "It can’t be read any more."
ONLY_QUOTED = "It says nothing but a quotation."
# A decision of a kind that has no sentence of its own.
DECIDED = "A moderator decided about your comment"
_DECIDED = {
    Action.APPROVE.value: "A moderator published your comment",
    Action.REMOVE.value: "A moderator removed your comment",
    Action.RESTORE.value: "A moderator brought back your comment",
    Action.HOLD.value: "Your comment is hidden until a moderator has looked at it",
    Action.UPHOLD.value: "Your appeal was turned down",
    Action.OVERTURN.value: "Your appeal was granted, and the decision taken back",
    Action.WARNING.value: "A moderator warned you",
    Action.PREMODERATION.value: "A moderator pre-moderates your comments",
    Action.SUSPENSION.value: "A moderator suspended you",
    Action.BAN.value: "A moderator banned you",
    Action.END_WARNING.value: "A moderator took back the warning",
    Action.END_PREMODERATION.value: "Your comments are no longer pre-moderated",
    Action.END_SUSPENSION.value: "A moderator ended your suspension",
    Action.END_BAN.value: "A moderator ended your ban",
}


@dataclass(frozen=True)
class Item:
    """One notification: ``says`` what happened, ``about`` names its object, ``path`` links to it.

    ``decision_id`` is the moderators' decision that it is about, if any; ``text`` is the beginning of the comment, as
    long as everybody may read it; ``note`` is further information.
    """

    id: int
    subject: Subject
    at: datetime
    is_unread: bool
    says: str
    about: str
    path: str
    decision_id: int | None
    text: str | None
    note: str | None


def item(notification: Notification, *, text: str | None, decision: Decision | None) -> Item:
    """Put a notification into words. ``text`` is the comment's; None if it cannot be read."""
    subject = Subject(notification.subject)
    speaks = subject in (Subject.REPLY, Subject.MENTION)
    note = None
    if speaks and not text:
        note = GONE if text is None else ONLY_QUOTED
    return Item(
        id=notification.id,
        subject=subject,
        at=notification.at,
        is_unread=notification.read_at is None,
        says=_decided(decision) if decision else _says(notification, subject),
        about=_about(notification, decision),
        path=f"/account/decisions/{decision.id}" if decision else _path(notification, subject),
        decision_id=decision.id if decision else None,
        text=excerpt(text) if speaks and text else None,
        note=_why(decision) if decision else note,
    )


def _says(notification: Notification, subject: Subject) -> str:
    name = isolated(notification.actor.username) if notification.actor else "Somebody"
    match subject:
        case Subject.REPLY:
            return f"{name} replied to you"
        case Subject.MENTION:
            return f"{name} mentioned you"
        case Subject.VERDICT:
            verdict = notification.claim.ruling.label if notification.claim else ""
            return f"A claim you follow has a new verdict. It is now rated “{verdict}”"
        case Subject.COMMENT:
            return plural(notification.count, "new comment")
        case Subject.REPORT:
            return "Your report was answered"
        case Subject.DECISION:
            return DECIDED
        case _:
            assert_never(subject)


def _decided(decision: Decision) -> str:
    said = _DECIDED.get(decision.action, DECIDED)
    if decision.until is not None and decision.action in APPEALABLE:
        said += f" until {day(decision.until)}, {decision.until:%H:%M} UTC"
    return said


def _about(notification: Notification, decision: Decision | None) -> str:
    if decision is not None and decision.person_id is not None:
        return "Why, and how to appeal" if decision.action in APPEALABLE else "What was decided"
    if notification.claim is not None:
        return notification.claim.headline
    if notification.subject == Subject.REPORT:
        return "Your reports"
    return notification.article.title if notification.article else ""


def _path(notification: Notification, subject: Subject) -> str:
    if subject is Subject.VERDICT and notification.claim is not None:
        return notification.claim.path
    match subject:
        case Subject.REPORT:
            return "/account/reports"
        case Subject.DECISION:
            return f"/comments/{notification.comment_id}/statement"
        case Subject.REPLY | Subject.MENTION | Subject.VERDICT | Subject.COMMENT:
            return f"/comments/{notification.comment_id}"
        case _:
            assert_never(subject)


def _why(decision: Decision) -> str | None:
    # What is noted with a comment that is kept is for the other moderators.
    note = None if decision.action == Action.APPROVE else decision.note
    said = [f"Reason: {decision.why}." if decision.why else "", note or ""]
    return " ".join(filter(None, said)) or None


def excerpt(text: str) -> str:
    """Return the beginning of a text, on one line, cut at the end of a word."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT:
        return line
    return line[:EXCERPT].rsplit(" ", 1)[0].rstrip(",.;:") + " …"
