"""``reader doctor``: looks at everything the site stands on, and says what to do about what is wrong."""

from __future__ import annotations

import os
import shlex
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import NamedTuple
from urllib.request import Request, urlopen

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, Text, cast, func, select, text, type_coerce
from sqlalchemy.exc import SQLAlchemyError

from reader import config
from reader.background import mail
from reader.background.mail import MailFault
from reader.clock import now
from reader.config import SECRET_FILE, BadSetting
from reader.db import schema
from reader.db.base import REPLICA, Instant, db
from reader.errors import Missing, Refused
from reader.instance import permissions
from reader.text.english import plural
from reader.web import metrics

# More than this, and times on the page would look wrong.
TOLERATED = timedelta(seconds=5)
REDIS_SECONDS = 3
REPLICA_SECONDS = 5
MAX_NAMED = 10
SITE_SECONDS = 5
# From ``MIN_FORWARDED`` connections on, an untrusted proxy is no accident. One address that holds ``ONE_ADDRESS`` of at
# least ``MIN_LATEST`` connections stands for all clients.
MIN_FORWARDED = 10
MIN_LATEST, ONE_ADDRESS = 50, 0.9


# Its age alone would not tell: nothing new comes from a database where nothing happens.
_STATE = text(
    "SELECT pg_is_in_recovery() AS is_copy,"
    " pg_last_wal_replay_lsn() >= CAST(:needed AS pg_lsn) AS has_come,"
    " clock_timestamp() - pg_last_xact_replay_timestamp() AS age"
)


class CheckResult(NamedTuple):
    """Result of one check: its subject, whether it passed, and a sentence about it.

    One that ``is_doubtful`` has passed, but deserves a second look.
    """

    what: str
    well: bool
    says: str
    is_doubtful: bool = False

    @property
    def mark(self) -> str:
        """Mark of the finding in a list."""
        return "FAULT" if not self.well else "warn " if self.is_doubtful else "ok   "


class CheckFailed(Exception):
    """Something is not as it must be; the message says what to do."""


class Doubt(Exception):
    """Something may be right or not: the message says what to look at."""


def examine(factory: Callable[[], Flask], environ: Mapping[str, str] = os.environ) -> Iterator[CheckResult]:
    """Look at one thing after the other. What a fault makes impossible to look at is left out."""
    strange = config.unknown(environ)
    for sentence in strange:
        yield CheckResult("settings", False, sentence)
    try:
        app = factory()
    except BadSetting as error:
        yield CheckResult("settings", False, str(error))
        return
    except Missing as absent:
        yield CheckResult("instance", False, absent.reason)
        return
    if not strange:
        yield CheckResult("settings", True, "each can be used")
    with app.app_context():
        for look in (
            _instance,
            _secret,
            _database,
            _schema,
            _replica,
            _redis,
            _mail,
            _clock,
            _discussions,
            _clients,
        ):
            what = look.__name__.removeprefix("_")
            try:
                yield CheckResult(what, True, look())
            except Doubt as doubt:
                yield CheckResult(what, True, str(doubt), is_doubtful=True)
            except (CheckFailed, Refused) as error:
                yield CheckResult(what, False, str(error))
            except SQLAlchemyError as error:
                yield CheckResult(
                    what, False, f"the database does not answer: {getattr(error, 'orig', error)}"
                )


def _instance() -> str:
    folder = config.current().instance.absolute()
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise CheckFailed(f"{folder} can't be written to by this user: chown it, or set READER_INSTANCE")
    if exposed := permissions.exposed(config.current()):
        names = " ".join(shlex.quote(str(path)) for path in exposed[:MAX_NAMED])
        more = (
            f", and {len(exposed) - MAX_NAMED} more; a restart mends all" if len(exposed) > MAX_NAMED else ""
        )
        raise CheckFailed(f"others on this machine may read what they should not: chmod go= {names}{more}")
    return f"{folder} can be written to, and is its owner's only"


def _secret() -> str:
    settings = config.current()
    if settings.secret_key is not None:
        return "set by READER_SECRET_KEY"
    path = settings.instance.absolute() / SECRET_FILE
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CheckFailed(f"others may read {path}: chmod 600 {path}")
    return f"{path} is its owner's only"


def _database() -> str:
    version = db.session.scalar(
        select(func.sqlite_version() if config.current().embedded else func.current_setting("server_version"))
    )
    return f"{db.engine.url.render_as_string(hide_password=True)} answers, version {version}"


def _schema() -> str:
    schema.require()
    return f"is the newest, {schema.newest()}"


def _replica() -> str:
    engine = db.engines.get(REPLICA)
    if engine is None:
        return "none is set; visitors read from the database itself"
    needed = db.session.scalars(select(cast(func.pg_current_wal_lsn(), Text))).one()
    try:
        follows = _follows(engine, needed)
        found = schema.present(engine)
    except SQLAlchemyError as error:
        says = getattr(error, "orig", error)
        raise CheckFailed(f"does not answer: {says}; start it, or mend READER_REPLICA_URL") from error
    if found != schema.newest():
        raise CheckFailed(
            f"has schema {found or 'none'}, not {schema.newest()}: it is far behind the database, or no copy of it;"
            " see to its replication, or mend READER_REPLICA_URL"
        )
    return f"{engine.url.render_as_string(hide_password=True)} answers, with the newest schema, {follows}"


