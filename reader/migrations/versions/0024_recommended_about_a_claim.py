"""the most recommended comments about a claim are found by an index"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NAME = "ix_comments_top_by_claim_recommendations"
COLUMNS = ["article_id", "claim_id", "recommendations", "id"]


def upgrade() -> None:
    only = sa.text("under_id IS NULL AND claim_id IS NOT NULL")
    op.create_index(NAME, "comments", COLUMNS, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index(NAME, "comments")
