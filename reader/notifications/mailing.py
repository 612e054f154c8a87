"""Turn due notifications into mails: collected once, sent once, retried after a failure.

A mail is a row before it is sent, and claims its notifications, so each is in one mail at most. Its content is read at
the time of sending. It is sent again only if the server did not confirm it; should a process be killed at just that
moment, the second mail has the Message-ID of the first, by which mailboxes recognize a duplicate.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update

from reader.accounts import queries as accounts
from reader.background import mail
from reader.clock import now
from reader.db.base import db
from reader.db.transactions import transaction
from reader.notifications import composing, queries
from reader.notifications.models import Mail, Notification

log = structlog.get_logger(__name__)

PEOPLE = 50
# Pauses after each failure; a server that has not accepted a mail within a day will not.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 960))


def send_all() -> int:
    """Collect and send the mails that are due; return the number sent."""
    collect()
    return send_due()


def collect() -> None:
    """Create a mail for each person with notifications that are due and still unread."""
    for person_id in queries.due_people(now(), limit=PEOPLE):
        with transaction() as session:
            due = update(Notification).where(
                Notification.person_id == person_id, Notification.mail_at <= now()
            )
            session.execute(due.where(Notification.read_at.is_not(None)).values(mail_at=None))
            letter = Mail(person_id=person_id, created_at=now(), due_at=now())
            session.add(letter)
            session.flush()
            # If another process was first, nothing is left, and the mail will be empty and not sent.
            session.execute(due.values(mail_at=None, mail_id=letter.id))


def send_due() -> int:
    """Send the mails that are due; return the number sent."""
    count = 0
    for mail_id in db.session.scalars(
        select(Mail.id).where(Mail.due_at <= now()).order_by(Mail.due_at).limit(PEOPLE)
    ).all():
        count += _send(mail_id)
    return count


def _send(mail_id: int) -> bool:
    letter = _claimed(mail_id)
    person = accounts.user_by_id(letter.person_id) if letter else None
    if letter is None or person is None:
        return False
    items = queries.in_mail(mail_id)
    if not items:
        _note(mail_id, due_at=None)
        return False
    try:
        with mail.connection() as send:
            send(composing.message(person, items, mail_id=mail_id))
    except (mail.MailFault, ValueError) as error:
        # Not accepted, or it contains something that no header may have, which must not get into the log.
        says = str(error) if isinstance(error, mail.MailFault) else type(error).__name__
        log.warning("mail-not-sent", mail=mail_id, attempt=letter.attempts, fault=says)
        _note(mail_id, fault=says[:200])
        return False
    _note(mail_id, due_at=None, sent_at=now(), fault=None)
    return True


def _claimed(mail_id: int) -> Mail | None:
    """Claim a mail: count the attempt and postpone the next; None if another process has it."""
    with transaction() as session:
        letter = session.scalar(select(Mail).where(Mail.id == mail_id).with_for_update())
        if letter is None or letter.due_at is None or letter.due_at > now():
            return None
        letter.due_at = _next_try(letter.attempts)
        letter.attempts += 1
    return letter


def _next_try(attempts: int) -> datetime | None:
    return now() + PAUSES[attempts] if attempts < len(PAUSES) else None


def _note(mail_id: int, **values: object) -> None:
    with transaction() as session:
        session.execute(update(Mail).where(Mail.id == mail_id).values(**values))
