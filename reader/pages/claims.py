"""A claim's own page: its fact check, and what is said about it on all articles that cite it."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, request

from reader.accounts import queries as accounts
from reader.accounts.sessions import viewer
from reader.comments import lists, mine
from reader.comments.windows import Window
from reader.factchecks import policy
from reader.factchecks import views as factchecks
from reader.factchecks.forms import VerdictForm
from reader.web import page_cache

blueprint = Blueprint("claims", __name__)


@blueprint.get("/fact-checks/<slug>")
def claim(slug: str) -> str:
    """One claim, its life and its discussion; for an editor with the form that decides it."""
    life, who, window = factchecks.life_of(slug), viewer(), Window.read(request.args)
    page_cache.keep({life.claim.stream: life.head}, seconds=factchecks.SECONDS)
    said = lists.about(life.claim.id, window)
    return factchecks.page(
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
