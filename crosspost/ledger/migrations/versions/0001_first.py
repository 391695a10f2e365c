"""The first schema. Frozen: later changes are migrations of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.String(32)
    op.create_table(
        "posts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
    )
    op.create_index("ix_posts_url", "posts", ["url"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("post", sa.Text, sa.ForeignKey("posts.id"), nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tried_at", moment),
        sa.Column("draft", sa.Text),
        sa.Column("handle", sa.Text),
        sa.Column("remote", sa.Text, nullable=False),
        sa.Column("remote_at", moment),
        sa.Column("publishing_at", moment),
        sa.Column("lease", sa.Text),
        sa.Column("lease_until", moment),
        sa.Column("receipt", sa.Text),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("sent_at", moment),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.UniqueConstraint("post", "account", name="uq_deliveries_post_account"),
    )
    op.create_index("ix_deliveries_account_state_due_at", "deliveries", ["account", "state", "due_at"])
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("started_at", moment),
        sa.Column("paused_until", moment),
        sa.Column("paused_for", sa.String(8), nullable=False),
        sa.Column("paused_why", sa.Text, nullable=False),
        sa.Column("identity", sa.Text),
        sa.Column("identity_at", moment),
        sa.Column("credential", sa.Text, nullable=False),
    )
