"""``create_app()``: the one place where everything is put together."""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import StrictUndefined

from reader import config, live
from reader.accounts import routes, sessions
from reader.accounts import views as accounts
from reader.background import jobs, table_statistics
from reader.comments import views as comments
from reader.comments.actions import on_delete
from reader.comments.editing import views as editing
from reader.comments.visiting import views as visiting
from reader.config import Settings
from reader.db import query_limits, replica, transactions
from reader.db.base import db, migrate
from reader.extensions import login_manager
from reader.factchecks import views as factchecks
from reader.instance import folder
from reader.live import views as live_views
from reader.moderation import views as moderation
from reader.moderation.appeals import views as appeals
from reader.moderation.bulk_removal import views as clearing
from reader.moderation.bulk_removal import work as clearing_work
from reader.moderation.people import views as moderated_people
from reader.moderation.queues import views as queues
from reader.moderation.reports import views as reports
from reader.moderation.reports.actions import end_reports
from reader.moderation.threads import views as moderated_threads
from reader.moderation.words import views as listed_words
from reader.notifications import views as notifications
from reader.notifications import work
from reader.pages import comment_actions, desk, moved, people
from reader.pages import views as pages
from reader.pages.claim_page import views as claims
from reader.web import (
    compression,
    connections,
    error_pages,
    fragments,
    health,
    metrics,
    notices,
    page_cache,
    part_cache,
    rate_limits,
    replica_reads,
    security,
    templating,
)
from reader.web.origins import csrf

BLUEPRINTS = (
    accounts.blueprint,
    factchecks.blueprint,
    comments.blueprint,
    visiting.blueprint,
    editing.blueprint,
    moderation.blueprint,
    queues.blueprint,
    moderated_people.blueprint,
    clearing.blueprint,
    moderated_threads.blueprint,
    appeals.blueprint,
    listed_words.blueprint,
    reports.blueprint,
    notifications.blueprint,
    pages.blueprint,
    moved.blueprint,
    comment_actions.blueprint,
    claims.blueprint,
    people.blueprint,
    desk.blueprint,
    live_views.blueprint,
    health.blueprint,
)
MIGRATIONS = config.PACKAGE / "migrations"


def create_app(settings: Settings | None = None, *, new: bool = False) -> Flask:
    """Make the application, ready to serve; ``settings`` are read from the environment where none are given.

    With ``new`` the instance folder is made if need be; without, :class:`reader.errors.Missing` is raised where there
    is none. Raises :class:`reader.config.BadSetting`. Does not touch the database: see ``reader db upgrade``.
    """
    settings = settings or config.read()
    if not new:
        folder.require(settings)
    app = foundation(settings)
    replica.init_app(app)
    replica_reads.init_app(app)
    templating.init_app(app)
    fragments.init_app(app)
    part_cache.init_app(app)
    page_cache.init_app(app)
    compression.init_app(app)
    connections.init_app(app)
    metrics.init_app(app, page_cache.of(app), replica.of(app), connections.of(app))
    security.init_app(app)
    rate_limits.init_app(app)
    login_manager.init_app(app, add_context_processor=False)
    app.context_processor(sessions.in_templates)
    csrf.init_app(app)
    app.before_request(routes.guard)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    error_pages.init_app(app)
    notices.init_app(app)
    live.init_app(app)
    on_delete(app, end_reports)
    jobs.init_app(app)
    table_statistics.init_app(app)
    work.init_app(app)
    clearing_work.init_app(app)
    return app


def foundation(settings: Settings) -> Flask:
    """The settings and the databases, and nothing that answers or runs by itself: enough for migrating.

    Makes the instance folder if need be.
    """
    folder.make(settings)
    app = Flask(
        "reader",
        instance_path=str(settings.instance.absolute()),
        template_folder=str(config.asset_folder("templates")),
        static_folder=None,
    )
    app.config.from_mapping(
        READER=settings,
        SECRET_KEY=config.secret_key(settings),
        SQLALCHEMY_DATABASE_URI=settings.database(),
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        SQLALCHEMY_BINDS=replica.binds(settings, _engine_options(settings)),
        WTF_CSRF_SSL_STRICT=False,  # it heeds the Referer alone: see reader.web.origins
        WTF_CSRF_TIME_LIMIT=None,  # a form may be open as long as its session
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            transactions.prepare(engine)
            query_limits.prepare(engine)
    migrate.init_app(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    return app


def _engine_options(settings: Settings) -> dict[str, Any]:
    # The connection used last is the one to use next: it has what is asked prepared, at both ends. In turn, each of
    # them would be a cold one.
    common = {"pool_use_lifo": True, "hide_parameters": True}
    if settings.embedded:
        return {"pool_size": 20, "max_overflow": 0, **common}
    return {"pool_size": 10, "max_overflow": 10, **common}
