"""Who may use which address: the one table, and its guard.

An address that doesn't stand here is closed to everybody, so a new one has to be entered, and a test holds each line to
what really happens. What somebody may do with a particular comment or person is decided by the features' policies.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from werkzeug.wrappers import Response

from reader.accounts import access, policy
from reader.accounts.models import Role
from reader.errors import Refused

CLOSED = "Nobody may use this address."

_EVERYBODY = """
pages.front pages.about pages.method pages.moderation pages.archive pages.article pages.author pages.topic
pages.feeds.articles_atom pages.feeds.articles_json pages.feeds.comments_atom pages.feeds.corrections_atom
pages.feeds.verdicts_atom pages.crawling.news_sitemap pages.crawling.robots pages.crawling.security_txt
pages.crawling.sitemap pages.moderation_report
claims.claim people.person factchecks.corrections factchecks.index factchecks.publisher factchecks.publishers
comments.replies comments.show comments.thread comment_actions.actions
moderation.log live.events assets.serve health.livez health.readyz health.show_metrics
accounts.login accounts.login_form accounts.logout accounts.register accounts.register_form
notifications.unsubscribe notifications.unsubscribe_form
"""
_READERS = """
accounts.account accounts.acknowledge accounts.change_password accounts.end_other_sessions accounts.end_session
accounts.mute accounts.muted_sheet accounts.set_shortcuts accounts.unmute
appeals.appeal appeals.own appeals.statement appeals.statement_on
comment_actions.revisions
comments.confirm_delete comments.create comments.delete comments.recommend comments.reply editing.edit
editing.edit_form editing.names
notifications.choose_mail notifications.follow_article notifications.follow_claim notifications.index
notifications.mail_form notifications.read
reports.own reports.report reports.reporting visiting.seen visiting.visit
"""
_MODERATORS = """
appeals.answer appeals.answering
moderation.approve moderation.deciding moderation.pin moderation.remove moderation.restore
queues.decide queues.queue queues.some queues.start queues.undo
moderated_people.end moderated_people.show moderated_people.take moderated_threads.change moderated_threads.show
listed_words.change listed_words.lists listed_words.show
"""
_EDITORS = """
desk.answer desk.reports desk.seen factchecks.decide factchecks.deciding
"""

# The endpoint, and the role it takes at least; None is everybody.
ROUTES: Mapping[str, Role | None] = {
    **dict.fromkeys(_EVERYBODY.split(), None),
    **dict.fromkeys(_READERS.split(), Role.READER),
    **dict.fromkeys(_MODERATORS.split(), Role.MODERATOR),
    **dict.fromkeys(_EDITORS.split(), Role.EDITOR),
}


def guard() -> Response | None:
    """Before a request: only who may use its address goes on."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    if endpoint not in ROUTES:
        raise Refused(CLOSED)
    role = ROUTES[endpoint]
    if role is None:
        return None
    person = access.viewer()
    if person is None:
        return access.to_login()
    if not policy.at_least(person, role):
        raise Refused(access.refusal(role))
    return None
