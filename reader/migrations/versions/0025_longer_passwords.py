"""staff whose password isn't known to be long enough: all, since no length is stored"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NAME = "longer_password_due"


def upgrade() -> None:
    op.add_column("users", sa.Column(NAME, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(f"UPDATE users SET {NAME} = TRUE WHERE role <> 'reader'")


def downgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_column(NAME)
