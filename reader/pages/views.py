"""The public pages: parse, gather, show."""

from datetime import datetime
from uuid import uuid4

from flask import Blueprint, Response, request

from reader import config
from reader.accounts import queries as accounts
from reader.accounts import sessions
from reader.articles import queries as articles
from reader.articles.models import Author, Topic
from reader.clock import now
from reader.comments import mine
from reader.comments.screening.rules import described
from reader.comments.visiting import queries as visiting
from reader.comments.windows import Window
from reader.db import replica
from reader.db.keyset import Cursor
from reader.errors import Missing
from reader.eventlog import streams
from reader.factchecks import queries as factchecks
from reader.factchecks.verdicts import Verdict
from reader.moderation.models import Reason
from reader.moderation.people.forms import LASTS
from reader.moderation.threads.measures import ThreadMeasure
from reader.moderation.transparency import figures, plots
from reader.pages import crawling, feeds, metadata, queries
from reader.policy import MeasureKind
from reader.web import page_cache
from reader.web.templating import page

# Lists follow verdicts; of all else that they show they are made again after a moment. Texts stand as long as the
# process does.
LIST_SECONDS = 2.0

blueprint = Blueprint("pages", __name__)
blueprint.register_blueprint(feeds.blueprint)
blueprint.register_blueprint(crawling.blueprint)
blueprint.add_app_template_global(metadata.absolute, "absolute")


@blueprint.get("/")
def front() -> bytes:
    """The front page."""
    seq = page_cache.keep_list(seconds=LIST_SECONDS)
    return page("pages/front.html", front=queries.front(), verdicts_seq=seq)


@blueprint.get("/articles/<slug>")
def article(slug: str) -> bytes:
    """The reading page."""
    viewer = sessions.viewer()
    window = Window.read(request.args)
    if window != Window():
        # A link leads to a certain comment, or an open page asks for more of itself: neither may go back in time.
        replica.leave_if_behind(lambda: queries.head(slug))
    reading = queries.reading(slug, window, viewer=viewer)
    if reading.is_public:
        page_cache.keep(
            {reading.standing.article.stream: reading.head, streams.VERDICTS: reading.verdicts},
            seconds=_seconds_to(reading.discussion.changes_at),
        )
    news = visiting.news(reading.standing.article.id, viewer) if viewer else None
    return page(
        "pages/article.html",
        reading=reading,
        standing=reading.standing,
        article=reading.standing.article,
        discussion=reading.discussion,
        head=reading.head,
        viewer=viewer,
        submission_id=uuid4() if viewer else None,
        about=factchecks.claim_by_slug(claim) if (claim := reading.discussion.window.claim) else None,
        news=news,
        mine=mine.of(viewer, reading.discussion.ids, seen=news.seen if news else None),
        measures=accounts.in_force(viewer.id) if viewer else None,
    )


@blueprint.get("/archive")
def archive() -> bytes:
    """All articles, latest first."""
    return _list("pages/archive.html")


@blueprint.get("/topics/<slug>")
def topic(slug: str) -> bytes:
    """The articles about a topic."""
    found = articles.topic_by_slug(slug)
    if found is None:
        raise Missing("No article is about this topic.")
    return _list("pages/topic.html", topic=found)


@blueprint.get("/authors/<slug>")
def author(slug: str) -> bytes:
    """The articles of an author."""
    found = articles.author_by_slug(slug)
    if found is None:
        raise Missing("Nobody of this name has written here.")
    return _list("pages/author.html", author=found)


@blueprint.get("/about")
def about() -> bytes:
    """Show the page about this site."""
    page_cache.keep()
    return page("pages/about.html")


@blueprint.get("/about/method")
def method() -> bytes:
    """Explain how claims are checked and what the verdicts mean."""
    page_cache.keep()
    return page("pages/method.html", verdicts=list(Verdict))


@blueprint.get("/about/moderation")
def moderation() -> bytes:
    """The rules of the discussion, and how they were kept, in numbers."""
    page_cache.keep()
    report, settings = figures.transparency(), config.current()
    return page(
        "pages/moderation.html",
        reasons=list(Reason),
        rules=described(settings),
        thread_measures=list(ThreadMeasure),
        measures=list(MeasureKind),
        lasts=[label for label, _ in LASTS.values()],
        settings=settings,
        report=report,
        by_reason=plots.by_reason(report),
        plots=plots.plots(report),
    )


@blueprint.get("/about/moderation/report.csv")
def moderation_report() -> Response:
    """The numbers, for a spreadsheet."""
    page_cache.keep()
    answer = Response(figures.transparency().csv(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="moderation.csv"'
    return answer


def _seconds_to(moment: datetime | None) -> float:
    """For how long a page may stand that will be another one at ``moment``."""
    if moment is None:
        return page_cache.MAX_SECONDS
    return max(0.0, (moment - now()).total_seconds())


def _cursor() -> Cursor | None:
    return Cursor.parse(request.args.get("after"))


def _list(template: str, *, topic: Topic | None = None, author: Author | None = None) -> bytes:
    seq = page_cache.keep_list(seconds=LIST_SECONDS)
    listed = articles.latest(topic=topic, author=author, after=_cursor())
    return page(
        template,
        verdicts_seq=seq,
        topic=topic,
        author=author,
        teasers=queries.teasers(listed.articles),
        after=listed.after,
        is_first=not _cursor(),
    )
