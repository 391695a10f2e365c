"""Indexes for what each run asks, so that it costs the same whatever is in the ledger."""

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPEN = "state = 'planned' OR state = 'sending' OR state = 'unknown' OR state = 'held' OR state = 'failed'"
_OUT = "state = 'sent' OR publishing_at IS NOT NULL"


def upgrade() -> None:
    op.create_index("ix_posts_gone_at", "posts", ["gone_at"])
    op.create_index("ix_changes_state_due_at", "changes", ["state", "due_at"])
    _partial("open", ["state", "due_at"], _OPEN)
    _partial("out", ["post", "part", "state"], _OUT)
    _partial("begun", ["account", "publishing_at"], "publishing_at IS NOT NULL")
    _partial("sent_at", ["sent_at"], "sent_at IS NOT NULL")


def _partial(name: str, columns: list[str], where: str) -> None:
    """An index on some of the deliveries, on every database that Alembic knows to have such."""
    op.create_index(
        f"ix_deliveries_{name}", "deliveries", columns, sqlite_where=text(where), postgresql_where=text(where)
    )
