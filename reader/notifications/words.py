"""A notification as it is read, in the page and in mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reader.eventlog import Kind
from reader.moderation.models import Decision
from reader.notifications.models import Notification, Subject
from reader.wording import plural

EXCERPT = 280
GONE = "It can’t be read any more."


@dataclass(frozen=True)
class Item:
    """One notification: ``says`` what happened, ``about`` names what to, ``path`` leads there.

    ``text`` is the beginning of what the comment says, as long as everybody may read it; ``note`` is what else
    there is to know.
    """

    id: int
    subject: Subject
    at: datetime
    is_unread: bool
    says: str
    about: str
    path: str
    text: str | None
    note: str | None


def item(notification: Notification, *, text: str | None, reason: Decision | None) -> Item:
    """The notification in words. ``text`` is the comment's, None where it can't be read."""
    subject = Subject(notification.subject)
    is_decision = subject is Subject.DECISION
    speaks = subject in (Subject.REPLY, Subject.MENTION)
    note = GONE if speaks and text is None else None
    if is_decision and notification.event == Kind.COMMENT_REMOVED and reason is not None:
        note = _why(reason)
    return Item(
        id=notification.id,
        subject=subject,
        at=notification.at,
        is_unread=notification.read_at is None,
        says=_says(notification, subject),
        about=_about(notification),
        path=_path(notification, subject),
        text=excerpt(text) if speaks and text is not None else None,
        note=note,
    )


def _says(notification: Notification, subject: Subject) -> str:
    name = notification.actor.username if notification.actor else "Somebody"
    if subject is Subject.REPLY:
        return f"{name} replied to you"
    if subject is Subject.MENTION:
        return f"{name} mentioned you"
    if subject is Subject.VERDICT:
        verdict = notification.claim.ruling.label if notification.claim else ""
        return f"A claim that you follow was decided anew. It is now rated “{verdict}”"
    if subject is Subject.COMMENT:
        return plural(notification.count, "new comment")
    if subject is Subject.REPORT:
        return "Your report was answered"
    done = "removed" if notification.event == Kind.COMMENT_REMOVED else "brought back"
    if done == "brought back" and not notification.stream.startswith("article:"):
        done = "published"  # it had waited for that
    return f"A moderator {done} your comment"


def _about(notification: Notification) -> str:
    if notification.claim is not None:
        return notification.claim.headline
    if notification.subject == Subject.REPORT:
        return "Your reports"
    return notification.article.title if notification.article else ""


def _path(notification: Notification, subject: Subject) -> str:
    if subject is Subject.VERDICT and notification.claim is not None:
        return notification.claim.path
    if subject is Subject.REPORT:
        return "/account/reports"
    if subject is Subject.DECISION:
        return f"/comments/{notification.comment_id}/statement"
    return f"/comments/{notification.comment_id}"


def _why(reason: Decision) -> str:
    return f"Reason: {reason.why}. {reason.note}" if reason.note else f"Reason: {reason.why}."


def excerpt(text: str) -> str:
    """The beginning of a text, on one line, ended at a word."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT:
        return line
    return line[:EXCERPT].rsplit(" ", 1)[0].rstrip(",.;:") + " …"
