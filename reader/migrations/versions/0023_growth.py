"""lists are ordered by columns with an index, whatever their size"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, placed in (
        ("articles", "coalesce(published_at, publish_at, stored_at)"),
        ("corrections", "coalesce(at, (SELECT stored_at FROM articles WHERE articles.id = article_id))"),
    ):
        op.add_column(table, sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True))
        op.execute(f"UPDATE {table} SET placed_at = {placed}")
        with op.batch_alter_table(table) as batch:
            batch.alter_column("placed_at", nullable=False)
    with op.batch_alter_table("decisions") as batch:
        batch.add_column(sa.Column("subject_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_decisions_subject_id_users", "users", ["subject_id"], ["id"])
    op.execute(
        "UPDATE decisions SET subject_id ="
        " coalesce(person_id, (SELECT author_id FROM comments WHERE comments.id = comment_id))"
    )
    op.drop_index("ix_articles_status", "articles")
    op.drop_index("ix_articles_stored_at", "articles")
    op.drop_index("ix_claims_verdict", "claims")
    for table in LISTED:
        op.drop_index(f"ix_{table}_listed_at", table)
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    op.create_index(
        "ix_users_username_key", "users", ["username_key"], postgresql_ops={"username_key": "text_pattern_ops"}
    )
    for (name, table), only in PARTIAL.items():
        op.create_index(name, table, ["id"], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name, table in PARTIAL:
        op.drop_index(name, table)
    op.drop_index("ix_users_username_key", "users")
    for name, table, _columns in INDEXES:
        op.drop_index(name, table)
    for table in LISTED:
        op.create_index(f"ix_{table}_listed_at", table, ["listed_at"])
    op.create_index("ix_claims_verdict", "claims", ["verdict"])
    op.create_index("ix_articles_stored_at", "articles", ["stored_at"])
    op.create_index("ix_articles_status", "articles", ["status"])
    with op.batch_alter_table("decisions") as batch:
        batch.drop_constraint("fk_decisions_subject_id_users", type_="foreignkey")
        batch.drop_column("subject_id")
    for table in ("articles", "corrections"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("placed_at")


LISTED = ("claims", "verdict_changes")
PARTIAL = {
    ("ix_decisions_removals", "decisions"): sa.text("action = 'remove'"),
    ("ix_reports_trusted", "reports"): sa.text("coalesce(outcome, '') = '' AND trusted"),
    ("ix_reports_doubtful", "reports"): sa.text("coalesce(outcome, '') = '' AND NOT trusted"),
}
INDEXES = (
    ("ix_articles_placed_at", "articles", ["placed_at", "id", "status", "publish_at"]),
    ("ix_claims_listed_at_id", "claims", ["listed_at", "id"]),
    ("ix_claims_verdict_listed_at_id", "claims", ["verdict", "listed_at", "id"]),
    ("ix_verdict_changes_listed_at_id", "verdict_changes", ["listed_at", "id"]),
    ("ix_corrections_placed_at_id", "corrections", ["placed_at", "id"]),
    ("ix_reports_decided_at", "reports", ["decided_at"]),
    ("ix_decisions_at", "decisions", ["at", "action", "reason", "actor_id"]),
    ("ix_decisions_actor_id_id", "decisions", ["actor_id", "id"]),
    ("ix_decisions_subject_id_id", "decisions", ["subject_id", "id"]),
    ("ix_appeals_at", "appeals", ["at"]),
    ("ix_comments_author_id_state", "comments", ["author_id", "state"]),
)
