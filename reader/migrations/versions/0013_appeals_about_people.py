"""decisions name the measure they are about, and appeals that nobody has to answer any more are closed"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Each was taken by one decision, under one lock: so the first of a kind on a person by the first, and so on.
MEASURES = """
UPDATE decisions SET measure_id = (
  SELECT taken.measure_id FROM (
    SELECT d.id AS decision_id, m.id AS measure_id
    FROM (
      SELECT id, person_id, action, row_number() OVER (PARTITION BY person_id, action ORDER BY id) AS nth
      FROM decisions WHERE person_id IS NOT NULL
    ) AS d
    JOIN (
      SELECT id, person_id, kind, row_number() OVER (PARTITION BY person_id, kind ORDER BY id) AS nth FROM measures
    ) AS m ON m.person_id = d.person_id AND m.kind = d.action AND m.nth = d.nth
  ) AS taken WHERE taken.decision_id = decisions.id
) WHERE person_id IS NOT NULL
"""
MOOT = """
UPDATE appeals SET outcome = 'moot', decided_at = CURRENT_TIMESTAMP
WHERE outcome IS NULL AND decision_id IN (
  SELECT decisions.id FROM decisions JOIN comments ON comments.id = decisions.comment_id
  WHERE comments.state != 'removed'
)
"""


def upgrade() -> None:
    with op.batch_alter_table("decisions") as batch_op:
        batch_op.add_column(sa.Column("measure_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_decisions_measure_id_measures"), "measures", ["measure_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_decisions_measure_id"), ["measure_id"])
    op.execute(MEASURES)
    op.execute(MOOT)


def downgrade() -> None:
    op.execute("UPDATE appeals SET outcome = NULL, decided_at = NULL WHERE outcome = 'moot'")
    with op.batch_alter_table("decisions") as batch_op:
        batch_op.drop_index(op.f("ix_decisions_measure_id"))
        batch_op.drop_constraint(op.f("fk_decisions_measure_id_measures"), type_="foreignkey")
        batch_op.drop_column("measure_id")
