"""Every write to claims: an editor decides a verdict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from reader import eventlog
from reader.accounts import rights
from reader.accounts.models import User
from reader.articles.models import Article
from reader.clock import now
from reader.db.base import db
from reader.db.transactions import transaction
from reader.errors import Conflict, Invalid, Missing
from reader.eventlog import Kind, streams
from reader.factchecks import guards, offering, queries, told
from reader.factchecks.appearances import web_address
from reader.factchecks.kinds import CorrectionKind
from reader.factchecks.models import Claim, Correction, FactReport, Publisher, Source, Support, VerdictChange
from reader.factchecks.verdicts import NewSource, NewVerdict, Verdict
from reader.factchecks.wording import NewWording, differences, wording_of
from reader.text import letters
from reader.text.slugs import name_slug, unused

NOT_YOURS = "Only editors decide verdicts."
NOT_YOURS_TO_REVISE = "Only editors change what a claim says."
SAME_WORDS = "Nothing would change: this is what the claim says."
NEEDS_REASON = "Say why: what was checked is part of the verdict. Or say that only a typo was mended."
NO_CLAIM = "There is no such claim any more."
NOT_OFFERED = "Choose among the sources of the articles that cite this claim."
NO_CHANGE = "Nothing would change. Choose another verdict or other sources, or give another reason."
NO_ADDRESS = "Write the whole address, beginning with http:// or https://."
HALF_A_SOURCE = "A new source needs its publisher and its title."
REPORTED = "You have told the editors about this comment already."
NEEDS_FACTS = "Say what is wrong, and where one can read how it is: the editors check it."
NO_REPORT = "There is no such report."
ANSWERED = "Someone else changed this first: this report is answered already."
NEEDS_ANSWER = "Write what you found: the reader who reported it gets to read it."
# Target of a correction's event: all corrections of an article, which are one element of its page.
CORRECTIONS = "corrections"
TOO_LATE = (
    "Somebody changed this claim before you. Below is what it says now. What you typed is kept: send it once more to"
    " replace that."
)


def set_verdict(claim_id: int, new: NewVerdict, *, by: User) -> VerdictChange:
    """Decide a claim: its verdict, the reason, and the sources that it rests on from now on.

    :class:`Conflict` where somebody has changed the claim since the editor saw it. Where the guards ask for a
    correction, every article citing the claim gets it. Raises :class:`Refused`, :class:`Missing`, and
    :class:`Invalid` where a guard forbids it.
    """
    rights.require("set_verdict", by, refusal=NOT_YOURS)
    while True:
        citing = queries.article_ids_citing(claim_id)
        names = [streams.claim(claim_id), *(streams.article(article_id) for article_id in citing)]
        with transaction():
            eventlog.lock(*names)
            if queries.article_ids_citing(claim_id) != citing:
                continue  # an article was published meanwhile: its stream has to be locked as well
            claim = _as_seen(claim_id, new.version)
            history = [change.ruling for change in reversed(queries.history_of(claim_id))]
            change = _decide(claim, new, by)
            taken_back = guards.taken_back(history, new.verdict)
            if taken_back:
                _correct(claim, change, taken_back, citing)
                announce(Kind.CORRECTION_WRITTEN, CORRECTIONS, articles=citing, by_id=by.id)
            announce(Kind.VERDICT_CHANGED, claim.element, claims=[claim_id], articles=citing, by_id=by.id)
        return change


def revise_claim(claim_id: int, new: NewWording, *, by: User) -> VerdictChange:
    """Change what a claim says, apart from its verdict; a reason is needed unless only a typo was mended.

    :class:`Conflict` where somebody has changed the claim since the editor saw it.
    """
    why = new.why.strip()
    rights.require("revise_claim", by, refusal=NOT_YOURS_TO_REVISE)
    while True:
        citing = queries.article_ids_citing(claim_id)
        with transaction():
            eventlog.lock(streams.claim(claim_id), *(streams.article(article_id) for article_id in citing))
            if queries.article_ids_citing(claim_id) != citing:
                continue  # an article was published meanwhile: its stream has to be locked as well
            claim = _as_seen(claim_id, new.version)
            if not (changed := differences(wording_of(claim), new.wording)):
                raise Invalid(SAME_WORDS, field="text")
            if not why and not new.typo:
                raise Invalid(NEEDS_REASON, field="why")
            change = _step(claim, claim.verdict, by, changed=changed, typo=new.typo, why=why or None)
            for name, value in new.wording.columns().items():
                setattr(claim, name, value)
            announce(Kind.CLAIM_REVISED, claim.element, claims=[claim_id], articles=citing, by_id=by.id)
        return change


def announce(
    kind: Kind,
    target: str,
    *,
    claims: Collection[int] = (),
    articles: Collection[int] = (),
    by_id: int | None,
) -> None:
    """Append an event to the names of these claims and articles, and to ``verdicts``.

    Call it in a transaction that has locked the claims' and the articles' names, once its rows are written.
    ``verdicts`` is locked here, as the last one, so that writes that change no verdict never wait for it; it only gets
    events that the public may see.
    """
    names = [
        *(streams.article(id_) for id_ in sorted(articles)),
        *(streams.claim(id_) for id_ in sorted(claims)),
    ]
    for stream in names:
        eventlog.append(kind, stream, target, actor_id=by_id)
    if queries.are_public(claims=claims, articles=articles):
        announce_in_lists(kind, target, by_id=by_id)


def announce_in_lists(kind: Kind, target: str, *, by_id: int | None) -> None:
    """Append an event to ``verdicts`` alone, which is enough for a public article or claim that is new."""
    eventlog.lock(streams.VERDICTS)
    eventlog.append(kind, streams.VERDICTS, target, actor_id=by_id)


@dataclass(frozen=True)
class ReportedComment:
    """The comment that a report is about, as its reader saw it."""

    id: int
    revision: int
    article_id: int
    claim_id: int | None


def report_facts(comment: ReportedComment, *, by: User, note: str) -> FactReport:
    """Tell the editors that a comment is wrong about the facts.

    The same report again is the same report; another one on the same revision a :class:`Conflict`.
    """
    if not note:
        raise Invalid(NEEDS_FACTS, field="note")
    with transaction() as session:
        # Without this two that come at once would both find nothing.
        eventlog.lock(streams.person(by.id))
        before = told.fact_report_by(by.id, comment.id, comment.revision)
        if before is not None:
            if before.note != note:
                raise Conflict(REPORTED)
            return before
        report = FactReport(
            reporter_id=by.id,
            comment_id=comment.id,
            revision=comment.revision,
            article_id=comment.article_id,
            claim_id=comment.claim_id,
            note=note,
        )
        session.add(report)
    return report


def see_fact_report(report_id: int, *, by: User) -> FactReport:
    """Note that an editor has read a report. To have seen it before is no fault."""
    with transaction():
        report = _reported("see_fact_report", report_id, by)
        if report.seen_at is None:
            report.seen_at, report.seen_by_id = now(), by.id
    return report


def answer_fact_report(report_id: int, *, by: User, answer: str) -> FactReport:
    """Tell the reader what came of their report; :class:`Conflict` where another editor was first."""
    answer = letters.bounded(answer.replace("\r\n", "\n").replace("\0", "")).strip()
    if not letters.is_visible(answer):
        raise Invalid(NEEDS_ANSWER, field="answer")
    with transaction():
        report = _reported("answer_fact_report", report_id, by)
        if report.answered_at is not None:
            raise Conflict(ANSWERED)
        report.answer, report.answered_at, report.answered_by_id = answer, now(), by.id
        if report.seen_at is None:
            report.seen_at, report.seen_by_id = report.answered_at, by.id
        stream = streams.person(report.reporter_id)
        eventlog.append(Kind.REPORT_DECIDED, stream, report.element, actor_id=by.id)
    return report


def _reported(act: str, report_id: int, by: User) -> FactReport:
    """The report as it is now, its reporter's stream locked."""
    rights.require(act, by, refusal=NOT_YOURS)
    session = db.session()
    # Nobody's report becomes another's, so this may be read before the lock.
    reporter_id = session.scalar(select(FactReport.reporter_id).where(FactReport.id == report_id))
    if reporter_id is None:
        raise Missing(NO_REPORT)
    eventlog.lock(streams.person(reporter_id))
    return session.get_one(FactReport, report_id, populate_existing=True)


