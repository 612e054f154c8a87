"""Requests of this feature: parse, act, respond."""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_lowercase

from flask import Blueprint, render_template, request

from reader.articles.models import Topic
from reader.db.keyset import Cursor, id_from
from reader.errors import Missing
from reader.factchecks import lists
from reader.factchecks.lists import ClaimFilters
from reader.factchecks.models import Publisher
from reader.factchecks.summary import strength
from reader.factchecks.verdicts import Verdict
from reader.text.slugs import MAX_LENGTH
from reader.web import page_cache

# Lists are updated by ``verdicts``, but a publisher's also shows articles' titles: rendered again after a moment.
SECONDS = 2.0
MAX_WORDS_LENGTH = 200
# Entry points of the list of publishers. Slugs are in ASCII, and digits come first.
LETTERS = ("0", *ascii_lowercase)

blueprint = Blueprint("factchecks", __name__)
blueprint.add_app_template_filter(strength, "strength")


@blueprint.get("/fact-checks")
def index() -> str:
    """All claims, by verdict, topic and publisher."""
    seq = page_cache.keep_list(seconds=SECONDS)
    filters = _filters()
    return render_template(
        "factchecks/index.html",
        verdicts_seq=seq,
        index=lists.index(filters, after=_cursor()),
        filters=filters,
        topic=lists.topic_named(filters.topic) if filters.topic else None,
        publisher=lists.publisher_named(filters.source) if filters.source else None,
        chosen={name: value for name, value in vars(filters).items() if value},
        is_first=not _cursor(),
        most=lists.MAX_COUNTED,
    )


@blueprint.get("/sources")
def publishers() -> str:
    """The publishers cited."""
    seq = page_cache.keep_list(seconds=SECONDS)
    letter, after = (request.args.get(name, "")[:MAX_LENGTH] for name in ("from", "after"))
    return render_template(
        "factchecks/publishers.html",
        verdicts_seq=seq,
        page=lists.publishers(after=after, first=letter),
        letters=LETTERS,
        letter=letter,
        is_first=not (after or letter),
        most=lists.MAX_COUNTED,
    )


@blueprint.get("/sources/<slug>")
def publisher(slug: str) -> str:
    """One publisher: its sources, and what rests on them."""
    seq = page_cache.keep_list(seconds=SECONDS)
    found = lists.publisher_by_slug(slug)
    if found is None:
        raise Missing("No article cites a publisher of this name.")
    start = id_from(request.args.get("after"))
    entries, after = lists.sources_by(found, after=start)
    return render_template(
        "factchecks/publisher.html",
        verdicts_seq=seq,
        publisher=found,
        entries=entries,
        after=after,
        is_first=start is None,
    )


@blueprint.get("/corrections")
def corrections() -> str:
    """List corrections of verdicts."""
    seq = page_cache.keep_list(seconds=SECONDS)
    cursor = _cursor()
    page = lists.corrections(after=cursor)
    return render_template(
        "factchecks/corrections.html", page=page, is_first=cursor is None, verdicts_seq=seq
    )


def _filters() -> ClaimFilters:
    verdict = request.args.get("verdict")
    if verdict and verdict not in {known.value for known in Verdict}:
        raise Missing("There is no such verdict. The page of fact checks lists those that there are.")
    return ClaimFilters(
        verdict=Verdict(verdict) if verdict else None,
        topic=_slug("topic", lists.topic_named),
        source=_slug("source", lists.publisher_named),
    )


def _slug(name: str, named: Callable[[str], Topic | Publisher | None]) -> str | None:
    """Return the slug of what the request names by slug or name; the words themselves if nothing is named so."""
    text = request.args.get(name, "").strip()[:MAX_WORDS_LENGTH]
    found = named(text) if text else None
    return found.slug if found else text or None


def _cursor() -> Cursor | None:
    return Cursor.parse(request.args.get("after"))
