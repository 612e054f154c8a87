"""Cost and answer size of every GET address, in a small site and in a very large one.

The addresses are walked from the URL map: each endpoint has its arguments in ``WALK``, with filters and with the first,
a middle and the last page of every list, and is opened by everybody who may. An endpoint without arguments fails the
benchmark, and a test.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http import HTTPStatus
from itertools import product
from math import inf
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from reader.accounts import decision_links
from reader.app import create_app
from reader.clock import now
from reader.comments import queries as comments
from reader.comments.models import Comment
from reader.comments.windows import Sort
from reader.config import Settings
from reader.db import schema
from reader.db.base import db
from reader.db.keyset import Cursor
from reader.factchecks.verdicts import Verdict
from reader.moderation.forms import FORMS
from reader.moderation.models import Decision
from reader.moderation.queues.lists import Queue
from reader.notifications import unsubscribing
from reader.policy import ROUTES, Role
from reader.web import assets, cookies, page_cache, part_cache
from reader.web.fragments import init_app as empty_fragments
from tests.bench import grown
from tests.bench.grown import ADMIN, BANNED, EDITOR, HOT_ARTICLE, MODERATOR, WARNING, WRITER, Site, Size, fill
from tests.bench.measuring import Bench, Figure, cpu_of
from tests.support.clients import Client
from tests.support.servers import Postgres, a_server

ENGINES = ("sqlite", "postgresql")
# The small site is the smallest, in round numbers, in which nearly all lists fill a page, whatever their filters, and
# in which the bounded searches (5,000 comments, 10,000 claims) reach their bound: both sites then do the same work, and
# the ratio says what the rest of the site costs.
SMALL, LARGE, QUICK_LARGE = Size.of(2_000), Size.of(100_000), Size.of(10_000)
MAX_RATIO = 3.0
MAX_SECONDS = 0.1
MAX_BYTES = 100_000
ROUNDS, QUICK_ROUNDS = 3, 1
# Sites take minutes to make, so they are kept for the next run, those of another schema apart.
CACHE = Path(gettempdir(), "reader-grown")
KEPT = "addresses.md"
SITEMAPS = ("pages.crawling.sitemap", "pages.crawling.sitemap_part", "pages.crawling.news_sitemap")
PEOPLE: Mapping[int | None, Role | None] = {
    None: None,
    WRITER: Role.READER,
    MODERATOR: Role.MODERATOR,
    EDITOR: Role.EDITOR,
    ADMIN: Role.ADMIN,
}
_NAMES = {None: "visitor", WRITER: "reader", MODERATOR: "moderator", EDITOR: "editor", ADMIN: "admin"}
_ORDER = [None, *Role]

Paths = Iterable[str]


@dataclass(frozen=True)
class Walk:
    """A grown site, seen by one person, from which the addresses are made."""

    site: Site
    person: int | None

    @property
    def size(self) -> Size:
        """Size of the site."""
        return self.site.size

    def cursors(self, count: int, *, id_of: Callable[[int], int] = int) -> list[str]:
        """The first, a middle and the last page of a list by time of ``count`` rows."""
        spots = [count // 2, max(count // 50, 2)]
        return ["", *(str(Cursor(self.site.at(n, count), id_of(n))) for n in spots)]

    @staticmethod
    def ids(count: int) -> list[str]:
        """The same for a list by id."""
        return ["", str(count // 2 + 1), str(max(count // 50, 2))]


def _with(path: str, **values: Sequence[object]) -> Iterator[str]:
    """The path with every combination of these values in its query, empty ones left out."""
    for chosen in product(*values.values()):
        query = urlencode([(name, value) for name, value in zip(values, chosen, strict=True) if value != ""])
        yield f"{path}?{query}" if query else path


def _fixed(*paths: str) -> Callable[[Walk], Paths]:
    return lambda _walk: paths


def _lists(path: str) -> Callable[[Walk], Paths]:
    return lambda walk: _with(path, after=walk.cursors(walk.size.articles))


def _comments(walk: Walk) -> list[int]:
    """Comments that can be read: the oldest, one in the middle and a late one; the first has a large branch."""
    return [1, walk.size.hot // 2 // 200 * 200 + 2, walk.size.comments // 200 * 200 - 198]


def _of_comments(rest: str = "") -> Callable[[Walk], Paths]:
    return lambda walk: [f"/comments/{n}{rest}" for n in _comments(walk)]


def _own(walk: Walk, state: str) -> int:
    """The first comment of the person in this state."""
    query = db.select(Comment.id).where(Comment.author_id == walk.person, Comment.state == state)
    found: int = db.session.scalars(query.order_by(Comment.id).limit(1)).one()
    return found


def _ones_own(rest: str, state: str = "published") -> Callable[[Walk], Paths]:
    return lambda walk: [f"/comments/{_own(walk, state)}{rest}"] if walk.person == WRITER else []


def _article(walk: Walk) -> Paths:
    hot, size = f"/articles/article-{HOT_ARTICLE}", walk.size
    for sort in Sort:
        after = [str(n) for n in (size.hot // 2, size.hot - 1 if sort is Sort.OLDEST else size.branch + 2)]
        if sort is Sort.RECOMMENDED:
            after = [f"20-{after[0]}", f"1-{after[1]}"]
        yield from _with(hot, sort=[sort.value], claim=["", "claim-1"], after=["", *after])
    yield from _with(hot, branch=[f"1.{size.branch // 2}"])
    yield from (f"/articles/article-{n}" for n in (2, size.articles // 2 + 1, 100))


def _claim(walk: Walk) -> Paths:
    yield from _with("/fact-checks/claim-1", after=["", walk.size.hot // 2])
    yield f"/fact-checks/claim-{walk.size.claims // 2 + 1}"


def _index(walk: Walk) -> Paths:
    size = walk.size
    rare = f"topic-{size.topics}"
    yield from _with(
        "/fact-checks",
        verdict=["", Verdict.FALSE.value],
        topic=["", "topic-1", rare],
        source=["", "publisher-1", f"publisher-{size.publishers}"],
        after=walk.cursors(size.claims),
    )
    yield from _with("/fact-checks", verdict=[verdict.value for verdict in Verdict])
    yield from _with("/fact-checks", topic=["no-such-topic"], source=["", "no-such-source"])


def _log(walk: Walk) -> Paths:
    yield from _with(
        "/moderation/log",
        action=["", "remove", "close"],
        reason=["", "spam"],
        month=["", f"{walk.site.at(1, 2):%Y-%m}"],
        after=walk.ids(walk.size.decisions),
    )


def _queue(walk: Walk) -> Paths:
    keys_of = {
        Queue.REPORTED: ["", walk.size.reports // 2],
        Queue.HELD: ["", walk.size.comments // 2],
        Queue.UNREVIEWED: ["", -walk.size.comments // 2],
        Queue.APPEALS: ["", walk.size.decisions // 80],
        Queue.REMOVED: ["", -walk.size.decisions // 2],
    }
    for queue in Queue:
        yield from _with(
            queue.path,
            article=["", HOT_ARTICLE, walk.size.articles // 2],
            author=["", f"Person{WRITER}", f"Person{walk.size.people // 2}"],
            reason=["", "spam"],
            after=keys_of[queue],
        )


def _statements(walk: Walk) -> Paths:
    query = (
        db.select(Decision.id)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Comment.author_id == WRITER, Decision.action == "remove")
    )
    ids = db.session.scalars(query.order_by(Decision.id).limit(2)) if walk.person == WRITER else ()
    return [f"/account/decisions/{each}" for each in ids]


def _keyed(walk: Walk) -> str:
    return decision_links.decisions_of(BANNED)


def _appeals(walk: Walk) -> Paths:
    last = len(range(5, walk.size.decisions, 20))
    return [f"/moderation/appeals/{n}" for n in (3, last)]


def _deciding(walk: Walk) -> Paths:
    for action in FORMS:
        state = "removed" if action == "restore" else "published"
        query = db.select(Comment.id).where(Comment.author_id == BANNED, Comment.state == state)
        comment = db.session.scalars(query.order_by(Comment.id).limit(1)).one()
        yield f"/moderation/comments/{comment}/{action}"


def _events(walk: Walk) -> Paths:
    size = walk.size
    streams = {f"article:{HOT_ARTICLE}": size.hot, "claim:1": 1}
    if walk.person == WRITER:
        streams[f"person:{WRITER}"] = size.comments // 20
    if walk.person not in (None, WRITER):
        streams["moderation"] = size.decisions
    for stream, head in streams.items():
        yield from (f"/live/{stream}/events?after={max(head - behind, 0)}" for behind in (0, 30, 150, head))


def _cards(walk: Walk) -> Paths:
    return ["/moderation/cards?" + urlencode([("id", f"comment-{n}") for n in range(1, 26)])]


def _people(path: str) -> Callable[[Walk], Paths]:
    def paths(walk: Walk) -> Paths:
        yield from _with(f"{path}/Person{WRITER}", after=walk.ids(walk.size.comments))
        yield from (f"{path}/Person{n}" for n in (BANNED, walk.size.people // 2))

    return paths


# Every endpoint that takes GET, and the paths at which it is opened.
WALK: Mapping[str, Callable[[Walk], Paths]] = {
    "accounts.account": _fixed("/account/"),
    "accounts.login_form": _fixed("/login"),
    "accounts.muted_sheet": _fixed("/account/muted.css"),
    "accounts.register_form": _fixed("/register"),
    "appeals.answering": _appeals,
    "appeals.keyed_own": lambda walk: _with(_keyed(walk), after=walk.ids(walk.size.decisions)),
    "appeals.keyed_statement": lambda walk: [f"{_keyed(walk)}/5"],
    "appeals.own": lambda walk: _with("/account/decisions", after=walk.ids(walk.size.decisions)),
    "appeals.statement": _statements,
    "appeals.statement_of": lambda walk: [f"/account/measures/{WARNING}"] if walk.person == WRITER else [],
    "appeals.statement_on": _ones_own("/statement", "removed"),
    "assets.serve": lambda _walk: [assets.asset("css/article.css")],
    "claims.claim": _claim,
    "comment_actions.actions": _of_comments("/actions"),
    "comment_actions.revisions": lambda walk: ["/comments/3/revisions"] if walk.person != WRITER else [],
    "comments.confirm_delete": _ones_own("/delete"),
    "comments.replies": lambda walk: _with("/comments/1/replies", after=["", walk.size.branch // 2]),
    "comments.reply": _of_comments("/reply"),
    "comments.show": _of_comments(),
    "comments.thread": lambda walk: _with(
        f"/articles/article-{HOT_ARTICLE}/comments",
        q=["", "ferry", "Comment 77", "nowhere"],
        # The last page is as far from the beginning in both sites: a search goes that far, and no further.
        after=["", walk.size.hot // 2 + 1, SMALL.hot // 50],
    ),
    "desk.reports": lambda walk: _with(
        "/desk/reports", answered=["", "yes"], after=walk.ids(walk.size.reports // 2)
    ),
    "editing.edit_form": lambda walk: (
        [f"/comments/{walk.size.comments}/edit"] if walk.person == WRITER else []
    ),
    "editing.names": lambda walk: _with(
        "/comments/names", q=["p", "person1", "zz"], article=["", HOT_ARTICLE]
    ),
    "factchecks.corrections": _lists("/corrections"),
    "claims.deciding": _fixed("/fact-checks/claim-1/verdict"),
    "factchecks.index": _index,
    "claims.revising": _fixed("/fact-checks/claim-1/text"),
    "factchecks.publisher": lambda walk: _with(
        "/sources/publisher-1", after=walk.ids(2 * walk.size.articles)
    ),
    "factchecks.publishers": _fixed("/sources"),
    "health.livez": _fixed("/livez"),
    "health.readyz": _fixed("/readyz"),
    "health.show_metrics": _fixed("/metrics"),
    "listed_words.lists": _fixed("/moderation/words"),
    "listed_words.show": _fixed("/moderation/words/banned", "/moderation/words/suspect"),
    "live.events": _events,
    "moderated_people.show": _people("/moderation/people"),
    "moderated_threads.show": lambda walk: [
        f"/moderation/articles/article-{n}" for n in (HOT_ARTICLE, walk.size.articles // 2 + 1)
    ],
    "moderation.deciding": _deciding,
    "moderation.log": _log,
    "notifications.index": lambda walk: _with(
        "/account/notifications", after=walk.ids(walk.size.comments // 2)
    ),
    "notifications.mail_form": _fixed("/account/mail"),
    "notifications.unsubscribe_form": lambda walk: [unsubscribing.link_for(WRITER)],
    "pages.about": _fixed("/about"),
    "pages.archive": _lists("/archive"),
    "pages.article": _article,
    "pages.author": lambda walk: [
        *_with("/authors/author-1", after=walk.cursors(walk.size.articles)),
        *_with("/authors/author-3", after=walk.cursors(walk.size.articles)),
    ],
    "pages.crawling.news_sitemap": _fixed("/news-sitemap.xml"),
    "pages.crawling.robots": _fixed("/robots.txt"),
    "pages.crawling.security_txt": _fixed("/.well-known/security.txt"),
    "pages.crawling.sitemap": _fixed("/sitemap.xml"),
    "pages.crawling.sitemap_part": lambda walk: [
        f"/sitemap-{kind}-1.xml" for kind in ("pages", "articles", "claims", "sources")
    ],
    "pages.feeds.articles_atom": _fixed("/feed.xml"),
    "pages.feeds.articles_json": _fixed("/feed.json"),
    "pages.feeds.comments_atom": _fixed("/articles/article-1/feed.xml", "/articles/article-2/feed.xml"),
    "pages.feeds.corrections_atom": _fixed("/corrections/feed.xml"),
    "pages.feeds.verdicts_atom": _fixed("/fact-checks/feed.xml"),
    "pages.front": _fixed("/"),
    "pages.method": _fixed("/about/method"),
    "pages.moderation": _fixed("/about/moderation"),
    "pages.moderation_report": _fixed("/about/moderation/report.csv"),
    "pages.topic": lambda walk: [
        *_with("/topics/topic-1", after=walk.cursors(walk.size.articles)),
        *_with(f"/topics/topic-{walk.size.topics}", after=walk.cursors(walk.size.articles)),
    ],
    "people.person": _people("/people"),
    "queues.queue": _queue,
    "queues.some": _cards,
    "queues.start": _fixed("/moderation/"),
    "reports.own": lambda walk: _with("/account/reports", after=walk.ids(3 * walk.size.reports)),
    "reports.reporting": lambda walk: [f"/comments/{n}/report" for n in _comments(walk)],
    "visiting.seen": lambda walk: [f"/articles/article-{HOT_ARTICLE}/visit.svg?up_to={walk.size.hot - 1}"],
}


@dataclass(frozen=True)
class Address:
    """A path to be opened by somebody."""

    endpoint: str
    path: str
    person: int | None

    @property
    def key(self) -> str:
        """Name in the results."""
        return f"{self.path} as {_NAMES[self.person]}"


@dataclass(frozen=True)
class Opened:
    """Result of opening an address: the answer's status and bytes, and seconds of processor time."""

    status: int
    size: int
    seconds: float


