"""the top of a thread, found by recommendations and by claim"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TOP = sa.text("under_id IS NULL")
ABOUT = sa.text("under_id IS NULL AND claim_id IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_comments_top_by_recommendations",
            ["article_id", "recommendations", "id"],
            sqlite_where=TOP,
            postgresql_where=TOP,
        )
        batch_op.create_index(
            "ix_comments_top_by_claim",
            ["article_id", "claim_id", "id"],
            sqlite_where=ABOUT,
            postgresql_where=ABOUT,
        )


def downgrade() -> None:
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index("ix_comments_top_by_claim")
        batch_op.drop_index("ix_comments_top_by_recommendations")