def publisher_called(name: str) -> Publisher:
    """The publisher with this name, made if there is none, in the open transaction.

    To be called for several in the order of their names, so that no two transactions wait for each other.
    """
    session = db.session()
    slug = name_slug(name)
    while True:
        found = session.scalars(select(Publisher).where(Publisher.name.in_(letters.forms(name)))).all()
        if found:
            return next((each for each in found if each.name == name), found[0])
        taken = set(session.scalars(select(Publisher.slug).where(Publisher.slug.startswith(slug))))
        publisher = Publisher(name=name, slug=unused(slug, taken))
        try:
            with session.begin_nested():
                session.add(publisher)
        except IntegrityError:
            continue  # made by somebody else since we looked
        return publisher


def _as_seen(claim_id: int, version: int) -> Claim:
    claim = queries.claim_by_id(claim_id)
    if claim is None:
        raise Missing(NO_CLAIM)
    if claim.version != version:
        raise Conflict(TOO_LATE, resend={"version": claim.version, "replaces": "yes"})
    return claim


def _decide(claim: Claim, new: NewVerdict, by: User) -> VerdictChange:
    verdict, why = new.verdict, letters.bounded(new.why).strip()
    for fault in guards.change_faults(why):
        raise Invalid(fault, field="why")
    sources = _chosen(claim, new.source_ids)
    if new.new_source:
        sources.append(_added(claim, new.new_source))
    for fault in guards.verdict_faults(verdict, guards.grounds(sources)):
        raise Invalid(fault, field="verdict")
    if (verdict, why, sources) == (claim.ruling, claim.why, claim.sources):
        raise Invalid(NO_CHANGE, field="verdict")
    change = _step(claim, verdict.value, by, why=why)
    claim.verdict, claim.why = change.after, change.why
    claim.checked_at, claim.checked_by_id, claim.checked_by_name = change.at, change.by_id, None
    claim.listed_at = change.listed_at
    claim.supports = [Support(source=source, position=place) for place, source in enumerate(sources)]
    claim.unsourced = claim.unsourced and not sources
    db.session.flush()
    return change


