"""Measures on people and on discussions."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_measures_by_id_users")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_measures_person_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
    )
    with op.batch_alter_table("measures") as batch_op:
        batch_op.create_index(op.f("ix_measures_person_id"), ["person_id"])
    with op.batch_alter_table("threads") as batch_op:
        batch_op.add_column(sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("slow_seconds", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("why", sa.String(length=300), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("threads") as batch_op:
        batch_op.drop_column("why")
        batch_op.drop_column("until")
        batch_op.drop_column("slow_seconds")
        batch_op.drop_column("closes_at")
    with op.batch_alter_table("measures") as batch_op:
        batch_op.drop_index(op.f("ix_measures_person_id"))
    op.drop_table("measures")
