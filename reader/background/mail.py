"""Delivery of mail: to a server, or, as long as none is set, each into a file of the instance's outbox."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path
from urllib.parse import unquote, urlsplit

from reader import config
from reader.config import Settings
from reader.instance import permissions
from reader.text.languages import ISOLATES

TIMEOUT_SECONDS = 20.0
OUTBOX = "outbox"
# Shorter lines would have a long address in a header encoded as if it were words.
LINE = 900
# Seven bits: not every server on the way accepts eight.
POLICY = SMTP.clone(max_line_length=LINE, cte_type="7bit")
_ADDRESS = re.compile(r"[^\s<>(){}'\":,;]+@[^\s<>(){}'\":,;]+")
PORTS = {"smtp": 587, "smtps": 465}

Send = Callable[[EmailMessage], None]


class MailFault(Exception):
    """A mail, or any mail, can't be handed over at the moment; the message says why."""


@contextmanager
def connection(settings: Settings | None = None) -> Iterator[Send]:
    """Hand over some mails by one connection. Raises :class:`MailFault`, as does the function that it gives."""
    settings = settings or config.current()
    if settings.mail_url is None:
        yield _outbox(settings)
        return
    try:
        with _server(settings.mail_url) as server:
            yield _by(server)
    except (OSError, smtplib.SMTPException) as error:
        raise MailFault(_words(error)) from error


def address_of_site(settings: Settings) -> str:
    """Return the base URL of links in mails."""
    return (settings.base_url or f"http://{settings.bind}").rstrip("/")


def sender(settings: Settings) -> str:
    """The address that mails are sent from."""
    if settings.mail_from is not None:
        return settings.mail_from
    host = urlsplit(settings.base_url or "").hostname or "localhost"
    return str(Address(display_name=one_line(settings.site_name), username="no-reply", domain=host))


def one_line(text: str) -> str:
    """Return the text on one line, as a header needs it, without invisible signs.

    The marks around words in another direction stay.
    """
    kept = (sign if sign.isprintable() or sign in ISOLATES else " " for sign in text)
    return " ".join("".join(kept).split())


def _outbox(settings: Settings) -> Send:
    folder = settings.instance / OUTBOX

    def send(message: EmailMessage) -> None:
        # The name is the message's own: a mail that is written twice is one file.
        name = "".join(sign for sign in str(message["Message-ID"]) if sign.isalnum() or sign in "-.@")
        place = folder / f"{name}.eml"
        unfinished = place.with_suffix(".part")
        try:
            permissions.make_folder(folder)
            permissions.make_file(unfinished)
            unfinished.write_bytes(message.as_bytes(policy=SMTPUTF8.clone(max_line_length=LINE)))
            unfinished.replace(place)
        except OSError as error:
            raise MailFault(_words(error)) from error

    return send


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or PORTS[parts.scheme]
    context = ssl.create_default_context()
    opened = (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        if parts.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    )
    with opened as server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def _by(server: smtplib.SMTP) -> Send:
    def send(message: EmailMessage) -> None:
        try:
            server.send_message(message)
        except (OSError, ValueError, smtplib.SMTPException) as error:
            raise MailFault(_words(error)) from error

    return send


def _words(fault: Exception) -> str:
    """Describe a fault in one line for the log, without the addresses of the mail."""
    return _ADDRESS.sub("…", one_line(f"{type(fault).__name__}: {fault}"))


def examine(settings: Settings) -> str:
    """Say in a sentence where mail is handed over. Raises :class:`MailFault` if it can't be."""
    if settings.mail_url is None:
        folder = (settings.instance / OUTBOX).absolute()
        place: Path = folder if folder.exists() else folder.parent
        if not os.access(place, os.W_OK | os.X_OK):
            raise MailFault(f"{folder} can't be written to")
        return f"no server is set: each mail becomes a file in {folder}"
    with connection(settings):
        return f"{urlsplit(settings.mail_url).hostname} takes it"