def _step(claim: Claim, after: str, by: User, **values: Any) -> VerdictChange:
    """A new step of a claim's history, taken now."""
    moment = now()
    change = VerdictChange(
        claim_id=claim.id,
        version=claim.version + 1,
        before=claim.verdict,
        after=after,
        at=moment,
        by_id=by.id,
        listed_at=moment,
        **values,
    )
    db.session.add(change)
    claim.version = change.version
    return change


def _chosen(claim: Claim, source_ids: Sequence[int]) -> list[Source]:
    offered = {source.id: source for source in offering.sources_for(claim)}
    if not offered.keys() >= set(source_ids):
        raise Invalid(NOT_OFFERED, field="sources")
    return [offered[source_id] for source_id in dict.fromkeys(source_ids)]


def _added(claim: Claim, new: NewSource) -> Source:
    publisher, title = letters.one_line(new.publisher), letters.one_line(new.title)
    if not publisher or not title:
        raise Invalid(HALF_A_SOURCE, field="source_title" if publisher else "source_publisher")
    if new.url and not web_address(new.url):
        raise Invalid(NO_ADDRESS, field="source_url")
    listed = list(db.session.scalars(select(Source).where(Source.article_id == claim.article_id)))
    source = Source(
        article_id=claim.article_id,
        position=max((source.position for source in listed), default=-1) + 1,
        key=unused(name_slug(title), {source.key for source in listed}),
        publisher=publisher_called(publisher),
        title=title,
        url=new.url or None,
        kind=new.kind.value if new.kind else None,
    )
    db.session.add(source)
    return source


def _correct(claim: Claim, change: VerdictChange, taken_back: Verdict, citing: Sequence[int]) -> None:
    """Tell the readers of every article that cites the claim what we had got wrong."""
    if change.ruling is Verdict.VOID:
        outcome = f"our check of it was wrong and is withdrawn; it had come to “{taken_back.label}”"
    else:
        outcome = f"our verdict was “{taken_back.label}”; it is now “{change.ruling.label}”"
    positions = (
        select(Correction.article_id, func.max(Correction.position))
        .where(Correction.article_id.in_(citing))
        .group_by(Correction.article_id)
    )
    last = dict(db.session.execute(positions).all())
    db.session.execute(update(Article).where(Article.id.in_(citing)).values(changed_at=change.at))
    db.session.add_all(
        Correction(
            article_id=article_id,
            position=last.get(article_id, -1) + 1,
            kind=CorrectionKind.CORRECTION.value,
            text=f"On the claim “{claim.headline.rstrip('.')}”: {outcome}. {change.why}",
            at=change.at,
            claim_id=claim.id,
            version=change.version,
        )
        for article_id in citing
    )
