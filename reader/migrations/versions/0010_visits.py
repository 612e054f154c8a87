"""visits: how far each person has read a thread; comments by article and by author, newest first"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("seen_id", sa.Integer(), nullable=False),
        sa.Column("latest_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_visits_article_id_articles")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_visits_person_id_users")),
        sa.PrimaryKeyConstraint("person_id", "article_id", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index("ix_comments_article_id_id", ["article_id", "id"])
        batch_op.create_index("ix_comments_author_id_id", ["author_id", "id"])


def downgrade() -> None:
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index("ix_comments_author_id_id")
        batch_op.drop_index("ix_comments_article_id_id")
    op.drop_table("visits")
