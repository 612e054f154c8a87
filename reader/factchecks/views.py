"""Requests of this feature: parse, act, respond."""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_lowercase

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from reader import config
from reader.accounts.access import person
from reader.articles.models import Topic
from reader.db.keyset import Cursor, id_from
from reader.errors import Missing, Refused
from reader.factchecks import actions, claimreview, guards, lists, offering, queries
from reader.factchecks.forms import RevisionForm, VerdictForm
from reader.factchecks.lists import ClaimFilters
from reader.factchecks.models import Publisher
from reader.factchecks.summary import strength
from reader.factchecks.verdicts import Verdict
from reader.text.slugs import MAX_LENGTH
from reader.web import page_cache
from reader.web.answers import wants_json
from reader.web.notices import Done, done

# Lists are updated by ``verdicts``, but a claim's page also shows articles' titles: rendered again after a moment.
SECONDS = 2.0
MAX_WORDS_LENGTH = 200
# Entry points of the list of publishers. Slugs are in ASCII, and digits come first.
LETTERS = ("0", *ascii_lowercase)
NO_CLAIM = "There is no fact check at this address. All of them are on the page of fact checks."

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


@blueprint.post("/fact-checks/<slug>/verdict")
def decide(slug: str) -> ResponseReturnValue:
    """Decide a claim; where that is refused, show how it stands, with the form as it was filled in."""
    claim_id, form = queries.public_id(slug), VerdictForm()
    if claim_id is None:
        raise Missing(NO_CLAIM)
    try:
        change = actions.set_verdict(claim_id, form.decision(), by=person())
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        form.refuse(refused.field, refused.reason)
        return page(life_of(slug), form), refused.status
    here = f"/fact-checks/{slug}"
    return done(
        Done.VERDICT_SET, f"{here}#claim-{slug}", verdict=change.after, version=change.version, url=here
    )


@blueprint.get("/fact-checks/<slug>/verdict")
def deciding(slug: str) -> Response:
    """Redirect to the claim when the form's address is opened as a page."""
    return redirect(life_of(slug).claim.path)


@blueprint.post("/fact-checks/<slug>/text")
def revise(slug: str) -> ResponseReturnValue:
    """Change what a claim says; where that is refused, show how it stands, with the form as it was filled in."""
    claim_id, form = queries.public_id(slug), RevisionForm()
    if claim_id is None:
        raise Missing(NO_CLAIM)
    try:
        change = actions.revise_claim(claim_id, form.revision(), by=person())
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        form.refuse(refused.field, refused.reason)
        life = life_of(slug)
        return page(life, VerdictForm.about(life.claim), revision=form), refused.status
    here = f"/fact-checks/{slug}"
    return done(Done.CLAIM_REVISED, f"{here}#history", version=change.version, url=here)


@blueprint.get("/fact-checks/<slug>/text")
def revising(slug: str) -> Response:
    """Redirect to the claim when the address of its form is opened by itself."""
    return redirect(life_of(slug).claim.path)


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


def page(
    life: queries.Life,
    form: VerdictForm | None,
    revision: RevisionForm | None = None,
    **discussion: object,
) -> str:
    """A claim's page, with the forms that decide and reword it, and what is said about it, if these are given."""
    settings = config.current()
    base = settings.base_url or request.url_root
    data, failed = claimreview.linked_data(life.claim, site_name=settings.site_name, base=base.rstrip("/"))
    return render_template(
        "factchecks/claim.html",
        claim=life.claim,
        head=life.head,
        history=life.history,
        citing=life.citing,
        is_whole=not {"before", "citing", "after"} & {*request.args},
        linked_data=data,
        failed_rules=failed,
        form=form,
        revision=revision or (RevisionForm.about_claim(life.claim) if form else None),
        is_revising=revision is not None,
        verdicts=list(Verdict),
        offered=offering.sources_for(life.claim) if form else [],
        changes=offering.some_citing(life.claim.id) if form else [],
        changed=len(queries.article_ids_citing(life.claim.id)) if form else 0,
        taken_back=_taken_back(life.claim.id) if form else {},
        **{"said": None, **discussion},
    )


def _taken_back(claim_id: int) -> dict[Verdict, Verdict]:
    """Return, for each verdict that would take another one back, that other one."""
    return guards.taken_back_by(change.ruling for change in reversed(queries.history_of(claim_id)))


def life_of(slug: str) -> queries.Life:
    """The public claim of this slug, as much of it as the address asks for; Missing, where there is none."""
    span = queries.Span(id_from(request.args.get("before")), Cursor.parse(request.args.get("citing")))
    life = queries.life_of(slug, span)
    if life is None:
        raise Missing(NO_CLAIM)
    return life


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
