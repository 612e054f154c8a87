"""Every setting once: its name, type, default and reason. Read from the environment, checked at the start."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from flask import current_app

from reader import checks
from reader.checks import SECRET_LENGTH, Check

PACKAGE = Path(__file__).parent
SECRET_FILE = "secret-key"


class BadSetting(Exception):
    """A setting that can't be used. The message names it, says what is wrong and gives an example."""


def _setting(default: Any, reason: str, example: str, *check: Check) -> Any:
    return field(default=default, metadata={"reason": reason, "example": example, "checks": check})


# A name with a password, in an address that we have printed.
_CREDENTIALS = re.compile(r"//[^/@\s]*@")


def variable(name: str) -> str:
    """The environment variable of the setting ``name``."""
    return f"READER_{name.upper()}"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one running Reader. A test compares the table in docs/operating.md with it."""

    instance: Path = _setting(
        Path("instance"), "Folder for everything the site stores on this machine.", "/srv/reader"
    )
    database_url: str | None = _setting(
        None,
        "The database; by default SQLite in the instance folder.",
        "postgresql://reader@localhost/reader",
        checks.database_url,
    )
    replica_url: str | None = _setting(
        None,
        "A copy that PostgreSQL keeps of the database; what visitors read is read from there.",
        "postgresql://reader@replica/reader",
        checks.database_url,
    )
    redis_url: str | None = _setting(
        None,
        "Carries hints and limits between workers; needed for more than one.",
        "redis://localhost:6379/0",
        checks.redis_url,
    )
    secret_key: str | None = _setting(
        None,
        "Signs form tokens; by default made once in the instance folder, mode 0600.",
        "the output of: python3 -c 'import secrets; print(secrets.token_hex(32))'",
        checks.secret,
    )
    bind: str = _setting("127.0.0.1:8000", "Address and port to listen on.", "0.0.0.0:8000", checks.bind)
    workers: int = _setting(
        1, "Processes that serve; more than one needs PostgreSQL and Redis.", "4", checks.at_least(1)
    )
    site_name: str = _setting(
        "Reader", "The site's name, on every page and in the feeds.", "The Daily Check", checks.one_line
    )
    base_url: str | None = _setting(
        None,
        "The public address: canonical links, allowed hosts and socket origins, secure cookies.",
        "https://news.example",
        checks.base_url,
    )
    trusted_proxies: int = _setting(
        0, "How many proxies in front may be believed about the client's address.", "1", checks.at_least(0)
    )
    mail_url: str | None = _setting(
        None,
        "The server that takes our mail; by default each mail becomes a file in the instance's outbox.",
        "smtps://reader:password@mail.example:465",
        checks.mail_url,
    )
    mail_from: str | None = _setting(
        None,
        "Whom our mail comes from; by default no-reply at the site's host.",
        "The Daily Check <no-reply@news.example>",
        checks.mail_from,
    )
    jobs: bool = _setting(
        True, "Whether serve also runs the job queue; off where `reader jobs` runs by itself.", "off"
    )
    limit_comments: str = _setting("6/minute", "Comments one person may post.", "6/minute", checks.limit)
    limit_clicks: str = _setting(
        "60/minute", "Recommendations and previews of one person, each.", "60/minute", checks.limit
    )
    limit_login: str = _setting(
        "10/minute", "Log-in attempts per account and per address.", "10/minute", checks.limit
    )
    limit_register: str = _setting("10/hour", "Registrations per address.", "10/hour", checks.limit)
    reports_to_hold: int = _setting(
        0,
        "Reports by so many trusted readers hide a comment until a moderator has looked; 0 for never.",
        "3",
        checks.at_least(0),
    )
    limit_reports: str = _setting("20/hour", "Reports one person may file.", "20/hour", checks.limit)
    query_seconds: int = _setting(
        5, "Longest that one query of a request may take; then it ends as an error.", "5", checks.at_least(1)
    )
    connections: int = _setting(
        12000, "Connections one worker holds, open pages included.", "12000", checks.at_least(10)
    )
    limit_connections: int = _setting(
        200,
        "Connections that one IPv4 address, or one /64 of IPv6, may hold at each worker.",
        "500",
        checks.at_least(1),
    )
    fast_transport: bool = _setting(
        True, "Keeps live readers in the event loop; off, they take the libraries' own, slower path.", "off"
    )

    close_after: int = _setting(
        0,
        "Days after an article's publication when its discussion closes by itself; 0 for never.",
        "30",
        checks.at_least(0),
    )
    links_after: int = _setting(
        24,
        "Hours after which an account may post links without a moderator; 0 is at once.",
        "24",
        checks.at_least(0),
    )
    hold_first: int = _setting(
        0, "How many first comments of an account wait for a moderator.", "2", checks.at_least(0)
    )
    classifier_url: str | None = _setting(
        None,
        "A spam classifier that speaks Akismet's language. It is sent each text, with its author's name and network"
        " address; the address is stored nowhere.",
        "https://classifier.example/1.1/comment-check",
        checks.web_address,
    )
    classifier_key: str | None = _setting(None, "The key for that classifier.", "0123456789ab")
    classifier_seconds: int = _setting(2, "How long to wait for its answer.", "2", checks.at_least(1))
    classifier_fails: str = _setting(
        "publish", "What to do with a comment when it fails: publish or hold.", "hold", checks.publish_or_hold
    )
    security_contact: str | None = _setting(
        None,
        "Whom to tell of a security hole; the site's security.txt names it.",
        "mailto:security@news.example",
        checks.contact,
    )
    access_log: bool = _setting(
        False, "A line for each request in the log, with addresses cut to /24 and /48.", "on"
    )
    metrics_token: str | None = _setting(
        None,
        "Lets /metrics be read from elsewhere than this machine, as a bearer token.",
        "the output of: python3 -c 'import secrets; print(secrets.token_hex(32))'",
        checks.secret,
    )

    @property
    def secure(self) -> bool:
        """Return True if the site is reached by HTTPS (and cookies must say so)."""
        return self.base_url is not None and self.base_url.startswith("https://")

    @property
    def embedded(self) -> bool:
        """Return True if the database is SQLite, so there can be one process only."""
        return self.database().startswith("sqlite")

    def database(self) -> str:
        """SQLAlchemy's address of the database, with the driver named."""
        if self.database_url is None:
            return f"sqlite:///{self.instance.absolute() / 'reader.sqlite3'}"
        return with_driver(self.database_url)


