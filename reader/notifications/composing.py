"""Compose mails: plain text and HTML, with a link that unsubscribes at one click (RFC 8058)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import urlsplit

from flask import render_template

from reader import config
from reader.accounts import decision_links
from reader.accounts.models import User
from reader.accounts.queries import in_force
from reader.background import mail
from reader.clock import now
from reader.config import Settings
from reader.notifications import unsubscribing
from reader.notifications.sentences import Item
from reader.text.english import plural
from reader.text.languages import isolated

MAX_SUBJECT_LENGTH = 120


def message(person: User, items: Sequence[Item], *, mail_id: int) -> EmailMessage:
    """Return the mail that notifies ``person`` of ``items``."""
    settings = config.current()
    site, unsubscribe = mail.address_of_site(settings), unsubscribing.link_for(person.id)
    host = urlsplit(site).hostname or "localhost"
    reachable = [_without_login(item, person) for item in items] if in_force(person.id).ban else items
    about = {"person": person, "items": reachable, "site": site, "unsubscribe": unsubscribe}
    letter = EmailMessage(policy=mail.POLICY)
    letter["From"] = mail.sender(settings)
    # As an object, not as text: whatever a name or an address contains, it stays one recipient.
    letter["To"] = Address(display_name=person.username, addr_spec=person.email)
    letter["Subject"] = subject(items, settings)
    letter["Date"] = now()
    letter["Message-ID"] = f"<notifications-{mail_id}@{host}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"  # Exchange's word for the same
    letter["List-Id"] = f"<notifications.{host}>"
    letter["List-Unsubscribe"] = f"<{unsubscribe}>"
    letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(render_template("notifications/mail.txt", **about))
    letter.add_alternative(render_template("notifications/mail.html", **about), subtype="html")
    return letter


def _without_login(item: Item, person: User) -> Item:
    """Link an item about a decision by a signed key, because a banned person cannot log in."""
    if item.decision_id is None:
        return item
    return replace(item, path=f"{decision_links.decisions_of(person.id)}/{item.decision_id}")


def subject(items: Sequence[Item], settings: Settings) -> str:
    """Return the subject line: the only notification, or the number of them."""
    if len(items) > 1:
        return mail.one_line(f"{plural(len(items), 'notification')} from {settings.site_name}")
    (only,) = items
    line = mail.one_line(f"{only.says}: {isolated(only.about)}")
    return line if len(line) <= MAX_SUBJECT_LENGTH else f"{line[: MAX_SUBJECT_LENGTH - 1]}…"
