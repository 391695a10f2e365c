"""What came back to posts: figures, and what people answered."""

import sqlalchemy as sa
from alembic import op

from crosspost.ledger.migrations.types import NUMBER, TEXT, text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figures",
        sa.Column("delivery", NUMBER, sa.ForeignKey("deliveries.id"), primary_key=True),
        *(sa.Column(name, NUMBER) for name in ("likes", "reposts", "replies", "views")),
        sa.Column("asked_at", text(32), nullable=False),
        sa.Column("gone_at", text(32)),
        sa.Column("error", TEXT, nullable=False),
    )
    texts = ("reply", "parent", "url", "text", "author", "handle", "author_url")
    op.create_table(
        "replies",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("delivery", NUMBER, sa.ForeignKey("deliveries.id"), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in texts),
        sa.Column("said_at", text(32), nullable=False),
        sa.Column("public", NUMBER, nullable=False),
        sa.Column("mine", NUMBER, nullable=False),
        sa.Column("state", text(8), nullable=False),
        sa.UniqueConstraint("delivery", "reply", name="uq_replies_delivery_reply"),
    )