def endpoints(app: Flask) -> set[str]:
    """Every endpoint that takes GET."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def addresses(app: Flask, site: Site) -> Iterator[tuple[int, Address]]:
    """Every address with its number among those of its endpoint. LookupError for an endpoint without arguments."""
    missing = endpoints(app) - set(WALK)
    if missing:
        raise LookupError(f"WALK has no paths for: {', '.join(sorted(missing))}")
    for endpoint in sorted(endpoints(app)):
        least = ROUTES[endpoint].role
        people = [person for person, role in PEOPLE.items() if _ORDER.index(role) >= _ORDER.index(least)]
        for person in people:
            paths = list(WALK[endpoint](Walk(site, person)))
            if person != people[0]:  # what is asked for is the same, so once is enough for each part of it
                paths = [path for path in paths if "?" not in path] or paths[:1]
            for number, path in enumerate(paths):
                yield number, Address(endpoint, path, person)


def freshen(site: Site) -> None:
    """Let what was made a moment ago have been made a moment ago, in a site that was kept."""
    moment = now()
    db.session.execute(update(Comment).where(Comment.id == site.size.comments).values(created_at=moment))
    db.session.execute(update(Decision).where(Decision.id == site.size.decisions).values(at=moment))
    db.session.commit()


class Visitor:
    """Client that opens addresses as somebody, with nothing cached from before, and measures the cost."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._clients: dict[int | None, FlaskClient] = {}

    def open(self, address: Address, backends: Sequence[int] = ()) -> Opened:
        """Open an address; ``backends`` are the processes of the database whose time counts."""
        self._forget()
        client = self._client(address.person)
        working = [backend for backend in backends if _cpu_of(backend) < inf]
        before = time.process_time() + sum(map(_cpu_of, working))
        answer = client.get(address.path, headers={"Accept-Encoding": "identity"})
        size = len(answer.data)
        seconds = time.process_time() + sum(map(_cpu_of, working)) - before
        answer.close()
        return Opened(answer.status_code, size, seconds)

    def _client(self, person: int | None) -> FlaskClient:
        if person not in self._clients:
            client = self._app.test_client()
            if person is not None:
                settings = self._app.config["READER"]
                client.set_cookie(cookies.login_cookie(settings), grown.token(person))
            self._clients[person] = client
        return self._clients[person]

    def _forget(self) -> None:
        part_cache.init_app(self._app)
        empty_fragments(self._app)
        page_cache.of(self._app)._entries.clear()
        comments._shown.cache_clear()


