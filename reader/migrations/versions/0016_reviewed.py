"""which revision of a comment somebody has decided about, and what of it waits: found by index, however many there are"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UNREVIEWED = sa.text("state = 'published' AND reviewed < revision")
HELD = sa.text("state = 'held'")
WAITS = sa.text("waits")

DECIDED = """
UPDATE comments SET reviewed = revision WHERE EXISTS (
  SELECT 1 FROM decisions
  WHERE decisions.comment_id = comments.id AND decisions.revision = comments.revision
    AND decisions.actor_id IS NOT NULL
)
"""
WAITING = """
UPDATE findings SET waits = TRUE WHERE outcome = 'report' AND EXISTS (
  SELECT 1 FROM comments
  WHERE comments.id = findings.comment_id AND comments.revision = findings.revision
    AND comments.reviewed < comments.revision AND comments.state IN ('published', 'held')
)
"""


def upgrade() -> None:
    op.add_column("comments", sa.Column("reviewed", sa.Integer(), server_default="0", nullable=False))
    op.add_column("findings", sa.Column("waits", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(DECIDED)
    op.execute(WAITING)
    for name, table, column, only in (
        ("ix_comments_unreviewed", "comments", "id", UNREVIEWED),
        ("ix_comments_held", "comments", "id", HELD),
        ("ix_findings_waiting", "findings", "comment_id", WAITS),
    ):
        op.create_index(name, table, [column], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name, table in (
        ("ix_findings_waiting", "findings"),
        ("ix_comments_held", "comments"),
        ("ix_comments_unreviewed", "comments"),
    ):
        op.drop_index(name, table_name=table)
    with op.batch_alter_table("findings") as batch_op:
        batch_op.drop_column("waits")
    with op.batch_alter_table("comments") as batch_op:
        batch_op.drop_column("reviewed")
