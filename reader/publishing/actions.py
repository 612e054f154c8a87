"""Publishing article files: all of a file or nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.articles.models import Article, Status
from reader.articles.queries import is_public
from reader.clock import now
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid
from reader.eventlog import Kind, streams
from reader.factchecks.actions import CORRECTIONS, announce, announce_in_lists
from reader.publishing import loading, notes, queries
from reader.publishing.checking import check, find
from reader.publishing.completing import Completed, complete, write_ids
from reader.publishing.identifying import identify
from reader.publishing.plan import ArticlePlan, Plan
from reader.publishing.planning import make_plan
from reader.publishing.reading import ArticleFile, read
from reader.publishing.storing import Storing, rendered

NOT_YOURS = "Only editors publish articles."
NO_FILES = (
    "There are no article files there: give files, or folders that hold files named *.md or *.markdown."
)
ATTEMPTS = 3
# Articles that stand so have been seen, and what they list with them.
_SEEN = frozenset({Status.PUBLISHED.value, Status.RETRACTED.value})


class FileOutcome(StrEnum):
    """Outcomes of publishing a file."""

    CREATED = "created"
    CHANGED = "changed"
    LEFT = "left"


@dataclass(frozen=True)
class Published:
    """Outcome of publishing a file, with notes for the publisher."""

    file: ArticleFile
    outcome: FileOutcome
    notes: Sequence[str] = ()


def examine(paths: Sequence[Path], *, each: Callable[[list[Path]], Iterator[Path]] = iter) -> Plan:
    """Check the files and folders named, and plan what they do to the site. Nothing is stored.

    :class:`Invalid` where they hold no article file. ``each`` may watch the files go by.
    """
    files, stored = identify(_read(paths, each))
    for file in files:
        check(file)
    return make_plan(files, stored)


def examine_alone(
    paths: Sequence[Path], *, each: Callable[[list[Path]], Iterator[Path]] = iter
) -> Sequence[ArticleFile]:
    """Check the files by themselves, without the site; raises and watches as :func:`examine` does."""
    files = _read(paths, each)
    for file in files:
        check(file)
    return files


def _read(paths: Sequence[Path], each: Callable[[list[Path]], Iterator[Path]]) -> list[ArticleFile]:
    found = find(list(paths))
    if not found:
        raise Invalid(NO_FILES)
    return [read(path) for path in each(found)]


def publish(plan: Plan, *, by: User | None = None) -> Iterator[Published]:
    """Carry out the plan, each file in a transaction of its own; those that need each other in one.

    Where one file of them has a fault none is stored: :class:`Invalid`, with all faults. Ids that files lack are
    written into them before anything is stored, so that who is stopped in between can do the same again; where that
    can't be, :class:`Refused` has them, and nothing is stored. A file that says what the site says already is left
    alone. Raises :class:`Conflict` where the site has changed since the plan was made; the files given out before are
    stored.
    """
    if by is not None:
        rights.require("publish", by, refusal=NOT_YOURS)
    if faults := plan.faults():
        raise Invalid("\n".join([*map(str, faults), "Nothing was stored."]))
    completed = {file.document.id: complete(file) for file in plan.files}
    write_ids(list(completed.values()))
    for group in plan.groups():
        changed = []
        for article in group:
            done = completed[article.document.id]
            if article.changes_nothing:
                yield Published(article.file, FileOutcome.LEFT, done.notes)
            else:
                changed.append(done)
        if changed:
            yield from _store(changed, by.id if by else None)


def render_all() -> int:
    """Render all articles anew from their stored bodies, and return how many changed.

    As for comments, no event tells of it.
    """
    changed = 0
    for slug in queries.article_slugs():
        with transaction() as session:
            before = session.scalar(select(Article.html).where(Article.slug == slug).with_for_update())
            for article in loading.stored([slug]).values():
                columns = rendered(article.document)
                session.execute(update(Article).where(Article.id == article.id).values(columns))
                changed += columns["html"] != before
    return changed


def _store(files: list[Completed], by_id: int | None) -> list[Published]:
    for _ in range(ATTEMPTS):
        try:
            return _store_once(files, by_id)
        except IntegrityError:
            # Somebody has just made the same article, author or topic. The next attempt finds it.
            continue
    raise Conflict(f"{files[0].file.report.file}: somebody publishes the same at this moment; try again.")


def _store_once(completed: list[Completed], by_id: int | None) -> list[Published]:
    files = [each.file for each in completed]
    while True:
        streams = _streams(files)
        with transaction() as session:
            eventlog.lock(*streams)
            if _streams(files) != streams:
                continue  # another publication came first: more is to be locked
            articles = _planned_again(files)
            storing = [Storing(session, article, by_id) for article in articles]
            for one in storing:
                one.article_and_claims()
            for one in storing:
                one.citations()
            _announce(storing, by_id)
        return [
            Published(
                article.file,
                FileOutcome.CHANGED if article.before else FileOutcome.CREATED,
                [*each.notes, *notes.of(article)],
            )
            for article, each in zip(articles, completed, strict=True)
        ]


def _streams(files: list[ArticleFile]) -> set[str]:
    """Return the streams to lock: the articles, claims they own or cite, and others that cite claims they own."""
    articles = queries.article_ids([file.document.id for file in files])
    own = queries.owned_claim_ids(articles)
    cited = queries.claim_ids([claim.id for file in files for claim in file.document.claims]).values()
    articles = articles.union(*queries.citing_ids(own).values())
    return {streams.article(id_) for id_ in articles} | {streams.claim(id_) for id_ in own.union(cited)}


def _planned_again(files: list[ArticleFile]) -> Sequence[ArticlePlan]:
    """Make the plan of the files once more under the lock. :class:`Conflict` where something now stands against it."""
    plan = make_plan(files, loading.stored_by_key([file.document.id for file in files]))
    if faults := plan.faults():
        raise Conflict(
            "\n".join(
                [
                    "The site has changed since the files were checked. Of these nothing was stored:",
                    *map(str, faults),
                ]
            )
        )
    return [plan.articles[file.document.id] for file in files]


def _announce(storing: list[Storing], by_id: int | None) -> None:
    """Tell who reads the articles, who reads a claim of theirs elsewhere, and who follows all verdicts."""
    for one in storing:
        document, before = one.plan.document, one.before and one.before.document
        own = [one.article_id]
        if before:
            eventlog.append(Kind.ARTICLE_REVISED, streams.article(one.article_id), "article", actor_id=by_id)
            if before.status != document.status and Status.RETRACTED in {before.status, document.status}:
                cited = queries.claim_ids([claim.id for claim in document.claims]).values()
                target = f"article-{one.article_id}"
                announce(Kind.ARTICLE_RETRACTED, target, claims=cited, articles=own, by_id=by_id)
            if document.corrections != before.corrections:
                announce(Kind.CORRECTION_WRITTEN, CORRECTIONS, articles=own, by_id=by_id)
            if before.is_public(now()) != document.is_public(now()):
                _announce_waiting(one, by_id)
        for kind, claims in (
            (Kind.CLAIM_REVISED, one.plan.reworded()),
            (Kind.VERDICT_CHANGED, one.plan.decided()),
        ):
            citing = queries.citing_ids([known.row for known in claims])
            for known in claims:
                elsewhere = citing[known.row] - {one.article_id}
                target = f"claim-{known.claim.id}"
                announce(kind, target, claims=[known.row], articles=elsewhere, by_id=by_id)
        if is_public(one.article_id):
            _announce_new(one.plan, by_id)


def _announce_waiting(one: Storing, by_id: int | None) -> None:
    """Tell the articles that cite a claim of this one that it is shown now, or no longer."""
    claims = queries.claim_ids([claim.id for claim in one.plan.document.own_claims()]).values()
    for article_id in sorted(set().union(*queries.citing_ids(claims).values()) - {one.article_id}):
        eventlog.append(Kind.ARTICLE_REVISED, streams.article(article_id), "article", actor_id=by_id)


def _announce_new(article: ArticlePlan, by_id: int | None) -> None:
    """Tell who follows all verdicts of first ones, and of the corrections that a new article brings."""
    before = article.before if article.before and article.before.document.status in _SEEN else None
    known = before.owned() if before else {}
    for claim in article.document.own_claims():
        if claim.id not in known:
            announce_in_lists(Kind.VERDICT_CHANGED, f"claim-{claim.id}", by_id=by_id)
    if article.document.corrections and not before:
        announce_in_lists(Kind.CORRECTION_WRITTEN, CORRECTIONS, by_id=by_id)