def measure(bench: Bench) -> list[Figure]:
    """Measure what every address costs in a large site against a small one, on each engine."""
    large = QUICK_LARGE if bench.quick else LARGE
    rounds = QUICK_ROUNDS if bench.quick else ROUNDS
    figures: list[Figure] = []
    tables: list[str] = []
    for engine in ENGINES:
        small, grown_ = (walked(engine, size, rounds) for size in (SMALL, large))
        lines = [Line(address, small.get(key), opened) for key, (address, opened) in grown_.items()]
        figures += _figures(engine, large, lines)
        tables.append(_table(engine, large, lines))
    bench.files[KEPT] = "\n".join(["# Every address, in a small site and in a large one", "", *tables])
    return figures


Key = tuple[str, int | None, int]


def walked(engine: str, size: Size, rounds: int) -> dict[Key, tuple[Address, Opened]]:
    """Open every address of a site. RuntimeError where one has no answer.

    What it costs is the least of what it took: on a machine that does other things, too, more says nothing.
    """
    app, site = grown_site(engine, size)
    found: dict[Key, tuple[Address, Opened]] = {}
    with app.app_context():
        freshen(site)
        walk = list(addresses(app, site))
        db.session.remove()
        visitor = Visitor(app)
        for number, address in walk:
            backends = _backends(app)
            opened = [visitor.open(address, backends) for _ in range(rounds + 1)][1:]
            if opened[0].status >= HTTPStatus.BAD_REQUEST:
                raise RuntimeError(f"{address.key} answers {opened[0].status} on {engine}")
            found[address.endpoint, address.person, number] = (
                address,
                min(opened, key=lambda each: each.seconds),
            )
        for each in db.engines.values():
            each.dispose()
    return found


