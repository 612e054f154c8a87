"""People's pages: who somebody is here, and what they have said."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from reader import eventlog
from reader.accounts import queries as accounts
from reader.accounts.sessions import viewer
from reader.comments import lists, mine
from reader.db.keyset import id_from
from reader.errors import Missing
from reader.eventlog import streams

NOBODY = "There is nobody of this name here, or no longer."

blueprint = Blueprint("people", __name__)


@blueprint.get("/people/<username>")
def person(username: str) -> Response | str:
    """A person's name, since when they are here, and their comments, latest first.

    It is not kept: it is made from comments on many articles, and what a moderator removed is gone from it at once.
    """
    found = accounts.user_by_name(username)
    if found is None:
        raise Missing(NOBODY)
    if username != found.username:
        return redirect(found.path)
    who, after, seq = viewer(), id_from(request.args.get("after")), eventlog.head(streams.VERDICTS)
    said = lists.by_author(found.id, after=after)
    return render_template(
        "pages/person.html",
        person=found,
        said=said,
        number=lists.number_by(found.id),
        most=lists.MAX_COUNTED,
        is_first=after is None,
        verdicts_seq=seq,
        viewer=who,
        mine=mine.of(who, said.ids),
        is_muted=accounts.has_muted(who, found.id),
    )
