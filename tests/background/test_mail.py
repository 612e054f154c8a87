"""Handing mail over: to a server that speaks SMTP, or into the outbox."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from threading import Thread

import pytest

from reader.background import mail
from reader.background.mail import MailFault
from reader.config import BadSetting, Settings, read


class Session(socketserver.StreamRequestHandler):
    """One connection, as RFC 5321 has it, as far as a client needs."""

    def handle(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.partition(" ")[0].upper()
            server.said.append(line)
            if verb == "DATA":
                self._say("354 go on")
                lines = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text)
                server.taken.append(b"".join(lines))
            if verb == "EHLO":
                self._say("250-here\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                self._say("235 welcome")
            elif verb == "RCPT" and server.refuses:
                self._say("550 nobody here by that name")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it is given."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.said: list[str] = []
        self.taken: list[bytes] = []
        self.refuses = False

    @property
    def url(self) -> str:
        return f"smtp://reader:pass%20word@127.0.0.1:{self.server_address[1]}"


@contextmanager
def running() -> Iterator[Server]:
    with Server() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def a_message() -> EmailMessage:
    message = EmailMessage(policy=mail.POLICY)
    message["From"], message["To"] = "Reader <no-reply@news.example>", "alma@example.org"
    message["Message-ID"] = "<one@news.example>"
    message["Subject"] = "Häfen"
    message.set_content("Nine fathoms.")
    return message


def test_one_connection_logs_in_and_delivers_several_mails(
    sqlite_settings: Settings,
) -> None:
    with running() as server:
        settings = replace(sqlite_settings, mail_url=server.url)
        assert mail.examine(settings) == "127.0.0.1 takes it"
        server.said.clear()
        with mail.connection(settings) as send:
            for _ in range(2):
                send(a_message())
        verbs = [line.partition(" ")[0].upper() for line in server.said]
        assert verbs == ["EHLO", "AUTH", *["MAIL", "RCPT", "DATA"] * 2, "QUIT"]
        assert server.said[3] == "rcpt TO:<alma@example.org>"
        assert server.taken[0] == server.taken[1]
        assert b"Nine fathoms." in server.taken[0]


def test_a_mail_that_the_server_refuses_is_a_fault_and_others_go_on(sqlite_settings: Settings) -> None:
    with running() as server:
        with mail.connection(replace(sqlite_settings, mail_url=server.url)) as send:
            server.refuses = True
            with pytest.raises(MailFault, match="nobody here by that name"):
                send(a_message())
            server.refuses = False
            send(a_message())
        assert len(server.taken) == 1


def test_the_outbox_is_its_owners_and_holds_a_mail_once(sqlite_settings: Settings) -> None:
    with mail.connection(sqlite_settings) as send:
        send(a_message())
        send(a_message())
    outbox = sqlite_settings.instance / mail.OUTBOX
    assert outbox.stat().st_mode & 0o077 == 0
    assert [path.name for path in outbox.iterdir()] == ["one@news.example.eml"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("READER_MAIL_URL", "mail.example"),
        ("READER_MAIL_URL", "http://mail.example"),
        ("READER_MAIL_URL", "smtp://name:secret@mail.example:x"),
        ("READER_MAIL_FROM", "nobody"),
        ("READER_MAIL_FROM", "Reader <a@b.example>\nBcc: c@d.example"),
    ],
)
def test_a_bad_mail_server_or_sender_stops_the_start(name: str, value: str) -> None:
    """The error message does not show the password."""
    with pytest.raises(BadSetting, match=name) as caught:
        read({name: value})
    assert "secret" not in str(caught.value)
