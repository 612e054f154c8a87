"""articles.changed_at: when an article was last published with other content than before"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("articles") as batch_op:
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """
        UPDATE articles SET changed_at = (
            SELECT stored_at FROM article_revisions
            WHERE article_revisions.article_id = articles.id AND article_revisions.number = articles.revision
        )
        WHERE revision > 1
        """
    )


def downgrade() -> None:
    with op.batch_alter_table("articles") as batch_op:
        batch_op.drop_column("changed_at")
