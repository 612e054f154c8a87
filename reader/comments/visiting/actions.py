"""That somebody has read a thread. Nobody else is told, so nothing is appended to the log."""

from datetime import timedelta

from reader.accounts import rights
from reader.accounts.models import User
from reader.clock import now
from reader.comments.models import Visit
from reader.db.transactions import transaction

# What is read within this time of the last look is the same visit: on its pages the same comments are new.
PAUSE = timedelta(minutes=30)


def visit(article_id: int, *, by: User, up_to: int) -> None:
    """Note that ``by`` has seen the thread up to comment ``up_to``."""
    rights.require("visit", by)
    person_id = by.id
    with transaction() as session:
        found = session.get(Visit, (person_id, article_id), with_for_update=True)
        if found is None:
            session.merge(Visit(person_id=person_id, article_id=article_id, seen_id=up_to, latest_id=up_to))
            return
        if now() - found.at > PAUSE:
            found.seen_id = found.latest_id
        found.latest_id = max(found.latest_id, up_to)
        found.at = now()
