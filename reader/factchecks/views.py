"""Requests of this feature: parse, act, respond."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from reader import config, pagecache
from reader.accounts.access import person
from reader.answers import wants_json
from reader.errors import Missing, Refused
from reader.factchecks import actions, claimreview, guards, lists, queries
from reader.factchecks.forms import RevisionForm, VerdictForm
from reader.factchecks.lists import Filters
from reader.factchecks.summary import strength
from reader.factchecks.verdicts import Verdict
from reader.notices import Done, done
from reader.paging import Cursor, id_from

# Lists follow verdicts, and a claim's page also shows the titles of articles: made again after a moment.
SECONDS = 2.0
NO_CLAIM = "There is no fact check at this address. All of them are on the page of fact checks."

blueprint = Blueprint("factchecks", __name__)
blueprint.add_app_template_filter(strength, "strength")


@blueprint.get("/fact-checks")
def index() -> str:
    """All claims, by verdict, topic and publisher."""
    seq = pagecache.keep_list(seconds=SECONDS)
    filters = _filters()
    return render_template(
        "factchecks/index.html",
        verdicts_seq=seq,
        index=lists.index(filters, after=_cursor()),
        filters=filters,
        chosen={name: value for name, value in vars(filters).items() if value},
        is_first=not _cursor(),
    )


@blueprint.post("/fact-checks/<slug>/verdict")
def decide(slug: str) -> ResponseReturnValue:
    """Decide a claim; where that is refused, show how it stands, with the form as it was filled in."""
    claim_id, form = queries.public_id(slug), VerdictForm()
    if claim_id is None:
        raise Missing(NO_CLAIM)
    try:
        change = actions.set_verdict(claim_id, by=person(), **form.decision())
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
    """Where a form is posted to, asked for by itself: the claim."""
    return redirect(life_of(slug).claim.path)


@blueprint.post("/fact-checks/<slug>/text")
def revise(slug: str) -> ResponseReturnValue:
    """Change what a claim says; where that is refused, show how it stands, with the form as it was filled in."""
    claim_id, form = queries.public_id(slug), RevisionForm()
    if claim_id is None:
        raise Missing(NO_CLAIM)
    try:
        change = actions.revise_claim(claim_id, by=person(), **form.revision())
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
    """Where a form is posted to, asked for by itself: the claim."""
    return redirect(life_of(slug).claim.path)


@blueprint.get("/sources")
def publishers() -> str:
    """The publishers cited."""
    seq = pagecache.keep_list(seconds=SECONDS)
    return render_template("factchecks/publishers.html", cited=lists.publishers(), verdicts_seq=seq)


@blueprint.get("/sources/<slug>")
def publisher(slug: str) -> str:
    """One publisher: its sources, and what rests on them."""
    seq = pagecache.keep_list(seconds=SECONDS)
    found = lists.publisher_by_slug(slug)
    if found is None:
        raise Missing("No article cites a publisher of this name.")
    entries, after = lists.sources_by(found, after=id_from(request.args.get("after")))
    return render_template(
        "factchecks/publisher.html", publisher=found, entries=entries, after=after, verdicts_seq=seq
    )


@blueprint.get("/corrections")
def corrections() -> str:
    """What we had got wrong."""
    seq = pagecache.keep_list(seconds=SECONDS)
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
        articles=life.articles,
        linked_data=data,
        failed_rules=failed,
        form=form,
        revision=revision or (RevisionForm.about_claim(life.claim) if form else None),
        is_revising=revision is not None,
        verdicts=list(Verdict),
        offered=queries.sources_for(life.claim) if form else [],
        changes=queries.all_citing(life.claim.id) if form else [],
        taken_back=guards.taken_back_by(change.ruling for change in reversed(life.history)) if form else {},
        **{"said": None, **discussion},
    )


def life_of(slug: str) -> queries.Life:
    """The public claim of this slug; Missing, where there is none."""
    life = queries.life_of(slug)
    if life is None:
        raise Missing(NO_CLAIM)
    return life


def _filters() -> Filters:
    verdict = request.args.get("verdict")
    if verdict and verdict not in {known.value for known in Verdict}:
        raise Missing("There is no such verdict. The page of fact checks lists those that there are.")
    return Filters(
        verdict=Verdict(verdict) if verdict else None,
        topic=request.args.get("topic") or None,
        source=request.args.get("source") or None,
    )


def _cursor() -> Cursor | None:
    return Cursor.parse(request.args.get("after"))
