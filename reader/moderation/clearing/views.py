"""Requests of moderators who wait for it: parse, act, respond."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect
from flask.typing import ResponseReturnValue

from reader.accounts.access import person
from reader.answers import wants_json
from reader.moderation.clearing import actions, queries
from reader.paging import LARGEST_ID

blueprint = Blueprint("clearing", __name__)


@blueprint.post(f"/moderation/measures/<int(max={LARGEST_ID}):measure_id>/comments")
def go_on(measure_id: int) -> ResponseReturnValue:
    """Do some more of it now, and say how far it is."""
    progress = actions.go_on(measure_id, by=person())
    if wants_json():
        return jsonify(done=progress.done, left=progress.left)
    whom = queries.whom(measure_id)
    return redirect(f"/moderation/people/{whom.username}" if whom else "/moderation/", 303)
