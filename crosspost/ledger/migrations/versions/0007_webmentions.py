"""Webmentions: whom the site's pages link to, and whether that was told; and those that came."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webmention_pages",
        sa.Column("post", sa.Text, sa.ForeignKey("posts.id"), primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("url", "fingerprint", "digest")),
        sa.Column("state", sa.String(8), nullable=False),
        *(sa.Column(name, sa.String(32), nullable=False) for name in ("since", "due_at")),
    )
    op.create_table(
        "webmentions",
        sa.Column("post", sa.Text, sa.ForeignKey("posts.id"), nullable=False),
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("source", "target")),
        sa.Column("linked", sa.Integer, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("endpoint", "status_url")),
        sa.Column("attempts", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String(32)) for name in ("tried_at", "sent_at")),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("error", sa.Text, nullable=False),
    )
    op.create_index("ix_webmentions_state_due_at", "webmentions", ["state", "due_at"])
    texts = ("source", "target", "url", "text", "author", "author_url")
    op.create_table(
        "mentions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("post", sa.Text, sa.ForeignKey("posts.id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("kind", sa.String(8), nullable=False),
        *(sa.Column(name, sa.String(32), nullable=False) for name in ("said_at", "received_at", "checked_at")),
        sa.Column("state", sa.String(8), nullable=False),
        sa.UniqueConstraint("post", "source", name="uq_mentions_post_source"),
    )
