"""The statements of a post: a hot thread is locked for no longer than they take.

PostgreSQL takes several writes in one statement, which saves the ways there and back; for SQLite, there are none.
"""

from typing import cast

from sqlalchemy import Connection, Table, and_, bindparam, case, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from reader.accounts.models import Measure, User
from reader.articles.models import Article
from reader.articles.queries import visible_at
from reader.comments.models import DEEPEST, Comment, Thread
from reader.db.prepared import Prepared
from reader.factchecks.models import Citation, Claim
from reader.factchecks.waiting import shown_in_at

_COMMENTS = cast(Table, Comment.__table__)
_THREADS = cast(Table, Thread.__table__)
_CLAIMS = cast(Table, Claim.__table__)
_ARTICLES = cast(Table, Article.__table__)
_USERS = cast(Table, User.__table__)
_MEASURES = cast(Table, Measure.__table__)

# What a comment is stored with.
_COLUMNS = [each.key for each in _COMMENTS.columns if each is not _COMMENTS.c.id]

_BEFORE = _COMMENTS.alias("before")
_PARENT, _UNDER = _COMMENTS.alias("parent"), _COMMENTS.alias("under")

# What decides whether a comment may be posted at all, and whether it was.
THREAD = Prepared(
    select(
        visible_at(bindparam("now")).label("visible"),
        _THREADS.c.closed_at,
        _THREADS.c.closes_at,
        _THREADS.c.opened_at,
        _ARTICLES.c.placed_at,
        _THREADS.c.slow_seconds,
        _THREADS.c.premoderated,
        _THREADS.c.until,
        _THREADS.c.why,
        exists()
        .where(_MEASURES.c.person_id == bindparam("author_id"), _MEASURES.c.ended_at.is_(None))
        .label("measured"),
        _BEFORE.c.id.label("submitted"),
    )
    .select_from(_ARTICLES)
    .join(_USERS, _USERS.c.id == bindparam("author_id"))
    .outerjoin(_THREADS, _THREADS.c.article_id == _ARTICLES.c.id)
    .outerjoin(
        _BEFORE,
        and_(
            _BEFORE.c.author_id == bindparam("author_id"),
            _BEFORE.c.submission_id == bindparam("submission_id"),
        ),
    )
    .where(_ARTICLES.c.id == bindparam("article_id"))
    # What is decided about a person takes their row: it comes before this post, or after it.
    .with_for_update(read=True, of=_USERS)
)
LAST_OF = Prepared(
    select(func.max(_COMMENTS.c.created_at)).where(
        _COMMENTS.c.author_id == bindparam("author_id"), _COMMENTS.c.article_id == bindparam("article_id")
    )
)
# Where an answer stands: under what it answers, or beside it once the depth is used up. What was never published
# isn't there.
PLACE = Prepared(
    select(
        _PARENT.c.article_id,
        _PARENT.c.state,
        _PARENT.c.author_id,
        _UNDER.c.id,
        _UNDER.c.root_id,
        _UNDER.c.depth,
        _UNDER.c.replies,
        _UNDER.c.folded,
    )
    .join(_UNDER, _UNDER.c.id == case((_PARENT.c.depth < DEEPEST, _PARENT.c.id), else_=_PARENT.c.under_id))
    .where(_PARENT.c.id == bindparam("parent_id"), _PARENT.c.changed_seq > 0)
)
UNDER = Prepared(select(_COMMENTS.c.replies, _COMMENTS.c.folded).where(_COMMENTS.c.id == bindparam("under")))
TAKE_PLACE = Prepared(
    update(_COMMENTS).where(_COMMENTS.c.id == bindparam("under")).values(replies=bindparam("taken"))
)
VERDICT = Prepared(
    select(Claim.verdict)
    .join(Citation, Citation.claim_id == Claim.id)
    .where(
        Claim.id == bindparam("claim_id"),
        Citation.article_id == bindparam("article_id"),
        shown_in_at(Citation.article_id, bindparam("now")),
    )
)
COUNT_ON_CLAIM = Prepared(
    update(_CLAIMS).where(_CLAIMS.c.id == bindparam("claim")).values(comments=_CLAIMS.c.comments + 1)
)
_COUNTS = {
    name: made(_THREADS)
    .values(article_id=bindparam("article_id"), published=1, total=1, slow_seconds=0, premoderated=False)
    .on_conflict_do_update(
        index_elements=["article_id"],
        set_={"published": _THREADS.c.published + 1, "total": _THREADS.c.total + 1},
    )
    for name, made in (("sqlite", sqlite_insert), ("postgresql", postgresql_insert))
}
COUNT = {name: Prepared(count) for name, count in _COUNTS.items()}

_INSERT = insert(_COMMENTS).values({name: bindparam(name) for name in _COLUMNS}).returning(_COMMENTS.c.id)
_COMMENT = Prepared(_INSERT)
_COUNTED = Prepared(_INSERT.add_cte(_COUNTS["postgresql"].cte("counted")))


def store(connection: Connection, comment: Comment, *, counted: bool) -> int:
    """Store a comment, and count it in its thread if it is to be ``counted``; its id."""
    values = dict.fromkeys(_COLUMNS) | vars(comment)
    if counted and connection.dialect.name == "postgresql":
        return cast(int, _COUNTED.scalar(connection, values))
    comment_id: int = _COMMENT.scalar(connection, values)
    if counted:
        COUNT["sqlite"].run(connection, values)
    return comment_id
