"""a comment is in no index of what it hasn't got"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_comments_root_id_folded": ("root_id", "folded"),
    "ix_comments_under_id_nth": ("under_id", "nth"),
    "ix_comments_claim_id_id": ("claim_id", "id"),
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.drop_index(name, "comments")
        only = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(name, "comments", columns, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name, columns in INDEXES.items():
        op.drop_index(name, "comments")
        op.create_index(name, "comments", columns)
