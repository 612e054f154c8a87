"""what a ban has left to do with comments, and which measure another one took the place of"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("measures") as batch_op:
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("clearing", sa.String(length=10), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_measures_replaces_id_measures"), "measures", ["replaces_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_measures_clearing"), ["clearing"])


def downgrade() -> None:
    with op.batch_alter_table("measures") as batch_op:
        batch_op.drop_index(op.f("ix_measures_clearing"))
        batch_op.drop_constraint(op.f("fk_measures_replaces_id_measures"), type_="foreignkey")
        batch_op.drop_column("clearing")
        batch_op.drop_column("replaces_id")
