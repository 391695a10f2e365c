"""Webmentions: whom the site's pages link to, and whether that was told; and those that came."""

import sqlalchemy as sa
from alembic import op

from crosspost.ledger.migrations.types import NUMBER, TEXT, text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webmention_pages",
        sa.Column("post", TEXT, sa.ForeignKey("posts.id"), primary_key=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("url", "fingerprint", "digest")),
        sa.Column("state", text(8), nullable=False),
        *(sa.Column(name, text(32), nullable=False) for name in ("since", "due_at")),
    )
    op.create_table(
        "webmentions",
        sa.Column("post", TEXT, sa.ForeignKey("posts.id"), nullable=False),
        *(sa.Column(name, TEXT, primary_key=True) for name in ("source", "target")),
        sa.Column("linked", NUMBER, nullable=False),
        sa.Column("state", text(8), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("endpoint", "status_url")),
        sa.Column("attempts", NUMBER, nullable=False),
        *(sa.Column(name, text(32)) for name in ("tried_at", "sent_at")),
        sa.Column("due_at", text(32), nullable=False),
        sa.Column("error", TEXT, nullable=False),
    )
    op.create_index("ix_webmentions_state_due_at", "webmentions", ["state", "due_at"])
    texts = ("url", "text", "author", "author_url")
    op.create_table(
        "mentions",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("post", TEXT, sa.ForeignKey("posts.id"), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("source", "target")),
        sa.Column("kind", text(8), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in texts),
        *(sa.Column(name, text(32), nullable=False) for name in ("said_at", "received_at", "checked_at")),
        sa.Column("state", text(8), nullable=False),
        sa.UniqueConstraint("post", "source", name="uq_mentions_post_source"),
    )
