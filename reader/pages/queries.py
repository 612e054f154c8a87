"""Contents of the public pages, gathered from the features. Each page takes a constant number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from reader.accounts.models import User
from reader.articles import policy
from reader.articles import queries as articles
from reader.articles.models import Article, Status
from reader.comments import queries as comments
from reader.comments.windows import Window
from reader.db.base import db
from reader.errors import Missing
from reader.factchecks import queries as factchecks
from reader.factchecks.models import Claim, VerdictChange
from reader.factchecks.summary import Strength, strength
from reader.pages import article_bodies as standing
from reader.pages import article_refs, discussions
from reader.pages.article_bodies import CitedClaim
from reader.pages.discussions import Discussion

FRONT_ARTICLES = 13
RELATED = 3
# How many articles are compared that share claims, and as many for each topic.
MAX_SHARING = 200
NO_ARTICLE = "There is no article at this address. It may have been renamed: look in the archive."
# Sharing a checked claim says more about two articles than sharing a topic does.
CLAIM_WEIGHT = 2


@dataclass(frozen=True)
class Teaser:
    """An article in a list, with the claims it cites and the number of its comments."""

    article: Article
    claims: Sequence[Claim]
    comments: int

    @property
    def strength(self) -> Strength:
        """Summary of the verdicts on its claims."""
        return strength(self.claims)


@dataclass(frozen=True)
class Front:
    """The front page: ``teasers``, the lead story first, and beside it verdicts on other claims than its own."""

    teasers: Sequence[Teaser]
    changes: Sequence[VerdictChange]


@dataclass(frozen=True)
class Reading:
    """Content of an article page: as of ``head`` or later, the related articles as of ``verdicts``.

    ``is_public`` is off for an editor's preview.
    """

    standing: standing.ArticleBody
    head: int
    verdicts: int
    is_public: bool
    discussion: Discussion

    @property
    def claims(self) -> Sequence[CitedClaim]:
        """The claims that the article cites."""
        return self.standing.claims


def front() -> Front:
    """The front page: the latest articles that stand, and the latest verdicts."""
    shown = teasers(articles.front(FRONT_ARTICLES))
    return Front(shown, factchecks.latest_changes(besides=shown[0].claims if shown else ()))


def teasers(listed: Collection[Article]) -> list[Teaser]:
    """The articles as a list shows them, in their order."""
    ids = [article.id for article in listed]
    claims = factchecks.claims_by_article(ids)
    counts = comments.counts(ids)
    return [Teaser(article, claims.get(article.id, ()), counts.get(article.id, 0)) for article in listed]


def head(slug: str) -> int:
    """The number of the article's stream; 0 where there is no article."""
    found = articles.signpost(slug)
    return found.head if found else 0


def reading(slug: str, window: Window, *, viewer: User | None) -> Reading:
    """The page of the article ``slug``. Missing, unless ``viewer`` may see it.

    The stream's head is read before anything it numbers: a page may show more than its number says, which the
    next catch-up repeats, but never less.
    """
    found = article_refs.to(slug)
    if found is None or not (found.is_public or policy.may_preview(viewer)):
        raise Missing(NO_ARTICLE)
    what = standing.of(found, lambda: _made(found))
    if window.claim not in {claim.slug for claim in what.claims}:
        window = replace(window, claim=None)
    discussion = discussions.of(found, what.article, window, viewer=viewer)
    return Reading(what, found.head, found.verdicts, found.is_public, discussion)


def _made(found: articles.ArticleRef) -> standing.ArticleBody:
    """Build the body of the article's page; raise :class:`Missing` if the article is gone."""
    article = articles.by_id(found.id)
    if article is None:
        raise Missing(NO_ARTICLE)
    claims = factchecks.claims_of(found.id)
    check = standing.FactCheck(claims, factchecks.sources_of(found.id), factchecks.corrections_of(found.id))
    return standing.made(article, found, check, related=teasers(related(article, claims)))


def related(article: Article, claims: Iterable[Claim]) -> Sequence[Article]:
    """List other articles, not retracted, that cite the same claims or share topics, closest first.

    Of a claim or topic that very many articles share, only the latest ones are considered.
    """
    sharing = factchecks.article_ids_sharing([claim.id for claim in claims], limit=MAX_SHARING)
    closeness = Counter({each: CLAIM_WEIGHT * number for each, number in Counter(sharing).items()})
    for topic in article.topics:
        closeness.update(articles.latest_ids(topic=topic, limit=MAX_SHARING))
    del closeness[article.id]
    if not closeness:
        return []
    standing = db.session.execute(
        select(Article.id, Article.placed_at).where(
            Article.id.in_(closeness), articles.visible(), Article.status != Status.RETRACTED.value
        )
    )
    ranked = sorted(standing, key=lambda row: (closeness[row.id], row.placed_at, row.id), reverse=True)
    ids = [row.id for row in ranked[:RELATED]]
    found = db.session.scalars(articles.whole().where(Article.id.in_(ids)))
    return sorted(found, key=lambda other: ids.index(other.id))