def with_driver(url: str) -> str:
    """The address of a database, with the driver named."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check all settings.

    Raises :class:`BadSetting` for the first that can't be used.
    """
    types = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for item in fields(Settings):
        name = variable(item.name)
        text = environ.get(name, "").strip()
        if not text:
            continue
        try:
            values[item.name] = _parse(types[item.name], text)
            for check in item.metadata["checks"]:
                check(values[item.name])
        except ValueError as error:
            found = (
                ""
                if checks.secret in item.metadata["checks"]
                else f"; it is {_CREDENTIALS.sub('//…@', repr(text))}"
            )
            raise BadSetting(f"{name}: {error}{found}. Example: {name}={item.metadata['example']}") from error
    return Settings(**values)


def unknown(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return a sentence for each variable that looks like a setting and is none, with the one that may be meant."""
    known = [variable(item.name) for item in fields(Settings)]
    strange = [name for name in sorted(environ) if name.startswith("READER_") and name not in known]
    sentences = []
    for name in strange:
        if name.startswith("READER_TEST_"):
            continue
        near = get_close_matches(name, known, n=1, cutoff=0.8)
        meant = f"did you mean {near[0]}?" if near else "see the table of settings in docs/operating.md."
        sentences.append(f"{name} is no setting and changes nothing: {meant}")
    return sentences


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make another process read these settings."""
    return {
        variable(item.name): _written(value)
        for item in fields(Settings)
        if (value := getattr(settings, item.name)) is not None
    }


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _parse(kind: Any, text: str) -> Any:
    if kind is int:
        if not text.lstrip("-").isdigit():
            raise ValueError("it must be a whole number")
        return int(text)
    if kind is Path:
        return Path(text)
    if kind is bool:
        if text.lower() not in ("on", "off"):
            raise ValueError("it must be on or off")
        return text.lower() == "on"
    return text


def secret_key(settings: Settings) -> str:
    """Return the key that signs form tokens: the setting, or what stands in the instance folder.

    Raises :class:`BadSetting` where that is no key, and FileNotFoundError where there is none.
    """
    if settings.secret_key is not None:
        return settings.secret_key
    path = settings.instance / SECRET_FILE
    key = path.read_text().strip()
    if len(key) < SECRET_LENGTH:
        raise BadSetting(
            f"{path} holds no usable secret; delete the file and a new one is made at the next start."
        )
    return key


def current() -> Settings:
    """The settings of the running application."""
    settings: Settings = current_app.config["READER"]
    return settings


def asset_folder(name: str) -> Path:
    """Folder of ``templates`` or ``static``: inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
