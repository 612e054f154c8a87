"""Claims, the sources they rest on, where they are cited, and every change of a verdict."""

import datetime as dt
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from reader.accounts.models import User
from reader.articles.models import Article, Status
from reader.clock import now
from reader.db.base import Instant, Model
from reader.eventlog import streams
from reader.factchecks.appearances import Appearance, web_address
from reader.factchecks.kinds import Origin
from reader.factchecks.verdicts import Verdict
from reader.factchecks.wording import Revised, revised


def _correction_place(context: DefaultExecutionContext) -> datetime:
    values = context.get_current_parameters()  # type: ignore[no-untyped-call]
    at: datetime | None = values.get("at")
    return at or now()


class Publisher(Model):
    """A publisher of sources: one row per name, however many articles cite it."""

    __tablename__ = "publishers"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)

    @property
    def path(self) -> str:
        """Its address on the site."""
        return f"/sources/{self.slug}"


class Source(Model):
    """A source of one article, as its file lists it; claims rest on it. ``key`` is its id in the file.

    No article lists one that is kept only for a claim which has left and rests on it.
    """

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("article_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    position: Mapped[int] = mapped_column()
    key: Mapped[str] = mapped_column(String(100))
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publishers.id"), index=True)
    title: Mapped[str] = mapped_column(String(500))
    url: Mapped[str | None] = mapped_column(String(2000))
    kind: Mapped[str | None] = mapped_column(String(20))
    date: Mapped[dt.date | None] = mapped_column(Date)
    quote: Mapped[str | None] = mapped_column(Text)
    archived: Mapped[str | None] = mapped_column(String(2000))

    publisher: Mapped[Publisher] = relationship(lazy="joined", innerjoin=True)
    article: Mapped[Article] = relationship(lazy="raise")

    @property
    def element(self) -> str:
        """The id of its element on its article's page, which links in the body lead to."""
        return f"source-{self.key}"

    @property
    def link(self) -> str | None:
        """The web address of the source; None if unknown."""
        return web_address(self.url)

    @property
    def archive(self) -> str | None:
        """The web address of an archived copy; None if there is none."""
        return web_address(self.archived)


class Support(Model):
    """That a claim rests on a source, in the file's order."""

    __tablename__ = "supports"

    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column()

    source: Mapped[Source] = relationship(lazy="joined", innerjoin=True)


class Claim(Model):
    """A checked claim. It belongs to the site: any article may cite it; the file of ``article`` owns it.

    ``version`` counts the steps of its history, so that an editor who decides on an old state is told. ``checked_at``
    and who checked it are empty where nobody knows. ``listed_at`` places it in lists and is never shown: when it was
    checked, or else its article's date, or else when it was stored.
    """

    __tablename__ = "claims"
    __table_args__ = (
        Index("ix_claims_listed_at_id", "listed_at", "id"),
        Index("ix_claims_verdict_listed_at_id", "verdict", "listed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    short: Mapped[str | None] = mapped_column(String(75))
    about: Mapped[str | None] = mapped_column(String(20))
    claimant_name: Mapped[str | None] = mapped_column(String(200))
    claimant_url: Mapped[str | None] = mapped_column(String(2000))
    said: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    unsourced: Mapped[bool] = mapped_column(default=False)
    verdict: Mapped[str] = mapped_column(String(20))
    why: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checked_by_name: Mapped[str | None] = mapped_column(String(200))
    listed_at: Mapped[datetime] = mapped_column(Instant, default=now)
    comments: Mapped[int] = mapped_column(default=0)
    lang: Mapped[str] = column_property(
        select(Article.lang).where(Article.id == article_id).correlate_except(Article).scalar_subquery()
    )
    article: Mapped[Article] = relationship(lazy="raise")
    checked_by: Mapped[User | None] = relationship(lazy="raise")
    supports: Mapped[list[Support]] = relationship(
        order_by=Support.position, cascade="all, delete-orphan", lazy="raise"
    )

    # True if its own article was retracted, which lists have to say beside its verdict.
    is_from_retracted: Mapped[bool] = column_property(
        select(Article.status == Status.RETRACTED.value)
        .where(Article.id == article_id)
        .correlate_except(Article)
        .scalar_subquery()
    )

    @property
    def path(self) -> str:
        """Its address on the site."""
        return f"/fact-checks/{self.slug}"

    @property
    def stream(self) -> str:
        """The name of its event stream."""
        return streams.claim(self.id)

    @property
    def element(self) -> str:
        """The id of its element in a fact check and on its own page."""
        return f"claim-{self.slug}"

    @property
    def mark(self) -> str:
        """The id of the marked sentence on an article's page."""
        return f"mark-{self.slug}"

    @property
    def sources(self) -> list[Source]:
        """Sources that support the claim, in order."""
        return [support.source for support in self.supports]

    @property
    def headline(self) -> str:
        """The claim in a line: its short form where there is one."""
        return self.short or self.text

    @property
    def claimant_link(self) -> str | None:
        """The claimant's page, if one is known."""
        return web_address(self.claimant_url)

    @property
    def appearances(self) -> list[Appearance]:
        """Places and dates at which the claim was made, the first one first."""
        return [Appearance.of(entry) for entry in self.said or ()]

    @property
    def appearance_link(self) -> str | None:
        """The first address at which the claim was made."""
        return next((each.link for each in self.appearances if each.link), None)

    @property
    def checker(self) -> str | None:
        """Name of the person who checked it, if that is known."""
        return self.checked_by.username if self.checked_by else self.checked_by_name

    @property
    def ruling(self) -> Verdict:
        """The verdict with its words and rating."""
        return Verdict(self.verdict)


class Citation(Model):
    """That an article cites a claim, in the file's order; ``at`` are the words of the body that it marks."""

    __tablename__ = "citations"

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column()
    at: Mapped[str | None] = mapped_column(Text)

    claim: Mapped[Claim] = relationship(lazy="raise")
    article: Mapped[Article] = relationship(lazy="raise")


class VerdictChange(Model):
    """One step in the life of a claim; the first has no ``before``. Never changed, never deleted.

    Where its words changed, ``changed`` has them by name, each as it was and as it became (see
    :mod:`reader.factchecks.wording`), and the verdict stays; ``typo`` says that only a typo was mended. ``at`` and who
    did it are empty where nobody knows; ``listed_at`` is as the claim's.
    """

    __tablename__ = "verdict_changes"
    __table_args__ = (
        UniqueConstraint("claim_id", "version"),
        Index("ix_verdict_changes_listed_at_id", "listed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    version: Mapped[int] = mapped_column()
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    changed: Mapped[dict[str, list[Any]] | None] = mapped_column(JSON(none_as_null=True))
    typo: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime | None] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str | None] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(String(10), default=Origin.PAGE.value)
    listed_at: Mapped[datetime] = mapped_column(Instant, default=now)

    claim: Mapped[Claim] = relationship(lazy="raise")
    by: Mapped[User | None] = relationship(lazy="raise")

    @property
    def ruling(self) -> Verdict:
        """The verdict it came to."""
        return Verdict(self.after)

    @property
    def previous(self) -> Verdict | None:
        """The verdict before it."""
        return Verdict(self.before) if self.before else None

    @property
    def revised(self) -> list[Revised]:
        """Changes of the claim's words."""
        return revised(self.changed)

    @property
    def actor(self) -> str | None:
        """Name of the person who did it, if that is known."""
        return self.by.username if self.by else self.by_name


class Correction(Model):
    """A correction to an article, written in its file or by a change of verdict.

    One by a change has the ``claim_id`` and the ``version`` of the claim that it came with. It belongs to the
    site's record: publishing an older file again doesn't take it away.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        Index("ix_corrections_article_id_position", "article_id", "position"),
        Index("ix_corrections_placed_at_id", "placed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    position: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime | None] = mapped_column(Instant)
    # Sort key of the list of all claims: for an undated one, when its article was stored. Never shown.
    placed_at: Mapped[datetime] = mapped_column(Instant, default=_correction_place)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    version: Mapped[int | None] = mapped_column()

    article: Mapped[Article] = relationship(lazy="raise")
    claim: Mapped[Claim | None] = relationship(lazy="raise")

    @property
    def element(self) -> str:
        """The id of its element on its article's page and in the list of all corrections."""
        return f"correction-{self.id}"

    @property
    def label(self) -> str:
        """The word for what it is."""
        return self.kind.capitalize()


class FactReport(Model):
    """A reader's word to the editors that a comment is wrong about the facts, and what they answered.

    The comment is named by its id alone: this folder knows nothing of threads.
    """

    __tablename__ = "fact_reports"
    __table_args__ = (
        UniqueConstraint("comment_id", "revision", "reporter_id"),
        Index("ix_fact_reports_answered_at_id", "answered_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    revision: Mapped[int] = mapped_column()
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"), index=True)
    note: Mapped[str | None] = mapped_column(Text)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    reporter: Mapped[User] = relationship(foreign_keys=[reporter_id], lazy="raise")
    seen_by: Mapped[User | None] = relationship(foreign_keys=[seen_by_id], lazy="raise")
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id], lazy="raise")
    article: Mapped[Article] = relationship(lazy="raise")
    claim: Mapped[Claim | None] = relationship(lazy="raise")

    @property
    def element(self) -> str:
        """The id that events and pages name it by."""
        return f"fact-report-{self.id}"