def _follows(engine: Engine, needed: str) -> str:
    """Say how long the replica takes to come to ``needed``, where the database is. Raises :class:`CheckFailed`."""
    began = time.monotonic()
    with engine.connect() as connection:
        while True:
            found = connection.execute(_STATE, {"needed": needed}).one()
            if not found.is_copy:
                raise CheckFailed(
                    "follows no database, it takes writes itself: it was promoted, or never was a replica;"
                    " set it up anew, or mend READER_REPLICA_URL"
                )
            waited = time.monotonic() - began
            if found.has_come:
                return f"and had come to where the database was after {waited:.1f} s"
            if waited > REPLICA_SECONDS:
                raise CheckFailed(
                    f"is behind: the last it has is {found.age} old, and it did not come to where the database is"
                    f" within {REPLICA_SECONDS} s. Does the database send (pg_stat_replication), does the replica"
                    " receive (pg_stat_wal_receiver), was it told to pause (SELECT pg_wal_replay_resume())?"
                )
            time.sleep(0.05)


def _redis() -> str:
    url = config.current().redis_url
    if url is None:
        return "none is set; one worker needs none"
    try:
        with Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS) as redis:
            version = redis.info("server")["redis_version"]
    except RedisError as error:
        raise CheckFailed(f"does not answer: {error}; start it, or mend READER_REDIS_URL") from error
    return f"answers, version {version}"


def _mail() -> str:
    try:
        return mail.examine(config.current())
    except MailFault as error:
        raise CheckFailed(f"can't be handed over: {error}; see READER_MAIL_URL") from error


def _discussions() -> str:
    days = config.current().close_after
    if not days:
        return "stay open until somebody closes them"
    return f"close {plural(days, 'day')} after the article was published, unless moderators chose otherwise"


def _clients() -> str:
    """Check that clients are told apart, by the counters of the running site.

    They keep no addresses.
    """
    settings = config.current()
    counted = _counted(settings)
    if counted is None:
        return f"nobody answers at {settings.bind}, so it can't be told whether they are told apart"
    if counted["_forwarded"] >= MIN_FORWARDED and not settings.trusted_proxies:
        raise Doubt(
            f"{counted['_forwarded']:.0f} connections came by a proxy that is not trusted, so all its clients count as"
            " one: they share READER_LIMIT_CONNECTIONS and the limits on log-ins. If the proxy is yours, set"
            " READER_TRUSTED_PROXIES=1 (or as many as stand in a row); if not, somebody makes this up"
        )
    latest, of_one = counted["_latest"], counted["_latest_of_one"]
    if latest >= MIN_LATEST and of_one >= latest * ONE_ADDRESS:
        raise Doubt(
            f"{of_one:.0f} of the latest {latest:.0f} connections came from one address. If that is a proxy or a CDN,"
            " set READER_TRUSTED_PROXIES to the number of proxies in front; if it is one office, raise"
            " READER_LIMIT_CONNECTIONS"
        )
    return f"{counted['']:.0f} connections are open, {counted['_refused']:.0f} were refused since the start"


def _counted(settings: config.Settings) -> dict[str, float] | None:
    """The numbers of the running site about its connections; None where it doesn't answer."""
    host, _, port = settings.bind.rpartition(":")
    if host.strip("[]") in ("0.0.0.0", "::", ""):  # noqa: S104 - whoever listens everywhere listens here
        host = "127.0.0.1" if "." in host else "[::1]"
    headers = {"Host": "localhost"}
    if settings.metrics_token is not None:
        headers["Authorization"] = f"Bearer {settings.metrics_token}"
    asked = Request(f"http://{host}:{port}/metrics", headers=headers)
    try:
        with urlopen(asked, timeout=SITE_SECONDS) as answer:  # noqa: S310
            lines = answer.read().decode().splitlines()
    except (OSError, ValueError):
        return None
    found = dict(line.rsplit(" ", 1) for line in lines if line.startswith("reader_connections"))
    try:
        return {name: float(found[f"reader_connections{name}"]) for name in metrics.CONNECTIONS}
    except (KeyError, ValueError):
        return None


def _clock() -> str:
    here = now()
    if config.current().embedded:
        return f"{here:%Y-%m-%d %H:%M:%S} UTC"
    there = db.session.scalars(select(type_coerce(func.clock_timestamp(), Instant))).one()
    apart = abs(there - here)
    if apart > TOLERATED:
        raise CheckFailed(f"this machine's and the database's clocks differ by {apart}: set both by NTP")
    return f"{here:%Y-%m-%d %H:%M:%S} UTC, as the database's"
