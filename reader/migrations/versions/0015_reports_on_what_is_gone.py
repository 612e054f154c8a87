"""reports on comments that their authors have deleted are closed"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CLOSE = """
UPDATE reports SET outcome = 'deleted', decided_at = CURRENT_TIMESTAMP
WHERE outcome IS NULL AND comment_id IN (SELECT id FROM comments WHERE state IN ('deleted', 'erased'))
"""


def upgrade() -> None:
    op.execute(CLOSE)


def downgrade() -> None:
    op.execute("UPDATE reports SET outcome = NULL, decided_at = NULL WHERE outcome = 'deleted'")
