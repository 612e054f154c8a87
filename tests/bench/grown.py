"""A whole site of a given size, made quickly: every table filled by bulk inserts, on either engine.

Some things are much larger than others, as on a real site: half of all comments stand in one thread, one person wrote
a twentieth of them, one publisher is cited by every fifth article, one claim by many. Nothing is analysed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

import psycopg
from sqlalchemy import Column, Table

from reader.accounts.actions import MAX_MUTED
from reader.accounts.models import token_hash
from reader.clock import now
from reader.comments.models import SHOWN
from reader.comments.screening.rules import Rule
from reader.db.base import db
from reader.factchecks.verdicts import Verdict
from reader.moderation.models import Reason
from reader.policy import Role

CHUNK = 10_000
YEAR_MINUTES = 365 * 24 * 60
# The people that are known by name. Everybody else only fills the tables.
WRITER, MODERATOR, EDITOR, ADMIN, BANNED = 1, 2, 3, 4, 5
ROLES = {MODERATOR: Role.MODERATOR, EDITOR: Role.EDITOR, ADMIN: Role.ADMIN}
VERDICTS = [verdict.value for verdict in Verdict]
REASONS = [reason.value for reason in Reason]
WORDS = "The ferry left the harbour at nine and came back with fewer people than it had taken along. "
CLAIMS_EACH, SOURCES_EACH = 4, 2
# The measure that the first writer was warned by.
WARNING = 5
# In the large thread every top-level comment has one reply, but for one whose branch grows with the site.
HOT_ARTICLE = 1

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Size:
    """Size of a site. What is not named here follows from it."""

    articles: int
    claims: int
    comments: int
    people: int
    decisions: int
    reports: int

    @classmethod
    def of(cls, articles: int) -> Size:
        """A site of so many articles, and of all else in the proportion that the issue names."""
        return cls(articles, 4 * articles, 10 * articles, articles, articles, articles // 5)

    @property
    def topics(self) -> int:
        """Few are about much, and many about little."""
        return 10 + self.articles // 500

    @property
    def authors(self) -> int:
        """The first of them wrote half of all articles."""
        return 5 + self.articles // 100

    @property
    def publishers(self) -> int:
        """As many as in the collection of files that the issue describes."""
        return 10 + self.articles * 3 // 8

    @property
    def hot(self) -> int:
        """Comments in the largest thread."""
        return self.comments // 2

    @property
    def branch(self) -> int:
        """Replies below the oldest comment of the largest thread."""
        return self.hot // 50

    @property
    def widely_cited(self) -> int:
        """Articles that cite the first claim."""
        return max(5, self.articles // 100)

    @property
    def measures(self) -> int:
        """Number of measures against people."""
        return self.decisions // 5


@dataclass(frozen=True)
class Site:
    """Size and time span of a grown site, from which the walk of its addresses starts."""

    size: Size
    began: datetime

    def at(self, index: int, of: int) -> datetime:
        """Return when row ``index`` of ``of`` was created: they are spread evenly over four years up to now."""
        return self.began + timedelta(minutes=4 * YEAR_MINUTES) * (index / (of + 1))


def token(person_id: int) -> str:
    """The token of the log-in cookie of somebody here."""
    return f"token-of-{person_id}"


def fill(size: Size) -> Site:
    """Fill the empty database of the present application."""
    site = Site(size, now() - timedelta(minutes=4 * YEAR_MINUTES))
    with db.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        write = _copy if isinstance(raw, psycopg.Connection) else _insert
        if not isinstance(raw, psycopg.Connection):
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("PRAGMA cache_size = -500000")
            raw.execute("BEGIN")
        else:
            raw.execute("SET session_replication_role = replica")
            raw.execute("SET timezone = 'UTC'")
        for name, rows in _tables(site):
            write(raw, db.metadata.tables[name], rows)
        if isinstance(raw, psycopg.Connection):
            _number_on(raw)
        raw.commit()
        connection.invalidate()
    return site


def _insert(raw: Any, table: Table, rows: Iterable[Row]) -> None:
    columns, values = _columns_and_values(table, rows)
    marks = ", ".join("?" * len(columns))
    raw.executemany(f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})", values)


def _copy(raw: Any, table: Table, rows: Iterable[Row]) -> None:
    columns, values = _columns_and_values(table, rows)
    with raw.cursor().copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def _columns_and_values(table: Table, rows: Iterable[Row]) -> tuple[list[str], Iterator[list[Any]]]:
    """The rows as the driver takes them, with the defaults of columns that they leave out."""
    rows = iter(rows)
    first = next(rows)
    unknown = set(first) - set(table.columns.keys())
    if unknown:
        raise ValueError(f"{table.name} has no columns {unknown}")
    fixed = {column.name: _default(column) for column in table.columns if column.name not in first}
    fixed = {name: value for name, value in fixed.items() if value is not None}
    names, tail = [*first, *fixed], [*fixed.values()]
    return names, ([*map(_plain, row.values()), *tail] for row in chain([first], rows))


def _default(column: Column[Any]) -> Any:
    default = column.default
    if default is None:
        return None
    return _plain(default.arg if default.is_scalar else now())  # type: ignore[attr-defined]


def _plain(value: Any) -> Any:
    """Times as SQLite keeps them, which PostgreSQL reads as well."""
    return value.isoformat(" ", "microseconds")[:26] if isinstance(value, datetime) else value


def _number_on(raw: psycopg.Connection[Any]) -> None:
    """Let the next rows have the next ids."""
    for table in db.metadata.sorted_tables:
        if "id" in table.columns:
            raw.execute(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                f" (SELECT coalesce(max(id), 0) + 1 FROM {table.name}), false)".encode()
            )


def _tables(site: Site) -> Iterator[tuple[str, Iterable[Row]]]:
    size = site.size
    yield "users", _users(site)
    yield "login_sessions", _sessions(site)
    yield (
        "mutes",
        (
            {"person_id": WRITER, "muted_id": each}
            for each in _some_people(size, min(size.people // 100, MAX_MUTED))
        ),
    )
    yield "authors", ({"id": n, "slug": f"author-{n}", "name": f"Author {n}"} for n in _upto(size.authors))
    yield "topics", ({"id": n, "slug": f"topic-{n}"} for n in _upto(size.topics))
    yield (
        "publishers",
        (
            {
                "id": n,
                "slug": f"publisher-{n}",
                "name": f"{WORDS[n % 26 + 4 : n % 26 + 6].strip() or 'A'} Press {n}",
            }
            for n in _upto(size.publishers)
        ),
    )
    yield "articles", _articles(site)
    yield (
        "article_revisions",
        (
            {"article_id": n, "number": 1, "document": WORDS, "stored_at": site.at(n, size.articles)}
            for n in _upto(size.articles)
        ),
    )
    yield (
        "bylines",
        (
            {"article_id": n, "author_id": 1 if n % 2 else n // 2 % size.authors + 1, "position": 0}
            for n in _upto(size.articles)
        ),
    )
    yield "taggings", _taggings(size)
    yield "sources", _sources(size)
    yield "claims", _claims(site)
    yield (
        "supports",
        (
            {"claim_id": n, "source_id": (_home(n) - 1) * SOURCES_EACH + 1 + n % SOURCES_EACH, "position": 0}
            for n in _upto(size.claims)
        ),
    )
    yield "citations", _citations(size)
    yield "verdict_changes", _verdict_changes(site)
    yield "corrections", _corrections(site)
    yield "comments", _comments(site)
    yield "threads", _threads(size)
    yield (
        "comment_revisions",
        ({"comment_id": n, "number": 1, "body": WORDS} for n in _upto(size.comments) if _is_edited(n)),
    )
    yield (
        "recommendations",
        ({"comment_id": n, "user_id": n % size.people + 1} for n in range(5, size.comments, 5)),
    )
    yield (
        "findings",
        (
            {
                "comment_id": n,
                "revision": 1,
                "rule": Rule.SUSPECT_WORDS.value,
                "outcome": "report",
                "words": "ferry",
                "waits": n % 1600 == 7,
            }
            for n in range(7, size.comments, 200)
        ),
    )
    yield "mentions", ({"comment_id": n, "user_id": WRITER} for n in range(9, size.comments, 50))
    yield "measures", _measures(site)
    yield "decisions", _decisions(site)
    yield "reports", _reports(site)
    yield "appeals", _appeals(site)
    yield "fact_reports", _fact_reports(site)
    yield "notifications", _notifications(site)
    yield (
        "follows",
        ({"person_id": n, "stream": f"article:{n % size.articles + 1}"} for n in _upto(size.people)),
    )
    yield (
        "visits",
        (
            {
                "person_id": n,
                "article_id": HOT_ARTICLE,
                "seen_id": size.comments // 2,
                "latest_id": size.comments // 2,
            }
            for n in _upto(size.people)
        ),
    )
    yield (
        "listed_words",
        (
            {"name": name, "words": "\n".join(f"word{n}" for n in _upto(200)), "version": 1}
            for name in ("banned", "suspect")
        ),
    )
    yield "streams", _streams(size)
    yield "events", _events(site)


def _upto(count: int) -> range:
    return range(1, count + 1)


def _some_people(size: Size, count: int) -> Iterator[int]:
    return iter(range(BANNED + 1, min(BANNED + 1 + count, size.people)))


def _users(site: Site) -> Iterator[Row]:
    for n in _upto(site.size.people):
        yield {
            "id": n,
            "username": f"Person{n}",
            "username_key": f"person{n}",
            "email": f"person{n}@example.org",
            "email_key": f"person{n}@example.org",
            "password_hash": "!",
            "role": ROLES.get(n, Role.READER).value,
            "created_at": site.at(n, site.size.people),
        }


def _sessions(site: Site) -> Iterator[Row]:
    for n in _upto(site.size.people // 2):
        yield {
            "user_id": n,
            "token_hash": token_hash(token(n)),
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
            "expires_at": now() + timedelta(days=3650),
        }


def _articles(site: Site) -> Iterator[Row]:
    for n in _upto(site.size.articles):
        at = site.at(n, site.size.articles)
        status = "published"
        if n > 10 and n % 50 == 0:
            status = ("draft", "scheduled", "retracted", "scheduled")[n // 50 % 4]
        is_undated = n % 40 == 7
        slugs = [f"claim-{(n - 1) * CLAIMS_EACH + each}" for each in _upto(CLAIMS_EACH)]
        marked = "".join(
            f'<p>{WORDS * 2}<reader-claim data-id="{slug}">{WORDS}</reader-claim></p>' for slug in slugs
        )
        yield {
            "id": n,
            "key": f"article-{n}",
            "slug": f"article-{n}",
            "title": f"What became of the ferry {n}, and of those who waited for it",
            "standfirst": WORDS * 2,
            "body": WORDS * 12,
            "html": marked,
            "words": 600,
            "status": status,
            "was_public": status in ("published", "retracted"),
            "published_at": None if is_undated or status == "scheduled" else at,
            "publish_at": (at if n % 100 else now() + timedelta(days=30)) if status == "scheduled" else None,
            "updated_at": at + timedelta(days=2) if n % 5 == 0 else None,
            "stored_at": at,
            "placed_at": now() + timedelta(days=30) if status == "scheduled" and n % 100 == 0 else at,
        }


def _taggings(size: Size) -> Iterator[Row]:
    for n in _upto(size.articles):
        yield {"article_id": n, "topic_id": n % size.topics + 1, "position": 0}
        if n % 3 == 0 and n % size.topics:
            yield {"article_id": n, "topic_id": 1, "position": 1}


def _sources(size: Size) -> Iterator[Row]:
    for n in _upto(size.articles * SOURCES_EACH):
        yield {
            "id": n,
            "article_id": (n - 1) // SOURCES_EACH + 1,
            "position": n % SOURCES_EACH,
            "key": f"source-{n}",
            "publisher_id": 1 if n % 10 == 0 else n % size.publishers + 1,
            "title": f"Minutes of meeting {n} of the harbour board",
            "url": f"https://press.example/minutes/{n}",
            "kind": "primary",
            "quote": WORDS,
        }


def _home(claim: int) -> int:
    """The article that owns a claim."""
    return (claim - 1) // CLAIMS_EACH + 1


def _claims(site: Site) -> Iterator[Row]:
    size = site.size
    for n in _upto(size.claims):
        yield {
            "id": n,
            "slug": f"claim-{n}",
            "article_id": _home(n),
            "text": f"Claim {n}: {WORDS}",
            "short": f"Ferry {n} came back with fewer people",
            "about": "fact",
            "said": "[]",
            "verdict": VERDICTS[n % len(VERDICTS)],
            "why": WORDS,
            "checked_at": site.at(n, size.claims) if n % 3 else None,
            "listed_at": site.at(n, size.claims),
            "checked_by_id": EDITOR if n % 7 == 0 else None,
            "comments": 3,
        }


def _citations(size: Size) -> Iterator[Row]:
    for n in _upto(size.claims):
        yield {"article_id": _home(n), "claim_id": n, "position": n % CLAIMS_EACH}
        if n % 10 == 0 and _home(n) < size.articles:
            yield {"article_id": _home(n) + 1, "claim_id": n, "position": CLAIMS_EACH}
    for each in range(2, size.widely_cited + 1):
        yield {"article_id": each, "claim_id": 1, "position": CLAIMS_EACH + 1}


def _verdict_changes(site: Site) -> Iterator[Row]:
    size = site.size
    for n in _upto(size.claims):
        after = VERDICTS[n % len(VERDICTS)]
        at = site.at(n, size.claims)
        yield {
            "claim_id": n,
            "version": 1,
            "before": None,
            "after": after,
            "why": WORDS,
            "at": at,
            "listed_at": at,
            "by_id": None,
        }
    for version in range(2, 2 + size.claims // 2000):
        at = site.at(version, size.claims)
        yield {
            "claim_id": 1,
            "version": version,
            "before": VERDICTS[version % 3],
            "after": VERDICTS[version % 3 + 1],
            "why": WORDS,
            "at": at,
            "listed_at": at,
            "by_id": EDITOR,
        }


def _corrections(site: Site) -> Iterator[Row]:
    size = site.size
    for n in range(1, size.articles, 4):
        yield {
            "article_id": n,
            "position": 0,
            "kind": "correction",
            "text": WORDS,
            "at": site.at(n, size.articles) if n % 3 else None,
            "placed_at": site.at(n, size.articles),
        }


def _comments(site: Site) -> Iterator[Row]:
    size = site.size
    for n in _upto(size.comments):
        hot = n <= size.hot
        article = HOT_ARTICLE if hot else n % size.articles + 1
        top: int | None
        if hot and 2 <= n <= size.branch + 1:
            top, nth, replies = 1, n - 1, 0
        elif n == 1:
            top, nth, replies = None, 0, size.branch
        elif hot:
            top, nth = (n - 1, 1) if n % 2 else (None, 0)
            replies = 0 if top or n == size.hot else 1
        else:
            top, nth, replies = None, 0, 0
        if top is not None and 1 < top <= size.branch + 1:  # it is a reply itself
            top, nth = None, 0
        state = _state(n)
        at = site.at(n, size.comments)
        yield {
            "id": n,
            "article_id": article,
            "author_id": _author(n, size),
            "submission_id": f"submission-{n}",
            "parent_id": top,
            "under_id": top,
            "root_id": top,
            "depth": 1 if top else 0,
            "nth": nth,
            "folded": nth > SHOWN,
            "replies": replies,
            "recommendations": 0 if top else n % 40,
            "claim_id": _claim_of(n, article),
            "verdict": VERDICTS[0] if _claim_of(n, article) else None,
            "state": state,
            "body": f"Comment {n}. {WORDS}",
            "html": f"<p>Comment {n}. {WORDS}</p>",
            "revision": 2 if _is_edited(n) else 1,
            "reviewed": 1 if n % 10 == 0 or state == "removed" else 0,
            "created_at": now() - timedelta(minutes=5) if n == size.comments else at,
            "changed_seq": 0 if state == "held" else n,
        }


def _is_edited(n: int) -> bool:
    return n % 100 in (3, 20)


def _claim_of(n: int, article: int) -> int | None:
    """Most of what is said about a claim is about the first one."""
    return (article - 1) * CLAIMS_EACH + 1 if n % 5 == 1 else None


def _author(n: int, size: Size) -> int:
    if n % 20 == 0 or n >= size.comments - 1:
        return WRITER
    return BANNED if n % 20 == 10 else n % size.people + 1


def _state(n: int) -> str:
    match n % 200:
        case 12 | 40 | 110:  # by the two who wrote most, and somebody else
            return "removed"
        case 60:
            return "held"
        case 34:
            return "deleted"
    return "published"


def _removed(size: Size) -> Iterator[int]:
    """The comments that are removed, without end: each is decided about again and again."""
    while True:
        for start in range(0, size.comments, 200):
            yield from (n for n in (start + 12, start + 40, start + 110) if n <= size.comments)


def _threads(size: Size) -> Iterator[Row]:
    rest = (size.comments - size.hot) // size.articles
    for n in _upto(size.articles):
        count = size.hot + rest if n == HOT_ARTICLE else rest
        yield {"article_id": n, "published": count, "total": count}


def _measures(site: Site) -> Iterator[Row]:
    size = site.size
    for n in _upto(size.measures):
        at = site.at(n, size.measures)
        is_old = n > 1
        yield {
            "id": n,
            "person_id": _measured(n, size),
            "kind": _kind(n),
            "reason": REASONS[n % len(REASONS)],
            "words": WORDS,
            "at": at,
            "until": None,
            "by_id": MODERATOR,
            "ended_at": at + timedelta(days=1) if is_old else None,
        }


def _kind(measure: int) -> str:
    return ("ban", "warning", "note", "suspension")[measure % 4 if measure > 1 else 0]


def _measured(measure: int, size: Size) -> int:
    """Return the person of a measure. Moderators are spared; the first writer was warned once, long ago."""
    if measure == WARNING:
        return WRITER
    return BANNED if measure % 50 == 1 else max(measure % size.people, BANNED + 1)


def _decisions(site: Site) -> Iterator[Row]:
    """Yield removals, approvals, and decisions about people and discussions.

    The moderator made the last one just now.
    """
    size = site.size
    removed = _removed(size)
    for n in _upto(size.decisions):
        row: dict[str, Any] = {
            "id": n,
            "at": now() if n == size.decisions else site.at(n, size.decisions),
            "actor_id": None if n % 7 == 0 else MODERATOR,
            "actor_role": "rule" if n % 7 == 0 else "moderator",
            "action": "approve",
            "reason": None,
            "note": WORDS if n % 3 == 0 else None,
            "article_id": None,
            "comment_id": None,
            "revision": 1,
            "person_id": None,
            "subject_id": None,
            "measure_id": None,
            "before": None,
        }
        measure = n // 5
        if n % 5 == 0 and 1 <= measure <= size.measures:
            row |= {"action": _kind(measure), "reason": REASONS[n % len(REASONS)], "measure_id": measure}
            row |= {"person_id": _measured(measure, size), "subject_id": _measured(measure, size)}
            row |= {"actor_id": MODERATOR, "actor_role": "moderator", "revision": None}
        elif n % 25 == 1:
            row |= {
                "action": "slow",
                "article_id": HOT_ARTICLE if n % 2 else n % size.articles + 1,
                "revision": None,
            }
        elif n % 2:
            comment = next(removed)
            row |= {"action": "remove", "reason": REASONS[n % len(REASONS)], "before": "published"}
            row |= {"comment_id": comment, "article_id": _article_of(comment, size)}
        else:
            comment = n * 10 % size.comments + 1
            row |= {"comment_id": comment, "article_id": _article_of(comment, size)}
        if row["comment_id"]:
            row["subject_id"] = _author(row["comment_id"], size)
        yield row


def _article_of(comment: int, size: Size) -> int:
    return HOT_ARTICLE if comment <= size.hot else comment % size.articles + 1


def _reports(site: Site) -> Iterator[Row]:
    """Open ones, four on some comments, and twice as many that were decided."""
    size = site.size
    for n in _upto(size.reports):
        comment = (n - n % 4 if n % 16 < 4 else n) * 37 % size.comments + 1
        yield _report(site, n, comment, n % size.people + 1) | {"trusted": n % 3 > 0}
    for n in range(size.reports + 1, 3 * size.reports + 1):
        at = site.at(n, 3 * size.reports)
        yield _report(site, n, n * 41 % size.comments + 1, WRITER if n % 20 == 0 else n % size.people + 1) | {
            "trusted": True,
            "outcome": "upheld" if n % 2 else "kept",
            "decision_id": n % size.decisions + 1,
            "decided_at": at + timedelta(hours=n % 30 + 1),
        }


def _report(site: Site, n: int, comment: int, reporter: int) -> dict[str, Any]:
    return {
        "id": n,
        "at": site.at(n, 3 * site.size.reports),
        "comment_id": comment,
        "revision": 1,
        "reporter_id": reporter,
        "reason": REASONS[n % len(REASONS)],
        "note": WORDS if n % 2 else None,
        "trusted": True,
        "outcome": None,
        "decision_id": None,
        "decided_at": None,
    }


def _appeals(site: Site) -> Iterator[Row]:
    size = site.size
    for index, n in enumerate(range(5, size.decisions, 20)):
        is_open = index % 2 == 0
        yield {
            "decision_id": n,
            "author_id": _measured(n // 5, size),
            "at": site.at(n, size.decisions),
            "text": WORDS,
            "outcome": None if is_open else "upheld",
            "answer": None if is_open else WORDS,
            "decided_at": None if is_open else site.at(n, size.decisions),
            "decided_by_id": None if is_open else MODERATOR,
        }


def _fact_reports(site: Site) -> Iterator[Row]:
    size = site.size
    for n in _upto(size.reports // 2):
        comment = n * 43 % size.comments + 1
        is_open = n % 2 == 0
        yield {
            "reporter_id": WRITER if n % 20 == 0 else n % size.people + 1,
            "comment_id": comment,
            "revision": 1,
            "article_id": _article_of(comment, size),
            "note": WORDS,
            "answer": None if is_open else WORDS,
            "answered_at": None if is_open else site.at(n, size.reports),
            "answered_by_id": None if is_open else EDITOR,
        }


def _notifications(site: Site) -> Iterator[Row]:
    size = site.size
    for n in _upto(size.comments // 2):
        article = _article_of(n, size)
        yield {
            "person_id": WRITER if n % 20 == 0 else n % size.people + 1,
            "subject": "reply" if n % 2 else "comment",
            "stream": f"article:{article}",
            "seq": n,
            "event": "comment-posted",
            "actor_id": n % size.people + 1,
            "article_id": article,
            "comment_id": n,
            "at": site.at(n, size.comments),
            "read_at": None if n % 3 else now(),
        }


def _streams(size: Size) -> Iterator[Row]:
    rest = size.comments - size.hot
    yield {"name": "moderation", "head": size.decisions}
    yield {"name": "verdicts", "head": size.claims}
    yield {"name": f"person:{WRITER}", "head": size.comments // 20}
    for n in _upto(size.articles):
        yield {"name": f"article:{n}", "head": size.hot if n == HOT_ARTICLE else rest // size.articles}
    for n in _upto(size.claims):
        yield {"name": f"claim:{n}", "head": 1}


def _events(site: Site) -> Iterator[Row]:
    size = site.size

    def event(stream: str, seq: int, kind: str, target: str, share: float) -> Row:
        at = site.began + timedelta(minutes=4 * YEAR_MINUTES) * min(share, 1)
        return {"stream": stream, "seq": seq, "kind": kind, "target": target, "actor_id": None, "at": at}

    for n in _upto(size.hot):
        yield event(f"article:{HOT_ARTICLE}", n, "comment-posted", f"comment-{n}", n / size.comments)
    rest = range(size.hot + 1, size.comments + 1)
    for article in range(2, size.articles + 1):
        here = islice((n for n in rest[(article - 1 - rest[0]) % size.articles :: size.articles]), len(rest))
        for seq, n in enumerate(here, 1):
            yield event(f"article:{article}", seq, "comment-posted", f"comment-{n}", n / size.comments)
    for n in _upto(size.claims):
        yield event(f"claim:{n}", 1, "verdict-changed", f"claim-claim-{n}", n / size.claims)
    for n in _upto(size.decisions):
        yield event(
            "moderation", n, "case-decided", f"comment-{n * 37 % size.comments + 1}", n / size.decisions
        )
    for n in _upto(size.comments // 20):
        yield event(f"person:{WRITER}", n, "bell-changed", "bell", n / size.comments)