def grown_site(engine: str, size: Size) -> tuple[Flask, Site]:
    """Return a site of this size, made now or kept from the last run."""
    folder = CACHE / f"{engine}-{size.articles}-{schema.newest()}"
    name = f"grown_{size.articles}_{schema.newest()}"
    began = folder / "began"
    is_new = not began.exists()
    if is_new and engine != "sqlite":
        _postgres().drop(name)
        _postgres().create(name=name)
    app = create_app(
        Settings(
            instance=folder,
            database_url=_postgres().database(name) if engine != "sqlite" else None,
            secret_key="a secret of the benchmark, which nobody else uses",
            limit_clicks="1000000/minute",
            security_contact="mailto:security@news.example",
        ),
        new=is_new,
    )
    app.test_client_class = Client
    if is_new:
        with app.app_context():
            schema.upgrade()
            began.write_text(fill(size).began.isoformat())
    return app, Site(size, datetime.fromisoformat(began.read_text()))


@cache
def _postgres() -> Postgres:
    """Return a server whose databases are kept for the next run."""
    CACHE.mkdir(exist_ok=True)
    return Postgres(a_server(CACHE / "postgresql", keep=True).get_uri())


def _backends(app: Flask) -> list[int]:
    """The server's processes that work for the application; none for SQLite, which works in this one.

    Those that clean up in the background come and go, and work for nobody.
    """
    if db.engine.dialect.name == "sqlite":
        return []
    query = text(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend'"
    )
    with db.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def _cpu_of(backend: int) -> float:
    """Seconds of processor time; infinite for one that has ended, so that this try is not the one that counts."""
    try:
        return cpu_of(backend)
    except FileNotFoundError:
        return inf


