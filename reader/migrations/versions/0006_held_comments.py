"""Comments that wait for a moderator, and decisions about more than comments."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "findings",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_findings_comment_id_comments")
        ),
        sa.PrimaryKeyConstraint("comment_id", "revision", "rule", name=op.f("pk_findings")),
    )
    with op.batch_alter_table("threads") as batch_op:
        batch_op.add_column(
            sa.Column("premoderated", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("decisions") as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("until", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("article_id", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column("comment_id", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column("revision", existing_type=sa.Integer(), nullable=True)
        batch_op.create_foreign_key(op.f("fk_decisions_person_id_users"), "users", ["person_id"], ["id"])
        batch_op.create_index(op.f("ix_decisions_person_id"), ["person_id"])
        batch_op.create_index(op.f("ix_decisions_article_id"), ["article_id"])


def downgrade() -> None:
    with op.batch_alter_table("decisions") as batch_op:
        batch_op.drop_index(op.f("ix_decisions_article_id"))
        batch_op.drop_index(op.f("ix_decisions_person_id"))
        batch_op.drop_constraint(op.f("fk_decisions_person_id_users"), type_="foreignkey")
        batch_op.alter_column("revision", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("comment_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("article_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("until")
        batch_op.drop_column("person_id")
    with op.batch_alter_table("threads") as batch_op:
        batch_op.drop_column("premoderated")
    op.drop_table("findings")
