"""how many characters an article has of the languages that put no space between words"""

import re
from html import unescape

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BATCH = 200
_CHARACTER = re.compile("[々〇\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]")
_TAG = re.compile(r'<(?:[^">]|"[^"]*")*>')
_articles = sa.table(
    "articles", *(sa.column(name, kind) for name, kind in (
        ("id", sa.Integer), ("html", sa.Text), ("words", sa.Integer), ("characters", sa.Integer)
    ))
)


def upgrade() -> None:
    with op.batch_alter_table("articles") as table:
        table.add_column(sa.Column("characters", sa.Integer(), server_default="0", nullable=False))
    connection, last = op.get_bind(), 0
    while rows := connection.execute(
        sa.select(_articles.c.id, _articles.c.html).where(_articles.c.id > last).order_by(_articles.c.id).limit(BATCH)
    ).all():
        for last, html in rows:
            text = unescape(_TAG.sub(" ", html))
            others, characters = _CHARACTER.subn(" ", text)
            if characters:
                words = characters + sum(any(map(str.isalnum, word)) for word in others.split())
                connection.execute(
                    sa.update(_articles).where(_articles.c.id == last).values(words=words, characters=characters)
                )


def downgrade() -> None:
    with op.batch_alter_table("articles") as table:
        table.drop_column("characters")
