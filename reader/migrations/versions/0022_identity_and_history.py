"""ids of articles and former addresses; what a claim's history says; checks whose date is not known"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SAID = {
    "sqlite": "json_array(json_object('url', appearance))",
    "postgresql": "json_build_array(json_build_object('url', appearance))",
}
FIRST_SAID = {"sqlite": "json_extract(said, '$[0].url')", "postgresql": "said -> 0 ->> 'url'"}


def upgrade() -> None:
    engine = op.get_bind().dialect.name
    _articles()
    _claims(engine)
    _history()
    with op.batch_alter_table("sources") as batch_op:
        batch_op.alter_column("article_id", existing_type=sa.Integer(), nullable=True)


def _articles() -> None:
    """Existing articles get their slugs as ids."""
    with op.batch_alter_table("articles") as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(100), nullable=True))
        batch_op.add_column(sa.Column("file", sa.String(1000), nullable=True))
        batch_op.add_column(sa.Column("was_public", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("UPDATE articles SET key = slug")
    op.execute("UPDATE articles SET was_public = (status IN ('published', 'retracted'))")
    with op.batch_alter_table("articles") as batch_op:
        batch_op.alter_column("key", existing_type=sa.String(100), nullable=False)
        batch_op.alter_column("was_public", existing_type=sa.Boolean(), server_default=None)
        batch_op.create_unique_constraint(op.f("uq_articles_key"), ["key"])
        batch_op.create_index(op.f("ix_articles_file"), ["file"])
    op.create_table(
        "former_slugs",
        sa.Column("slug", sa.String(100), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_former_slugs_article_id_articles")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_former_slugs")),
    )
    op.create_index(op.f("ix_former_slugs_article_id"), "former_slugs", ["article_id"])


def _claims(engine: str) -> None:
    """A verdict that only its file ever set was checked nobody knows when, and by nobody known."""
    with op.batch_alter_table("claims") as batch_op:
        batch_op.add_column(sa.Column("said", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("checked_by_name", sa.String(200), nullable=True))
        batch_op.add_column(sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("checked_at", existing_type=sa.DateTime(timezone=True), nullable=True)
    op.execute(f"UPDATE claims SET said = {SAID[engine]} WHERE appearance IS NOT NULL")
    op.execute("UPDATE claims SET listed_at = checked_at")
    op.execute("UPDATE claims SET checked_at = NULL, checked_by_id = NULL WHERE version = 1")
    with op.batch_alter_table("claims") as batch_op:
        batch_op.alter_column("said", existing_type=sa.JSON(), server_default=None)
        batch_op.alter_column("listed_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.drop_column("appearance")
        batch_op.create_index(op.f("ix_claims_listed_at"), ["listed_at"])


def _history() -> None:
    with op.batch_alter_table("verdict_changes") as batch_op:
        batch_op.add_column(sa.Column("changed", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("typo", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("by_name", sa.String(200), nullable=True))
        batch_op.add_column(sa.Column("origin", sa.String(10), server_default="page", nullable=False))
        batch_op.add_column(sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("at", existing_type=sa.DateTime(timezone=True), nullable=True)
    op.execute("UPDATE verdict_changes SET listed_at = at")
    op.execute("UPDATE verdict_changes SET at = NULL, by_id = NULL, origin = 'file' WHERE version = 1")
    with op.batch_alter_table("verdict_changes") as batch_op:
        batch_op.alter_column("typo", existing_type=sa.Boolean(), server_default=None)
        batch_op.alter_column("origin", existing_type=sa.String(10), server_default=None)
        batch_op.alter_column("listed_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.create_index(op.f("ix_verdict_changes_listed_at"), ["listed_at"])


def downgrade() -> None:
    """Former addresses, changes of a claim's words and who checked it by name alone have no place before this."""
    engine = op.get_bind().dialect.name
    op.execute("DELETE FROM supports WHERE source_id IN (SELECT id FROM sources WHERE article_id IS NULL)")
    op.execute("DELETE FROM sources WHERE article_id IS NULL")
    with op.batch_alter_table("sources") as batch_op:
        batch_op.alter_column("article_id", existing_type=sa.Integer(), nullable=False)
    op.execute("UPDATE verdict_changes SET at = listed_at WHERE at IS NULL")
    with op.batch_alter_table("verdict_changes") as batch_op:
        batch_op.drop_index(op.f("ix_verdict_changes_listed_at"))
        batch_op.alter_column("at", existing_type=sa.DateTime(timezone=True), nullable=False)
        for name in ("listed_at", "origin", "by_name", "typo", "changed"):
            batch_op.drop_column(name)
    with op.batch_alter_table("claims") as batch_op:
        batch_op.drop_index(op.f("ix_claims_listed_at"))
        batch_op.add_column(sa.Column("appearance", sa.String(2000), nullable=True))
    op.execute(f"UPDATE claims SET appearance = {FIRST_SAID[engine]}")
    op.execute("UPDATE claims SET checked_at = listed_at WHERE checked_at IS NULL")
    with op.batch_alter_table("claims") as batch_op:
        batch_op.alter_column("checked_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        for name in ("listed_at", "checked_by_name", "said"):
            batch_op.drop_column(name)
    op.drop_table("former_slugs")
    with op.batch_alter_table("articles") as batch_op:
        batch_op.drop_index(op.f("ix_articles_file"))
        batch_op.drop_constraint(op.f("uq_articles_key"), type_="unique")
        for name in ("was_public", "file", "key"):
            batch_op.drop_column(name)
