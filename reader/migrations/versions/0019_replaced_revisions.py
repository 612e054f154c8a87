"""what a comment says is not kept a second time among what it said before"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        DELETE FROM comment_revisions WHERE EXISTS (
            SELECT 1 FROM comments
            WHERE comments.id = comment_revisions.comment_id AND comments.revision = comment_revisions.number
        )
        """
    )


def downgrade() -> None:
    op.execute(
        """
        INSERT INTO comment_revisions (comment_id, number, body, at)
        SELECT id, revision, body, coalesce(edited_at, created_at) FROM comments
        """
    )