@dataclass(frozen=True)
class Line:
    """Cost of an address in the large site, and in the small one, if it is there."""

    address: Address
    small: tuple[Address, Opened] | None
    large: Opened

    @property
    def ratio(self) -> float:
        """The large site's share of the small one's time."""
        return self.large.seconds / self.small[1].seconds if self.small else 0.0

    @property
    def missed(self) -> str:
        """Bounds that are exceeded, in words."""
        missed = []
        if self.large.seconds > MAX_SECONDS:
            missed.append("time")
        if self.ratio > MAX_RATIO:
            missed.append("ratio")
        if self.large.size > MAX_BYTES and self.address.endpoint not in SITEMAPS:
            missed.append("size")
        return ", ".join(missed)


def _figures(engine: str, large: Size, lines: Sequence[Line]) -> list[Figure]:
    """The worst of all addresses in each respect."""
    where = f"{engine}, {large.articles:,} articles, {len(lines)} addresses"
    slowest = max(lines, key=lambda line: line.large.seconds)
    steepest = max(lines, key=lambda line: line.ratio)
    largest = max(
        (line for line in lines if line.address.endpoint not in SITEMAPS), key=lambda line: line.large.size
    )
    before = steepest.small[1].seconds if steepest.small else steepest.large.seconds
    return [
        Figure(
            f"{where}: the costliest, {slowest.address.key}, ÷ {MAX_SECONDS * 1e3:g} ms",
            slowest.large.seconds * 1e3,
            MAX_SECONDS * 1e3,
            "ms",
            most=1,
            key=f"address-cpu-{engine}",
        ),
        Figure(
            f"{where}: {steepest.address.key} ÷ with {SMALL.articles} articles",
            steepest.large.seconds * 1e3,
            before * 1e3,
            "ms",
            most=MAX_RATIO,
            key=f"address-growth-{engine}",
        ),
        Figure(
            f"{where}: the largest answer, {largest.address.key}, ÷ {MAX_BYTES // 1000} kB",
            largest.large.size / 1e3,
            MAX_BYTES / 1e3,
            "kB",
            most=1,
            key=f"address-bytes-{engine}",
        ),
    ]


def _table(engine: str, large: Size, lines: Sequence[Line]) -> str:
    rows = [
        f"| `{line.address.path.replace('|', '%7C')}` | {_NAMES[line.address.person]}"
        f" | {line.small[1].seconds * 1e3 if line.small else 0:.1f} | {line.large.seconds * 1e3:.1f}"
        f" | {line.ratio:.2f} | {line.small[1].size if line.small else 0:,} | {line.large.size:,}"
        f" | {line.missed} |"
        for line in lines
    ]
    return "\n".join(
        [
            f"## {engine}: {SMALL.articles:,} and {large.articles:,} articles",
            "",
            f"| address | who | ms at {SMALL.articles:,} | ms at {large.articles:,} | ratio | bytes | bytes | missed |",
            "|---|---|---:|---:|---:|---:|---:|---|",
            *rows,
            "",
        ]
    )
