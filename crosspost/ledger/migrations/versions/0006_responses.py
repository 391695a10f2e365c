"""What came back to posts: figures, and what people answered."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figures",
        sa.Column("delivery", sa.Integer, sa.ForeignKey("deliveries.id"), primary_key=True),
        *(sa.Column(name, sa.Integer) for name in ("likes", "reposts", "replies", "views")),
        sa.Column("asked_at", sa.String(32), nullable=False),
        sa.Column("gone_at", sa.String(32)),
        sa.Column("error", sa.Text, nullable=False),
    )
    texts = ("reply", "parent", "url", "text", "author", "handle", "author_url")
    op.create_table(
        "replies",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("delivery", sa.Integer, sa.ForeignKey("deliveries.id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("said_at", sa.String(32), nullable=False),
        sa.Column("public", sa.Integer, nullable=False),
        sa.Column("mine", sa.Integer, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.UniqueConstraint("delivery", "reply", name="uq_replies_delivery_reply"),
    )
