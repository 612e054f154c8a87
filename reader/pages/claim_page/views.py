"""Requests for a claim's page: what was checked, what is said about it, and the forms that decide and reword it."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from reader import config
from reader.accounts import queries as accounts
from reader.accounts.access import person
from reader.accounts.sessions import viewer
from reader.comments import lists, mine
from reader.comments.windows import Window
from reader.db.keyset import Cursor, id_from
from reader.errors import Missing, Refused
from reader.factchecks import actions, guards, offering, policy
from reader.factchecks import queries as factchecks
from reader.factchecks.verdicts import Verdict
from reader.factchecks.wording import parts_of
from reader.pages.claim_page import claimreview, queries
from reader.pages.claim_page.forms import RevisionForm, VerdictForm
from reader.web import page_cache
from reader.web.answers import wants_json
from reader.web.notices import Done, done

# The page follows its claim, but shows articles' titles, too: rendered again after a moment.
SECONDS = 2.0
NO_CLAIM = "There is no fact check at this address. All of them are on the page of fact checks."

blueprint = Blueprint("claims", __name__)


@blueprint.get("/fact-checks/<slug>")
def claim(slug: str) -> str:
    """One claim, its life and its discussion; for an editor with the form that decides it."""
    life, who, window = _life_of(slug), viewer(), Window.read(request.args)
    page_cache.keep({life.claim.stream: life.head}, seconds=SECONDS)
    said = lists.about(life.claim.id, window)
    return _page(
        life,
        VerdictForm.about(life.claim) if policy.may_decide(who) else None,
        said=said,
        window=window,
        home=life.home,
        viewer=who,
        mine=mine.of(who, said.ids),
        measures=accounts.in_force(who.id) if who else None,
        submission_id=uuid4(),
    )


@blueprint.post("/fact-checks/<slug>/verdict")
def decide(slug: str) -> ResponseReturnValue:
    """Decide a claim; where that is refused, show how it stands, with the form as it was filled in."""
    claim_id, form = factchecks.public_id(slug), VerdictForm()
    if claim_id is None:
        raise Missing(NO_CLAIM)
    try:
        change = actions.set_verdict(claim_id, form.decision(), by=person())
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        form.refuse(refused)
        return _page(_life_of(slug), form), refused.status
    here = f"/fact-checks/{slug}"
    return done(
        Done.VERDICT_SET, f"{here}#claim-{slug}", verdict=change.after, version=change.version, url=here
    )


@blueprint.get("/fact-checks/<slug>/verdict")
def deciding(slug: str) -> Response:
    """Redirect to the claim when the form's address is opened as a page."""
    return redirect(_life_of(slug).claim.path)


@blueprint.post("/fact-checks/<slug>/text")
def revise(slug: str) -> ResponseReturnValue:
    """Change what a claim says; where that is refused, show how it stands, with the form as it was filled in."""
    claim_id, form = factchecks.public_id(slug), RevisionForm()
    if claim_id is None:
        raise Missing(NO_CLAIM)
    try:
        change = actions.revise_claim(claim_id, form.revision(), by=person())
    except Refused as refused:
        if wants_json() or isinstance(refused, Missing):
            raise
        form.refuse(refused)
        life = _life_of(slug)
        return _page(life, VerdictForm.about(life.claim), revision=form), refused.status
    here = f"/fact-checks/{slug}"
    return done(Done.CLAIM_REVISED, f"{here}#history", version=change.version, url=here)


@blueprint.get("/fact-checks/<slug>/text")
def revising(slug: str) -> Response:
    """Redirect to the claim when the address of its form is opened by itself."""
    return redirect(_life_of(slug).claim.path)


def _page(
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
        "pages/claim_page/claim.html",
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
        wording=parts_of(life.claim) if form else [],
        verdicts=list(Verdict),
        offered=offering.sources_for(life.claim) if form else [],
        changes=queries.some_citing(life.claim.id) if form else [],
        changed=len(factchecks.article_ids_citing(life.claim.id)) if form else 0,
        taken_back=_taken_back(life.claim.id) if form else {},
        **{"said": None, **discussion},
    )


def _taken_back(claim_id: int) -> dict[Verdict, Verdict]:
    """Return, for each verdict that would take another one back, that other one."""
    return guards.taken_back_by(change.ruling for change in reversed(factchecks.history_of(claim_id)))


def _life_of(slug: str) -> queries.Life:
    """The public claim of this slug, as much of it as the address asks for; Missing, where there is none."""
    span = queries.Span(id_from(request.args.get("before")), Cursor.parse(request.args.get("citing")))
    life = queries.life_of(slug, span)
    if life is None:
        raise Missing(NO_CLAIM)
    return life
