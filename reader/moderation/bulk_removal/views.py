"""Requests of moderators who wait for a bulk operation: parse, act, respond."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from reader.accounts.access import person
from reader.db.keyset import MAX_ID
from reader.moderation.bulk_removal import actions, queries
from reader.web.notices import Done, done

blueprint = Blueprint("clearing", __name__)


@blueprint.post(f"/moderation/measures/<int(max={MAX_ID}):measure_id>/comments")
def go_on(measure_id: int) -> ResponseReturnValue:
    """Process another batch now, and show the progress."""
    progress = actions.go_on(measure_id, by=person())
    whom = queries.whom(measure_id)
    back = f"/moderation/people/{whom.username}" if whom else "/moderation/"
    return done(Done.CLEARED, back, done=progress.done, left=progress.left)
